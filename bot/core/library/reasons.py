"""The reason of a content alert, made from its condition, so that page and alert cannot drift apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from bot.core.library.measures import Measure
from bot.core.library.steps import AllOf, AnyOf, Branch, Compare, Condition, Part, When


def with_reasons(part: Part, measures: Mapping[str, Measure]) -> Part:
    if not isinstance(part, When):
        return part
    return part.model_copy(
        update={"branches": tuple(_reasoned(branch, measures) for branch in part.branches)}
    )


def _reasoned(branch: Branch, measures: Mapping[str, Measure]) -> Branch:
    if branch.tell is None or branch.when is None:
        return branch
    return branch.model_copy(update={"reason": in_words(branch.when, measures)})


def in_words(condition: Condition, measures: Mapping[str, Measure]) -> str:
    """``gad7 is 15 or more`` becomes ``GAD-7 is 15 or more``; the words of the page otherwise stay."""
    match condition:
        case Compare():
            return _compared(condition, measures)
        case AllOf():
            return " and ".join(_inner(part, measures) for part in condition.parts)
        case AnyOf():
            return " or ".join(_inner(part, measures) for part in condition.parts)
        case _:
            assert_never(condition)


def _inner(condition: Condition, measures: Mapping[str, Measure]) -> str:
    words = in_words(condition, measures)
    return words if isinstance(condition, Compare) else f"({words})"


def _compared(compare: Compare, measures: Mapping[str, Measure]) -> str:
    measure = measures.get(compare.subject)
    subject = _short(measure.title) if measure else f"'{compare.subject}'"
    match compare.how:
        case "is":
            return f"{subject} is {compare.word if compare.word is not None else f'{compare.low:g}'}"
        case "between":
            return f"{subject} is between {compare.low:g} and {compare.high:g}"
        case "at_least":
            return f"{subject} is {compare.low:g} or more"
        case "at_most":
            return f"{subject} is {compare.high:g} or less"
        case "rose":
            return f"{subject} rose by {compare.low:g} or more"
        case "fell":
            return f"{subject} fell by {compare.low:g} or more"
        case "skipped":
            return f"{subject} was skipped"
        case _:
            assert_never(compare.how)


def _short(title: str) -> str:
    """``Generalised Anxiety Disorder questionnaire (GAD-7)``: the name in brackets is how clinicians say it."""
    return title[title.rindex("(") + 1 : -1] if title.endswith(")") and "(" in title else title
