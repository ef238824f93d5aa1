"""What hangs on the aiohttp application."""

from collections.abc import Mapping

from aiohttp import web

from bot.settings import Settings
from bot.usecases.house import House
from bot.web.limits import Buckets
from bot.web.metrics import Meters

HOUSE: web.AppKey[House] = web.AppKey("house", House)
SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
TRIES: web.AppKey[Buckets] = web.AppKey("tries", Buckets)
METERS: web.AppKey[Meters] = web.AppKey("meters", Meters)
DOORS: web.AppKey[Mapping[str, str]] = web.AppKey(
    "doors", Mapping
)  # the start page's links, by what they open
