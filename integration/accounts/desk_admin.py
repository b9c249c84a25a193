"""The admin site under the desk's name, entered through the desk's own sign-in."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class DeskAdminSite(AdminSite):
    site_header = "Prima desk"
    site_title = "Prima desk"
    index_title = "Mappings, connections and people"
    site_url = "/"

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The desk's sign-in asks for the second factor too, so there is no other way in."""
        if request.user.is_authenticated:
            raise PermissionDenied("The admin site is for admins and auditors.")
        return redirect("sign-in")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("sign-out", preserve_request=True)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("change-password")


class DeskAdminConfig(AdminConfig):
    default_site = "integration.accounts.desk_admin.DeskAdminSite"
