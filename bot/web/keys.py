"""What hangs on the aiohttp application."""

from aiohttp import web

from bot.settings import Settings
from bot.usecases.house import House

HOUSE: web.AppKey[House] = web.AppKey("house", House)
SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
