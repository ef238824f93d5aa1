"""The walls: what later work must not move. Each wall has its named test."""

from __future__ import annotations

import asyncio
import json
import math
from uuid import uuid4

import pytest
from clinic import Clinic, text_of
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from bot.adapters.postgres.engine import Database
from bot.core.errors import Misuse, Refused, Unavailable
from bot.core.facts import MessageHeard, ScoreRecorded, facts_as_json, facts_in
from bot.core.flow import alarm
from bot.core.inputs import TakeOver
from bot.core.library import Library
from bot.core.state import CheckInRun, Conversation, ForAction, ForPatient, SafetyRun
from bot.ports import ActionAnswer, Looker
from bot.usecases import alerts, peers, turn, ways_in
from bot.usecases.change import change
from bot.usecases.posts import posts_opened, posts_since
from bot.usecases.turn import Inbound, body_of

CANARY = "marmalade-kestrel-seventeen"


async def test_a_repeated_message_changes_nothing_and_is_acknowledged_alike(clinic: Clinic) -> None:
    patient = await clinic.join()
    first = Inbound(clinic.service.id, patient.id, uuid4(), text="hello there")
    acks = []
    one = await turn.hear(clinic.house, first, acks.append)
    facts = await patient.facts()
    two = await turn.hear(clinic.house, first, acks.append)
    assert (two.repeated, two.seq) == (True, one.seq)
    assert acks == [one.seq, one.seq]
    assert await patient.facts() == facts


async def test_a_repeated_button_is_acknowledged_though_the_screen_moved_on(clinic: Clinic) -> None:
    patient = await clinic.join()
    choice = next(c.id for c in patient.last.shown.choices if c.label == "Check how I am")
    press = Inbound(clinic.service.id, patient.id, uuid4(), choice=choice)
    one = await turn.hear(clinic.house, press)
    two = await turn.hear(clinic.house, press)
    assert (two.repeated, two.seq) == (True, one.seq)


async def test_the_same_id_with_another_body_is_refused(clinic: Clinic) -> None:
    patient = await clinic.join()
    client_id = uuid4()
    await patient.says("hello", client_id=client_id)
    with pytest.raises(Refused, match="conflict"):
        await patient.says("goodbye", client_id=client_id)


async def test_the_fingerprint_of_a_message_is_keyed(clinic: Clinic, database: Database) -> None:
    """A plain hash of a short answer can be guessed, and would outlive erasure."""
    import hashlib

    one, two = await clinic.join(), await clinic.join()
    client_id = uuid4()
    for patient in (one, two):
        await patient.says("yes", client_id=client_id)
    async with database.reading() as c:
        sql = "SELECT body_mac FROM heard WHERE service_id = :s AND client_id = :c"
        macs = [r[0] for r in await c.execute(text(sql), {"s": clinic.service.id, "c": client_id})]
    body = Inbound(clinic.service.id, one.id, client_id, text="yes").once().body
    plain = {
        hashlib.new(name, part).digest() for name in ("sha256", "sha1", "md5") for part in (body, b"yes")
    }
    assert len(set(macs)) == 2
    assert not set(macs) & plain


async def test_no_words_stand_anywhere_but_in_the_sealed_table(clinic: Clinic, database: Database) -> None:
    patient = await clinic.join(name=CANARY)
    await patient.says(f"i feel low {CANARY}")
    await patient.presses("menu:team")
    tables = [
        "line",
        "journal",
        "message",
        "score",
        "alert",
        "evidence",
        "outbox",
        "timer",
        "delivery",
        "audit",
        "person",
        "heard",
        "session",
        "invite",
    ]
    async with database.reading() as c:
        for table in tables:
            sql = f"SELECT count(*) FROM {table} t WHERE service_id = :s AND t::text LIKE :w"
            found = (await c.execute(text(sql), {"s": clinic.service.id, "w": f"%{CANARY}%"})).scalar()
            assert found == 0, table
        sql = "SELECT body FROM word WHERE service_id = :s"
        bodies = [r[0] for r in await c.execute(text(sql), {"s": clinic.service.id})]
    assert bodies
    assert not any(CANARY.encode() in body for body in bodies)


async def test_a_turn_is_one_statement(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts, state, words, alert, outbox and timer stand in one commit (I3)."""
    patient = await clinic.join()
    await patient.says("hello")
    clinic.house.hot.get((clinic.service.id, patient.id))
    written = []
    db = clinic.house.record.lines._db  # type: ignore[attr-defined]
    for door in (db, db.lane):
        name = "fetch" if door is db.lane else "fetch_raw"
        monkeypatch.setattr(door, name, _noting(written, getattr(door, name)))
    said = Inbound(clinic.service.id, patient.id, uuid4(), text="i want to die")
    await change(clinic.house, clinic.service.id, patient.id, _crisis(clinic, said), once=said.once())
    lines = [sql for sql in written if "UPDATE line" in sql or "FROM line" in sql]
    assert len(lines) == 1
    assert all(
        f"INSERT INTO {table}" in lines[0]
        for table in ("journal", "word", "message", "alert", "evidence", "outbox", "timer", "heard")
    )


async def test_an_ordinary_turn_is_one_write_and_no_read(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever reaches the record by any road: memory is a guess that the commit itself checks."""
    patient = await clinic.join()
    await patient.chooses("Check how I am")
    asked: list[str] = []
    db = clinic.house.record.lines._db  # type: ignore[attr-defined]
    monkeypatch.setattr(db.lane, "fetch", _noting(asked, db.lane.fetch))
    monkeypatch.setattr(db, "fetch_raw", _noting(asked, db.fetch_raw))

    def executed(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", executed)
    try:
        for item in ("phq9.1", "phq9.2", "phq9.3"):
            said = Inbound(clinic.service.id, patient.id, uuid4(), item=item, value=1)
            await turn.hear(clinic.house, said)
            await clinic.settle()
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", executed)
    assert [sql.partition(" AS")[0] for sql in asked] == ["WITH t"] * 3


def _noting(written: list[str], fetch):  # type: ignore[no-untyped-def]
    async def noted(sql: str, args: list[object]) -> list[object]:
        written.append(sql)
        return await fetch(sql, args)  # type: ignore[no-any-return]

    return noted


def _crisis(clinic: Clinic, said: Inbound):  # type: ignore[no-untyped-def]
    async def prepare(state: Conversation) -> object:
        return await turn._read(clinic.house, said, state)

    return prepare


async def test_a_line_moved_on_elsewhere_costs_one_conflict_and_no_wrong_row(clinic: Clinic) -> None:
    """Another process spoke for the same patient: this one's memory is stale, and the commit finds out."""
    from bot.usecases.hot import HotLines

    patient = await clinic.join()
    await patient.says("hello")
    mine, theirs = clinic.house.hot, HotLines()
    clinic.house.hot = theirs
    await patient.says("from another process")
    clinic.house.hot = mine
    await patient.says("from this one, which does not know")
    heard = [f for f in await patient.facts() if isinstance(f, MessageHeard)]
    assert [f.seq for f in heard] == sorted({f.seq for f in heard})
    assert len(heard) == 3


async def test_an_action_runs_after_its_wait_is_committed(clinic: Clinic) -> None:
    patient = await clinic.join()
    waits = []

    class Looking:
        async def run(self, action: str, slots: object) -> ActionAnswer:
            waits.append((await patient.state()).wait)
            return ActionAnswer(())

    clinic.house.actions = Looking()
    await patient.chooses("Something that may help")
    assert [type(w) for w in waits] == [ForAction]


async def test_a_killed_process_runs_the_action_again(clinic: Clinic) -> None:
    patient = await clinic.join()
    actions, clinic.house.actions = clinic.house.actions, _Dead()
    await patient.presses("menu:progress")
    state = await patient.state()
    assert isinstance(state.wait, ForAction)
    clinic.house.actions = actions
    clinic.clock.advance(seconds=10)
    await clinic.work()
    assert not isinstance((await patient.state()).wait, ForAction)


class _Dead:
    async def run(self, action: str, slots: object) -> ActionAnswer:
        raise asyncio.CancelledError


async def test_a_late_action_changes_nothing(clinic: Clinic) -> None:
    from bot.core.inputs import ActionReturned
    from bot.core.proposals import OfferModule

    patient = await clinic.join()
    clinic.house.actions = _Dead()
    await patient.presses("menu:module")
    wait = (await patient.state()).wait
    assert isinstance(wait, ForAction)
    await _returned(clinic, patient, ActionReturned(wait.call, None))
    facts = await patient.facts()
    late = ActionReturned(wait.call, (OfferModule(module="copd/breathlessness-and-worry"),))
    await _returned(clinic, patient, late)
    assert await patient.facts() == facts


async def _returned(clinic: Clinic, patient: object, answer: object) -> None:
    async def prepare(_: Conversation) -> object:
        return answer

    await change(clinic.house, clinic.service.id, patient.id, prepare)  # type: ignore[attr-defined,arg-type]
    await clinic.settle()


async def test_a_message_during_an_action_is_kept_and_never_taken_as_the_next_answer(clinic: Clinic) -> None:
    patient = await clinic.join()
    actions, clinic.house.actions = clinic.house.actions, _Dead()
    await patient.presses("menu:progress")
    await patient.says("2")
    assert isinstance((await patient.state()).wait, ForAction)
    await patient.says("i want to die")
    assert [a.concern for a in await patient.alerts()] == ["risk"]
    assert any(m.urgent for m in patient.bot_said())
    clinic.house.actions = actions


async def test_an_alert_stands_or_falls_with_its_cause(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = await clinic.join()
    db = clinic.house.record.lines._db  # type: ignore[attr-defined]
    fetch = db.lane.fetch

    async def torn(sql: str, args: list[object]) -> list[object]:
        if "INSERT INTO alert" in sql:
            raise Unavailable("record")
        return await fetch(sql, args)

    monkeypatch.setattr(db.lane, "fetch", torn)
    acks: list[int] = []
    said = Inbound(clinic.service.id, patient.id, uuid4(), text="i want to die")
    with pytest.raises(Unavailable):
        await turn.hear(clinic.house, said, acks.append)
    monkeypatch.undo()
    assert acks == []
    assert await patient.alerts() == []
    assert not any(isinstance(f, MessageHeard) for f in await patient.facts())


async def test_one_open_alert_a_concern_and_the_rest_is_evidence(clinic: Clinic) -> None:
    patient = await clinic.join()
    for words in ("i want to die", "i want to kill myself", "i cant go on, i want to die"):
        await patient.says(words)
    (alert,) = await patient.alerts()
    whole = await clinic.house.record.ledger.one(clinic.service.id, alert.id, None)
    assert whole is not None
    assert len({e.seq for e in whole.evidence if e.seq}) == 3
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_nobody_acknowledges_and_the_next_rung_hears(clinic: Clinic) -> None:
    patient = await clinic.join()
    await patient.says("i want to die")
    assert clinic.letters(clinic.duty) == []
    clinic.clock.advance(minutes=16)
    await clinic.work()
    assert len(clinic.letters(clinic.duty)) == 1
    first, second = clinic.letters(clinic.therapist)[0], clinic.letters(clinic.duty)[0]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["X-Alert-Id"] == second["X-Alert-Id"]


async def test_acknowledged_means_silence(clinic: Clinic) -> None:
    patient = await clinic.join()
    await patient.says("i want to die")
    (alert,) = await patient.alerts()
    await alerts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.therapist.id)
    clinic.clock.advance(hours=5)
    await clinic.work()
    assert clinic.letters(clinic.duty) == []


async def test_the_mail_server_is_down_and_the_letter_comes_later_once(clinic: Clinic) -> None:
    patient = await clinic.join()
    clinic.post_box.refusing = True
    await patient.says("i want to die")
    assert clinic.letters(clinic.therapist) == []
    clinic.post_box.refusing = False
    for _ in range(3):
        clinic.clock.advance(seconds=5)
        await clinic.work()
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_every_look_at_a_patient_leaves_one_audit_row(clinic: Clinic, database: Database) -> None:
    patient = await clinic.join()

    async def rows() -> int:
        async with database.reading() as c:
            sql = "SELECT count(*) FROM audit WHERE service_id = :s"
            return int((await c.execute(text(sql), {"s": clinic.service.id})).scalar() or 0)

    before, reading = await rows(), clinic.house.record.reading
    looker = Looker(clinic.therapist.id, clinic.clock.now())
    await reading.patient(clinic.service.id, patient.id, looker)
    assert await rows() == before + 1
    await clinic.house.record.ledger.list(clinic.service.id, open_only=True, by=looker)
    assert await rows() == before + 2


async def test_a_run_stays_on_its_release_and_the_next_step_moves_on(
    clinic: Clinic, library: Library
) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Check how I am")
    changed = library.measures["phq9"].model_copy(update={"version": "2"})
    measures = {**library.measures, "phq9": changed}
    newer = Library(
        **{name: getattr(library, name) for name in Library.model_fields} | {"measures": measures}
    )
    assert newer.release != library.release
    await clinic.house.shelf.publish(newer, "tests", clinic.clock.now())
    try:
        await patient.fills_in(*[1] * 8, 0)
        await patient.chooses("Send my answers")
        recorded = [f for f in await patient.facts() if isinstance(f, ScoreRecorded)]
        assert [f.measure_version for f in recorded] == ["1"]
    finally:
        await clinic.house.shelf.publish(library, "tests", clinic.clock.now())


async def test_the_safety_dialogue_is_a_run_over_whatever_was_going_on(clinic: Clinic) -> None:
    patient = await clinic.join()
    await patient.chooses("Check how I am")
    await patient.answers(1)
    await patient.says("i want to die")
    state = await patient.state()
    assert [type(run) for run in state.runs] == [CheckInRun, SafetyRun]
    assert isinstance(state.top, SafetyRun)
    await patient.chooses("No")
    await patient.chooses("Either way")
    state = await patient.state()
    assert isinstance(state.wait, ForPatient) and "resume" in state.wait.keys
    await patient.chooses("Go on")
    assert (patient.last.shown.progress or None) is not None
    assert patient.last.shown.progress.at == 2


async def test_crisis_words_under_a_hold_are_screened_and_answered(clinic: Clinic) -> None:
    patient = await clinic.join()
    await alerts.act(clinic.house, clinic.service.id, patient.id, TakeOver(clinic.therapist.id))
    await patient.says("i want to die")
    assert any(m.urgent for m in patient.bot_said())
    assert [a.level for a in await patient.alerts()] == ["now"]


async def test_a_failing_screen_signposts_and_tells_a_person(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = await clinic.join()
    monkeypatch.setattr(turn, "screen", _broken)
    await patient.says("anything at all")
    assert any(m.urgent for m in patient.bot_said())
    (alert,) = await patient.alerts()
    assert (alert.concern, alert.level) == ("risk", "now")


async def test_a_fault_of_ours_keeps_the_words_and_tells_a_person(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.core.flow import answering

    patient = await clinic.join()
    monkeypatch.setattr(answering, "take", _broken)
    await patient.says("anything at all")
    monkeypatch.undo()
    (alert,) = await patient.alerts()
    assert (alert.concern, alert.level) == ("risk", "now")
    assert [m.shown.text for m in patient.seen if m.sender == "patient"] == ["anything at all"]
    assert any(m.urgent for m in patient.bot_said())


async def test_a_button_of_another_process_is_not_refused_from_stale_memory(clinic: Clinic) -> None:
    """The check-in began elsewhere; this process still remembers the menu."""
    from bot.usecases.hot import HotLines

    patient = await clinic.join()
    await patient.says("hello")
    mine, clinic.house.hot = clinic.house.hot, HotLines()
    await patient.presses("menu:check_in")
    clinic.house.hot = mine
    await patient.answers(1)
    assert patient.last.shown.progress is not None and patient.last.shown.progress.at == 2


def _broken(*_: object) -> object:
    raise ZeroDivisionError


async def test_a_post_takes_two_steps_and_is_placed_once(clinic: Clinic) -> None:
    one, two = await _members(clinic)
    room = clinic.service.rooms["copd"]
    await _post(clinic, one, "Hello from the first day")
    assert [p.status for p in await posts_opened(clinic.house, clinic.service.id, room, 0)] == ["held"]
    assert [a.concern for a in await clinic.alerts()] == ["group-report"]
    await _post(clinic, one, "And a second one")
    seen = await posts_since(clinic.house, clinic.service.id, room, 0, two.id)
    assert [(p.shown.text, p.status) for p in seen] == [("And a second one", "shown")]


async def test_the_room_is_told_by_a_worker_where_the_process_died_in_between(clinic: Clinic) -> None:
    one, _ = await _members(clinic)
    keep = clinic.house.keep_promise
    clinic.house.keep_promise = _forgets
    await _post(clinic, one, "written just before the power went")
    room = clinic.service.rooms["copd"]
    assert await posts_opened(clinic.house, clinic.service.id, room, 0) == ()
    clinic.house.keep_promise = keep
    await clinic.work()
    await clinic.work()
    assert len(await posts_opened(clinic.house, clinic.service.id, room, 0)) == 1


async def _forgets(*_: object) -> None:
    return None


async def test_a_post_in_distress_reaches_its_author_and_their_team_and_is_held(clinic: Clinic) -> None:
    one, two = await _members(clinic)
    await _post(clinic, one, "first, so that the next is not held for that")
    await _post(clinic, one, "i want to kill myself")
    assert [(a.concern, a.level) for a in await one.alerts()] == [("risk", "now")]
    await one.catches_up()
    assert any(m.shown.urgent for m in one.seen)
    room = clinic.service.rooms["copd"]
    assert await posts_since(clinic.house, clinic.service.id, room, 0, two.id) == ()


async def _members(clinic: Clinic):  # type: ignore[no-untyped-def]
    people = []
    for name in ("Kestrel", "Heron"):
        patient = await clinic.join("copd")
        await patient.chooses("Talk to others like me")
        await patient.chooses("Living with COPD")
        await patient.presses("join")
        await patient.says(name)
        await patient.catches_up()
        assert patient.seen and any(m.shown.room for m in patient.seen)
        people.append(patient)
    return people


async def _post(clinic: Clinic, patient: object, words: str) -> None:
    said = Inbound(clinic.service.id, patient.id, uuid4(), text=words)  # type: ignore[attr-defined]
    await peers.post(clinic.house, said, clinic.service.rooms["copd"])
    await clinic.settle()


async def test_returning_on_another_device_finds_the_same_question(clinic: Clinic) -> None:
    address = f"sam@{clinic.service.slug}.example"
    patient = await clinic.join(contact=address, pin="4711")
    await patient.chooses("Check how I am")
    await patient.answers(2)
    await ways_in.ask_return(clinic.house, address)
    (letter,) = clinic.post_box.to(address)
    code = text_of(letter).split("#return=")[1].split()[0]
    token = await ways_in.come_back(clinic.house, code, "4711")
    session = await ways_in.who_is(clinic.house, token, "patient")
    assert session.subject == patient.id
    with pytest.raises(Refused):
        await ways_in.come_back(clinic.house, code, "4711")
    await patient.answers(1)
    assert patient.last.shown.progress.at == 3


async def test_facts_survive_a_round_trip_as_they_are_stored(clinic: Clinic) -> None:
    patient = await clinic.join()
    await patient.says("i want to die")
    facts = tuple(await patient.facts())
    assert facts_in(facts_as_json(facts)) == facts


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.none(), st.text(max_size=8), st.integers(0, 30))
def test_the_bytes_that_are_fingerprinted_stay(text: str | None, choice: str, value: int) -> None:
    """A message sent again after an upgrade must still be the same message (I6)."""
    assert (
        body_of(text, choice, None, value)
        == json.dumps([text, choice, None, value], ensure_ascii=False).encode()
    )


async def test_what_could_not_be_read_again_is_not_written(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = await clinic.join()
    monkeypatch.setattr(alarm, "_numbers", lambda _: {"oxygen": math.nan})  # JSON has no such number
    before = await patient.facts()
    with pytest.raises(Misuse):
        await patient.says("i want to die")
    assert await patient.facts() == before
    monkeypatch.undo()
    await patient.says("i want to die")
    assert [alert.concern for alert in await patient.alerts()] == ["risk"]
