"""The addresses that journeys push to, and the description of the API."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from connectors.sync.inbound import hints
from connectors.sync.inbound.notifications import receive
from connectors.sync.inbound.views import InboundOrders

urlpatterns = [
    path("v1/inbound/orders", InboundOrders.as_view(), name="inbound-orders"),
    path("v1/inbound/notifications", receive, name="inbound-notifications"),
    path("v1/inbound/prima", hints.receive, name="inbound-prima"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
