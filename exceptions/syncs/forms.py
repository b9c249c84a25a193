"""The day whose calls are shown."""

from datetime import date

from django import forms
from django.utils import timezone


class LoadForm(forms.Form):
    on = forms.DateField(required=False)

    def day(self) -> date:
        """The day that is asked for; today when it is none, or has not come."""
        today = timezone.localdate()
        chosen = self.cleaned_data.get("on") if self.is_valid() else None
        return min(chosen, today) if isinstance(chosen, date) else today
