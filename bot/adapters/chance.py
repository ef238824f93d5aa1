"""The dice of this machine, and its own clock."""

from __future__ import annotations

import os
import secrets
import time
from datetime import UTC, datetime
from uuid import UUID


class RandomIds:
    def new(self) -> UUID:
        """UUIDv7 (RFC 9562): 48 bits of milliseconds, then random; the last 16 bits are free for ``ids_of``."""
        millis = time.time_ns() // 1_000_000
        random = int.from_bytes(os.urandom(10))
        value = (millis & 0xFFFFFFFFFFFF) << 80 | random
        value = value & ~(0xF << 76) | 0x7 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        return UUID(int=value)

    def secret(self) -> str:
        return secrets.token_urlsafe(32)


class MachineClock:
    """Not the record's time: for a rehearsal, of which nothing is recorded."""

    def now(self) -> datetime:
        return datetime.now(UTC)
