"""A sealed word beside the row that points to it, in a statement's columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_

from bot.ports import Sealed


def sealed_columns(word: FromClause) -> tuple[ColumnElement[Any], ...]:
    w = word.c
    return w.word_id, w.owner_id, w.kind, w.key_id, w.body


def word_of(
    word: FromClause, row: Any, owner: ColumnElement[Any], id_: ColumnElement[Any]
) -> ColumnElement[bool]:
    """``owner``: of the Line under whose key it is sealed."""
    return and_(word.c.service_id == row.service_id, word.c.owner_id == owner, word.c.word_id == id_)


def sealed_of(columns: Sequence[Any]) -> Sealed | None:
    """None where the word was erased, or never was."""
    return Sealed(*columns) if columns[0] is not None else None
