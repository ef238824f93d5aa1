"""The application: every route, and what holds for all of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.logs import failure_of
from bot.settings import Settings
from bot.usecases.feeds import Feeds
from bot.usecases.house import House
from bot.web.asking_in import add_joining_routes
from bot.web.calls import language_of
from bot.web.compiled import add_templates
from bot.web.desk.routes import add_desk_routes
from bot.web.directory import add_directory_routes
from bot.web.entry import add_entry_routes
from bot.web.health import add_health_routes
from bot.web.home_screen import add_home_screen_routes
from bot.web.keys import DOORS, HOUSE, METERS, SETTINGS, TRIES
from bot.web.limits import Buckets, Seats
from bot.web.media import add_media_routes
from bot.web.messages import POLLS, Polls, add_message_routes, end_polls
from bot.web.metrics import Meters
from bot.web.openapi_page import add_openapi_routes
from bot.web.overdue import OVERDUE, Overdue, looking
from bot.web.own_record import add_record_routes
from bot.web.pages import add_page_routes
from bot.web.plain.routes import add_plain_routes
from bot.web.posted import SENDS
from bot.web.rasa import add_rasa_routes
from bot.web.reading import add_reading_routes
from bot.web.refusals import nack_for, response_for
from bot.web.reminders import add_reminder_routes
from bot.web.screen import ALIKE, FEEDS, READING, READING_AT_ONCE
from bot.web.shipped import packing, shipped
from bot.web.sight import Alike
from bot.web.socket import BY_ADDRESS, BY_PATIENT, OPEN, say_bye_to_all, socket
from bot.web.unsubscribe import add_unsubscribe_routes
from bot.web.wrong_method import methods_of, wrong_method

log = structlog.get_logger()

# A proxy that keeps connections to us open must close an idle one sooner than this.
HEADER_WITHIN_S = 30.0
LINGER_S = 2.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
WIDGET = ("/widget.js", f"{shipped().at}/")
# What is no page of its own and starts nothing needs no more; there are many of them, and each byte is paid for.
_OF_A_PART = {"X-Content-Type-Options": "nosniff"}
# Widget files may be fetched by the pages that embed it.
SHARED = ("/widget.js", "/widget/", "/media/")


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost loop of the door: our errors become sentences, others a log line of ids (never a word)."""
    began = time.perf_counter()
    try:
        response = await handler(request)
    except Refused as error:
        response = _refused(request, error)
    except Unavailable as error:
        response = _refused(request, error)
    except web.HTTPMethodNotAllowed as error:
        response = wrong_method(frozenset(error.allowed_methods))
    except web.HTTPException:
        raise
    except Exception as error:
        log.error("request_failed", route=_route(request), **failure_of(error))
        response = _refused(request, Unavailable("this service"))
    log.debug(
        "request",
        method=request.method,
        route=_route(request),
        status=response.status,
        ms=round((time.perf_counter() - began) * 1000),
    )
    return response


def _refused(request: web.Request, error: Refused | Unavailable) -> web.Response:
    return response_for(nack_for(request.app[HOUSE], error, language=language_of(request)))


def _route(request: web.Request) -> str:
    """The route's pattern, not its path: paths hold ids."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


async def headed(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in (_OF_A_PART if request.path.startswith(WIDGET) else HEADERS).items():
        response.headers.setdefault(name, value)
    if request.path.startswith(SHARED):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    await _cross_origin(request, response)


async def _cross_origin(request: web.Request, response: web.StreamResponse) -> None:
    """The widget on a page that may embed it: exact origins only, no cookies."""
    origin = request.headers.get("Origin")
    if origin is None or not request.path.startswith("/v1/") or origin not in request.app[SETTINGS].origins:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Vary"] = "Origin"


async def elsewhere(request: web.Request) -> web.Response:
    """What no other route took: a browser's preflight, or something that is not here."""
    if request.method == "OPTIONS":
        return web.Response(status=204)
    takes = await methods_of(request, but=request.match_info.route.resource)
    if not takes:
        raise Refused("not_found")
    return wrong_method(takes)


def make_app(house: House, settings: Settings, doors: Mapping[str, str] | None = None) -> web.Application:
    """``doors``: links for the start page (a demo's), by what they open."""
    limits = settings.limits
    app = web.Application(middlewares=[guarded, packing], client_max_size=limits.frame_bytes)
    app[HOUSE], app[SETTINGS], app[METERS] = house, settings, Meters()
    app[TRIES] = Buckets(limits.sign_ins_per_minute / 60, limits.sign_ins_per_minute)
    app[SENDS] = Buckets(limits.frames_per_s, limits.frames_burst)
    app[BY_ADDRESS], app[BY_PATIENT] = Seats(limits.sockets_per_address), Seats(limits.sockets_per_patient)
    app[FEEDS], app[ALIKE] = Feeds(house), Alike()
    app[OPEN], app[READING], app[DOORS] = set(), asyncio.Semaphore(READING_AT_ONCE), doors or {}
    app[OVERDUE], app[POLLS] = Overdue(), Polls()
    add_templates(app)
    app.on_response_prepare.append(headed)
    app.cleanup_ctx.append(looking)
    app.on_shutdown.append(end_polls)
    app.router.add_get("/v1/ws", socket)
    app.router.add_route("*", "/v1/{rest:.*}", elsewhere)
    add_entry_routes(app)
    add_joining_routes(app)
    add_message_routes(app)
    add_reminder_routes(app)
    add_home_screen_routes(app)
    add_record_routes(app)
    add_directory_routes(app)
    add_rasa_routes(app)
    add_reading_routes(app)
    add_page_routes(app)
    add_plain_routes(app)
    add_unsubscribe_routes(app)
    add_media_routes(app)
    add_health_routes(app)
    add_desk_routes(app)
    if settings.shows_docs:
        add_openapi_routes(app)
    app.on_shutdown.append(say_bye_to_all)
    return app


def make_runner(app: web.Application, *, shutdown_timeout_s: float) -> web.AppRunner:
    """With the patience that a server has for a request that does not come, or comes byte by byte.

    aiohttp's keep-alive counts from the connection or from the last answer until the next whole header, so it also
    ends connections that never say anything.
    """
    return web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=shutdown_timeout_s,
        keepalive_timeout=HEADER_WITHIN_S,
        lingering_time=LINGER_S,
    )
