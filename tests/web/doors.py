"""What the fixtures of this folder give."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from cutter import Cutter
from talker import Door

from bot.usecases.house import House


@dataclass
class Opened:
    door: Door
    runner: web.AppRunner


OpenSite = Callable[..., Awaitable[Opened]]
OpenDoor = Callable[..., Awaitable[Door]]


@dataclass
class Fragile:
    """A second process of the clinic, whose record can be taken away with ``cutter``."""

    door: Door
    house: House
    cutter: Cutter
