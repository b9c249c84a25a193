"""People on the admin site: added, given roles, shut out, never deleted. Every change is audited."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.http import HttpRequest

from integration.accounts import totp
from integration.accounts.gate import person
from integration.accounts.models import User
from integration.accounts.roles import DESCRIPTIONS, Role
from integration.audit.trail import record


class PersonForm(forms.ModelForm):
    roles = forms.MultipleChoiceField(
        choices=[(role.value, f"{role.value.title()}: {DESCRIPTIONS[role]}") for role in Role],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    new_password = forms.CharField(
        label="New password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Leave it empty to keep the password as it is.",
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "is_active", "roles"]

    def clean_new_password(self) -> str:
        password = str(self.cleaned_data["new_password"])
        if password:
            validate_password(password, self.instance)
        elif self.instance.pk is None:
            raise forms.ValidationError("A new person needs a password to begin with.")
        return password


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):
    form = PersonForm
    list_display = [
        "username",
        "full_name",
        "email",
        "roles_in_words",
        "is_active",
        "protected",
    ]
    list_filter = ["is_active"]
    search_fields = ["username", "first_name", "last_name", "email"]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["reset_second_factor"]

    @admin.display(description="name", ordering="first_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="roles")
    def roles_in_words(self, user: User) -> str:
        return ", ".join(user.roles) or "none"

    @admin.display(description="second factor", boolean=True)
    def protected(self, user: User) -> bool:
        return user.totp_confirmed_at is not None

    @admin.action(description="Reset the second factor (lost phone)", permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for user in people:
            totp.switch_off(user, actor=person(request))
        messages.success(request, "Reset. They can set the second factor up again.")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The admin site runs this in one transaction, the entry of the trail included."""
        before = form.initial if change else {}
        if password := form.cleaned_data["new_password"]:
            obj.set_password(password)
        super().save_model(request, obj, form, change)
        changed = [name for name in form.changed_data if name != "new_password"]
        record(
            "person changed" if change else "person added",
            actor=person(request),
            target=obj,
            before={name: before.get(name) for name in changed},
            after={name: form.cleaned_data[name] for name in changed},
            password_set=bool(password),
        )
