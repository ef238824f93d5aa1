"""The digest: on working days, for whoever routine alerts wait for, and only where something is new."""

from __future__ import annotations

from datetime import timedelta
from email.message import Message

import msgspec
import pytest
from clinic import Clinic, text_of
from contracts.written import WrittenLine, raised
from post_office import PostOffice

from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.core.facts import AlertAcknowledged, AlertRaised, AlertReopened
from bot.core.rota import Leave
from bot.ports import StaffMember
from bot.usecases.digest import Days
from bot.usecases.hands import LEASE_S
from bot.usecases.promises import keep_due
from bot.usecases.unsubscribing import GOOD_FOR, no_digest, way_out, whose_way_out

A_WHILE_S = 6.0


@pytest.fixture
async def line(clinic: Clinic, database: Database) -> WrittenLine:
    return await WrittenLine.patient(database, clinic.service.id)


def of(owner: StaffMember | None, *names: str) -> list[AlertRaised]:
    who = owner.id if owner else None
    return [msgspec.structs.replace(raised(name, "routine"), owner=who) for name in names]


async def go_round(clinic: Clinic) -> None:
    failed: list[BaseException] = []
    await Days(clinic.house, lambda _, error: failed.append(error)).round(clinic.only)
    await keep_due(clinic.house, clinic.only)
    await clinic.settle()
    assert failed == []


async def next_day(clinic: Clinic, days: int = 1) -> None:
    clinic.clock.advance(days=days)
    await go_round(clinic)


def digests(clinic: Clinic, who: StaffMember) -> list[str]:
    return [str(m["Subject"]).partition(": ")[2] for m in clinic.letters(who)]


async def states(clinic: Clinic, who: StaffMember) -> list[str]:
    seen = await clinic.house.record.digests.seen(clinic.service.id, who.id, 9)
    return [one.state for one in seen]


# -- once, for whom, and about what -------------------------------------------------------------------


async def test_one_letter_says_how_many_wait_and_how_many_are_new(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    await line.write(*of(clinic.therapist, "a", "b"))
    await go_round(clinic)
    await line.write(*of(clinic.therapist, "c"))
    await go_round(clinic)
    assert digests(clinic, clinic.therapist) == ["2 routine alerts wait for you, 2 new"]
    await next_day(clinic)
    assert digests(clinic, clinic.therapist)[1:] == ["3 routine alerts wait for you, 1 new"]
    first, second = clinic.letters(clinic.therapist)
    assert first["Message-ID"] != second["Message-ID"]
    assert await states(clinic, clinic.therapist) == ["accepted", "accepted"]


async def test_nothing_new_is_no_letter_and_what_came_back_is_new(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    (one,) = of(clinic.therapist, "a")
    await line.write(one)
    await go_round(clinic)
    await next_day(clinic)
    assert len(office.all) == 1
    await line.write(
        AlertAcknowledged(alert=one.alert, concern="a", by=clinic.therapist.id, at=clinic.clock.now())
    )
    await next_day(clinic)
    await line.write(
        AlertReopened(alert=one.alert, concern="a", why="left", at=clinic.clock.now(), due_at=None)
    )
    await next_day(clinic)
    assert digests(clinic, clinic.therapist)[1:] == ["1 routine alert waits for you, 1 new"]


async def test_it_comes_when_the_service_opens_and_not_at_a_weekend(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    await line.write(*of(clinic.therapist, "a"))
    clinic.clock.advance(hours=-2)  # Monday, eight o'clock
    await go_round(clinic)
    assert office.all == []
    clinic.clock.advance(hours=1)
    await go_round(clinic)
    assert len(office.all) == 1
    await line.write(*of(clinic.therapist, "b"))
    await next_day(clinic, 5)  # Saturday
    assert len(office.all) == 1
    await next_day(clinic, 2)
    assert len(office.all) == 2


async def test_without_an_owner_whoever_the_ladder_names_gets_it(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    await line.write(*of(None, "a"))
    await go_round(clinic)
    assert digests(clinic, clinic.duty) == ["1 routine alert waits for you, 1 new"]


async def test_who_is_away_gets_none_and_who_covers_does(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    now = clinic.clock.now()
    away = Leave(clinic.house.ids.new(), clinic.therapist.id, now, now + timedelta(days=1), clinic.duty.id)
    await clinic.house.record.rota.add_leave(clinic.service.id, away)
    await line.write(*of(clinic.therapist, "a"))
    await go_round(clinic)
    assert (digests(clinic, clinic.therapist), len(digests(clinic, clinic.duty))) == ([], 1)
    await next_day(clinic)
    assert digests(clinic, clinic.therapist) == ["1 routine alert waits for you, 1 new"]
    assert len(digests(clinic, clinic.duty)) == 1


async def test_alerts_that_page_are_not_in_it(clinic: Clinic, office: PostOffice, line: WrittenLine) -> None:
    await line.write(raised("a", "soon"), raised("b", "now"))
    await go_round(clinic)
    assert not [m for m in office.all if m["List-Unsubscribe"]]


# -- at least once ------------------------------------------------------------------------------------


async def test_it_is_tried_again_under_the_same_id(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    await line.write(*of(clinic.therapist, "a"))
    office.cuts = True
    await go_round(clinic)
    office.cuts = False
    clinic.clock.advance(seconds=A_WHILE_S)
    await keep_due(clinic.house, clinic.only)
    one, two = office.all
    assert one["Message-ID"] == two["Message-ID"]


async def test_two_workers_and_one_that_dies_send_it_once(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    await line.write(*of(clinic.therapist, "a"))
    office.answer = "451 not now"
    await go_round(clinic)
    office.answer = "250 OK"
    clinic.clock.advance(seconds=A_WHILE_S)
    now, outbox = clinic.clock.now(), clinic.house.record.outbox
    (task,) = await outbox.claim(clinic.service.id, now, most=9, lease_s=LEASE_S)  # and then it is killed
    assert task.kind == "digest"
    await go_round(clinic)
    assert office.all == []
    clinic.clock.advance(seconds=LEASE_S + 1)
    await go_round(clinic)
    assert len(office.all) == 1


async def test_who_has_seen_to_it_before_the_letter_leaves_gets_none(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    (one,) = of(clinic.therapist, "a")
    await line.write(one)
    office.answer = "451 not now"
    await go_round(clinic)
    office.answer = "250 OK"
    await line.write(
        AlertAcknowledged(alert=one.alert, concern="a", by=clinic.therapist.id, at=clinic.clock.now())
    )
    clinic.clock.advance(seconds=A_WHILE_S)
    await keep_due(clinic.house, clinic.only)
    assert office.all == []


async def test_who_has_left_before_the_letter_leaves_gets_none(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    await line.write(*of(clinic.therapist, "a"))
    office.answer = "451 not now"
    await go_round(clinic)
    office.answer = "250 OK"
    gone = StaffMember(**{**vars(clinic.therapist), "away": True})
    await clinic.house.record.staff.add(gone)
    clinic.clock.advance(seconds=A_WHILE_S)
    await keep_due(clinic.house, clinic.only)
    assert office.all == []
    await next_day(clinic)
    assert len(digests(clinic, clinic.duty)) == 1


# -- what it looks like, and the way out --------------------------------------------------------------


async def the_digest(clinic: Clinic, line: WrittenLine) -> Message:
    await line.write(*of(clinic.therapist, "phq9-worse"))
    await go_round(clinic)
    (letter,) = clinic.letters(clinic.therapist)
    return letter


async def test_it_can_be_left_with_one_click_and_tells_nothing_of_anybody(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    letter = await the_digest(clinic, line)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    code = str(letter["List-Unsubscribe"]).replace("\r\n ", "").strip("<> ").rpartition("/")[2]
    await no_digest(clinic.house, code)
    await line.write(*of(clinic.therapist, "b"), raised("c", "now"))
    await next_day(clinic)
    assert digests(clinic, clinic.therapist)[1:] == ["an alert needs somebody now"]
    assert "phq9" not in letter.as_string()


async def test_turned_on_again_it_comes_again(clinic: Clinic, office: PostOffice, line: WrittenLine) -> None:
    wants, now = clinic.house.record.digests.want, clinic.clock.now()
    await wants(clinic.service.id, clinic.therapist.id, now, on=False)
    await line.write(*of(clinic.therapist, "a"))
    await go_round(clinic)
    assert office.all == []
    await wants(clinic.service.id, clinic.therapist.id, now, on=True)
    await next_day(clinic)
    assert len(office.all) == 1


async def test_a_link_that_is_too_old_or_not_ours_opens_nothing(clinic: Clinic) -> None:
    code = way_out(clinic.house, clinic.service.id, clinic.therapist.id).rpartition("/")[2]
    assert whose_way_out(clinic.house, code)[1] == clinic.therapist.id
    other = ("B" if code[30] != "B" else "C").join((code[:30], code[31:]))
    for wrong in (other, code[:-4], "x" * 91, ""):
        with pytest.raises(Refused):
            whose_way_out(clinic.house, wrong)
    clinic.clock.advance(seconds=GOOD_FOR.total_seconds() + 2)
    with pytest.raises(Refused):
        whose_way_out(clinic.house, code)


async def test_a_letter_has_two_forms_that_say_the_same_and_fetch_nothing(
    clinic: Clinic, office: PostOffice, line: WrittenLine
) -> None:
    letter = await the_digest(clinic, line)
    assert letter.get_content_type() == "multipart/alternative"
    plain, html = letter.walk().__iter__(), [*letter.walk()][2]
    assert [part.get_content_type() for part in plain][1:] == ["text/plain", "text/html"]
    body = html.get_payload(decode=True)
    assert isinstance(body, bytes)
    page = body.decode()
    for said in ("waits for you", f"{clinic.house.outside.public_url}/desk", "no details on purpose"):
        assert said in page
        assert said in text_of(letter)
    assert not [tag for tag in ("<img", "<script", "<link", "url(", "background") if tag in page]
    assert 'lang="en"' in page
    assert "color-scheme" in page
