"""The addresses of the campaign report."""

from django.urls import URLPattern, path

from exceptions.campaigns import events, views

urlpatterns: list[URLPattern] = [
    path("", views.campaigns, name="campaigns"),
    path("one/", views.campaign, name="campaign"),
    path("orders/", views.campaign_orders, name="campaign-orders"),
    path("events/", events.EventList.as_view(), name="order-events"),
]
