"""The addresses of the audit trail."""

from django.urls import path

from integration.audit import views

urlpatterns = [
    path("", views.audit, name="audit"),
    path("export.csv", views.export, name="audit-export"),
]
