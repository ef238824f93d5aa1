"""What people read back: a conversation, a room, a patient's page; each look by somebody leaves one audit row."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from written import NOW, WrittenLine, heard, invited, member, raised, score, sealed, shown, timer

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.reading import PostgresReading
from bot.core import facts as f
from bot.core.state import ModuleRun, Profile, SafetyRun, ScoreKept
from bot.core.values import LineId, ServiceId
from bot.ports import Looker, MessageSeen, PastScores, PersonScores, PersonSeen, ScoreSeen, Sealed

EARLIER = NOW - timedelta(days=1)


async def looks(database: Database, service: ServiceId) -> list[tuple[object, ...]]:
    """Every audit row of the service as (chain, who, what, about)."""
    a = s.audit.c
    async with database.reading() as c:
        rows = await c.execute(select(a.chain, a.who, a.what, a.about).where(a.service_id == service))
        return [tuple(row) for row in rows]


@pytest.fixture
def reading(database: Database) -> PostgresReading:
    return PostgresReading(database)


@pytest.fixture
async def line(database: Database, service_id: ServiceId) -> WrittenLine:
    return await WrittenLine.patient(database, service_id)


@pytest.fixture
async def nurse(database: Database, service_id: ServiceId) -> Looker:
    """Of the duty team, who may open everybody's record."""
    return Looker(await member(database, service_id, "duty"), NOW)


# -- a conversation -----------------------------------------------------------------------------------


async def test_a_conversation_comes_back_in_order_with_its_sealed_words(
    line: WrittenLine, reading: PostgresReading
) -> None:
    said, answer, client = sealed(line.id), sealed(line.id), uuid4()
    await line.write(heard(1, said, client), shown(2, answer), words=(said, answer))

    assert list(await reading.messages(line.service, line.id, 0)) == [
        MessageSeen(1, "patient", client, said, None, None, False, NOW),
        MessageSeen(2, "bot", None, answer, "copd/breath#start", "r1", False, NOW),
    ]


async def test_a_conversation_is_read_on_from_where_one_was(
    line: WrittenLine, reading: PostgresReading
) -> None:
    words = tuple(sealed(line.id) for _ in range(5))
    await line.write(*(shown(n, word) for n, word in enumerate(words, 1)), words=words)

    assert [m.seq for m in await reading.messages(line.service, line.id, 2, most=2)] == [3, 4]


async def test_a_message_whose_word_was_erased_is_there_without_it(
    database: Database, line: WrittenLine, reading: PostgresReading
) -> None:
    word = sealed(line.id)
    await line.write(shown(1, word), words=(word,))
    async with database.transaction() as c:
        mine = (s.word.c.service_id == line.service) & (s.word.c.owner_id == line.id)
        await c.execute(delete(s.word).where(mine))

    [message] = await reading.messages(line.service, line.id, 0)
    assert (message.seq, message.word) == (1, None)


async def test_a_conversation_of_another_service_is_not_there(
    line: WrittenLine, reading: PostgresReading
) -> None:
    word = sealed(line.id)
    await line.write(shown(1, word), words=(word,))

    assert list(await reading.messages(ServiceId(uuid4()), line.id, 0)) == []


# -- people -------------------------------------------------------------------------------------------


async def joined(line: WrittenLine) -> Sealed:
    """Invited and joined, under a sealed first name."""
    name = sealed(line.id, "first_name")
    join = f.PatientJoined(consents={"chat": True}, first_name=name.id)
    await line.write(invited("copd", "heart"), join, words=(name,), at=EARLIER)
    return name


async def test_the_caseload_shows_everybody_and_when_they_last_wrote(
    database: Database, line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    name, said, answer = await joined(line), sealed(line.id), sealed(line.id)
    await line.write(heard(1, said, uuid4()), words=(said,))
    await line.write(shown(2, answer), words=(answer,), at=NOW + timedelta(hours=1))
    silent = await WrittenLine.patient(database, line.service)
    await silent.write(invited())

    people = {person.id: person for person in await reading.caseload(line.service, nurse)}

    zone, conditions = "Europe/London", ("copd", "heart")
    assert people == {
        line.id: PersonSeen(line.id, "joined", "england", zone, "en", conditions, None, name, NOW),
        silent.id: PersonSeen(silent.id, "invited", "england", zone, "en", (), None, None, None),
    }


async def test_who_was_erased_leaves_the_caseload(
    database: Database, line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    await joined(line)
    mine = (s.person.c.service_id == line.service) & (s.person.c.line_id == line.id)
    async with database.transaction() as c:
        await c.execute(update(s.person).where(mine).values(erased_at=NOW))

    assert list(await reading.caseload(line.service, nurse)) == []


async def test_the_caseload_is_one_look_on_the_services_own_chain(
    database: Database, line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    await joined(line)
    await (await WrittenLine.patient(database, line.service)).write(invited())
    await reading.caseload(line.service, nurse)

    assert await looks(database, line.service) == [
        (line.service, f"staff:{nurse.who}", "caseload.list", "all")
    ]


# -- the past of a service, numbers only ----------------------------------------------------------------


async def test_scores_of_everybody_are_one_look_and_hold_no_id_of_a_patient(
    database: Database, line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    await joined(line)
    await line.write(score(12), score(9, EARLIER))
    silent = await WrittenLine.patient(database, line.service)
    await silent.write(invited())
    past = await reading.histories(line.service, nurse)
    scores = (ScoreKept(total=9, at=EARLIER), ScoreKept(total=12, at=NOW))
    assert past == PastScores((PersonScores(None, {"phq9": scores}),), made_up=False)
    assert await looks(database, line.service) == [
        (line.service, f"staff:{nurse.who}", "scores.replay", "all")
    ]


async def test_simulated_people_and_the_canary_are_no_past_where_there_are_others(
    database: Database, line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    await line.write(f.PatientInvited(profile=Profile(nation="england", simulated=True)), score(12))
    canary = await WrittenLine.canary(database, line.service)
    await canary.write(invited(), score(20))
    made_up = await reading.histories(line.service, nurse)
    assert (len(made_up.people), made_up.made_up) == (1, True)
    await (await WrittenLine.patient(database, line.service)).write(invited())
    assert await reading.histories(line.service, nurse) == PastScores((), made_up=False)


async def test_a_patients_page_shows_person_scores_alerts_and_the_last_messages(
    line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    name, alert = await joined(line), raised()
    words = tuple(sealed(line.id) for _ in range(4))
    await line.write(score(12), score(9, EARLIER), alert)
    await line.write(*(shown(n, word) for n, word in enumerate(words, 1)), words=words)

    seen = await reading.patient(line.service, line.id, nurse, last_messages=2)

    assert seen is not None
    assert (seen.person.id, seen.person.first_name) == (line.id, name)
    items = {"q1": None, "q2": 2}
    assert seen.scores == (
        ScoreSeen("phq9", "1", 9, False, items, EARLIER),
        ScoreSeen("phq9", "1", 12, False, items, NOW),
    )
    assert [(a.id, a.concern, len(a.evidence)) for a in seen.alerts] == [(alert.alert, "risk", 1)]
    assert [(m.seq, m.word) for m in seen.messages] == [(3, words[2]), (4, words[3])]


async def test_a_patients_page_is_one_look_on_their_own_chain(
    database: Database, line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    await joined(line)
    await line.write(raised())
    await reading.patient(line.service, line.id, nurse)

    who = f"staff:{nurse.who}"
    assert await looks(database, line.service) == [(line.id, who, "patient.open", str(line.id))]


async def test_a_patients_page_tells_what_happened_and_not_what_is_no_news(
    line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    await joined(line)
    words, run = (
        tuple(sealed(line.id) for _ in range(2)),
        ModuleRun(module="a/b", release="r", step="s", began=1),
    )
    await line.write(shown(1, words[0]), f.RunStarted(run=run), words=words[:1])
    await line.write(f.RunStarted(run=SafetyRun(dialogue="crisis", concern="risk", release="r")))
    await line.write(f.RunEnded(kind="safety", name="crisis", how="finished"))
    await line.write(f.RunEnded(kind="module", name="a/b", how="stopped"))
    team = f.MessageShown(seq=2, sender="team", word=words[1].id, release="r")
    await line.write(team, timer("later"), score(9), words=words[1:])

    seen = await reading.patient(line.service, line.id, nurse)

    assert seen is not None
    told = [type(each.fact) for each in seen.history.happened]
    assert told[:4] == [f.ScoreRecorded, f.MessageShown, f.RunEnded, f.RunStarted]
    assert set(told[4:]) <= {f.PatientJoined}


async def test_what_somebody_typed_since_the_last_visit_is_counted(
    database: Database, line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    await joined(line)
    before = nurse.at - timedelta(days=2)
    await reading.patient(line.service, line.id, Looker(nurse.who, before))
    word = sealed(line.id)
    await line.write(heard(1, word, uuid4()), words=(word,), at=before - timedelta(hours=1))
    await line.write(heard(2, word, uuid4()), at=before + timedelta(hours=1))
    pressed = f.MessageHeard(seq=3, client_id=uuid4(), how="choice", word=word.id)
    await line.write(pressed, at=before + timedelta(hours=1))

    first = await reading.patient(line.service, line.id, nurse)
    colleague = Looker(await member(database, line.service, "duty"), nurse.at)
    other = await reading.patient(line.service, line.id, colleague)

    assert first is not None and other is not None
    assert (first.history.here_before, first.history.written_since) == (before, 1)
    assert first.history.typed == other.history.typed == frozenset({1, 2})
    assert (other.history.here_before, other.history.written_since) == (None, 0)


async def test_a_patient_of_another_service_is_not_there_and_nobody_looked(
    database: Database, line: WrittenLine, reading: PostgresReading, nurse: Looker
) -> None:
    await joined(line)
    stranger = ServiceId(uuid4())

    assert await reading.patient(stranger, line.id, nurse) is None
    assert await looks(database, stranger) == []


async def test_ones_own_conversation_is_no_look(
    database: Database, line: WrittenLine, reading: PostgresReading
) -> None:
    await reading.messages(line.service, line.id, 0)

    assert await looks(database, line.service) == []


# -- keys ---------------------------------------------------------------------------------------------


async def test_keys_come_for_the_lines_that_still_have_one(
    database: Database, line: WrittenLine, reading: PostgresReading
) -> None:
    erased = await WrittenLine.patient(database, line.service)
    theirs = (s.line.c.service_id == line.service) & (s.line.c.line_id == erased.id)
    async with database.transaction() as c:
        await c.execute(update(s.line).where(theirs).values(wrapped_key=None))

    found = await reading.keys(line.service, [line.id, erased.id, LineId(uuid4())])

    assert found == {line.id: (b"wrapped", "k1")}
    assert await reading.keys(line.service, []) == {}
    assert await reading.keys(ServiceId(uuid4()), [line.id]) == {}
