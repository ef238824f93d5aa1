"""One line a turn, ids and numbers only: a field that is not on the list is dropped (I8)."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "service",
        "line",
        "room",
        "alert",
        "task",
        "call",
        "seq",
        "version",
        "facts",
        "kind",
        "code",
        "status",
        "route",
        "method",
        "ms",
        "error",
        "where",
        "release",
        "count",
        "url",
        "port",
        "pid",
    }
)


def only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value for name, value in event.items() if name in ALLOWED}


def set_up(*, pretty: bool | None = None, level: int = logging.INFO) -> None:
    """JSON lines on standard error, or coloured ones on a terminal. Other libraries speak from warnings up, without arguments."""
    if pretty is None:
        pretty = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for name in ("aiohttp", "asyncio", "sqlalchemy", "alembic", "rasa_sdk", "sanic", "watchfiles"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def failure_of(error: BaseException) -> dict[str, str]:
    """What may be said of an error: its class and the place in our own code, never its text."""
    frame = error.__traceback__
    where = ""
    while frame is not None:
        name = frame.tb_frame.f_globals.get("__name__", "")
        if name.startswith("bot."):
            where = f"{name}:{frame.tb_lineno}"
        frame = frame.tb_next
    return {"error": type(error).__name__, "where": where}
