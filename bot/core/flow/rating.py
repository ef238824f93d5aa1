"""The question "Did this help?": once behind a finished module, and given up for anything else that is said."""

from __future__ import annotations

from typing import Literal

from bot.core.facts import ModuleRated, RunEnded, RunStarted
from bot.core.flow.voice import Talk, speak, wait_for_choice
from bot.core.state import Helped, ModuleRun, RatingRun

HELPED: dict[str, Helped] = {"helped.yes": "yes", "helped.little": "little", "helped.no": "no"}
KEYS = (*HELPED, "helped.skip")


def begin(pen: Talk, finished: ModuleRun) -> None:
    """Not after an hour in which something rang; the module's own end is written by then."""
    if not finished.began or finished.rang or pen.state.runs:
        return
    run = RatingRun(
        module=finished.module,
        release=finished.release,
        began=finished.began,
        language=finished.language,
    )
    pen.write(RunStarted(run=run))


def ask(pen: Talk) -> None:
    speak(pen, "did_it_help")
    wait_for_choice(pen, *KEYS)


def answered(pen: Talk, key: str) -> None:
    run = pen.state.top
    assert isinstance(run, RatingRun)
    helped = HELPED.get(key)
    if helped is None:
        _ended(pen, run, "stopped")
        return
    pen.write(ModuleRated(module=run.module, release=run.release, began=run.began, helped=helped))
    _ended(pen, run, "finished")
    speak(pen, f"did_it_help_thanks_{helped}")


def pass_over(pen: Talk) -> None:
    """Something else comes up: the question is gone, and is not asked again."""
    if isinstance(run := pen.state.top, RatingRun):
        _ended(pen, run, "left")


def _ended(pen: Talk, run: RatingRun, how: Literal["finished", "stopped", "left"]) -> None:
    pen.write(RunEnded(kind="rating", name=run.module, how=how))
