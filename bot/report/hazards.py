"""The hazard log: what could harm somebody, what stands against it, which tests hold that up, and what is left.

Severity and likelihood are a clinical safety officer's to judge, in the words of DCB0129. They are of a hazard, never
of a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]
Severity = Literal["minor", "significant", "considerable", "major", "catastrophic"]
Likelihood = Literal["very low", "low", "medium", "high", "very high"]
NOT_JUDGED = "not judged"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Control(Strict):
    """What is built against a hazard, and the tests that fail if it no longer is."""

    control: Text
    tests: tuple[Text, ...] = Field(min_length=1)


class Hazard(Strict):
    id: Text
    hazard: Text
    causes: tuple[Text, ...] = Field(min_length=1)
    effect: Text
    controls: tuple[Control, ...] = Field(min_length=1)
    left: Text
    """What is not controlled yet, and what the controls do not prove."""
    status: Literal["open", "closed"]
    severity: Severity | None = None
    likelihood: Likelihood | None = None

    @property
    def tests(self) -> frozenset[str]:
        return frozenset(test for control in self.controls for test in control.tests)


class HazardLog(Strict):
    version: Text
    status: Text
    review_by: Annotated[date, Field(alias="review-by")]
    hazards: tuple[Hazard, ...] = Field(min_length=1)


def misnumbered(log: HazardLog) -> Iterator[str]:
    """Numbers are for ever: a hazard that is closed stays, so none is ever missing or used again."""
    for n, hazard in enumerate(log.hazards, 1):
        if hazard.id != f"H{n:02}":
            yield f"{hazard.id} stands where H{n:02} should: number the hazards in order, without a gap"


def told(log: HazardLog) -> str:
    """As Markdown: a summary, then one table a hazard."""
    return "\n".join((*_summary(log), *(line for hazard in log.hazards for line in _table(hazard))))


def _summary(log: HazardLog) -> Iterator[str]:
    controls = sum(len(hazard.controls) for hazard in log.hazards)
    tests = frozenset[str]().union(*(hazard.tests for hazard in log.hazards))
    unjudged = sum(hazard.severity is None or hazard.likelihood is None for hazard in log.hazards)
    still_open = sum(hazard.status == "open" for hazard in log.hazards)
    yield "# Hazard log"
    yield ""
    yield f"Version {log.version}, {log.status}. To be read again by {log.review_by}."
    yield ""
    yield (
        f"Hazards: {len(log.hazards)}, open: {still_open}. Controls: {controls}, held by {len(tests)} tests. "
        f"Severity or likelihood {NOT_JUDGED}: {unjudged}."
    )
    yield ""
    yield "| id | hazard | controls | tests | severity | likelihood | status |"
    yield "|---|---|---|---|---|---|---|"
    for hazard in log.hazards:
        yield _row(
            hazard.id,
            hazard.hazard,
            len(hazard.controls),
            len(hazard.tests),
            hazard.severity or NOT_JUDGED,
            hazard.likelihood or NOT_JUDGED,
            hazard.status,
        )


def _table(hazard: Hazard) -> Iterator[str]:
    yield ""
    yield f"## {hazard.id}. {hazard.hazard}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield _row("Causes", "; ".join(hazard.causes))
    yield _row("Effect", hazard.effect)
    for control in hazard.controls:
        yield _row("Control", f"{control.control} ({', '.join(f'`{test}`' for test in control.tests)})")
    yield _row("What is left", hazard.left)
    yield _row("Severity, likelihood", f"{hazard.severity or NOT_JUDGED}, {hazard.likelihood or NOT_JUDGED}")
    yield _row("Status", hazard.status)


def _row(*cells: object) -> str:
    """A bar or a line end inside a cell would end it."""
    held = (" ".join(str(cell).split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(held)} |"
