"""The pages of signing in and of one's own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from integration.accounts import attempts, signin, totp
from integration.accounts.forms import (
    ChangePasswordForm,
    CodeForm,
    OwnPasswordForm,
    SignInForm,
)
from integration.accounts.gate import person
from integration.accounts.models import User
from integration.audit.trail import record


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    onward = signin.safe_next(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        outcome = signin.sign_in(
            request, form.cleaned_data["username"], form.cleaned_data["password"]
        )
        if isinstance(outcome, User):
            return redirect(onward)
        form.add_error(None, outcome.message)
    return render(request, "accounts/sign_in.html", {"form": form, "next": onward})


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    signin.sign_out(request)
    messages.success(request, "You are signed out.")
    return redirect("sign-in")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Asks for the code of a person who has just given the password."""
    onward = signin.safe_next(request, request.POST.get("next") or request.GET.get("next", ""))
    user = person(request)
    if not user.totp_confirmed_at:
        return redirect(f"{reverse('enrol-second-factor')}?{urlencode({'next': onward})}")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        refused = signin.prove(request, user, form.cleaned_data["code"])
        if refused is None:
            return redirect(onward)
        form.add_error("code", refused.message)
    seen = {"form": form, "next": onward, "navigation": []}  # Nothing to go to yet.
    return render(request, "accounts/second_factor.html", seen)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def enrol_second_factor(request: HttpRequest) -> HttpResponse:
    """Shows the QR code, takes the first code, then shows the recovery codes once."""
    user = person(request)
    if user.totp_confirmed_at:
        return redirect("my-account")
    onward = signin.safe_next(request, request.POST.get("next") or request.GET.get("next", ""))
    secret = totp.prepare(user)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        counters = attempts.of_second_factor(user.pk)
        if wait := attempts.begin(counters):
            form.add_error("code", f"Too many attempts. Wait {attempts.in_words(wait)}.")
        elif codes := totp.confirm(user, form.cleaned_data["code"]):
            attempts.succeeded(counters)
            signin.proven(request, user)
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": onward})
        else:
            form.add_error("code", "This code is not right. Check the clock of your phone.")
    seen = {"form": form, "next": onward, "picture": totp.picture(user), "secret": secret}
    return render(request, "accounts/enrol_second_factor.html", seen)


@never_cache
def my_account(request: HttpRequest) -> HttpResponse:
    user = person(request)
    left = user.recovery_codes.filter(used_at=None).count()
    return render(request, "accounts/my_account.html", {"person": user, "codes_left": left})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = ChangePasswordForm(request.POST or None, person=user)
    if form.is_valid():
        with transaction.atomic():
            user.set_password(form.cleaned_data["new"])
            user.save(update_fields=["password"])
            record("password changed", actor=user, target=user)
        update_session_auth_hash(request, user)
        messages.success(request, "Your password is changed. Other browsers are signed out.")
        return redirect("my-account")
    return render(request, "accounts/change_password.html", {"form": form})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not user.totp_confirmed_at:
        return redirect("my-account")
    form = OwnPasswordForm(request.POST or None, person=user)
    if form.is_valid():
        seen = {"codes": totp.new_recovery_codes(user), "next": reverse("my-account")}
        return render(request, "accounts/recovery_codes.html", seen)
    return render(request, "accounts/renew_recovery_codes.html", {"form": form})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def leave_second_factor(request: HttpRequest) -> HttpResponse:
    """Switches the second factor off, to enrol another device."""
    user = person(request)
    form = OwnPasswordForm(request.POST or None, person=user)
    if form.is_valid():
        totp.switch_off(user, actor=user)
        messages.success(request, "The second factor is switched off.")
        return redirect("my-account")
    return render(request, "accounts/leave_second_factor.html", {"form": form})
