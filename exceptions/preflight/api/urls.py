"""The addresses of the API."""

from django.urls import URLPattern, path

from exceptions.preflight.api import views

urlpatterns: list[URLPattern] = [
    path("preflight", views.NewCheck.as_view(), name="api-preflight-new"),
    path("preflight/<int:pk>", views.Outcome.as_view(), name="api-preflight"),
    path("preflight/<int:pk>/check", views.CheckAgain.as_view(), name="api-preflight-again"),
]
