"""Drivers' errors, turned into ours by class and SQLSTATE alone: their texts may hold patients' words (I8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.core.errors import BadRow, Misuse, Unavailable

# The way to the record is cut, or nobody answers there.
_SILENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby now: connect again, perhaps to another
    OSError,
    TimeoutError,
)
# It answers, and says that it cannot.
_BUSY = (
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    asyncpg.PostgresIOError,
    PoolTimeout,
)

_GIVEN_UP = "This connection is closed"
_ABOUT_A_ROW = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


class Silent(Unavailable):
    """The record was asked and did not answer: what it did with the question is not known."""

    def __init__(self) -> None:
        super().__init__("record")


@contextmanager
def record_troubles() -> Iterator[None]:
    """Unavailable for a record that is gone, slow or full; BadRow and Misuse for what is wrong with our statement."""
    try:
        yield
    except _SILENT:
        raise Silent from None
    except _BUSY:
        raise Unavailable("record") from None
    except _ABOUT_A_ROW as error:
        raise BadRow(f"the record refused a row: SQLSTATE {error.sqlstate}") from None
    except asyncpg.PostgresError as error:
        raise Misuse(f"the record refused a statement: SQLSTATE {error.sqlstate}") from None
    except InvalidRequestError as error:
        # The pool gave up: what it had just made was refused too, because the way was cut meanwhile.
        if str(error) != _GIVEN_UP:
            raise
        raise Silent from None
    except DBAPIError as error:
        cause = error.orig.__cause__ if error.orig is not None else None
        if isinstance(cause, _BUSY):
            raise Unavailable("record") from None
        if (
            error.connection_invalidated
            or isinstance(cause, _SILENT)
            or not isinstance(cause, asyncpg.PostgresError)
        ):
            raise Silent from None
        raise Misuse(f"the record refused a statement: SQLSTATE {cause.sqlstate}") from None
