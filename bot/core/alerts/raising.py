"""What raises an alert, adds to it, or brings it back: the ledger's one way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core import escalation
from bot.core.alerts.standing import active_at, climb_from, due, reopen
from bot.core.facts import AlertRaised, Evidence, EvidenceAdded
from bot.core.inputs import MarkMissed
from bot.core.library import Level
from bot.core.pen import Pen, S
from bot.core.safety import Hit
from bot.core.state import Conversation, OpenAlert
from bot.core.values import AlertId

MISSED = "staff:missed"
ANY = "any"


def concern_raised(pen: Pen[S], concern: str, level: Level, evidence: Evidence) -> None:
    """Open an alert, or add to the open one; people hear again where it is graver or nobody is on it any more (I3)."""
    known = pen.state.alerts.get(concern)
    if known is None:
        _open(pen, concern, level, evidence)
        return
    tell = _says_more(pen, known, level)
    graver = escalation.graver(known.level, level)
    at = due(pen, graver, 0) if tell else known.due_at
    pen.write(
        EvidenceAdded(alert=known.id, concern=concern, evidence=evidence, level=graver, tell=tell, due_at=at)
    )
    if tell:
        climb_from(pen, known.id, at)


def in_particular(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Of one message: what rang in general is evidence of what rang in particular, and no alert beside it.

    ``emergency:any`` in the same breath as ``emergency:heart`` is about the heart.
    """
    special: dict[str, str] = {}
    for hit in hits:
        family, what = _parts(hit)
        if what not in ("", ANY):
            special.setdefault(family, hit.concern)
    return tuple(
        replace(hit, concern=special[family]) if what == ANY and family in special else hit
        for hit, (family, what) in ((hit, _parts(hit)) for hit in hits)
    )


def _parts(hit: Hit) -> tuple[str, str]:
    family, _, what = hit.concern.partition(":")
    return family, what


def _open(pen: Pen[S], concern: str, level: Level, evidence: Evidence) -> None:
    state, alert = pen.state, AlertId(next(pen.ids))
    at = due(pen, level, 0)
    pen.write(
        AlertRaised(
            alert=alert,
            concern=concern,
            level=level,
            evidence=evidence,
            owner=state.profile.owner if isinstance(state, Conversation) and not state.gone else None,
            opened_at=pen.moment.now,
            due_at=at,
        )
    )
    climb_from(pen, alert, at)


def _says_more(pen: Pen[S], known: OpenAlert, level: Level) -> bool:
    """An alert that is already on its way says it; one that was put off comes back with anything; one that somebody
    answers for with what needs somebody now, unless they are in the chat and read it there."""
    if escalation.GRAVITY[level] > escalation.GRAVITY[known.level] or known.status == "snoozed":
        return True
    if known.status != "acknowledged" or level != "now":
        return False
    return active_at(pen, timedelta(minutes=pen.moment.library.policy.ladder.pause_minutes)) is None


def patient_wrote(pen: Pen[S]) -> None:
    """What was put off while all was quiet is open again."""
    for alert in [a for a in pen.state.alerts.values() if a.status == "snoozed"]:
        reopen(pen, alert, "patient_wrote")


def marked_missed(pen: Pen[S], mark: MarkMissed) -> None:
    """Nobody was told of this message, so somebody has to look now; unless an alert of the concern stands already."""
    if mark.concern not in pen.state.alerts:
        evidence = Evidence(rule=MISSED, seq=mark.seq, client_id=mark.client_id)
        concern_raised(pen, mark.concern, "now", evidence)
