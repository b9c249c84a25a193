"""The day as of which is compared."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone


class AsOfForm(forms.Form):
    """A day that has come; the last day of the month before is offered."""

    day = forms.DateField(
        label="Day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        today = timezone.localdate()
        self.fields["day"].initial = today.replace(day=1) - timedelta(days=1)
        self.fields["day"].widget.attrs["max"] = today.isoformat()

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day has not come yet.")
        return day
