"""Statements that are compiled once: the same text each time, and nothing left out by mistake."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import bindparam, select

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.fixed import Fixed
from bot.core.errors import Misuse

_O = s.outbox.c
STATEMENT = Fixed(
    select(_O.kind)
    .where(_O.service_id == bindparam("service"), _O.attempts < 5, _O.kind == bindparam("kind"))
    .limit(bindparam("most"))
)


def test_values_stand_in_the_order_of_the_statement_with_those_that_never_change() -> None:
    service = uuid4()
    assert STATEMENT.args(most=3, kind="alert", service=service) == [service, 5, "alert", 3]
    assert [f"${n}" in STATEMENT.sql for n in range(1, 6)] == [True, True, True, True, False]


@pytest.mark.parametrize(
    "values", [{"service": 1, "kind": "a"}, {"service": 1, "kind": "a", "most": 1, "worst": 2}]
)
def test_a_value_too_few_or_too_many_is_our_own_mistake(values: dict[str, object]) -> None:
    with pytest.raises(Misuse):
        STATEMENT.args(**values)
