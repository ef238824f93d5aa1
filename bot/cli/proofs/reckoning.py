"""What the record says in the end, compared with what each patient sent, was promised and saw."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from bot.cli.proofs.doors import Frame
from bot.cli.proofs.patient import Patient, Sent

_TOTAL = re.compile(r"came to (\d+) out of (\d+)")
ITEMS = {"phq9": 9, "gad7": 7}
HIGHEST = {"phq9": 27, "gad7": 21}


def reckon(patient: Patient, history: list[Frame]) -> Counter[str]:
    """Counts by kind of slip; empty where every promise was kept."""
    slips = Counter(patient.slips)
    _messages(patient, history, slips)
    _replies(patient, history, slips)
    slips["wrong effects"] += sum(1 for _ in wrong_effects(patient.sent, history))
    return Counter({what: count for what, count in slips.items() if count})


def _messages(patient: Patient, history: list[Frame], slips: Counter[str]) -> None:
    sent = {s.id: s for s in patient.sent}
    kept = [m for m in history if m["from"] == "patient"]
    times = Counter(str(m["id"]) for m in kept)
    places = {str(m["id"]): m["seq"] for m in kept}
    slips["duplicated"] += sum(n - 1 for n in times.values())
    slips["invented"] += sum(id not in sent for id in times)
    slips["lost"] += sum(s.seq is not None and times[s.id] == 0 for s in patient.sent)
    slips["acknowledged with another seq"] += sum(
        s.seq is not None and places.get(s.id, s.seq) != s.seq for s in patient.sent
    )
    numbers = [sent[str(m["id"])].n for m in kept if str(m["id"]) in sent]
    slips["out of order"] += sum(a >= b for a, b in pairwise(numbers))
    slips["words changed"] += sum(
        "text" in sent[str(m["id"])].frame and m["text"] != sent[str(m["id"])].frame["text"]
        for m in kept
        if str(m["id"]) in sent
    )


def _replies(patient: Patient, history: list[Frame], slips: Counter[str]) -> None:
    slips["holes in the record"] += [m["seq"] for m in history] != list(range(1, len(history) + 1))
    kept = {m["seq"]: m for m in history}
    slips["replies changed"] += sum(kept.get(seq) != frame for seq, frame in patient.seen.items())
    slips["replies missing"] += sum(seq not in patient.seen for seq in kept)
    following = [*history[1:], {"from": "nobody"}]
    slips["unanswered"] += sum(
        a["from"] == "patient" and b["from"] != "bot" for a, b in zip(history, following, strict=True)
    )


@dataclass
class _Form:
    """The check-in as the answers in the history must have left it."""

    measure: str = ""
    answers: dict[str, int] = field(default_factory=dict)
    totals: dict[str, list[int]] = field(default_factory=lambda: {"phq9": [], "gad7": []})


def wrong_effects(sent: list[Sent], history: list[Frame]) -> Iterator[str]:
    """Sums, next questions and curves that do not follow from the answers as they stand in the history."""
    by_id = {s.id: s for s in sent}
    form = _Form()
    for at, message in enumerate(history):
        said = by_id.get(str(message.get("id")))
        if message["from"] == "patient" and said is not None:
            yield from _effect(form, said, _reply(history, at))


def _reply(history: list[Frame], at: int) -> list[Frame]:
    reply = []
    for message in history[at + 1 :]:
        if message["from"] == "patient":
            break
        reply.append(message)
    return reply


def _effect(form: _Form, said: Sent, reply: list[Frame]) -> Iterator[str]:
    charts = {c["measure"]: [p["total"] for p in c["points"]] for m in reply for c in m.get("charts", ())}
    for measure, totals in charts.items():
        if form.totals.get(measure, totals)[-len(totals) :] != totals:
            yield f"{measure}: the curve shows {totals}"
    if said.kind == "check_in":
        form.answers.clear()
    elif said.kind == "answer":
        yield from _answered(form, said, reply)
    elif said.kind == "send":
        yield from _sent(form, reply)


def _answered(form: _Form, said: Sent, reply: list[Frame]) -> Iterator[str]:
    answer = said.frame["answer"]
    measure, _, item = str(answer["item"]).partition(".")
    if measure not in ITEMS:
        form.measure = measure
        return
    form.measure, form.answers[item] = measure, answer["value"]
    asked = [m["question"]["item"] for m in reply if m.get("question")]
    read_back = any(m.get("read_back") for m in reply)
    last = int(item) == ITEMS[measure]
    # An answer to item 9 may open the safety questions first.
    if (measure, item) != ("phq9", "9") and not (
        read_back if last else asked == [f"{measure}.{int(item) + 1}"]
    ):
        yield f"{answer['item']} was followed by {asked}"


def _sent(form: _Form, reply: list[Frame]) -> Iterator[str]:
    measure, total = form.measure, sum(form.answers.values())
    if measure not in ITEMS:
        return
    if len(form.answers) != ITEMS[measure]:
        yield f"{measure} was sent with {len(form.answers)} answers"
    told = [tuple(map(int, found)) for m in reply for found in _TOTAL.findall(m["text"])]
    if told != [(total, HIGHEST[measure])]:
        yield f"{measure} came to {total}, and the patient was told {told}"
    form.totals[measure].append(total)
    form.answers.clear()
