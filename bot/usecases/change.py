"""The one way in which a Line changes: decide against one version, commit once, then tell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from bot.core.errors import Conflict, NotTaken, Refused, Unavailable
from bot.core.facts import Fact, facts_as_json, facts_in
from bot.core.inputs import PatientInput, RoomInput
from bot.core.library import Library
from bot.core.pen import Moment, Turn
from bot.core.room import Room
from bot.core.room.deciding import decide_room
from bot.core.rows import Rows, rows_of
from bot.core.state import Conversation
from bot.core.turn import decide
from bot.core.values import LineId, Quiet, ServiceId, WordId
from bot.ports import Entry, HeardBefore
from bot.usecases.hot import HotLine
from bot.usecases.house import House
from bot.usecases.hub import Delivered, News

MOST_TRIES = 5

Prepare = Callable[[Any], Awaitable[PatientInput | RoomInput]]
Commit = Callable[[ServiceId, Entry], Awaitable[bool]]
"""Whether the entry won; it is on disk when this returns (I1)."""


class Once(Quiet, Struct, frozen=True):
    """A message that must take effect once: its id, and its body for the keyed fingerprint (I6)."""

    client_id: UUID
    body: bytes


class Changed(Struct, frozen=True):
    """``seq``: what to acknowledge with. ``repeated``: it had been committed before, and nothing changed now.

    ``alerts``: some alert of the Line is another than before, or a colleague is in the chat.
    """

    seq: int
    facts: tuple[Fact, ...] = ()
    messages: tuple[Delivered, ...] = ()
    state: Conversation | Room | None = None
    repeated: bool = False
    alerts: bool = False


async def hand_in(
    house: House,
    service: ServiceId,
    line: LineId,
    heard: PatientInput | RoomInput,
    *,
    once: Once | None = None,
    acknowledge: Callable[[int], None] | None = None,
    commit: Commit | None = None,
) -> Changed:
    """``change`` by an input that is the same wherever the Line stands."""

    async def prepare(_: Conversation | Room) -> PatientInput | RoomInput:
        return heard

    return await change(house, service, line, prepare, once=once, acknowledge=acknowledge, commit=commit)


async def change(
    house: House,
    service: ServiceId,
    line: LineId,
    prepare: Prepare,
    *,
    once: Once | None = None,
    acknowledge: Callable[[int], None] | None = None,
    commit: Commit | None = None,
) -> Changed:
    """Carry out one input on one Line.

    ``prepare`` makes the input from the state it is decided against (the screen reads what had just been asked);
    it runs again when the Line has moved on. ``acknowledge`` is called right after the commit, before anybody is
    told (I1). ``commit``: instead of the writer, where more than the turn is to be written with it. Raises Refused, Unavailable; five lost races in a row are Unavailable.
    """
    place = house.hot.place((service, line))
    async with place.alone:
        for _ in range(MOST_TRIES):
            remembered = place.line is not None
            hot = place.line = place.line or await _line(house, service, line)
            try:
                changed = await _try(house, service, line, hot, prepare, once, commit or house.writer.commit)
            except Conflict:
                place.line = None
                continue
            except Refused:
                # What was refused now may have been accepted before: a button pressed, and its frame sent again.
                known = await _known(house, service, line, hot, once) if once else None
                if known is None and remembered:
                    # Perhaps only against a memory that another process has overtaken: ask the record.
                    place.line = None
                    continue
                if known is None:
                    raise
                changed = known
            except NotTaken:
                raise
            except Unavailable:
                # Unknown outcome: the same message sent again finds out.
                place.line = None
                raise
            if acknowledge is not None:
                acknowledge(changed.seq)
            _tell(house, service, line, changed)
            return changed
    raise Unavailable("record")


async def _line(house: House, service: ServiceId, line: LineId) -> HotLine:
    stored = await house.record.lines.load(service, line)
    if stored is None or stored.wrapped_key is None:
        raise Refused("not_found")
    key = house.vault.open_key(line, stored.wrapped_key, stored.key_id)
    if stored.kind == "patient":
        return HotLine(stored.version, Conversation.from_json(stored.state), key)
    return HotLine(stored.version, Room.from_rows(stored.state, stored.members), key)


async def _try(
    house: House,
    service: ServiceId,
    line: LineId,
    hot: HotLine,
    prepare: Prepare,
    once: Once | None,
    commit: Commit,
) -> Changed:
    moment = await _moment(house, service, line, hot)
    heard = await prepare(hot.state)
    turn: Turn[Any]
    if isinstance(hot.state, Conversation):
        turn = decide(hot.state, heard, moment)  # type: ignore[arg-type]
    else:
        turn = decide_room(hot.state, heard, moment)  # type: ignore[arg-type]
    if not turn.facts:
        return Changed(seq=hot.state.seq, state=hot.state)
    rows = rows_of(line, turn.steps, moment.now)
    if rows.unusual:
        _must_be_read_again(hot.state, turn)
    entry = _entry(house, line, hot, turn, rows, moment.now, once)
    if not await commit(service, entry):
        if once is not None and (known := await _known(house, service, line, hot, once)) is not None:
            return known
        raise Conflict
    hot.version += 1
    hot.state = turn.state
    _remember(hot, turn)
    _keep_promises(house, service, rows)
    messages = delivered(turn, moment.now) if isinstance(turn.state, Conversation) else ()
    return Changed(entry.ack_seq, turn.facts, messages, turn.state, alerts=bool(rows.alerts) or _held(turn))


def _held(turn: Turn[Any]) -> bool:
    return isinstance(turn.state, Conversation) and turn.state.hold is not None


def _must_be_read_again(before: Conversation | Room, turn: Turn[Any]) -> None:
    """A score or an alert that could be written and not read would close its Line for ever. Raises Misuse."""
    facts_in(facts_as_json(turn.facts))
    state = new_in(before, turn.state) if isinstance(before, Room) else turn.state
    type(state).from_json(state.json())


def new_in(before: Room, after: Room) -> Room:
    """``after`` with those entries of its tables alone that stood not in ``before``: the others have been read already.

    Of a thousand members reading all again took longer than the rest of the turn.
    """
    changes = {}
    for name in Room.__struct_fields__:
        was, now = getattr(before, name), getattr(after, name)
        if isinstance(now, dict):
            changes[name] = {} if now is was else _new_entries(was, now)
    return after.but(**changes)


def _new_entries(was: Mapping[Any, Any], now: Mapping[Any, Any]) -> dict[Any, Any]:
    """By the order in which they stand, which a change keeps: to look up an id is dear."""
    new, before = {}, iter(was.items())
    for key, value in now.items():
        old = next((v for k, v in before if k is key or k == key), None)
        if old is not value:
            new[key] = value
    return new


async def _moment(house: House, service: ServiceId, line: LineId, hot: HotLine) -> Moment:
    books: Mapping[str, Library] = {}
    if isinstance(hot.state, Conversation):
        books = house.shelf.books
        for run in hot.state.runs:
            if run.release not in books:
                await house.shelf.fetch(run.release)
        if hot.words is None:
            hot.words = await _opened(house, service, line, hot.key, hot.state)
    return Moment(
        line=line,
        turn=house.ids.new(),
        now=house.clock.now(),
        service=house.shelf.service(service),
        library=house.shelf.library,
        libraries=books,
        overtaken=house.shelf.overtaken,
        words=hot.words or {},
    )


async def _opened(
    house: House, service: ServiceId, line: LineId, key: Any, state: Conversation
) -> dict[WordId, str]:
    sealed = await house.record.lines.words(service, line, tuple(state.words()))
    return {word.id: house.vault.unseal(key, word) for word in sealed}


def _remember(hot: HotLine, turn: Turn[Any]) -> None:
    """A word that is wanted next was wanted before, or was said in this turn."""
    if not isinstance(turn.state, Conversation):
        return
    wanted = turn.state.words()
    if hot.words is None or wanted != hot.words.keys():
        known = (hot.words or {}) | {w.id: w.text for w in turn.words}
        hot.words = {w: known[w] for w in wanted if w in known}


def _entry(
    house: House, line: LineId, hot: HotLine, turn: Turn[Any], rows: Rows, at: datetime, once: Once | None
) -> Entry:
    return Entry(
        line=line,
        expected=hot.version,
        seq=turn.state.seq,
        state=turn.state.json_without_members() if isinstance(turn.state, Room) else turn.state.json(),
        facts=turn.facts,
        rows=rows,
        words=tuple([house.vault.seal(hot.key, w) for w in turn.words]),
        at=at,
        outbox_ids=tuple([house.ids.new() for _ in rows.promises]),
        client_id=once.client_id if once else None,
        body_mac=house.vault.fingerprint(hot.key, once.body) if once else None,
        ack_seq=turn.heard.seq if turn.heard else turn.state.seq,
    )


async def _known(house: House, service: ServiceId, line: LineId, hot: HotLine, once: Once) -> Changed | None:
    """The stored acknowledgement of a message that was committed before; another body is refused (I6)."""
    before: HeardBefore | None = await house.record.lines.heard(service, line, once.client_id)
    if before is None:
        return None
    if before.body_mac != house.vault.fingerprint(hot.key, once.body):
        raise Refused("conflict")
    return Changed(seq=before.seq, repeated=True)


# -- after the commit ---------------------------------------------------------------------------------


def _keep_promises(house: House, service: ServiceId, rows: Rows) -> None:
    """Try at once what the outbox holds; a worker does it where this process dies first."""
    for promise in rows.promises:
        house.afterwards.start(f"promise:{promise.kind}", house.keep_promise(house, service, promise.dedupe))


def delivered(turn: Turn[Conversation], at: datetime) -> tuple[Delivered, ...]:
    """The turn's messages in order of seq, the patient's own first."""
    shown = [Delivered(m.seq, m.sender, m.shown, at) for m in turn.shown]
    if turn.heard is None:
        return tuple(shown)
    return (
        Delivered(turn.heard.seq, "patient", turn.heard.shown, at, client_id=turn.heard.client_id),
        *shown,
    )


def _tell(house: House, service: ServiceId, line: LineId, changed: Changed) -> None:
    if changed.repeated or changed.state is None or not changed.facts:
        return
    house.hub.tell(News(service, line, changed.state.seq, changed.messages))
    topic = "line" if isinstance(changed.state, Conversation) else "room"
    house.bus.hint(service, topic, {"line": str(line), "seq": changed.state.seq})
    if changed.alerts:
        house.hub.tell(News(service, LineId(service), 0))
        house.bus.hint(service, "alerts", {})
