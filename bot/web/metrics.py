"""Figures for the operator: counts and times, never ids of patients or words."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.usecases.lateness import LATE_AFTER
from bot.usecases.tally import Tally


class _Screen(Collector):
    """What this process's tally stands at when it is asked."""

    def __init__(self) -> None:
        self.tally = Tally()

    def collect(self) -> Iterator[CounterMetricFamily]:
        hits = CounterMetricFamily("bounceback_hits", "Hits of the screen, by rule", labels=["rule"])
        for rule, number in sorted(self.tally.hits.items()):
            hits.add_metric([rule], number)
        yield hits
        asked, absent = self.tally.asked, self.tally.absent
        name = "bounceback_second_net"
        yield CounterMetricFamily(f"{name}_asked", "Texts for which its number was wanted", asked)
        yield CounterMetricFamily(f"{name}_absent", "Texts that went on without it", absent)


class Meters:
    """One registry an application, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.screen = _Screen()
        self.registry.register(self.screen)
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
        self.canary_seconds = Gauge(
            "bounceback_canary_seconds",
            "From the last canary's sentence to its alarm being heard, of the slowest service",
            registry=self.registry,
        )
        self.silent_canaries = Gauge(
            "bounceback_silent_canaries",
            "Services whose last canary was not said or not heard",
            registry=self.registry,
        )
        self.failing_channels = Gauge(
            "bounceback_failing_channels",
            "Devices, webhooks and other channels besides e-mail that did not take what came last",
            ["kind"],
            registry=self.registry,
        )
        minutes = round(LATE_AFTER.total_seconds() / 60)
        self.overdue_timers = Gauge(
            "bounceback_overdue_timers",
            f"Timers that have been due for more than {minutes} minutes",
            registry=self.registry,
        )
        self.oldest_timer = Gauge(
            "bounceback_oldest_overdue_timer_seconds",
            "For how long the oldest of them has been due",
            registry=self.registry,
        )
        self.overdue_reminders = Gauge(
            "bounceback_overdue_reminders",
            "Reminders of patients that are past their time and that nothing will give",
            registry=self.registry,
        )
