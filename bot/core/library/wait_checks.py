"""C1: is there a wait in time? A conversation that says too much in one breath is taken for one that runs in a circle.

Only a link leads back to an earlier step, and every link is a button that waits for the patient. So a loop without a
wait cannot be written; what can run on without one is a long way down, step after step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.library.drafts import ModuleDraft, always_chooses
from bot.core.library.limits import MESSAGES_A_TURN, STEPS_A_TURN
from bot.core.library.problems import Problem
from bot.core.library.steps import Ask, CheckIn, Do, Exercise, Goals, Part, Picture, Say, When


@dataclass
class _Breath:
    """What may have been said and entered since the conversation last surely waited."""

    messages: int
    steps: int

    def take(self, part: Part) -> None:
        if _surely_waits(part):
            self.messages = self.steps = 0
        elif isinstance(part, Say | Picture):
            self.messages += 1
        elif isinstance(part, When):
            self.messages += max((len(b.says) for b in part.branches if not b.links), default=0)


def breathless_problems(module: ModuleDraft) -> Iterator[Problem]:
    """At the first step that a conversation may reach with too much said or too many steps entered."""
    opening = 2  # the urgent advice, and that the page is a draft
    breath = _Breath(opening, 0)
    for step in module.steps:
        breath.steps += 1
        if breath.messages > MESSAGES_A_TURN or breath.steps > STEPS_A_TURN:
            much = (
                f"{breath.messages} messages (the most is {MESSAGES_A_TURN})"
                if breath.messages > MESSAGES_A_TURN
                else f"{breath.steps} steps (the most is {STEPS_A_TURN})"
            )
            hint = f"ask something above it, or end the step above with a choice: - [Go on](#{step.id})"
            yield step.at.problem("C104", f"up to here come {much} without a wait for the patient", hint)
            breath = _Breath(0, 1)
        for part in step.parts:
            breath.take(part.part)
        if step.ends:
            breath = _Breath(0, 0)


def _surely_waits(part: Part) -> bool:
    match part:
        case Ask() | CheckIn() | Exercise() | Do():
            return part.when is None
        case Goals():
            return True
        case _:
            return always_chooses(part)
