"""Does a condition of the content hold? Scores are compared as the worsening policy compares them."""

from __future__ import annotations

from typing import assert_never

from bot.core.flow.voice import Talk
from bot.core.library import AllOf, AnyOf, Ask, Compare, Condition, Module
from bot.core.library.limits import CONDITION, GOAL
from bot.core.reading import plain
from bot.core.state import ModuleRun, Slot
from bot.core.worsening import Rules, so_far


def holds(pen: Talk, run: ModuleRun, module: Module, condition: Condition | None) -> bool:
    """None always holds."""
    match condition:
        case None:
            return True
        case AllOf(parts=parts):
            return all(holds(pen, run, module, part) for part in parts)
        case AnyOf(parts=parts):
            return any(holds(pen, run, module, part) for part in parts)
        case Compare():
            return _compare(pen, run, module, condition)
        case _:
            assert_never(condition)


def numbers_in(pen: Talk, condition: Condition | None) -> dict[str, float]:
    """The scores that a condition looked at: the evidence for the alert that it raised."""
    match condition:
        case Compare(subject=subject, how=how) if how != "skipped" and (
            scores := pen.state.scores.get(subject)
        ):
            return {subject: float(scores[-1].total)}
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return {name: value for part in parts for name, value in numbers_in(pen, part).items()}
        case _:
            return {}


def measure_in(pen: Talk, run: ModuleRun, module: Module, condition: Condition | None) -> str | None:
    """The measure whose score makes the condition hold; the first of several."""
    match condition:
        case Compare(subject=subject):
            return subject if numbers_in(pen, condition) else None
        case AllOf(parts=parts) | AnyOf(parts=parts):
            those = (part for part in parts if holds(pen, run, module, part))
            return next((m for part in those if (m := measure_in(pen, run, module, part))), None)
        case _:
            return None


def _compare(pen: Talk, run: ModuleRun, module: Module, test: Compare) -> bool:
    slot = run.slots.get(test.subject)
    if test.subject == GOAL and test.how == "skipped":
        return not pen.state.goals
    if test.subject == CONDITION:
        return test.word in pen.state.profile.conditions
    if test.how == "skipped":
        return slot is not None and slot.skipped
    if test.how in ("rose", "fell"):
        return _moved(pen, test)
    if slot is not None and test.how == "is" and test.word is not None:
        return test.word in _picked(module, test.subject, slot)
    number = _number(pen, test.subject, slot)
    if number is None:
        return False
    low = test.low if test.low is not None else float("-inf")
    high = test.high if test.high is not None else float("inf")
    return low <= number <= high


def _number(pen: Talk, subject: str, slot: Slot | None) -> float | None:
    if slot is not None:
        return slot.number
    scores = pen.state.scores.get(subject)
    return float(scores[-1].total) if scores else None


def _moved(pen: Talk, test: Compare) -> bool:
    """Against the best (for a rise) or the worst (for a fall) score in the look-back window."""
    scores = pen.state.scores.get(test.subject, ())
    if not scores or test.low is None:
        return False
    new = scores[-1].total
    earlier = so_far(scores, Rules.of(pen.moment.library, pen.moment.service.rule_set))
    if not earlier:
        return False
    change = new - min(earlier) if test.how == "rose" else max(earlier) - new
    return change >= test.low


def _picked(module: Module, name: str, slot: Slot) -> frozenset[str]:
    """The words of the options that were picked, in plain lower case; yes and no for a yes-or-no question."""
    if slot.number is not None and slot.options is None:
        return frozenset({"yes" if slot.number else "no"})
    options = next(
        (p.options for s in module.steps for p in s.parts if isinstance(p, Ask) and p.name == name), ()
    )
    return frozenset(plain(options[i]) for i in slot.options or () if i < len(options))
