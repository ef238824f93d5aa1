"""Conversations that a clinician can read. `make golden` rewrites them; the diff is the review.

Each file is its own script. What somebody does stands at the start of a line:

    language: pl                     what they read, where it is not English; stands before the conditions
    conditions: copd, heart          who the patient is
    patient: words that are typed
    button: the label of a button
    answer: 2                        points on the form (skip for none; 1, 3 for several)
    time: 15 minutes                 passes, and the worker makes a round
    therapist: acknowledges risk     or resolves CONCERN, takes over, hands back, writes WORDS,
                                     finishes, takes back
    score: phq9 6, 8 weeks ago       an earlier score

All other lines are what came of it, and are written by the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clinic import Clinic, Patient
from msgspec.structs import asdict

from bot.core.facts import Fact
from bot.core.inputs import EndCare, HandBack, TakeBack, TakeOver, TeamSaid
from bot.core.shown import Shown
from bot.core.state import Run
from bot.core.values import Value, tag_of
from bot.usecases import alerts
from bot.usecases.care import end_care, take_back

FOLDER = Path(__file__).parent
DOINGS = ("language", "conditions", "patient", "button", "answer", "time", "therapist")
# Told in the transcript itself; the facts line is for what a reader could not see.
SEEN = {
    "message_heard",
    "message_shown",
    "wait_began",
    "part_reached",
    "timer_set",
    "timer_cleared",
    "phase_reached",
    "question_reached",
    "check_in_expected",
    "patient_heard_from",
    "weeks_began",
}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
async def test_transcript(path: Path, clinic: Clinic, request: pytest.FixtureRequest) -> None:
    before = path.read_text()
    after = "\n".join([line async for line in _play(before, clinic)]) + "\n"
    if request.config.getoption("--rewrite-golden"):
        path.write_text(after)
    assert after == path.read_text(), (
        f"{path.name} says something else now: run `make golden` and read the diff"
    )


def _script(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line.startswith("#"):
            yield "title", line
        kind, colon, what = line.partition(": ")
        if colon and kind in DOINGS:
            yield kind, what


async def _play(text: str, clinic: Clinic):  # type: ignore[no-untyped-def]
    patient: Patient | None = None
    language = "en"
    for kind, what in _script(text):
        if kind == "title":
            yield what
            continue
        yield ""
        yield f"{kind}: {what}"
        if kind == "language":
            language = what
            continue
        known = len(await patient.facts()) if patient else 0
        seen = len(patient.seen) if patient else 0
        if kind == "conditions":
            patient = await clinic.join(*what.split(", "), language=language)
        assert patient is not None, "a script begins with conditions:"
        await _do(clinic, patient, kind, what)
        await patient.catches_up()
        for message in patient.seen[seen:]:
            if message.sender != "patient":
                for line in _shown(message.sender, message.shown):
                    yield line
        facts = (await patient.facts())[known:]
        for line in _facts(facts):
            yield line


async def _do(clinic: Clinic, patient: Patient, kind: str, what: str) -> None:
    match kind:
        case "patient":
            await patient.says(what)
        case "button":
            await patient.chooses(what)
        case "answer":
            values = [None if v == "skip" else int(v) for v in what.split(", ")]
            for value in values:
                await patient.answers(value)
        case "time":
            number, unit = what.split()
            clinic.clock.advance(**{unit: float(number)})
            await clinic.work()
        case "therapist":
            await _therapist(clinic, patient, what)


async def _therapist(clinic: Clinic, patient: Patient, what: str) -> None:
    me = clinic.therapist.id
    verb, _, rest = what.partition(" ")
    open_alerts = {a.concern: a for a in await clinic.alerts()}
    service = clinic.service.id
    match verb:
        case "acknowledges":
            await alerts.acknowledge(clinic.house, service, open_alerts[rest].id, me)
        case "resolves":
            await alerts.resolve(clinic.house, service, open_alerts[rest].id, me, "contacted", "We spoke.")
        case "finishes":
            await end_care(clinic.house, service, patient.id, EndCare("discharged", me, finished=True))
        case "takes" if rest == "back":
            await take_back(clinic.house, service, patient.id, TakeBack(me))
        case "takes":
            await alerts.act(clinic.house, service, patient.id, TakeOver(me))
        case "hands":
            await alerts.act(clinic.house, service, patient.id, HandBack(me))
        case "writes":
            await alerts.act(clinic.house, service, patient.id, TeamSaid(me, rest))
    await clinic.settle()


def _shown(sender: str, shown: Shown) -> Iterator[str]:
    if shown.progress:
        yield f"  ({shown.progress.at} of {shown.progress.of})"
    text = shown.text.replace("\n", "\n       ")
    yield f"  {sender}: {text}"
    if shown.question is not None and shown.question.options:
        yield "       " + " / ".join(f"{o.value} {o.label}" for o in shown.question.options)
    for answer in shown.read_back:
        yield f"       {answer.text}: {answer.answer}"
    if shown.exercise:
        yield f"       exercise for {shown.exercise.seconds} seconds"
    for chart in shown.charts:
        yield f"       chart: {chart.sentence}"
    for line in shown.urgent.lines if shown.urgent else ():
        yield f"     ! {line.text}"
    labels = [c.label for c in shown.choices if ".change." not in c.id]
    if labels:
        yield "       " + " ".join(f"[{label}]" for label in labels)


def _facts(facts: list[Fact]) -> Iterator[str]:
    for fact in facts:
        if tag_of(type(fact)) in SEEN:
            continue
        body = _told(fact)
        told = {k: v for k, v in body.items() if isinstance(v, str | int | float | bool) and not _is_id(v)}
        if evidence := body.get("evidence"):
            told |= {"rule": evidence["rule"], "numbers": evidence.get("numbers") or None}
        if run := body.get("run"):
            told |= {k: run[k] for k in ("kind", "module", "measure", "dialogue", "group") if k in run}
        words = ", ".join(
            f"{k}={v}"
            for k, v in told.items()
            if v is not None and k not in ("release", "at", "due_at", "opened_at")
        )
        yield f"  fact: {tag_of(type(fact))} {words}".rstrip()


def _told(value: Value) -> dict[str, Any]:
    """All its fields, also those that stand at their defaults; of a Run also which it is."""
    kind = {"kind": tag_of(type(value))} if isinstance(value, Run) else {}
    fields = asdict(value).items()
    return kind | {name: _told(field) if isinstance(field, Value) else field for name, field in fields}


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) >= 36 and value.count("-") == 4
