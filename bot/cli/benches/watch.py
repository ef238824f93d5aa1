"""What the processes used: CPU, memory, syncs of the log. Read before and after; the difference belongs to what was done between."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.cli.proofs.findings import percentile
from bot.cli.proofs.instance import Instance, cpu_s, memory_mib

# A connection that falls silent reports what it did to PostgreSQL's statistics after ten seconds.
REPORTED_AFTER_S = 10.5


@dataclass(frozen=True)
class Used:
    """CPU seconds. ``postgresql`` None: it runs elsewhere."""

    server: float
    postgresql: float | None
    generator: float

    def since(self, before: Used) -> Used:
        theirs = None
        if self.postgresql is not None and before.postgresql is not None:
            theirs = self.postgresql - before.postgresql
        return Used(self.server - before.server, theirs, self.generator - before.generator)

    def each_us(self, turns: int) -> dict[str, float | None]:
        """Microseconds for each of so many turns."""
        parts = {"server": self.server, "postgresql": self.postgresql, "generator": self.generator}
        most = max(turns, 1)
        return {who: None if s is None else round(s * 1e6 / most, 1) for who, s in parts.items()}


def used_now(servers: Collection[int], postgres: Collection[int] | None) -> Used:
    own = os.times()
    return Used(
        cpu_s(servers),
        None if postgres is None else cpu_s(postgres, with_children=True),
        own.user + own.system,
    )


async def used_by(instances: Collection[Instance], *, own_record: bool) -> Used:
    """``own_record``: the record is one that we started, so that its processes can be found."""
    postgres = await asyncio.to_thread(_postgres, instances) if own_record else None
    return used_now({i.pid for i in instances}, postgres)


def _postgres(instances: Collection[Instance]) -> set[int]:
    return set().union(*(i.postgres() for i in instances))


async def memory_of(instances: Collection[Instance]) -> dict[str, float | None]:
    """MiB of our own processes, and beside them of PostgreSQL and Valkey where we started them."""

    def look() -> dict[str, float | None]:
        found: dict[str, float | None] = {}
        postgres, valkey = _postgres(instances), set().union(*(i.valkey() for i in instances))
        for who, pids in (
            ("server", {i.pid for i in instances}),
            ("postgresql", postgres),
            ("valkey", valkey),
        ):
            rss, pss = memory_mib(pids)
            found[f"{who}_rss_mib"], found[f"{who}_pss_mib"] = (rss, pss) if pids else (None, None)
        return found

    return await asyncio.to_thread(look)


Kinds = Mapping[str, Collection[int]]
"""The processes of each kind; none of those that run elsewhere."""


def cpu_by_kind(kinds: Kinds) -> dict[str, float]:
    """CPU seconds so far of each kind of process that there is."""
    return {kind: cpu_s(pids, with_children=kind == "postgresql") for kind, pids in kinds.items() if pids}


def pss_by_kind(kinds: Kinds) -> dict[str, float | None]:
    """MiB of each process of a kind: of a web process, not of all."""
    found: dict[str, float | None] = {}
    for kind, pids in kinds.items():
        rss, pss = memory_mib(set(pids))
        apart = 1 if kind in ("postgresql", "valkey") else max(len(pids), 1)
        most = rss if pss is None else pss
        found[kind] = round(most / apart, 1) if pids else None
    return found


def spread_ms(seconds: list[float]) -> dict[str, float]:
    """The percentiles of times in seconds, in milliseconds."""
    return {f"p{share:g}": round(percentile(seconds, share / 100) * 1000, 2) for share in (50, 95, 99)}
