"""Statements that are asked so often that building one anew would take longer than the record needs to answer it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from bot.core.errors import Misuse

_DIALECT = dialect()  # type: ignore[no-untyped-call]


class Fixed:
    """One statement with ``bindparam`` for what changes, compiled when the module is read; for the driver itself."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled: Any = statement.compile(dialect=_DIALECT)
        self.sql = str(compiled)
        self._given: dict[str, Any] = {name: compiled.params[name] for name in compiled.positiontup}
        self._asked = frozenset(name for name, value in self._given.items() if value is None)

    def args(self, **values: Any) -> list[Any]:
        """In the order of the statement. Raises Misuse where one is missing or is not among them."""
        if values.keys() != self._asked:
            raise Misuse(f"the statement asks for {sorted(self._asked)}")
        return [values.get(name, given) for name, given in self._given.items()]
