"""What one client may do, so that it cannot hurt the others."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from bot.core.errors import Refused

MOST_REMEMBERED = 50_000


class Bucket:
    """A token bucket: ``burst`` at once, ``per_s`` a second after that. Time is an argument, in seconds."""

    def __init__(self, per_s: float, burst: float, now: float) -> None:
        self._per_s, self._burst = per_s, burst
        self._left, self._at = burst, now

    def wait_s(self, now: float) -> float:
        """Take one token; how long to wait before acting on it (0: at once)."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s) - 1
        self._at = now
        return 0.0 if self._left >= 0 else -self._left / self._per_s

    def may(self, now: float) -> bool:
        """Take one token if there is one."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def next_s(self) -> float:
        """How long until there is one again, for whoever was told no."""
        return max(0.0, (1 - self._left) / self._per_s)


class Buckets:
    """A bucket for each key (an address), the least used forgotten."""

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s, self._burst = per_s, burst
        self._by_key: OrderedDict[str, Bucket] = OrderedDict()

    def may(self, key: str, now: float) -> bool:
        bucket = self._by_key.get(key)
        if bucket is None:
            bucket = self._by_key[key] = Bucket(self._per_s, self._burst, now)
            if len(self._by_key) > MOST_REMEMBERED:
                self._by_key.popitem(last=False)
        self._by_key.move_to_end(key)
        return bucket.may(now)

    def take(self, key: str, now: float) -> None:
        """Raises Refused('rate_limited') with the time until there is a token again."""
        if not self.may(key, now):
            raise Refused("rate_limited", retry_after_s=float(max(1, ceil(self._by_key[key].next_s))))


class Seats:
    """How many sockets one key has open."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[object] = Counter()

    @contextmanager
    def seat(self, key: object) -> Iterator[None]:
        """Raises Refused('too_many_sockets') where all are taken."""
        if self._taken[key] >= self._most:
            raise Refused("too_many_sockets")
        self._taken[key] += 1
        try:
            yield
        finally:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]

    @property
    def taken(self) -> int:
        return sum(self._taken.values())
