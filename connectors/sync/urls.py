"""The addresses that journeys push to."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
