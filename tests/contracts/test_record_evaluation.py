"""Whom the record lets be counted, and what it knows of their taking part in groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from written import NOW, WrittenLine, score, sealed

from bot.adapters.postgres.audit import service_chain
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.evaluation import PostgresEvaluation
from bot.core import facts as f
from bot.core.participation import Counted, Stay
from bot.core.state import Profile, ScoreKept
from bot.core.values import ServiceId, StaffId
from bot.ports import Agreed, Looker

DAY = timedelta(days=1)
WORDS = "2"


@pytest.fixture
def evaluation(database: Database) -> PostgresEvaluation:
    return PostgresEvaluation(database)


class Clinic:
    def __init__(self, database: Database, service: ServiceId) -> None:
        self.database, self.service = database, service

    async def one(
        self, *, yes: bool | None = True, words: str = WORDS, simulated: bool = False, total: int = 12
    ) -> WrittenLine:
        line = await WrittenLine.patient(self.database, self.service)
        await line.write(f.PatientInvited(profile=Profile(nation="england", simulated=simulated)))
        await line.write(f.PatientJoined(consents={"care": True}))
        if yes is not None:
            await self.answers(line, yes, words)
        await line.write(score(total))
        return line

    async def answers(self, line: WrittenLine, yes: bool, words: str = WORDS) -> None:
        await line.write(f.ConsentAnswered(consent="evaluation", given=yes, version=words, at=NOW))

    async def room(self) -> WrittenLine:
        room = await WrittenLine.group(self.database, self.service)
        await room.write(f.RoomOpened(group="copd"))
        return room


@pytest.fixture
def clinic(database: Database, service_id: ServiceId) -> Clinic:
    return Clinic(database, service_id)


async def agreed(evaluation: PostgresEvaluation, clinic: Clinic) -> Agreed:
    by = Looker(StaffId(uuid4()), NOW, role="operator")
    return await evaluation.agreed(clinic.service, WORDS, ("phq9", "gad7"), by)


def totals(found: Agreed) -> list[float]:
    return sorted(kept.total for one in found.people for kept in one.scores.get("phq9", ()))


async def test_only_a_yes_in_force_to_these_very_words_counts(
    clinic: Clinic, evaluation: PostgresEvaluation
) -> None:
    assert (await agreed(evaluation, clinic)).people == ()
    await clinic.one(total=1)
    await clinic.one(total=2, yes=None)
    await clinic.one(total=3, yes=False)
    await clinic.one(total=4, words="1")
    back = await clinic.one(total=5)
    await clinic.answers(back, False)
    again = await clinic.one(total=6, yes=False)
    await clinic.answers(again, True)
    assert totals(await agreed(evaluation, clinic)) == [1, 6]


async def test_who_was_erased_never_counts(clinic: Clinic, evaluation: PostgresEvaluation) -> None:
    one, two = await clinic.one(total=1), await clinic.one(total=2)
    await one.write(f.PatientErased(by=None, at=NOW))
    async with clinic.database.transaction() as c:
        sql = "UPDATE person SET erased_at = :at WHERE service_id = :s AND line_id = :p"
        await c.execute(text(sql), {"at": NOW, "s": clinic.service, "p": two.id})
    assert totals(await agreed(evaluation, clinic)) == []


async def test_simulated_people_count_only_where_there_are_no_others(
    clinic: Clinic, evaluation: PostgresEvaluation
) -> None:
    canary = await WrittenLine.canary(clinic.database, clinic.service)
    await canary.write(f.PatientInvited(profile=Profile(nation="england", simulated=True)))
    await clinic.answers(canary, True)
    await clinic.one(total=1, simulated=True)
    found = await agreed(evaluation, clinic)
    assert (totals(found), found.made_up, len(found.people)) == ([1], True, 1)
    await clinic.one(total=2)
    found = await agreed(evaluation, clinic)
    assert (totals(found), found.made_up) == ([2], False)


async def test_another_services_people_are_not_among_them(
    clinic: Clinic, evaluation: PostgresEvaluation, database: Database
) -> None:
    await Clinic(database, ServiceId(uuid4())).one()
    assert (await agreed(evaluation, clinic)).people == ()


async def test_scores_of_other_measures_and_without_a_total_stay_where_they_are(
    clinic: Clinic, evaluation: PostgresEvaluation
) -> None:
    one = await clinic.one(total=7)
    await one.write(score(9, NOW + DAY))
    await one.write(score(30).but(measure="phq15"))
    await one.write(score(30).but(total=None))
    (found,) = (await agreed(evaluation, clinic)).people
    assert found == Counted({"phq9": (ScoreKept(total=7, at=NOW), ScoreKept(total=9, at=NOW + DAY))})


async def test_taking_part_is_told_by_when_it_happened(
    clinic: Clinic, evaluation: PostgresEvaluation
) -> None:
    """Also what was taken back, hidden or left since: it was so then."""
    one, other, room = await clinic.one(), await clinic.one(yes=None), await clinic.room()
    joins = [(one, 1), (other, 1)]
    for who, day in joins:
        await room.write(f.MemberWaits(patient=who.id, pseudonym=sealed(who.id).id, at=NOW), at=NOW)
        at = NOW + day * DAY
        await room.write(f.MemberJoined(patient=who.id, pseudonym=sealed(who.id).id, at=at), at=at)
    await posts(room, 1, one, 2)
    await posts(room, 2, other, 3)
    await posts(room, 3, one, 4, reply_to=2)
    await posts(room, 4, one, 5, held=True)
    await room.write(f.PostHidden(seq=3, by=StaffId(uuid4())), at=NOW + 6 * DAY)
    await reacts(room, 2, one, 7, on=True)
    await reacts(room, 2, one, 8, on=False)
    await reacts(room, 2, other, 9, on=True)
    await room.write(f.MemberLeft(patient=one.id), at=NOW + 10 * DAY)
    await room.write(
        f.MemberJoined(patient=one.id, pseudonym=sealed(one.id).id, at=NOW + 20 * DAY), at=NOW + 20 * DAY
    )

    (found,) = (await agreed(evaluation, clinic)).people

    assert replace(found, scores={}) == Counted(
        {},
        (Stay(NOW + DAY, NOW + 10 * DAY), Stay(NOW + 20 * DAY, None)),
        posts=(NOW + 2 * DAY, NOW + 4 * DAY),
        answers=(NOW + 4 * DAY,),
        reactions=(NOW + 7 * DAY,),
    )


async def posts(
    room: WrittenLine, seq: int, by: WrittenLine, day: int, *, reply_to: int | None = None, held: bool = False
) -> None:
    at = NOW + day * DAY
    await room.write(
        f.PostPlaced(
            seq=seq,
            post=uuid4(),
            author=by.id,
            word=sealed(by.id).id,
            status="held" if held else "shown",
            at=at,
            reply_to=reply_to,
        ),
        at=at,
    )


async def reacts(room: WrittenLine, seq: int, by: WrittenLine, day: int, *, on: bool) -> None:
    await room.write(f.PostReacted(seq=seq, by=by.id, kind="heart", on=on), at=NOW + day * DAY)


async def test_who_only_waits_has_not_joined(clinic: Clinic, evaluation: PostgresEvaluation) -> None:
    one, room = await clinic.one(), await clinic.room()
    await room.write(f.MemberWaits(patient=one.id, pseudonym=sealed(one.id).id, at=NOW))
    (found,) = (await agreed(evaluation, clinic)).people
    assert found.stays == ()


async def test_it_is_one_look_on_the_services_own_chain_whoever_is_in_it(
    clinic: Clinic, evaluation: PostgresEvaluation
) -> None:
    await clinic.one()
    await agreed(evaluation, clinic)
    async with clinic.database.reading() as c:
        sql = "SELECT chain, what, about, at FROM audit WHERE service_id = :s"
        rows = (await c.execute(text(sql), {"s": clinic.service})).all()
    at: datetime = NOW
    assert [tuple(row) for row in rows] == [(service_chain(clinic.service), "evaluation.groups", "all", at)]
