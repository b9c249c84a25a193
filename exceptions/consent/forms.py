"""What is recorded by hand: a no by telephone or letter, a yes with its evidence, an erasure."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from integration.consent import addresses, rules
from integration.consent.addresses import UnusableAddress
from integration.consent.models import Channel, Wording

_TEXT = {"class": "form-control"}
_CHANNELS = [choice for choice in Channel.choices if choice[0] != rules.ALL]
HOW_NO = (
    ("telephone", "By telephone"),
    ("letter", "By letter"),
    ("e-mail", "By e-mail"),
    ("in person", "In person"),
)
HOW_YES = (
    ("paper form", "On a paper form"),
    ("web form", "On a web form"),
    ("double opt-in", "On a web form, confirmed by e-mail"),
    ("recorded call", "In a recorded call"),
)


class _Said(forms.Form):
    address = forms.CharField(
        label="Address",
        max_length=320,
        widget=forms.TextInput(attrs={**_TEXT, "autocomplete": "off"}),
        help_text="The e-mail address, telephone number or postal address it is about.",
    )
    channel = forms.ChoiceField(
        label="Channel", choices=_CHANNELS, widget=forms.Select(attrs={"class": "form-select"})
    )
    said_on = forms.DateTimeField(
        label="When they said it",
        widget=forms.DateTimeInput(
            attrs={**_TEXT, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    note = forms.CharField(
        label="Note",
        required=False,
        widget=forms.Textarea(attrs={**_TEXT, "rows": 3}),
        help_text="Who took the call, what was said. Kept with the event, erased with the person.",
    )

    def clean_said_on(self) -> datetime:
        said: datetime = self.cleaned_data["said_on"]
        if said > timezone.now():
            raise forms.ValidationError("That is in the future.")
        return said

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("address") and cleaned.get("channel"):
            try:
                addresses.address_hash(cleaned["channel"], cleaned["address"])
            except UnusableAddress as error:
                self.add_error("address", str(error))
        return cleaned


class OptOutForm(_Said):
    everything = forms.BooleanField(
        label="They object to all marketing, by any channel",
        required=False,
        help_text="An objection belongs to the person and stays with them at a new address.",
    )
    how = forms.ChoiceField(
        label="How they said it",
        choices=HOW_NO,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=_TEXT),
        help_text="Where the letter or the note of the call lies.",
    )
    field_order = ("address", "channel", "everything", "said_on", "how", "reference", "note")


class OptInForm(_Said):
    how = forms.ChoiceField(
        label="How they gave it",
        choices=HOW_YES,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    wording = forms.ModelChoiceField(
        label="Words that were shown",
        queryset=Wording.objects.all(),
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text="Exactly these. A version that is missing is added by an admin first.",
    )
    reference = forms.CharField(
        label="Evidence",
        max_length=200,
        widget=forms.TextInput(attrs=_TEXT),
        help_text="Where the proof lies: the number of the form, the recording, the letter.",
    )
    field_order = ("address", "channel", "said_on", "how", "wording", "reference", "note")


class EraseForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=250,
        widget=forms.TextInput(attrs=_TEXT),
        help_text="Kept in the audit trail. Do not name the person in it.",
    )
    typed = forms.CharField(
        label="Type the address to confirm",
        max_length=320,
        widget=forms.TextInput(attrs={**_TEXT, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, known: set[str], **kwargs: Any) -> None:
        self._known = {one.casefold() for one in known}
        super().__init__(*args, **kwargs)

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip()
        if typed.casefold() not in self._known:
            raise forms.ValidationError("This is not the address of the person.")
        return typed
