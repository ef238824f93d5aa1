"""What the diary takes: each kind of line, its unit, and which numbers can be true. Versioned data, with its sources."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from bot.core.checked import Checked
from bot.core.library.measures import Number

DiaryName = Literal[
    "activity", "pain", "peak_flow", "glucose", "ketones", "weight", "oxygen", "temperature", "note"
]


class DiaryKind(Checked):
    """``suits``: whom it is offered first. ``words``: it begins with words of their own. Without ``possible`` it takes no
    number; ``scale``: each whole number of ``possible``, to be tapped.

    ``possible``: a number outside cannot be true and is asked for again; ``usual``: one outside is kept once it has been said
    twice. ``units``: other ways to write the unit; ``ucum``: how UCUM writes it, where that is another way. ``loinc``: the
    code of such a line for other programs. ``reading``: the safety content's name for such a number.
    """

    suits: tuple[str, ...] = ("everybody",)
    words: bool = False
    scale: bool = False
    unit: str = ""
    units: tuple[str, ...] = ()
    ucum: str = ""
    loinc: str | None = Field(default=None, pattern=r"^\d{1,7}-\d$")
    possible: tuple[Number, Number] | None = None
    usual: tuple[Number, Number] | None = None
    reading: Literal["glucose", "ketones", "temperature", "oxygen", "weight"] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> DiaryKind:
        if self.possible is None and not self.words:
            raise ValueError("a line of the diary takes words, a number, or both")
        for ends in (self.possible, self.usual):
            if ends is not None and not ends[0] < ends[1]:
                raise ValueError("the lower end comes first")
        if self.possible and self.usual and not self._within(self.possible, self.usual):
            raise ValueError("what is usual lies within what is possible")
        return self

    @staticmethod
    def _within(wide: tuple[Number, Number], narrow: tuple[Number, Number]) -> bool:
        return wide[0] <= narrow[0] and narrow[1] <= wide[1]

    def can_be(self, number: float) -> bool:
        return self.possible is not None and self.possible[0] <= number <= self.possible[1]

    def is_usual(self, number: float) -> bool:
        return self.usual is None or self.usual[0] <= number <= self.usual[1]


class Diary(Checked):
    """``weight_days``: a gain in weight is counted from the least of so many days."""

    version: str
    weight_days: int = Field(default=3, ge=1, le=14)
    kinds: dict[DiaryName, DiaryKind]

    def kind(self, name: str) -> DiaryKind | None:
        return {str(known): kind for known, kind in self.kinds.items()}.get(name)

    def offered_to(self, conditions: tuple[str, ...]) -> tuple[DiaryName, ...]:
        """Those for their own conditions, then those for everybody; the order of the file."""
        own = [name for name, kind in self.kinds.items() if set(kind.suits) & set(conditions)]
        return (*own, *(n for n, kind in self.kinds.items() if "everybody" in kind.suits and n not in own))
