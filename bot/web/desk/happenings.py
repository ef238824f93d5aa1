"""What has happened to a patient, as the desk counts it: Runs of quick answers and of follow-ups are no modules begun."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.facts import RunEnded, RunStarted
from bot.core.library import Library, is_quick, plain_id
from bot.core.state import ModuleRun
from bot.ports import Happened


def that_count(happened: Sequence[Happened]) -> tuple[Happened, ...]:
    """``happened``: newest first, and so is what is left of it."""
    kept: list[Happened] = []
    uncounted: set[str] = set()
    for each in reversed(happened):
        match each.fact:
            case RunStarted(run=ModuleRun(module=name, began=began)):
                if is_quick(name) or not began:
                    uncounted.add(plain_id(name))
                else:
                    uncounted.discard(plain_id(name))
                    kept.append(each)
            case RunEnded(name=name):
                if not is_quick(name) and plain_id(name) not in uncounted:
                    kept.append(each)
                uncounted.discard(plain_id(name))
            case _:
                kept.append(each)
    return tuple(reversed(kept))


def module_title(library: Library, key: str) -> str:
    """As editors and clinicians know it, whatever language or words it was read in."""
    known = library.module(plain_id(key))
    return known.title if known else key


def number_of(number: int, thing: str) -> str:
    """``1 alert``, ``2 alerts``"""
    return f"{number} {thing}{'' if number == 1 else 's'}"
