"""The one way by which letters leave: through a window, the gravest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.errors import Unavailable
from bot.ports import Letter, Uncertain
from bot.usecases.windows import LINK

if TYPE_CHECKING:
    from bot.usecases.house import House


async def post(house: House, letter: Letter, priority: int = LINK) -> None:
    """Raises Unavailable, or Uncertain."""
    async with house.hands.windows.at_one((priority, 0)):
        await house.mail.send(letter)


async def sent(house: House, letter: Letter) -> tuple[str, str | None]:
    """By whoever stands at a window already: what came of it, and what was wrong."""
    try:
        await house.mail.send(letter)
    except Uncertain as perhaps:
        return "uncertain", perhaps.what
    except Unavailable as down:
        return "failed", down.what
    return "accepted", None
