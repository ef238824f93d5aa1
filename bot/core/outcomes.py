"""Outcomes as NHS Talking Therapies counts them: a named, versioned rule set over a first and a last score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.library import Number, OutcomeRules


@dataclass(frozen=True)
class Pair:
    """First and last totals by measure, and attended treatment contacts (follow-ups do not count)."""

    first: Mapping[str, Number | None]
    last: Mapping[str, Number | None]
    contacts: int


class Outcome(NamedTuple):
    """None where a score that the rule needs is missing: a skipped questionnaire is not a good one."""

    case_at_start: bool | None
    recovered: bool | None
    reliable_improvement: bool | None
    reliable_deterioration: bool | None
    reliable_recovery: bool | None
    finished: bool


def outcome_of(pair: Pair, rules: OutcomeRules) -> Outcome:
    """Recovered: a case at the first score on any measure, below every threshold at the last.

    Reliable improvement: at least one measure better by its reliable change and none reliably worse;
    deterioration is the mirror; one up and one down is neither.
    """
    finished = pair.contacts >= rules.finished_contacts
    start = _is_case(pair.first, rules)
    end = _is_case(pair.last, rules)
    changes = [
        last - first
        for measure in rules.reliable_change
        if (first := pair.first.get(measure)) is not None and (last := pair.last.get(measure)) is not None
    ]
    if len(changes) < len(rules.reliable_change):
        return Outcome(start, None, None, None, None, finished)
    limits = list(rules.reliable_change.values())
    better = any(-change >= limit for change, limit in zip(changes, limits, strict=True))
    worse = any(change >= limit for change, limit in zip(changes, limits, strict=True))
    recovered = bool(start and not end)
    improved = better and not worse
    return Outcome(start, recovered, improved, worse and not better, recovered and improved, finished)


def _is_case(totals: Mapping[str, Number | None], rules: OutcomeRules) -> bool | None:
    known = [(totals.get(m), at) for m, at in rules.case_at.items()]
    if any(total is None for total, _ in known):
        return True if any(total is not None and total >= at for total, at in known) else None
    return any(total is not None and total >= at for total, at in known)
