"""Outcomes as NHS Talking Therapies counts them: a named, versioned rule set over a first and a last score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.library import Number, OutcomeRules
from bot.core.library.policy import Suppression


@dataclass(frozen=True)
class Pair:
    """First and last totals by measure, and attended treatment contacts (follow-ups do not count)."""

    first: Mapping[str, Number | None]
    last: Mapping[str, Number | None]
    contacts: int


def pair_of(totals: Mapping[str, Sequence[Number]], contacts: int) -> Pair:
    """``totals``: by measure, oldest first. A measure that was answered once has no last score."""
    first = {measure: given[0] for measure, given in totals.items() if given}
    last = {measure: given[-1] for measure, given in totals.items() if len(given) > 1}
    return Pair(first, last, contacts)


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
    deterioration is the mirror; one up and one down is as the rules say.
    """
    start, end = _is_case(pair.first, rules), _is_case(pair.last, rules)
    recovered = _both(start, None if end is None else not end)
    improved, deteriorated = _changed(pair, rules)
    return Outcome(
        case_at_start=start,
        recovered=recovered,
        reliable_improvement=improved,
        reliable_deterioration=deteriorated,
        reliable_recovery=_both(recovered, improved),
        finished=pair.contacts >= rules.finished_contacts,
    )


def _changed(pair: Pair, rules: OutcomeRules) -> tuple[bool | None, bool | None]:
    changes = [
        (last - first, limit)
        for measure, limit in rules.reliable_change.items()
        if (first := pair.first.get(measure)) is not None and (last := pair.last.get(measure)) is not None
    ]
    if len(changes) < len(rules.reliable_change):
        return None, None
    better = any(-change >= limit for change, limit in changes)
    worse = any(change >= limit for change, limit in changes)
    if better and worse:
        return (True, True) if rules.one_up_one_down == "both" else (False, False)
    return better, worse


def _is_case(totals: Mapping[str, Number | None], rules: OutcomeRules) -> bool | None:
    known = [(totals.get(m), at) for m, at in rules.case_at.items()]
    if any(total is not None and total >= at for total, at in known):
        return True
    return None if any(total is None for total, _ in known) else False


def _both(one: bool | None, other: bool | None) -> bool | None:
    """One that is false settles it, whatever the other is."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


# -- of many ------------------------------------------------------------------------------------------


class Totals(NamedTuple):
    """Of those who finished; printed counts and whole per cents, None where too few would be told."""

    finished: int | None
    cases_at_start: int | None
    recovered: int | None
    reliable_improvement: int | None
    reliable_deterioration: int | None
    no_reliable_change: int | None
    recovery_rate: int | None
    reliable_recovery_rate: int | None
    improvement_rate: int | None
    deterioration_rate: int | None


def totals_of(outcomes: Sequence[Outcome], rules: OutcomeRules) -> Totals:
    """Whoever has no last score is among those who finished all the same."""
    ended = [o for o in outcomes if o.finished]
    finished, cases = len(ended), sum(o.case_at_start is not False for o in ended)
    recovered = sum(o.recovered is True for o in ended)
    surely = sum(o.reliable_recovery is True for o in ended)
    better = sum(o.reliable_improvement is True for o in ended)
    worse = sum(o.reliable_deterioration is True for o in ended)
    same = sum(o.reliable_improvement is False and o.reliable_deterioration is False for o in ended)
    hide = rules.suppression or Suppression(blank_below=0, round_to=1)
    shown = parts_told((better, worse, same), hide)
    return Totals(
        count_told(finished, hide),
        count_told(cases, hide),
        count_told(recovered, hide),
        *shown,
        share_told(recovered, cases, hide),
        share_told(surely, cases, hide),
        share_told(better, finished, hide) if shown[0] is not None else None,
        share_told(worse, finished, hide) if shown[1] is not None else None,
    )


def count_told(count: int, hide: Suppression) -> int | None:
    """Half goes up: 12.5 to the nearest 5 is 15."""
    if count < hide.blank_below:
        return None
    return (2 * count + hide.round_to) // (2 * hide.round_to) * hide.round_to


def parts_told(parts: tuple[int, int, int], hide: Suppression) -> tuple[int | None, int | None, int | None]:
    """Parts of one whole: where a single one is blank the smallest other is too, or the whole would give it away."""
    shown = [count_told(part, hide) for part in parts]
    if shown.count(None) == 1:
        at = min((n for n in range(3) if shown[n] is not None), key=lambda n: parts[n])
        shown[at] = None
    better, worse, same = shown
    return better, worse, same


def share_told(part: int, whole: int, hide: Suppression) -> int | None:
    """In whole per cents, of unrounded counts."""
    if whole == 0 or part < hide.blank_below or whole < hide.blank_below:
        return None
    return (200 * part + whole) // (2 * whole)
