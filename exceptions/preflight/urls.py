"""The addresses of the checks before sending."""

from django.urls import URLPattern, path

from exceptions.preflight import mapping_view, views

urlpatterns: list[URLPattern] = [
    path("", views.preflight_list, name="preflights"),
    path("new/", views.preflight_new, name="preflight-new"),
    path("<int:pk>/", views.preflight_page, name="preflight"),
    path("<int:pk>/edit/", views.preflight_edit, name="preflight-edit"),
    path("<int:pk>/check/", views.check_again, name="preflight-check"),
    path("findings/<int:pk>/map/", mapping_view.map_finding, name="preflight-map"),
]
