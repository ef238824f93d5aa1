"""Time, chance, and what is outside the house."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from bot.core.errors import Unavailable
from bot.core.inputs import Interpreted
from bot.core.library import Library
from bot.core.library.build import Built
from bot.core.library.drafts import Drafts
from bot.core.proposals import Proposal
from bot.core.values import ServiceId


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, with its time zone (UTC)."""


class Ids(Protocol):
    def new(self) -> UUID:
        """A fresh UUIDv7."""

    def secret(self) -> str:
        """A fresh secret of 256 bits, safe in a URL's fragment."""


class Understanding(Protocol):
    async def prepare(self, library: Library) -> None:
        """Get ready for a release before the first message needs it."""

    async def interpret(
        self, library: Library, text: str, *, intent: bool = True, post: bool = False
    ) -> Interpreted:
        """How worrying a text is, and, where asked for, what it is about, and what it may hold that no post of a
        group may. Late or absent: empty. Never raises."""


@dataclass(frozen=True)
class ActionAnswer:
    proposals: tuple[Proposal, ...]
    texts: tuple[str, ...] = ()


class Actions(Protocol):
    async def run(self, action: str, slots: Mapping[str, Any]) -> ActionAnswer:
        """Run one action with the slots it needs and no text. Raises Unavailable when it fails, hangs or lies."""


@dataclass(frozen=True)
class Link:
    """``label``: what is behind it, as a sentence without its full stop."""

    label: str
    url: str


@dataclass(frozen=True)
class Letter:
    """One e-mail about an alert or a link, said once: ``parts`` are its paragraphs, of which the adapter makes both forms.

    ``message_id``: the same for every retry of one delivery.
    """

    to: str
    subject: str
    parts: tuple[str | Link, ...]
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"


class Uncertain(Unavailable):
    """The mail server had the whole letter and did not say what became of it: it may have arrived."""


class Mail(Protocol):
    async def send(self, letter: Letter) -> None:
        """Hand it to the mail server, which accepted it when this returns. Raises Unavailable, or Uncertain."""


class Manuscript(Protocol):
    """What an editor works on, as files. ``shown``: the module that they asked for, if any."""

    @property
    def shown(self) -> str | None: ...

    def read(self) -> tuple[Drafts, Built]:
        """Everything as it stands now: what was read, and what comes of it. Raises OSError while it changes."""

    def called(self, file: str) -> str:
        """A file as its editor knows it; ``file``: as its draft names it."""

    def changes(self) -> AsyncIterator[None]:
        """Once for each save, for ever."""


class Bus(Protocol):
    """Hints between processes: comfort, never the record."""

    def hint(self, service: ServiceId, topic: str, payload: Mapping[str, Any]) -> None:
        """Say that something changed: ids and numbers only. Never waits, never raises; a later hint on the
        same line may stand for an earlier one, and any hint may be lost."""

    def hears(self, service: ServiceId) -> bool:
        """Whether hints of this service reach us now. Where not, only the record knows what others do."""

    def hints(
        self, services: Callable[[], Iterable[ServiceId]]
    ) -> AsyncGenerator[tuple[ServiceId, str, Mapping[str, Any]], None]:
        """What other processes say about the services that exist, which are asked for again and again.

        The topic ``missed``: something about the service may have been said that did not arrive.
        """
