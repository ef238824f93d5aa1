"""What C104 calls too much at once is what the conversation itself breaks off, and no less."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from drafting import BYE, body_problems, page_as_it_runs

from bot.core.facts import RunEnded
from bot.core.flow.walk import begin, walk
from bot.core.library import Library
from bot.core.pen import Moment, Pen
from bot.core.service import Service
from bot.core.state import Conversation, ForPatient, ModuleRun
from bot.core.values import LineId, ServiceId

SERVICE = Service(id=ServiceId(UUID(int=7)), slug="waits", name="Waits", nation="wales")


def says(messages: int, then: str = "\n\n## On\n\nHello.") -> str:
    return "\n\n".join(f"Thought {n}." for n in range(messages)) + then + BYE


def many(steps: int) -> str:
    """The first step is the page's own; these only tell the team, so that no message counts."""
    told = "::: tell-therapist routine\nWas here.\n:::\n\n"
    return told + "".join(f"## Step {n}\n\n{told}" for n in range(2, steps)) + "## Last\n\nHello." + BYE


ASKED = "::: ask well, yes or no\nAre you well?\n:::\n\n"
SOMETIMES = "::: ask why, yes or no, when gad7 is 3\nIs it worry?\n:::"


@pytest.mark.parametrize(
    ("body", "breaks_off"),
    [
        (says(10), False),
        (says(11), True),
        (says(11, then=""), False),
        (says(5, then=f"\n\n{SOMETIMES}\n\n{says(6)}"), True),
        (many(20), False),
        (many(21), True),
    ],
    ids=lambda value: "" if isinstance(value, bool) else f"{len(value)} characters",
)
def test_the_checker_and_the_conversation_agree(library: Library, body: str, breaks_off: bool) -> None:
    assert any(problem.endswith("C104") for problem in body_problems(body)) is breaks_off
    assert overruns(library, body) is breaks_off


def test_a_question_between_gives_breath() -> None:
    assert body_problems(says(9, then=f"\n\n{ASKED}{says(9)}")) == []


def overruns(library: Library, body: str) -> bool:
    """Walk from the first step until something waits."""
    module = page_as_it_runs(body).model_copy(update={"clinical_lead": "unsigned draft"})
    held = library.model_copy(update={"modules": {module.id: module}})
    moment = Moment(
        line=LineId(UUID(int=1)),
        turn=UUID(int=1 << 20),
        now=datetime(2026, 3, 2, 10, tzinfo=UTC),
        service=SERVICE,
        library=held,
        libraries={held.release: held},
    )
    pen = Pen(Conversation(), moment)
    begin(pen, module.id)
    while isinstance(pen.state.top, ModuleRun) and not isinstance(pen.state.wait, ForPatient):
        walk(pen)
    return any(isinstance(fact, RunEnded) and fact.how == "overran" for _, fact, _ in pen._steps)
