"""Every way through a module, walked with the rules themselves.

From each situation everything is done that may lead on differently: every button, every kind of answer, every skip.
Two situations are one where nothing that still can come tells them apart, so that there are few enough to see them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from bot.core.facts import Fact, RunEnded
from bot.core.inputs import ActionReturned, PatientInput, Said, TimerFired
from bot.core.library import (
    Ask,
    Compare,
    Later,
    Library,
    Module,
    Part,
    plain_id,
    texts_of,
)
from bot.core.library.limits import CONDITION, GOAL
from bot.core.pen import Moment, ShownMessage, Turn
from bot.core.reading import plain
from bot.core.safety import Screen, Tier
from bot.core.scoring import points_for
from bot.core.service import Service
from bot.core.state import (
    CheckInRun,
    Conversation,
    ForAction,
    ForNothing,
    ForPatient,
    ModuleRun,
    Profile,
    SafetyRun,
    ScoreKept,
)
from bot.core.turn import decide, rehearse
from bot.core.values import LineId, ServiceId, WordId
from bot.report.alive import alive_after, compares_of, moved

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
_MOST_COUNTED = 1_000
_QUIET = Screen(tier=Tier.NONE)
_NAME = WordId(UUID(int=3))
_BROKEN_ENDS = frozenset({"overran", "lost"})
_FILL = re.compile(r"\*{0,3}\{\{.*?\}\}\*{0,3}")
Key = tuple[object, ...]
Doing = PatientInput | str
"""Something that comes in, or the key of a button to press."""


@dataclass(frozen=True)
class Move:
    """``to``: the next situation, or None where it left the module as ``end`` says. ``words``: what was read on the way."""

    to: Key | None
    end: str
    words: int


@dataclass
class Walked:
    """All situations of one module. ``starts``: where it begins, and where its follow-ups lead back in."""

    module: str
    starts: list[Key] = field(default_factory=list)
    moves: dict[Key, list[Move]] = field(default_factory=dict)
    opening: dict[Key, int] = field(default_factory=dict)
    """How many words stand on the screen at each start."""
    said: dict[str, set[str]] = field(default_factory=dict)
    follow_ups: dict[str, int] = field(default_factory=dict)
    """Each follow-up that came, with the number of its buttons."""

    @property
    def dead_ends(self) -> list[Key]:
        """Where nothing can be done."""
        return [key for key, moves in self.moves.items() if not moves]

    @property
    def trapped(self) -> list[Key]:
        """Where much can be done and nothing leads out."""
        back: dict[Key | None, set[Key]] = {}
        for key, moves in self.moves.items():
            for move in moves:
                back.setdefault(move.to, set()).add(key)
        out: set[Key | None] = set()
        waiting: list[Key | None] = [None]
        while waiting:
            if (at := waiting.pop()) not in out:
                out.add(at)
                waiting.extend(back.get(at, ()))
        return [key for key in self.moves if key not in out and self.moves[key]]

    @property
    def broken_ends(self) -> int:
        return sum(move.end in _BROKEN_ENDS for moves in self.moves.values() for move in moves)

    def paths(self) -> int:
        """Distinct ways from the first step to an end; what leads back to a situation of the same way is not counted."""
        return self._ways()[0]

    def longest(self) -> int:
        """The words of the longest of them."""
        return self._ways()[1]

    def _ways(self) -> tuple[int, int]:
        ways: dict[Key, tuple[int, int]] = {}
        for key in self._last_first():
            many = most = 0
            for move in self.moves[key]:
                if move.to is not None and move.to not in ways:
                    continue  # it leads back
                after, words = ways[move.to] if move.to is not None else (1, 0)
                many += after
                most = max(most, move.words + words) if after else most
            ways[key] = (many, most)
        first = self.starts[0]
        many, most = ways[first]
        return many, most + self.opening[first]

    def _last_first(self) -> list[Key]:
        """All situations from the beginning on, each behind those that it leads on to."""
        order: list[Key] = []
        first = self.starts[0]
        seen, open_ = {first}, [(first, iter(self.moves[first]))]
        while open_:
            key, left = open_[-1]
            to = next((move.to for move in left if move.to is not None and move.to not in seen), None)
            if to is None:
                order.append(key)
                open_.pop()
            else:
                seen.add(to)
                open_.append((to, iter(self.moves[to])))
        return order


def walk(library: Library, key: str) -> Walked:
    """Walk all of one module of the library, from its beginning and from each of its follow-ups."""
    return _Walker(library, key).walked()


@dataclass
class _Walker:
    library: Library
    key: str

    def __post_init__(self) -> None:
        self.module = self.library.modules[self.key]
        self._turns = count(1)
        self._words: dict[WordId, str] = {_NAME: "Sam"}
        self._found = Walked(self.key)
        self._states: dict[Key, Conversation] = {}
        self._asks = {part.name: part for part in _parts(self.module) if isinstance(part, Ask)}
        self._compares = [compare for part in _parts(self.module) for compare in compares_of(part)]
        self._alive = alive_after(self.module)
        self._service = Service(
            id=ServiceId(UUID(int=7)),
            slug="walks",
            name="Walks",
            nation="england",
            rooms={plain_id(g): LineId(UUID(int=n)) for n, g in enumerate(self.library.groups, 100)},
        )

    def walked(self) -> Walked:
        first = self.module.steps[0].id
        back = [
            link.to.removeprefix("#")
            for part in _parts(self.module)
            if isinstance(part, Later)
            for link in part.links
            if self.module.step(link.to.removeprefix("#"))
        ]
        for conditions in self._whose():
            for earlier in self._earlier():
                for step in dict.fromkeys((first, *back)):
                    self._start(step, conditions, earlier)
        waiting = [*self._states]
        while waiting:
            key = waiting.pop()
            if key in self._found.moves:
                continue
            self._found.moves[key] = []
            for inputs in self._possible(self._states[key]):
                waiting += self._move(key, inputs)
        return self._found

    # -- where it begins ------------------------------------------------------------------------------

    def _whose(self) -> list[tuple[str, ...]]:
        own = tuple(c for c in self.module.suits if c != "everybody")
        told_apart = [c.word for c in self._compares if c.subject == CONDITION and c.word]
        if not told_apart:
            return [own[:1]]
        alone: list[tuple[str, ...]] = [(c,) for c in own] or [()]
        return [*alone, *((*own[:1], c) for c in dict.fromkeys(told_apart) if c not in own[:1])]

    def _earlier(self) -> list[dict[str, tuple[ScoreKept, ...]]]:
        """No score yet; and where the page asks whether one rose or fell, the lowest and the highest there is."""
        measures = [self.library.measures[m] for m in moved(self.module)]
        if not measures:
            return [{}]
        earlier: list[dict[str, tuple[ScoreKept, ...]]] = [{}]
        for end in (0, 1):
            scores = {m.id: ScoreKept(total=m.range[end], at=NOW - timedelta(days=7)) for m in measures}
            earlier.append({measure: (score,) for measure, score in scores.items()})
        return earlier

    def _start(
        self, step: str, conditions: tuple[str, ...], earlier: Mapping[str, tuple[ScoreKept, ...]]
    ) -> None:
        profile = Profile(
            conditions=conditions,
            nation="england",
            language=self.module.language,
            easy=self.module.easy,
            first_name=_NAME,
        )
        state = Conversation(status="joined", profile=profile, scores=dict(earlier))
        run = ModuleRun(module=self.key, release=self.library.release, step=step)
        turn = rehearse(state, run, self._moment())
        key = self._known(turn)
        if key is None:  # a quick answer without links asks nothing
            key = ("read", step)
            self._found.moves[key] = [Move(None, _end(turn.facts, self.key), 0)]
        self._found.starts.append(key)
        self._found.opening[key] = _words_in(turn.shown)

    # -- one situation --------------------------------------------------------------------------------

    def _known(self, turn: Turn[Conversation]) -> Key | None:
        """The situation that a turn led to; None where the module is over."""
        for shown in turn.shown:
            self._found.said.setdefault(shown.step or "", set()).add(shown.shown.text)
        state = turn.state
        if not any(isinstance(r, ModuleRun) and plain_id(r.module) == plain_id(self.key) for r in state.runs):
            return None
        key = self._key_of(state)
        self._states.setdefault(key, state)
        return key

    def _key_of(self, state: Conversation) -> Key:
        wait = state.wait
        runs: list[Key] = []
        live: frozenset[str] = frozenset()
        for run in state.runs:
            match run:
                case ModuleRun(module=module, step=step, at=at, slots=slots):
                    if module == self.key:
                        live = self._alive.get((step, at), frozenset())
                    kept = sorted(
                        (n, repr(s if s.word is None else "words")) for n, s in slots.items() if n in live
                    )
                    runs.append((module, step, at, *kept))
                case CheckInRun(measure=measure, item=item):
                    runs.append((measure, item))
                case SafetyRun(dialogue=dialogue, phase=phase):
                    runs.append((dialogue, phase))
                case _:
                    runs.append((type(run).__name__,))
        scores = [(m, self._outline(m, kept)) for m, kept in sorted(state.scores.items()) if m in live]
        before = [m for m in moved(self.module) if m in state.scores]
        goals = GOAL in live and bool(state.goals)
        asked = (type(wait).__name__, getattr(wait, "keys", ()), getattr(wait, "item", None))
        return (*runs, *asked, *scores, *before, goals, state.profile.conditions)

    def _outline(self, measure: str, kept: tuple[ScoreKept, ...]) -> Key:
        """The last score, and what the page would hold of the way that it came."""
        last, earlier = kept[-1].total, [score.total for score in kept[:-1]]
        by = [c for c in self._compares if c.subject == measure and c.how in ("rose", "fell")]
        ways = {"rose": last - min(earlier), "fell": max(earlier) - last} if earlier else {}
        return (last, *(ways.get(c.how, 0) >= (c.low or 0) for c in by))

    def _possible(self, state: Conversation) -> Iterator[list[Doing]]:
        wait, top = state.wait, state.top
        if isinstance(wait, ForAction):
            yield [ActionReturned(wait.call, None)]
        elif isinstance(top, SafetyRun):
            yield [getattr(wait, "keys", ("",))[0]]
        elif isinstance(top, CheckInRun):
            yield from self._check_ins(state, top)
        elif isinstance(wait, ForPatient) and wait.item is not None:
            yield from self._answers(state, wait.item)
        elif isinstance(wait, ForPatient | ForNothing):
            goals = [key for key in wait.keys if key.startswith("goal.")]
            for key in (key for key in wait.keys if key not in goals[1:]):
                yield [key]

    def _answers(self, state: Conversation, item: str) -> Iterator[list[Doing]]:
        ask = self._asks.get(item)
        if ask is None or ask.how == "in your own words":
            yield [Said(self._id(), text="the stairs", screen=_QUIET)]
        elif ask.how == "a date":
            yield [Said(self._id(), text="2026-03-01", screen=_QUIET)]
        else:
            for value in self._values(ask):
                answer = (value,) if ask.how == "pick any" else value
                yield [Said(self._id(), item=item, value=answer)]
        for key in getattr(state.wait, "keys", ()):
            yield [key]

    def _values(self, ask: Ask) -> list[int]:
        """One of each kind that the page tells apart."""
        named = [c for c in self._compares if c.subject == ask.name]
        match ask.how:
            case "yes or no":
                return [1, 0]
            case "pick one" | "pick any":
                words = {c.word for c in named}
                told = [n for n, option in enumerate(ask.options) if plain(option) in words]
                rest = [n for n in range(len(ask.options)) if n not in told]
                return [*told, *rest[:1]]
            case how:
                return _kinds(named, 0, 10 if how == "0 to 10" else _MOST_COUNTED)

    def _check_ins(self, state: Conversation, run: CheckInRun) -> Iterator[list[Doing]]:
        """A check-in is answered in one move: for each kind of score, and once with a question left out."""
        measure = self.library.measures[run.measure]
        low, high = (int(end) for end in measure.range)
        named = [c for c in self._compares if c.subject == run.measure]
        for total in _kinds(named, low, high):
            points = points_for(measure, total)
            items = [f"{measure.id}.{item.id}" for item in measure.items[run.item :]]
            answers = zip(items, points[run.item :], strict=True)
            yield [*(Said(self._id(), item=i, value=p) for i, p in answers), "send"]
        yield [*("skip" for _ in measure.items[run.item :]), "send"]

    def _move(self, key: Key, inputs: list[Doing]) -> list[Key]:
        state, words, facts = self._states[key], 0, list[Fact]()
        for n, heard in enumerate(inputs):
            if n and isinstance(state.top, SafetyRun):
                break  # an answer rang
            if isinstance(heard, str):
                heard = self._pressed(state, heard)
            turn = decide(state, heard, self._moment())
            state, words = turn.state, words + _words_in(turn.shown)
            self._words |= {word.id: word.text for word in turn.words}
            facts += turn.facts
        to = self._known(turn)
        if to is None:
            self._follow(turn.state)
        self._found.moves[key].append(Move(to, _end(facts, self.key), words))
        return [] if to is None or to in self._found.moves else [to]

    def _follow(self, state: Conversation) -> None:
        """Each follow-up that was planned comes."""
        for timer in state.timers.values():
            if timer.kind == "later" and timer.key not in self._found.follow_ups:
                turn = decide(state, TimerFired("later", timer.key), self._moment())
                self._known(turn)
                shown = turn.shown[-1].shown if turn.shown else None
                self._found.follow_ups[timer.key] = len(shown.choices) if shown else -1

    def _id(self) -> UUID:
        return UUID(int=next(self._turns))

    def _pressed(self, state: Conversation, key: str) -> Said:
        return Said(self._id(), choice=f"{getattr(state.wait, 'seq', 0)}.{key}")

    def _moment(self) -> Moment:
        return Moment(
            line=LineId(UUID(int=1)),
            turn=UUID(int=next(self._turns) << 16),
            now=NOW,
            service=self._service,
            library=self.library,
            libraries={self.library.release: self.library},
            words=self._words,
        )


def unsaid(module: Module, found: Walked) -> list[str]:
    """What stands on the page and nobody ever gets to read; follow-ups that never came among it."""
    missing = []
    for step in module.steps:
        place = f"{found.module}#{step.id}"
        said = found.said.get(place, set())
        for n, part in enumerate(step.parts):
            if isinstance(part, Later):
                if not any(at.startswith(f"{plain_id(found.module)}#{step.id}#") for at in found.follow_ups):
                    missing.append(f"{step.id}: the follow-up {n}")
                continue
            for text in texts_of(part):
                pattern = ".*".join(re.escape(piece) for piece in _FILL.split(text))
                if not any(re.fullmatch(pattern, shown, re.DOTALL) for shown in said):
                    missing.append(f"{step.id}: {text}")
    return missing


def _parts(module: Module) -> list[Part]:
    return [part for step in module.steps for part in step.parts]


def _kinds(named: Iterable[Compare], low: int, high: int) -> list[int]:
    """One number on each side of every line that the page draws."""
    lines: set[int] = set()
    for compare in named:
        match compare.how:
            case "rose":
                lines.add(low + int(compare.low or 0))
            case "fell":
                lines.add(high - int(compare.low or 0))
            case _:
                lines |= {int(line) for line in (compare.low, compare.high) if line is not None}
    edges = {low, high, *(line + by for line in lines for by in (-1, 0, 1))}
    return sorted(edge for edge in edges if low <= edge <= high)


def _words_in(shown: Iterable[ShownMessage]) -> int:
    """Of the bubbles and the questions, without the pinned advice."""
    return sum(len(each.shown.text.split()) for each in shown if each.shown.urgent is None)


def _end(facts: Iterable[Fact], key: str) -> str:
    ended = [f for f in facts if isinstance(f, RunEnded) and plain_id(f.name) == plain_id(key)]
    return ended[-1].how if ended else ""
