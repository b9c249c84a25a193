"""The addresses of proposals and of drift."""

from django.urls import URLPattern, path

from exceptions.proposals import drift, views

urlpatterns: list[URLPattern] = [
    path("proposals/", views.ProposalList.as_view(), name="proposals"),
    path("proposals/decide/", views.decide_proposals, name="decide-proposals"),
    path("proposals/<int:pk>/", views.proposal_page, name="proposal"),
    path("drift/", drift.DriftList.as_view(), name="drift"),
    path("drift/compare/", drift.compare_now, name="compare-now"),
]
