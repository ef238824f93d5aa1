"""What waits for a host, and what was decided: each case is opened once, decided by a person, and kept with its reason."""

from __future__ import annotations

from bot.core import alerts
from bot.core.errors import Refused
from bot.core.facts import CaseDecided, CaseKind, CaseOpened, Decision, Evidence, OldPost
from bot.core.inputs import Resolve
from bot.core.library import Level
from bot.core.pen import Pen
from bot.core.room.state import Case, Room
from bot.core.values import LineId, StaffId, WordId

CONCERN = "group-report"

HIDING = (
    "off_topic",
    "contact",
    "unkind",
    "advice",
    "selling",
    "distress",
    "private_name",
    "method",
    "other",
    "illegal",
)
"""For which a post is hidden or a member paused: house rules, and apart from them what may be against the law."""


def open_case(
    pen: Pen[Room],
    kind: CaseKind,
    why: str,
    *,
    seq: int | None = None,
    member: LineId | None = None,
    of: int | None = None,
    word: WordId | None = None,
    old: OldPost | None = None,
    level: Level = "soon",
) -> int:
    """One more thing for a host to look at, with its alert (I3). Returns its number."""
    number = pen.state.last_case + 1
    pen.write(
        CaseOpened(
            case=number,
            kind=kind,
            why=why,
            at=pen.moment.now,
            seq=seq,
            member=member,
            of=of,
            word=word,
            old=old,
        )
    )
    rule = f"group:{why}" if kind == "held" else f"group:{kind}"
    alerts.concern_raised(pen, CONCERN, level, Evidence(rule=rule, seq=seq))
    return number


def decided_now(
    pen: Pen[Room],
    by: StaffId,
    decision: Decision,
    reason: str,
    *,
    seq: int | None = None,
    member: LineId | None = None,
    old: OldPost | None = None,
) -> int:
    """A host acts without having been asked: asked and answered in one."""
    number, now = pen.state.last_case + 1, pen.moment.now
    opened = CaseOpened(case=number, kind="decided", why=reason, at=now, seq=seq, member=member, old=old)
    pen.write(opened)
    pen.write(CaseDecided(case=number, by=by, decision=decision, reason=reason, at=now))
    return number


def decide(pen: Pen[Room], case: int, by: StaffId, decision: Decision, reason: str = "") -> None:
    """What a member said to it before is answered with it. When nothing waits any more, whoever decided the last thing has
    answered the room's alert."""
    if case not in pen.state.cases:
        raise Refused("already_decided")
    now = pen.moment.now
    pen.write(CaseDecided(case=case, by=by, decision=decision, reason=reason, at=now))
    for said in [n for n, c in pen.state.cases.items() if c.of == case]:
        pen.write(CaseDecided(case=said, by=by, decision="done", reason="", at=now))
    if not pen.state.cases:
        _answered(pen, by)


def cases_of(room: Room, *, seq: int | None = None, member: LineId | None = None) -> dict[int, Case]:
    """Those that still wait, about this post or this member."""
    return {
        n: c
        for n, c in room.cases.items()
        if (seq is not None and c.seq == seq) or (member is not None and c.member == member and c.seq is None)
    }


def asked_about(room: Room, seq: int) -> dict[int, Case]:
    """What a decision about this post answers."""
    return {n: c for n, c in cases_of(room, seq=seq).items() if c.kind in ("held", "reported")}


def must_be_a_reason(reason: str) -> None:
    if reason not in HIDING:
        raise Refused("no_reason")


def _answered(pen: Pen[Room], by: StaffId) -> None:
    alert = pen.state.alerts.get(CONCERN)
    if alert is not None:
        alerts.act(pen, Resolve(alert.id, by, "decided"))
