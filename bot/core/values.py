"""The frozen value that facts, states and the library are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NewType, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

ServiceId = NewType("ServiceId", UUID)
LineId = NewType("LineId", UUID)  # a patient's id or a group's id: the id of their Line
WordId = NewType("WordId", UUID)
AlertId = NewType("AlertId", UUID)
StaffId = NewType("StaffId", UUID)

_COUNTER_BITS = 16


if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


class _Kind(ModelMetaclass):
    """Classes whose instances are told by their type alone.

    Pydantic's own check also admits look-alikes and costs six times as much; a turn asks some ninety times.
    """

    __instancecheck__ = type.__instancecheck__


class Value(BaseModel, metaclass=_Kind):
    """Frozen, closed to unknown fields, and silent about its input in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def but(self, **fields: Any) -> Self:
        """A copy with these fields, as they are: ``model_copy`` for the turn's inner loop, at half its price."""
        copy = type(self).__new__(type(self))
        _set(copy, "__dict__", {**self.__dict__, **fields})
        _set(copy, "__pydantic_fields_set__", self.__pydantic_fields_set__ | fields.keys())
        _set(copy, "__pydantic_extra__", None)
        _set(copy, "__pydantic_private__", None)
        return copy

    def compact(self) -> str:
        """As JSON, without the fields that stand at their defaults; what is nested stays whole, with its tags."""
        fields = type(self).__pydantic_fields__
        told = {name for name, value in self.__dict__.items() if value != fields[name].default}
        return self.model_dump_json(include=told)


_set = object.__setattr__


def ids_of(turn: UUID) -> Iterator[UUID]:
    """The ids that one turn may give away: the turn's own id with its last 16 bits counted up.

    So a turn computed twice from the same input names the same things (I7), without a random source.
    """
    base = turn.int >> _COUNTER_BITS << _COUNTER_BITS
    for n in range(1, 1 << _COUNTER_BITS):
        yield UUID(int=base | n)
