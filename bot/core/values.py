"""The frozen value that facts, states and the library are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict

ServiceId = NewType("ServiceId", UUID)
LineId = NewType("LineId", UUID)  # a patient's id or a group's id: the id of their Line
WordId = NewType("WordId", UUID)
AlertId = NewType("AlertId", UUID)
StaffId = NewType("StaffId", UUID)

_COUNTER_BITS = 16


class Value(BaseModel):
    """Frozen, closed to unknown fields, and silent about its input in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def compact(self) -> str:
        """As JSON, without the fields that stand at their defaults; what is nested stays whole, with its tags."""
        fields = type(self).model_fields
        told = {name for name, field in fields.items() if getattr(self, name) != field.default}
        return self.model_dump_json(include=told)


def ids_of(turn: UUID) -> Iterator[UUID]:
    """The ids that one turn may give away: the turn's own id with its last 16 bits counted up.

    So a turn computed twice from the same input names the same things (I7), without a random source.
    """
    base = turn.int >> _COUNTER_BITS << _COUNTER_BITS
    for n in range(1, 1 << _COUNTER_BITS):
        yield UUID(int=base | n)
