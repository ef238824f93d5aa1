"""The pen that writes one turn: facts, the messages shown, and the words to seal; the state follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from msgspec import Struct

from bot.core.facts import Fact, How, MessageHeard, MessageShown
from bot.core.fold import Step, apply
from bot.core.inputs import NewWord
from bot.core.library import Library
from bot.core.room import Room
from bot.core.service import Service
from bot.core.shown import Choice, Shown
from bot.core.state import Conversation
from bot.core.values import LineId, Quiet, Value, WordId, ids_of

S = TypeVar("S", Conversation, Room)
F = TypeVar("F", bound=Value)


class Moment(Quiet, Struct, frozen=True):
    """All that a turn may know besides the state and the input: passed in, so that core stays a function (I7).

    ``turn``: the id that the turn's own ids are counted from. ``libraries``: every release that the state
    names, by release. ``overtaken``: releases that an urgent one took out of use. ``words``: the opened words that ``Conversation.words`` asks for.
    """

    line: LineId
    turn: UUID
    now: datetime
    service: Service
    library: Library
    libraries: Mapping[str, Library] = {}
    overtaken: frozenset[str] = frozenset()
    words: Mapping[WordId, str] = {}


class Button(NamedTuple):
    """``lang``: what its label is written in."""

    key: str
    label: str
    lang: str


class HeardMessage(Struct, frozen=True):
    """The patient's own message, as the history shows it."""

    seq: int
    shown: Shown
    client_id: UUID


class ShownMessage(Struct, frozen=True):
    seq: int
    shown: Shown
    sender: Literal["bot", "team"]
    word: WordId
    release: str
    step: str | None
    urgent: bool


class Turn(Struct, Generic[S], frozen=True):
    """What one input led to. Nothing has happened until it is committed (I1)."""

    steps: tuple[Step[S], ...]
    facts: tuple[Fact, ...]
    state: S
    words: tuple[NewWord, ...] = ()
    heard: HeardMessage | None = None
    shown: tuple[ShownMessage, ...] = ()


@dataclass
class _Draft:
    shown: Shown
    sender: Literal["bot", "team"]
    release: str
    step: str | None
    urgent: bool


class Pen(Generic[S]):
    """Written with in one turn, then laid down by ``finish``."""

    def __init__(self, state: S, moment: Moment) -> None:
        self.state: S = state
        self.moment = moment
        self.ids: Iterator[UUID] = ids_of(moment.turn)
        self._steps: list[Step[S]] = []
        self._words: list[NewWord] = []
        self._heard: HeardMessage | None = None
        self._drafts: list[_Draft] = []

    # -- facts and words

    def write(self, fact: Fact) -> None:
        before, self.state = self.state, apply(self.state, fact)
        self._steps.append((before, fact, self.state))

    def keep(self, kind: str, text: str) -> WordId:
        """Text to be sealed with this turn; facts and state hold its id."""
        word = WordId(next(self.ids))
        self._words.append(NewWord(id=word, owner=self.moment.line, kind=kind, text=text))
        return word

    def read(self, word: WordId | None) -> str:
        """A word of this turn or of an earlier one; empty where it is gone or was not opened."""
        new = next((w.text for w in self._words if w.id == word), None)
        return new if new is not None else self.moment.words.get(word, "") if word else ""

    # -- messages

    def hear(self, shown: Shown, client_id: UUID, how: How, worry: float | None = None) -> int:
        """Write the patient's own message down; returns its seq."""
        seq = self.state.seq + 1
        word = self.keep("heard", shown.json())
        self.write(MessageHeard(seq=seq, client_id=client_id, how=how, word=word, worry=worry))
        self._heard = HeardMessage(seq, shown, client_id)
        return seq

    @property
    def next_seq(self) -> int:
        """The seq that the next shown message will have."""
        return self.state.seq + len(self._drafts) + 1

    @property
    def last_seq(self) -> int:
        return self.state.seq + len(self._drafts)

    @property
    def messages(self) -> int:
        """Shown so far in this turn."""
        return len(self._drafts)

    @property
    def spoken(self) -> frozenset[str | None]:
        """Where in the content the messages of this turn come from."""
        return frozenset(draft.step for draft in self._drafts)

    def offers(self, key: str) -> bool:
        """On the last message of this turn."""
        choices = self._drafts[-1].shown.choices if self._drafts else ()
        return any(choice.id.partition(".")[2] == key for choice in choices)

    def written(self, kind: type[F]) -> tuple[F, ...]:
        """The facts of this kind so far in this turn."""
        return tuple(fact for _, fact, _ in self._steps if isinstance(fact, kind))

    def count(self, kind: type[Value]) -> int:
        return len(self.written(kind))

    def show(
        self,
        shown: Shown,
        *,
        release: str | None = None,
        step: str | None = None,
        urgent: bool = False,
        sender: Literal["bot", "team"] = "bot",
    ) -> int:
        """Put a message on the screen; returns its seq."""
        release = release or self.moment.library.release
        self._drafts.append(_Draft(shown, sender, release, step, urgent))
        return self.last_seq

    def offer(self, *choices: Button) -> int:
        """Hang buttons on the last message of this turn; returns that message's seq."""
        draft: _Draft = self._drafts[-1]
        seq, spoken = self.last_seq, draft.shown.lang
        buttons: tuple[Choice, ...] = tuple(
            [
                Choice(id=f"{seq}.{key}", label=label, lang=None if lang == spoken else lang)
                for key, label, lang in choices
            ]
        )
        draft.shown = draft.shown.but(choices=(*draft.shown.choices, *buttons))
        return seq

    def lay_down_messages(self) -> tuple[ShownMessage, ...]:
        out = []
        for draft in self._drafts:
            seq = self.state.seq + 1
            word = self.keep("shown", draft.shown.json())
            self.write(
                MessageShown(
                    seq=seq,
                    sender=draft.sender,
                    word=word,
                    release=draft.release,
                    step=draft.step,
                    urgent=draft.urgent,
                )
            )
            out.append(
                ShownMessage(seq, draft.shown, draft.sender, word, draft.release, draft.step, draft.urgent)
            )
        self._drafts.clear()
        return tuple(out)

    def finish(self) -> Turn[S]:
        shown = self.lay_down_messages()
        facts = tuple([fact for _, fact, _ in self._steps])
        return Turn(tuple(self._steps), facts, self.state, tuple(self._words), self._heard, shown)
