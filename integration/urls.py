"""Every address of the desk; upper floors are named by string."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("connectors.sync.urls")),
    path("", include("exceptions.urls")),
]
