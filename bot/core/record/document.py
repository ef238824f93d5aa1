"""What is handed over, worked out from the facts and the words: each thing they said, answered, set or agreed to.

What happened stands there fact by fact as well, so that nothing is left out because nobody thought of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from bot.core import facts as f
from bot.core.errors import Misuse
from bot.core.fold import fold
from bot.core.goals_told import goals_told
from bot.core.library import Given, Library, Measure, Number, plain_id
from bot.core.shown import Shown
from bot.core.state import PLANS, Conversation, ModuleRun
from bot.core.values import LineId, WordId

STAFF_NOTES = frozenset({"resolve_note", "snooze_note", "handover_note"})
"""What colleagues write about an alert to one another: the team hands it over, once a person has read it."""


@dataclass(frozen=True)
class Told:
    """All that goes into it. ``words``: kind and text by id. ``looks``: in sentences, newest first. ``to_team``: it is made
    by the team or the operator, who do not read a plan that is not shared."""

    service: str
    patient: LineId
    made_at: datetime
    journal: Sequence[tuple[datetime, Sequence[f.Fact]]]
    words: Mapping[WordId, tuple[str, str]] = field(repr=False)
    looks: Sequence[str] = ()
    reminders: Sequence[Mapping[str, Any]] = ()
    to_team: bool = False

    def text(self, word: WordId | None) -> str | None:
        held = self.words.get(word) if word is not None else None
        return held[1] if held else None


@dataclass(frozen=True)
class Score:
    """``of``: the highest that there could be. ``answers``: item, its words, the points or None where it was skipped, and
    the answer in words."""

    id: UUID
    measure: str
    version: str
    title: str
    at: datetime
    total: Number | None
    of: Number | None
    band: str
    complete: bool
    answers: tuple[tuple[str, str, Given, str], ...]


@dataclass
class Document:
    """``sections``: each a list of plain rows. ``happened``: every fact, in order, with ids and numbers alone."""

    service: str
    patient: LineId
    made_at: datetime
    language: str
    state: Conversation
    scores: list[Score] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    consents: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    goals: list[dict[str, Any]] = field(default_factory=list)
    plan: list[dict[str, Any]] = field(default_factory=list)
    diary: list[dict[str, Any]] = field(default_factory=list)
    modules: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)
    reminders: list[dict[str, Any]] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    other_words: list[dict[str, Any]] = field(default_factory=list)
    happened: list[dict[str, Any]] = field(default_factory=list)

    def json(self) -> bytes:
        """As a file: sections as they are, moments in ISO 8601."""
        told = {
            "service": self.service,
            "record": str(self.patient),
            "made_at": self.made_at,
            "language": self.language,
            "about": self.about,
            "consents": self.consents,
            "scores": [_score_row(score) for score in self.scores],
            **{name: getattr(self, name) for name in SECTIONS},
            "happened": self.happened,
        }
        return msgspec.json.format(msgspec.json.encode(told), indent=1)


SECTIONS = (
    *(
        "messages",
        "goals",
        "plan",
        "diary",
        "modules",
        "posts",
        "alerts",
        "corrections",
        "reminders",
        "looks",
    ),
    "other_words",
)


def document_of(told: Told, library: Library) -> Document:
    every = [fact for _, facts in told.journal for fact in facts]
    state = fold(Conversation(), every)
    document = Document(told.service, told.patient, told.made_at, state.profile.language, state)
    hidden = frozenset(name for name in PLANS if told.to_team and not state.own_plan(name).shared)
    writing = _Writing(told, library, document, hidden)
    for at, facts in told.journal:
        for fact in facts:
            writing.fact(at, fact)
    writing.close(state)
    return document


class _Writing:
    def __init__(self, told: Told, library: Library, document: Document, hidden: frozenset[str]) -> None:
        """``hidden``: the plans that are not for whoever reads it."""
        self._told, self._library, self._into, self._hidden = told, library, document, hidden
        self._used: set[WordId] = set()

    def _text(self, word: WordId | None) -> str | None:
        if word is not None:
            self._used.add(word)
        return self._told.text(word)

    def fact(self, at: datetime, fact: f.Fact) -> None:
        self._into.happened.append({"at": at, **_plain(fact)})
        match fact:
            case f.PatientJoined(consents=consents):
                self._into.consents += [
                    {"consent": name, "given": given, "version": None, "at": at}
                    for name, given in consents.items()
                ]
            case f.ConsentAnswered(consent=name, given=given, version=version):
                self._into.consents.append({"consent": name, "given": given, "version": version, "at": at})
            case f.MessageHeard(seq=seq, word=word):
                self._message(at, seq, "patient", word)
            case f.MessageShown(seq=seq, sender=sender, word=word):
                self._message(at, seq, sender, word)
            case f.ScoreRecorded():
                self._into.scores.append(self._score(fact))
            case f.DiaryKept(kind=kind, at=when, number=number, unit=unit, word=word):
                row = {"at": when, "kind": kind, "number": number, "unit": unit}
                self._into.diary.append({**row, "text": self._text(word)})
            case f.RunStarted(run=ModuleRun(module=module)):
                self._into.modules.append({"at": at, "what": "began", "module": self._title(module)})
            case f.RunEnded(kind="module", name=module, how=how):
                self._into.modules.append({"at": at, "what": how, "module": self._title(module)})
            case f.ModuleRated(module=module, helped=helped):
                row = {"at": at, "what": f"helped: {helped}", "module": self._title(module)}
                self._into.modules.append(row)
            case f.PostOffered(room=room, word=word):
                self._into.posts.append({"at": at, "group": str(room), "text": self._text(word)})
            case f.AlertRaised(concern=concern):
                self._into.alerts.append({"at": at, "about": concern.partition(":")[0], "what": "told"})
            case f.AlertResolved(concern=concern):
                self._into.alerts.append({"at": at, "about": concern.partition(":")[0], "what": "closed"})
            case f.CorrectionAsked(correction=correction, about=about, word=word):
                row = {"at": at, "id": str(correction), "about": about, "text": self._text(word)}
                self._into.corrections.append({**row, "answered": None})
            case f.CorrectionAnswered():
                self._answered(fact)
            case _:
                pass

    def _message(self, at: datetime, seq: int, who: str, word: WordId) -> None:
        raw = self._text(word)
        shown = _shown(raw)
        row: dict[str, Any] = {
            "seq": seq,
            "at": at,
            "from": who,
            "text": None if shown is None else shown.text,
        }
        if shown is not None and shown.own_plan and (shown.of_plan or "safety") in self._hidden:
            row["text"], shown = None, None
        if shown is not None:
            more: dict[str, Any] = msgspec.to_builtins(shown)
            row |= {k: v for k, v in more.items() if k not in ("text", "lang", "own_plan", "of_plan")}
        self._into.messages.append(row)

    def _score(self, fact: f.ScoreRecorded) -> Score:
        measure = self._library.measures.get(fact.measure)
        highest = fact.of if fact.of is not None else measure.range[1] if measure else None
        band = measure.band(fact.total) if measure and fact.total is not None else None
        return Score(
            id=fact.score_id,
            measure=fact.measure,
            version=fact.measure_version,
            title=measure.plain_name if measure else fact.measure,
            at=fact.at,
            total=fact.total,
            of=highest,
            band=band.plain if band else "",
            complete=fact.complete,
            answers=tuple(
                (item, _item_text(measure, item), given, _in_words(measure, item, given))
                for item, given in fact.items.items()
            ),
        )

    def _answered(self, fact: f.CorrectionAnswered) -> None:
        for row in self._into.corrections:
            if row["id"] == str(fact.correction):
                row["answered"] = fact.at
                row["agreed"] = fact.agreed
                row["note"] = self._text(fact.note)

    def _title(self, module: str | None) -> str | None:
        if module is None:
            return None
        known = self._library.module(plain_id(module), self._into.language)
        return known.title if known else module

    def _happened(self) -> Iterator[tuple[datetime, f.Fact]]:
        return ((at, fact) for at, facts in self._told.journal for fact in facts)

    def close(self, state: Conversation) -> None:
        profile, into = state.profile, self._into
        into.about = {
            "name": self._text(profile.first_name),
            "contact": self._text(profile.contact),
            "status": state.status,
            "conditions": list(profile.conditions),
            "nation": profile.nation,
            "time_zone": profile.timezone,
            "language": profile.language,
        }
        for id_, goal in goals_told(self._happened()).items():
            into.goals.append(
                {
                    "at": goal.at,
                    "id": str(id_),
                    "text": self._text(goal.word),
                    "module": self._title(goal.module),
                    "ratings": [{"at": at, "rating": rating} for at, rating in goal.ratings],
                    "before": [self._text(word) for word in goal.before],
                    "ended": {"at": goal.ended_at, "how": goal.ended} if goal.ended else None,
                }
            )
        for name, parts in PLANS.items():
            for part in parts:
                if (word := state.own_plan(name).parts.get(part)) is not None:
                    text = self._text(word)
                    row = {"plan": name, "part": part, "text": None if name in self._hidden else text}
                    into.plan.append(row)
        into.reminders = [dict(row) for row in self._told.reminders]
        into.looks = list(self._told.looks)
        for word, (kind, text) in self._told.words.items():
            private = kind in STAFF_NOTES or (kind == "plan" and self._hidden)
            if word not in self._used and not private:
                into.other_words.append({"kind": kind, "text": text})


def _plain(fact: f.Fact) -> dict[str, Any]:
    """As it is kept; of an alert only what it was about: by which rule, and who was told, is the team's."""
    whole: dict[str, Any] = msgspec.to_builtins(fact)
    if "concern" not in whole or "alert" not in whole:
        return whole
    return {"type": whole["type"], "concern": fact.concern.partition(":")[0]}  # type: ignore[union-attr]


def _shown(raw: str | None) -> Shown | None:
    if raw is None:
        return None
    try:
        return Shown.from_json(raw)
    except Misuse:
        return Shown(text=raw)


def _item_text(measure: Measure | None, item: str) -> str:
    known = measure.item(item) if measure else None
    return known.text if known and known.text else measure.lead if measure and measure.lead else item


def _in_words(measure: Measure | None, item: str, given: Given) -> str:
    known = measure.item(item) if measure else None
    if given is None:
        return ""
    if isinstance(given, str) or measure is None or known is None:
        return str(given).replace("_", " ")
    return measure.in_words(known, given)


def _score_row(score: Score) -> dict[str, Any]:
    """Of an item that was skipped the answer is null, which is never 0."""
    return {
        "id": str(score.id),
        "measure": score.measure,
        "version": score.version,
        "title": score.title,
        "at": score.at,
        "total": score.total,
        "of": score.of,
        "band": score.band,
        "complete": score.complete,
        "answers": [
            {"item": item, "text": text, "answer": given, "in_words": words or None}
            for item, text, given, words in score.answers
        ],
    }
