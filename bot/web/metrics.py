"""Figures for the operator: counts and times, never ids of patients or words."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Meters:
    """One registry an application, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter("bounceback_turns", "Messages acknowledged", ["door"], registry=self.registry)
        self.turns_by_socket = self.turns.labels("socket")
        self.turn_seconds = Histogram(
            "bounceback_turn_seconds",
            "From a message's arrival to its acknowledgement",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
            registry=self.registry,
        )
        self.refusals = Counter(
            "bounceback_refusals", "Messages refused, by code", ["code"], registry=self.registry
        )
        self.sockets = Gauge("bounceback_sockets", "Open patient sockets", registry=self.registry)
        self.open_alerts = Gauge(
            "bounceback_open_alerts", "Open alerts", ["level", "state"], registry=self.registry
        )
        self.oldest_alert = Gauge(
            "bounceback_oldest_unacknowledged_seconds", "Age of the oldest open alert", registry=self.registry
        )
