"""Connections and the rows that carry every sync, by noun."""

from connectors.sync.models.arrivals import (
    Inbound,
    Notification,
    NotificationCallback,
    PrimaSubscription,
)
from connectors.sync.models.connections import Connection, Lane
from connectors.sync.models.flows import FlowAsk, FlowCalls, FlowSetting
from connectors.sync.models.runs import Cursor, Exchange, SyncItem, SyncRun
from connectors.sync.order_event import OrderEvent
from connectors.sync.outgoing.row import OutgoingRow
from connectors.sync.stock.request import StockRequest

__all__ = [
    "Connection",
    "Cursor",
    "Exchange",
    "FlowAsk",
    "FlowCalls",
    "FlowSetting",
    "Inbound",
    "Lane",
    "Notification",
    "NotificationCallback",
    "OrderEvent",
    "OutgoingRow",
    "PrimaSubscription",
    "StockRequest",
    "SyncItem",
    "SyncRun",
]
