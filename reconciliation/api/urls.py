"""The addresses of the API."""

from django.urls import URLPattern, path

from reconciliation.api import views

urlpatterns: list[URLPattern] = [
    path("differences", views.Differences.as_view(), name="api-differences"),
    path("differences/<int:pk>", views.OneDifference.as_view(), name="api-difference"),
    path("differences/<int:pk>/proposals", views.Proposals.as_view(), name="api-propose"),
    path("matches", views.Matches.as_view(), name="api-match"),
    path("adjustments", views.Adjustments.as_view(), name="api-adjustments"),
    path("adjustments/decisions", views.Decisions.as_view(), name="api-decisions"),
    path("adjustments/<int:pk>/approve", views.Approve.as_view(), name="api-approve"),
    path("adjustments/<int:pk>/refuse", views.Refuse.as_view(), name="api-refuse"),
    path("adjustments/<int:pk>/withdraw", views.Withdraw.as_view(), name="api-withdraw"),
]
