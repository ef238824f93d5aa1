"""The frozen value that facts, states, messages and frames are made of: what the house itself writes and reads back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NewType, Self, TypeVar, dataclass_transform
from uuid import UUID

import msgspec

from bot.core.errors import Misuse

ServiceId = NewType("ServiceId", UUID)
LineId = NewType("LineId", UUID)  # a patient's id or a group's id: the id of their Line
WordId = NewType("WordId", UUID)
AlertId = NewType("AlertId", UUID)
StaffId = NewType("StaffId", UUID)

_COUNTER_BITS = 16

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class _Frozen(msgspec.StructMeta):
    """Tells the type checker what the settings of ``Value`` mean for its kinds."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **settings: Any) -> Any:
        return super().__new__(mcls, name, bases, namespace, **{"frozen": True, "kw_only": True, **settings})


class Value(msgspec.Struct, metaclass=_Frozen, forbid_unknown_fields=True, omit_defaults=True):
    """Frozen; strict and closed to unknown fields where it is read, and silent about what was read in errors.

    The type checker vouches for the fields of one that our own code makes: a turn makes some thirty.
    """

    def but(self, **fields: Any) -> Self:
        """A copy with these fields, as they are."""
        return msgspec.structs.replace(self, **fields)

    def json(self) -> str:
        """Without the fields that stand at their defaults."""
        return encode(self).decode()

    @classmethod
    def from_json(cls, raw: str | bytes) -> Self:
        """Raises Misuse, which does not repeat what stood there (I8)."""
        decoder: msgspec.json.Decoder[Self] = _decoder_of(cls)
        return decoded(decoder, raw)


encode = msgspec.json.Encoder().encode  # any value, and what is made of values, as JSON in UTF-8


def always(value: T) -> T:
    """A default that is written into JSON all the same."""
    return msgspec.field(default_factory=lambda: value)


@cache
def _decoder_of(kind: type[T]) -> msgspec.json.Decoder[T]:
    return msgspec.json.Decoder(kind)


def decoded(decoder: msgspec.json.Decoder[T], raw: str | bytes) -> T:
    """Raises Misuse for what is none of ours. The decoder's own error may name fields and tags as they stood there."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Misuse(f"what was kept is no {decoder.type}") from None


class Quiet:
    """For values that hold somebody's words: they do not show in a traceback or a log (I8)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def in_snake_case(name: str) -> str:
    """The tag of a kind of value: ``MessageHeard`` is written as ``message_heard``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def tag_of(kind: type[Value]) -> str:
    """How a kind of value is told in JSON."""
    return str(kind.__struct_config__.tag)


def ids_of(turn: UUID) -> Iterator[UUID]:
    """The ids that one turn may give away: the turn's own id with its last 16 bits counted up.

    So a turn computed twice from the same input names the same things (I7), without a random source.
    """
    base = turn.int >> _COUNTER_BITS << _COUNTER_BITS
    for n in range(1, 1 << _COUNTER_BITS):
        yield UUID(int=base | n)
