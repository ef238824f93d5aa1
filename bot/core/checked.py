"""The frozen model of what comes from outside: content, a service's settings, proposals. Checked as it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


class _Kind(ModelMetaclass):
    """Classes whose instances are told by their type alone.

    Pydantic's own check also admits look-alikes and costs six times as much.
    """

    __instancecheck__ = type.__instancecheck__


class Checked(BaseModel, metaclass=_Kind):
    """Frozen, closed to unknown fields, and silent about its input in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
