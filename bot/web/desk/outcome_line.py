"""What came of one patient's care so far, by the official arithmetic, in plain words with the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.library import Library, Number, OutcomeRules, said
from bot.core.outcomes import Outcome, Pair, outcome_of, pair_of
from bot.ports import ScoreSeen
from bot.web.desk.words import ENDS, measure_name


@dataclass(frozen=True)
class Answer:
    """``why``: the numbers, or what is missing."""

    asked: str
    said: str
    why: str = ""


@dataclass(frozen=True)
class OutcomeLine:
    """``sentence``: the whole in one. ``rules``: the rule set's own title, name and version."""

    sentence: str
    answers: tuple[Answer, ...]
    rules: str


def outcome_line(
    scores: Sequence[ScoreSeen], sessions: int, status: str, library: Library
) -> OutcomeLine | None:
    """``sessions``: days on which a colleague was in the chat. None where none of the rule set's measures is answered."""
    rules = library.policy.outcomes
    totals: dict[str, list[Number]] = {}
    for score in scores:
        if score.measure in rules.case_at and score.total is not None:
            totals.setdefault(score.measure, []).append(score.total)
    if not totals:
        return None
    pair = pair_of(totals, sessions)
    outcome = outcome_of(pair, rules)
    names = {m: measure_name(library, m) for m in rules.case_at}
    answers = (
        Answer("A case at the first score", _yes(outcome.case_at_start), _cases(pair.first, rules, names)),
        _recovered(outcome, pair, rules, names),
        Answer("Reliable improvement", _yes(outcome.reliable_improvement), _changes(pair, rules, names)),
        Answer("Reliable deterioration", _yes(outcome.reliable_deterioration)),
        Answer("Reliable recovery", _yes(outcome.reliable_recovery), "Recovered, and reliably improved."),
        _finished(outcome, sessions, status, rules),
    )
    named = f"{rules.title}: rule set {rules.name}, version {rules.version}".removeprefix(": ")
    return OutcomeLine(_sentence(outcome, status in ENDS), answers, named)


def _yes(said: bool | None) -> str:
    return "Not known yet" if said is None else "Yes" if said else "No"


def _cases(totals: Mapping[str, Number | None], rules: OutcomeRules, names: Mapping[str, str]) -> str:
    """``PHQ-9 15 (10 or more is a case), no whole GAD-7 yet.``"""
    parts = []
    for measure, at in rules.case_at.items():
        total = totals.get(measure)
        parts.append(
            f"no whole {names[measure]} yet"
            if total is None
            else f"{names[measure]} {said(total)} ({said(at)} or more is a case)"
        )
    return _told(parts)


def _recovered(outcome: Outcome, pair: Pair, rules: OutcomeRules, names: Mapping[str, str]) -> Answer:
    if outcome.case_at_start is False:
        return Answer("Recovered", "Does not apply", "Not a case at the first score.")
    missing = [names[m] for m in rules.case_at if pair.last.get(m) is None]
    if outcome.recovered is None and missing:
        return Answer("Recovered", _yes(None), f"There is no second {' and '.join(missing)} yet.")
    last = ", ".join(
        f"{names[m]} {said(total)}" for m in rules.case_at if (total := pair.last.get(m)) is not None
    )
    return Answer("Recovered", _yes(outcome.recovered), f"A case at first; at the last score {last}.")


def _changes(pair: Pair, rules: OutcomeRules, names: Mapping[str, str]) -> str:
    parts = []
    for measure, enough in rules.reliable_change.items():
        first, last = pair.first.get(measure), pair.last.get(measure)
        name = names.get(measure, measure)
        if first is None or last is None:
            parts.append(f"no two whole {name} yet")
        else:
            parts.append(f"{name} {said(first)} to {said(last)} ({said(enough)} points or more are reliable)")
    return _told(parts)


def _finished(outcome: Outcome, sessions: int, status: str, rules: OutcomeRules) -> Answer:
    days = f"{sessions} day{'' if sessions == 1 else 's'} with a colleague in the chat"
    why = f"{days}; care that has ended with {rules.finished_contacts} or more contacts counts as finished. Contacts outside Bounceback are not known here."
    if status not in ENDS:
        return Answer("Finished", "Not finished yet", f"Their care here goes on. {why}")
    return Answer("Finished", "Yes" if outcome.finished else "No, by what is known here", why)


def _told(parts: Sequence[str]) -> str:
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _sentence(outcome: Outcome, ended: bool) -> str:
    so_far = "At the end of care" if ended else "So far, not finished yet"
    if outcome.reliable_recovery:
        what = "recovered, and reliably so"
    elif outcome.recovered:
        what = "below both thresholds at the last score, without a reliable improvement"
    elif outcome.reliable_improvement and outcome.reliable_deterioration:
        what = "one measure reliably better, another reliably worse"
    elif outcome.reliable_improvement:
        what = "reliably improved" if outcome.case_at_start is False else "reliably improved, not recovered"
    elif outcome.reliable_deterioration:
        what = "reliably worse"
    elif outcome.reliable_improvement is None:
        what = "not known, since it needs two whole scores of each measure"
    else:
        what = "no reliable change"
    return f"{so_far}: {what}."
