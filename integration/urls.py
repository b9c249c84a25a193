"""Every address of the desk but those of monitors; upper floors are named by string."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("audit/", include("integration.audit.urls")),
    path("api/", include("connectors.sync.urls")),
    path("api/v1/reconciliation/", include("reconciliation.api.urls")),
    path("api/v1/campaigns/", include("exceptions.preflight.api.urls")),
    path("", include("integration.accounts.urls")),
    path("reconciliation/", include("reconciliation.urls")),
    path("campaigns/preflight/", include("exceptions.preflight.urls")),
    path("customers/", include("exceptions.customers.urls")),
    path("customers/", include("exceptions.proposals.urls")),
    path("campaigns/", include("exceptions.campaigns.urls")),
    path("consent/", include("exceptions.consent.urls")),
    path("", include("exceptions.urls")),
]

handler500 = "integration.failing.server_error"
