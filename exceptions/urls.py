"""The addresses of queues and cases."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
