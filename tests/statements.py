"""Every statement that reaches the record while tests run, and whether it keeps to one service.

A distributed table must be pinned: ``service_id`` equals a parameter, or the ``service_id`` of a table that is pinned,
or is among the columns that an INSERT writes. Each mention of a table needs a pin of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from bot.adapters.postgres.schema import REFERENCE, metadata

DISTRIBUTED = frozenset(metadata.tables) - REFERENCE

# Which services have something due: a plain read over all of them, before each is served by itself.
DUE_WORK = re.compile(r"^select distinct (outbox|timer)\.service_id from \1 where ")

_READS_OR_WRITES = (
    "select",
    "insert",
    "update",
    "delete",
    "with",
    "merge",
    "truncate",
    "copy",
    "lock",
    "table",
)
_NO_ALIAS = re.compile(
    r"where|on|join|inner|left|right|full|cross|natural|set|values|select|order|group|limit|returning|for|using|"
    r"union|with|offset|having|default"
)
_MENTION = re.compile(r"\b(from|join|update|using|into|truncate|copy|lock|table)\s+(?:table\s+)?(?:only\s+)?")
_TABLE = re.compile(r'"?(\w+)"?(?:\s+(?:as\s+)?"?(\w+)"?)?')
_COMMA = re.compile(r"\s*,\s*")
_VALUE = r"(?:cast\()?\$\d+"
_PINNED = re.compile(rf"(?:\b(\w+)\.)?\bservice_id\s*=\s*{_VALUE}|{_VALUE}\S*\s*=\s*(?:(\w+)\.)?service_id\b")
_SAME = re.compile(r"\b(\w+)\.service_id\s*=\s*(\w+)\.service_id\b")
_INSERT = re.compile(r"\binsert into (\w+)\s*\(([^)]*)\)")


def unpinned(statement: str) -> list[str]:
    """The distributed tables that the statement touches without saying in which service."""
    sql = " ".join(re.sub(r"'(?:[^']|'')*'", "''", statement).lower().split())
    if not sql.startswith(_READS_OR_WRITES) or DUE_WORK.match(sql):
        return []
    written = Counter(t for t, columns in _INSERT.findall(sql) if "service_id" in columns.split(", "))
    mentions = [mention for mention in _mentions(sql) if mention[1] in DISTRIBUTED]
    pins = _pins(sql, [alias for _, _, alias in mentions])
    missing = []
    for how, table, alias in mentions:
        left, name = (written, table) if how == "into" else (pins, alias)
        if left[name] < 1:
            missing.append(table)
        left[name] -= 1
    return missing


def _mentions(sql: str) -> Iterator[tuple[str, str, str]]:
    """Each (how, table, alias) behind FROM, JOIN, UPDATE, USING, INTO; FROM may list several."""
    for found in _MENTION.finditer(sql):
        at, more = found.end(), True
        while more and (name := _TABLE.match(sql, at)):
            table, alias = name.groups()
            end = name.end()
            if alias is None or _NO_ALIAS.fullmatch(alias):
                alias, end = table, name.end(1)
            yield found.group(1), table, alias
            rest = _COMMA.match(sql, end)
            more = rest is not None and found.group(1) in ("from", "using")
            at = rest.end() if rest else end


def _pins(sql: str, aliases: list[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for before, after in _PINNED.findall(sql):
        name = before or after
        # Without a table's name it can only speak for the only table there is.
        found[name or (aliases[0] if len(aliases) == 1 else "")] += 1
    same = [pair for pair in _SAME.findall(sql) if pair[0] != pair[1]]
    grew = True
    while grew:
        grew = False
        for pair in list(same):
            for known, other in (pair, pair[::-1]):
                if found[known] > 0 and pair in same:
                    found[other] += 1
                    same.remove(pair)
                    grew = True
    return found


@contextmanager
def recording(seen: set[str]) -> Iterator[None]:
    """Every statement of every engine of this process: SQLAlchemy's own, and those on the driver's connection."""

    def executed(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.add(statement)

    def connected(connection: Any, _record: Any) -> None:
        connection.driver_connection.add_query_logger(lambda query: seen.add(query.query))

    event.listen(Engine, "before_cursor_execute", executed)
    event.listen(Pool, "connect", connected)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
        event.remove(Pool, "connect", connected)


@pytest.fixture(scope="session", autouse=True)
def every_statement_names_its_service() -> Iterator[None]:
    """Imported by the outermost conftest: fails at the end of the run."""
    seen: set[str] = set()
    with recording(seen):
        yield
    loose = [f"{', '.join(tables)}: {sql}" for sql in sorted(seen) if (tables := unpinned(sql))]
    if loose:
        pytest.fail("statements without a service_id condition:\n\n" + "\n\n".join(loose), pytrace=False)
