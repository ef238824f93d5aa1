"""What the screen says about one text: closed values that facts and concerns are built from."""

from dataclasses import dataclass, field
from enum import StrEnum


class Tier(StrEnum):
    """How loudly a text speaks. Ordered: none < check < alert."""

    NONE = "none"
    CHECK = "check"
    ALERT = "alert"

    @property
    def rank(self) -> int:
        return _RANK[self.value]

    def __lt__(self, other: str) -> bool:
        return self.rank < _RANK[str(other)]

    def __le__(self, other: str) -> bool:
        return self.rank <= _RANK[str(other)]

    def __gt__(self, other: str) -> bool:
        return self.rank > _RANK[str(other)]

    def __ge__(self, other: str) -> bool:
        return self.rank >= _RANK[str(other)]


_RANK = {"none": 0, "check": 1, "alert": 2}


@dataclass(frozen=True)
class Context:
    """What had just been asked, and what the service knows the patient lives with."""

    state: str = "none"
    conditions: frozenset[str] = frozenset()
    group: bool = False


@dataclass(frozen=True)
class Hit:
    """One rule that spoke. `concern` is `risk`, `emergency:<condition|any>` or `safeguarding`; `says` its own text."""

    rule: str
    category: str
    tier: Tier
    concern: str
    says: str | None = None


@dataclass(frozen=True)
class Reading:
    """A number the patient gave, already in the canonical unit of its kind (mmol/L, °C, %, kg, mmHg, per minute)."""

    kind: str
    value: float
    unit: str


@dataclass(frozen=True)
class Worry:
    """What the second net makes of one text: the chance, from 0 to 1, that it speaks of each concern. ``by``: its name."""

    risk: float
    emergency: float
    safeguarding: float
    by: str = ""

    @property
    def greatest(self) -> float:
        return max(self.risk, self.emergency, self.safeguarding)


@dataclass(frozen=True)
class Screen:
    """The verdict on one text; `hits` are gravest first. `hints` are too weak to speak alone: the second net is asked."""

    tier: Tier
    hits: tuple[Hit, ...] = field(default=())
    readings: tuple[Reading, ...] = field(default=())
    hints: tuple[Hit, ...] = field(default=())
    measured: bool = False
    """It gives readings and says nothing else, so nobody need doubt what the limits say of them."""

    @property
    def gravest(self) -> Hit | None:
        return self.hits[0] if self.hits else None
