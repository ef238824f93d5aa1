"""Calls to addresses that somebody typed in: a webhook, a push service, a calendar by URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.core.errors import Unavailable


@dataclass(frozen=True)
class Call:
    """One request to the outside. ``hosts``: the only ones it may go to, each ``name``, ``name:port`` or ``*.name``;
    None: any public host. ``most``: bytes of the answer that are read, beyond which it is an error."""

    url: str = field(repr=False)
    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    hosts: frozenset[str] | None = None
    most: int = 64 * 1024
    limit_s: float = 10.0


@dataclass(frozen=True)
class Answered:
    """What came back, whatever the status; a redirect is not followed. ``headers``: names in lower case."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Barred(Unavailable):
    """An address that this instance calls for nobody. ``what``: a code that says why, never the address."""


class Outward(Protocol):
    def bar(self, url: str, hosts: frozenset[str] | None) -> str | None:
        """Why this address is never called, as a code, so far as one sees without asking for its name; None: it may be."""

    async def call(self, call: Call) -> Answered:
        """Raises Barred before anything is sent, or Unavailable with a code: ``silent``, ``not connected``, ``too long``."""
