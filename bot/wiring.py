"""Who is who: the only file that picks adapters."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import structlog

from bot.adapters.actions import LaterActions, RemoteActions
from bot.adapters.bus import RedisBus
from bot.adapters.chance import MachineClock, RandomIds
from bot.adapters.mail import FolderMail, SmtpMail
from bot.adapters.outward import GuardedOutward
from bot.adapters.postgres.audit import PostgresAudit
from bot.adapters.postgres.canaries import PostgresCanaries
from bot.adapters.postgres.channels import PostgresNotices, PostgresWays
from bot.adapters.postgres.clock import RecordClock, record_clock
from bot.adapters.postgres.diary import PostgresDiary
from bot.adapters.postgres.digests import PostgresDigests
from bot.adapters.postgres.drafts import PostgresDrafts
from bot.adapters.postgres.engine import Database, make_engine
from bot.adapters.postgres.erasing import PostgresErasures
from bot.adapters.postgres.evaluation import PostgresEvaluation
from bot.adapters.postgres.folds import PostgresFolds
from bot.adapters.postgres.gauge import Gauge as Gauge
from bot.adapters.postgres.gauge import open_gauge as open_gauge
from bot.adapters.postgres.holdings import PostgresHoldings
from bot.adapters.postgres.hosting import PostgresHosting
from bot.adapters.postgres.inbox import PostgresInbox
from bot.adapters.postgres.lateness import PostgresLateness
from bot.adapters.postgres.ledger import PostgresLedger
from bot.adapters.postgres.lines import PostgresLines
from bot.adapters.postgres.marks import PostgresMarks
from bot.adapters.postgres.migrate import migrate as migrate
from bot.adapters.postgres.outbox import PostgresDeliveries, PostgresOutbox
from bot.adapters.postgres.paths import PostgresPaths
from bot.adapters.postgres.peers import PostgresPeers
from bot.adapters.postgres.reaches import PostgresReaches
from bot.adapters.postgres.reading import PostgresReading
from bot.adapters.postgres.releases import PostgresReleases
from bot.adapters.postgres.reminders import PostgresReminders
from bot.adapters.postgres.room_health import PostgresRoomHealth
from bot.adapters.postgres.rota import PostgresRota
from bot.adapters.postgres.rules import PostgresRules
from bot.adapters.postgres.scope import PostgresScopes
from bot.adapters.postgres.services import PostgresServices
from bot.adapters.postgres.staff import PostgresStaff, PostgresStaffInvites
from bot.adapters.postgres.timers import PostgresTimers
from bot.adapters.postgres.ways_in import PostgresContacts, PostgresInvites, PostgresSessions
from bot.adapters.safety_file import SafetyFile
from bot.adapters.safety_file import ship as _ship
from bot.adapters.tellers import AppriseTeller, PushTeller, SmsNudger, VapidKeys, WebhookTeller
from bot.adapters.understanding_local import Examples as Examples
from bot.adapters.understanding_local import (
    Finder,
    LocalUnderstanding,
    finder_over,
    reader_taught_by,
    suspicion_taught_by,
    worry_taught_by,
)
from bot.adapters.understanding_local import Part as Part
from bot.adapters.understanding_local import examples_to_adapt as examples_to_adapt
from bot.adapters.understanding_local import fits as fits
from bot.adapters.understanding_local import reader_kept_in as reader_kept_in
from bot.adapters.understanding_local import ship_vectors as ship_vectors
from bot.adapters.understanding_local import shipped_models as shipped_models
from bot.adapters.understanding_local import train_into as train_into
from bot.adapters.vault import Vault
from bot.authoring import ContentReader, Edition, read_drafts, watch
from bot.core.errors import Damaged, Misuse, Unavailable
from bot.core.inputs import Understood
from bot.core.library import Channel, Library
from bot.core.library.build import Built
from bot.core.library.bundle import Bundle
from bot.core.posts import Suspicion
from bot.core.rota import Entry, Fault
from bot.core.safety import Worry
from bot.embedded import Servers, embedded_servers
from bot.logs import failure_of
from bot.ports import Actions, Clock, Ids, Mail, Nudger, Outward, ReachKind, Teller, Understanding
from bot.settings import Settings
from bot.usecases.house import Afterwards, House, Outside, Record
from bot.usecases.lateness import how_late, in_words
from bot.usecases.promises import keep_now
from bot.usecases.publish import publish
from bot.usecases.rehearsal import Room
from bot.usecases.shelf import Shelf
from bot.usecases.standby import Keeper, what_stands_by
from bot.usecases.working import follow, keep_rooms, work
from bot.usecases.writer import Writer

log = structlog.get_logger()

DRAIN_S = 5.0


@dataclass(frozen=True)
class Urls:
    database: str
    redis: str


@asynccontextmanager
async def servers(settings: Settings, data: Path, *, durable: bool = True) -> AsyncIterator[Urls]:
    """Your own servers where URLs are set, else those of the data folder: the code after this is the same."""
    if settings.database_url and settings.redis_url:
        yield urls_of(settings, None)
        return
    async with embedded_servers(data, durable=durable) as own:
        yield urls_of(settings, own)


def urls_of(settings: Settings, own: Servers | None) -> Urls:
    """``own``: needed where a URL is not set."""
    database = settings.database_url.get_secret_value() if settings.database_url else None
    redis = settings.redis_url.get_secret_value() if settings.redis_url else None
    return Urls(database or (own.database_url if own else ""), redis or (own.redis_url if own else ""))


def failed(what: str, error: BaseException) -> None:
    """An error that ended a round of work: its kind and place, never its text."""
    if isinstance(error, Unavailable):
        log.warning("unavailable", kind=what, error=error.what)
    else:
        log.error("failed", kind=what, **failure_of(error))


def record_on(database: Database) -> Record:
    return Record(
        lines=PostgresLines(database),
        reading=PostgresReading(database),
        paths=PostgresPaths(database),
        ledger=PostgresLedger(database),
        inbox=PostgresInbox(database),
        outbox=PostgresOutbox(database),
        deliveries=PostgresDeliveries(database),
        folds=PostgresFolds(database),
        digests=PostgresDigests(database),
        timers=PostgresTimers(database),
        services=PostgresServices(database),
        releases=PostgresReleases(database),
        staff=PostgresStaff(database),
        sessions=PostgresSessions(database),
        invites=PostgresInvites(database),
        staff_invites=PostgresStaffInvites(database),
        contacts=PostgresContacts(database),
        audit=PostgresAudit(database),
        drafts=PostgresDrafts(database),
        marks=PostgresMarks(database),
        canaries=PostgresCanaries(database),
        rota=PostgresRota(database),
        ways=PostgresWays(database),
        notices=PostgresNotices(database),
        scopes=PostgresScopes(database),
        rules=PostgresRules(database),
        reminders=PostgresReminders(database),
        reaches=PostgresReaches(database),
        lateness=PostgresLateness(database),
        diary=PostgresDiary(database),
        peers=PostgresPeers(database),
        hosting=PostgresHosting(database),
        room_health=PostgresRoomHealth(database),
        erasures=PostgresErasures(database),
        holdings=PostgresHoldings(database),
        evaluation=PostgresEvaluation(database),
    )


def key_ring(settings: Settings, data: Path) -> tuple[dict[str, bytes], str]:
    """The master keys that are set, or one of our own in the data folder."""
    ring = settings.key_ring()
    if ring is not None:
        return ring
    path = data / "master.key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(os.urandom(32)))
    return {"local": base64.b64decode(path.read_bytes())}, "local"


def mail_of(settings: Settings, data: Path) -> Mail:
    if settings.smtp_url is None:
        return FolderMail(data / "mail", settings.mail_from)
    return SmtpMail(settings.smtp_url.get_secret_value(), settings.mail_from)


def tellers_of(settings: Settings, outward: Outward) -> dict[Channel, Teller]:
    """What tells people besides e-mail. Each is off until the operator has set where it may go; push may go to browsers."""
    tellers: dict[Channel, Teller] = {}
    if settings.webhook_hosts:
        tellers["webhook"] = WebhookTeller(outward, settings.webhook_hosts)
    if settings.push_hosts:
        tellers["push"] = _push_teller(settings, outward)
    if settings.apprise_urls and (addresses := settings.apprise_urls.get_secret_value().split()):
        tellers["apprise"] = AppriseTeller(addresses)
    return tellers


def nudgers_of(settings: Settings, outward: Outward) -> dict[ReachKind, Nudger]:
    """What reaches patients outside the chat besides e-mail."""
    nudgers: dict[ReachKind, Nudger] = {}
    if settings.push_hosts:
        nudgers["push"] = _push_teller(settings, outward)
    if settings.sms_url and (pattern := settings.sms_url.get_secret_value().strip()):
        nudgers["sms"] = SmsNudger(pattern)
    return nudgers


def _push_teller(settings: Settings, outward: Outward) -> PushTeller:
    own = settings.public_url
    contact = own if own.startswith("https://") else f"mailto:{settings.mail_from}"
    return PushTeller(outward, settings.push_hosts, contact)


@asynccontextmanager
async def open_house(
    settings: Settings,
    data: Path,
    urls: Urls,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    database: Database | None = None,
    understanding: Understanding | None = None,
    at_hand: Library | None = None,
    arrived: bool = True,
    hears: bool = True,
) -> AsyncIterator[House]:
    """Everything wired and the schema up to date. Closed in reverse order.

    ``at_hand``: a library that is likely to be the one in force, so that it need not be read from the record.
    ``arrived`` False: the record is not asked until ``House.arrive``. ``hears`` False: for a command beside a server.
    """
    async with AsyncExitStack() as stack:
        ours = database is None
        if database is None:
            database = Database(make_engine(urls.database))
            stack.push_async_callback(database.dispose)
        record_time: RecordClock | None = None
        if clock is None:
            clock = record_time = await stack.enter_async_context(record_clock(database))
        record = record_on(database)
        bus = RedisBus(urls.redis)
        stack.push_async_callback(bus.close)
        shelf = Shelf(record.releases, record.services, hears=hears)

        async def content() -> str:
            return "ok" if shelf.in_force else "nothing is in force"

        async def schedule() -> str:
            late, _ = await how_late(record.lateness, shelf.services(), clock)
            return in_words(late)

        async def arrive() -> None:
            if ours:
                await migrate(urls.database)
            if record_time is not None:
                await record_time.measure()
            await shelf.refresh()

        bundles = SafetyFile(data)
        outward = GuardedOutward(plain=settings.env == "development")
        house = House(
            clock=clock,
            ids=ids or RandomIds(),
            vault=Vault(*key_ring(settings, data)),
            record=record,
            understanding=understanding or LocalUnderstanding(data, encoder=settings.encoder),
            actions=await _actions(settings, stack),
            authoring=ContentReader(settings.measure_packs),
            mail=mail_of(settings, data),
            outward=outward,
            tellers=tellers_of(settings, outward),
            nudgers=nudgers_of(settings, outward),
            push_keys=VapidKeys(),
            calendars=Ical(),
            bus=bus,
            outside=Outside(settings.public_url.rstrip("/"), settings.mail_from, settings.canary_address),
            afterwards=Afterwards(failed),
            shelf=shelf,
            keep_promise=keep_now,
            checks={
                "record": database.standing,
                "bus": bus.standing,
                "content": content,
                "schedule": schedule,
            },
            writer=Writer(record.lines),
            bundles=bundles,
            keeper=Keeper(shelf, bundles),
            arrive=arrive,
        )
        if at_hand is not None:
            shelf.put_first(at_hand)
        if arrived:
            await arrive()
        stack.push_async_callback(house.writer.close, DRAIN_S)
        stack.push_async_callback(house.afterwards.settle)
        yield house


def rehearsal_room(actions: str) -> Room:
    """``actions``: the package with the steps that a site may replace."""
    return Room(MachineClock(), RandomIds(), LaterActions(actions))


async def _actions(settings: Settings, stack: AsyncExitStack) -> Actions:
    if settings.action_endpoint is None:
        return LaterActions(settings.actions_package)
    session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    return RemoteActions(settings.action_endpoint, session)


def reader_of(folder: Path, *, encoder: bool = True) -> Callable[[str], Understood]:
    """What a message is about, by a folder's examples. Raises Misuse where it has none."""
    return reader_taught_by(read_drafts(folder).understanding, encoder=encoder)


def worry_of(library: Library, *, encoder: bool = True) -> Callable[[str], Worry] | None:
    """How worrying a message is; None where the library teaches no second net."""
    return worry_taught_by(library.second_net, encoder=encoder)


def suspicion_of(library: Library, *, encoder: bool = True) -> Callable[[str], Suspicion] | None:
    """What a post may hold that none may; None where the library teaches no second net of posts."""
    return suspicion_taught_by(library.posts, encoder=encoder)


def finder_of(library: Library, *, encoder: bool = True) -> Finder:
    """Which pages of a library may answer a question."""
    return finder_over(library, encoder=encoder)


class Ical:
    """What a calendar says. It is loaded with the first one: most servers never read any."""

    def read(
        self, body: bytes, zone: ZoneInfo, since: datetime, until: datetime
    ) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
        from bot.adapters.ical import entries_in  # with dateutil's rules of repetition

        try:
            return entries_in(body.decode("utf-8-sig"), zone, since, until)
        except UnicodeError:
            return (), (Fault(1, "it is not text in UTF-8", "export the rota as iCalendar (.ics), in UTF-8"),)


def read_calendar(
    file: Path, zone: ZoneInfo, since: datetime, until: datetime
) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
    """What a calendar's file says of that time. Raises Misuse where it is no text or too long."""
    from bot.adapters.ical import MOST_BYTES, entries_in  # no server reads calendars

    try:
        body = file.read_bytes()
        if len(body) > MOST_BYTES:
            raise Misuse(f"{file} is larger than {MOST_BYTES // 1_000_000} MB: export a shorter time")
        return entries_in(body.decode("utf-8-sig"), zone, since, until)
    except (OSError, UnicodeError):
        raise Misuse(f"{file} cannot be read: export the rota as iCalendar (.ics), in UTF-8") from None


async def arrive(house: House, *, durable: bool) -> None:
    """The record is there, up to date and read. Raises Unavailable('record'), or ('content') where that is broken.

    ``durable``: refuse a record that could forget.
    """
    try:
        await house.arrive()
    except Damaged as error:
        log.error("release_refused", error=str(error))
        raise Unavailable("content") from None
    if durable and (standing := await house.checks["record"]()) != "ok":
        raise Misuse(f"the record cannot keep its promises: {standing}")


async def stand_by(house: House) -> None:
    """Screen and signpost without the record: by what was published last, or by what the package brings."""

    def refused(error: Misuse) -> None:
        log.error("safety_file_refused", error=str(error))

    found = await asyncio.to_thread(what_stands_by, house.bundles, refused)
    if found is not None:
        house.shelf.stand_by(*found)
    origin, release = house.shelf.safety_from or ("nothing", "")
    log.error("standing_by", kind=origin, release=release[:12])


def ship_safety(library: Library) -> Path:
    """Its safety content becomes what the package brings; returns the file."""
    return _ship(Bundle.of(library))


async def content_at_start(house: House, authored: Edition | None) -> None:
    """In development the folder's content is put in force. Production (``authored`` None) never publishes by itself.

    Raises Unavailable where what is in force cannot be read: somebody has to publish.
    """
    pointer = await house.record.releases.pointer()
    if authored is None and not house.shelf.in_force:
        if pointer is None:
            raise Misuse(
                "nothing is published yet: run `bounceback publish FOLDER` with signed content first"
            )
        log.error(
            "release_refused", error="it is of another version: publish again with `bounceback publish`"
        )
        raise Unavailable("content")
    if authored is not None and (pointer is None or pointer.release != authored.library.release):
        pointer = await publish(house, authored.library, by="start", bodies=authored.bodies)
        log.info("published", release=pointer.release[:12], count=pointer.n)
    await asyncio.to_thread(with_screen, house.shelf.library)
    try:
        await house.keeper.round()
    except Unavailable as error:
        failed("safety file", error)


async def settle_in(house: House) -> None:
    """What the first message can do without (I10), loaded off the loop once the doors are open."""
    await house.understanding.prepare(house.shelf.library)
    if isinstance(house.actions, LaterActions):
        await house.actions.load()


def with_screen(library: Library) -> Library:
    """Its screen built, which takes most of a second: no message may wait for that (I2).

    A phrase that a message is the first to need takes it about a millisecond.
    """
    assert library.screen is not None
    return library


async def background(house: House, settings: Settings, *, worker: bool = True) -> None:
    """For ever: hints and the pointer; the worker's rounds; in development a watch over the content folder."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(follow(house, failed))
        tasks.create_task(work(house, failed) if worker else keep_rooms(house, failed))
        if settings.env == "development" and settings.content.is_dir():
            tasks.create_task(_watch(house, settings.content, settings.measure_packs))


async def _watch(house: House, folder: Path, packs: Path | None) -> None:
    """Hot reload is nothing but an automatic publish; a broken file leaves the last good release in force."""

    async def changed(built: Built) -> None:
        if built.library is not None:
            await asyncio.to_thread(with_screen, built.library)
            await publish(house, built.library, by="hot reload", bodies=built.bodies)
            log.info("published", release=built.library.release[:12])
        else:
            log.warning("content_not_published", kind="see bounceback check")

    await watch(folder, changed, packs)
