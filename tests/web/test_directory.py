"""People like me: the list of groups over HTTP, the way from it into the chat, and the calendar file of one that meets."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from clinic import Clinic, Patient
from desk_scene import elsewhere
from peers import into_the_group, member
from plain_reader import reader_at
from talker import Door, Reply

from bot.adapters.ical import entries_in
from bot.usecases.own_directory import SESSIONS


async def listed(door: Door, patient: Patient, query: str = "") -> dict[str, dict[str, object]]:
    body = (await door.get(f"/v1/groups{query}", patient.token)).body
    return {group["id"]: group for group in body["groups"]}


async def looks_at(door: Door, patient: Patient, group: str | None, known: str | None = None) -> Reply:
    frame = {"type": "look_at", "id": known or str(uuid4()), "group": group}
    return await door.post("/v1/messages", frame, patient.token)


async def to_the_hour(door: Door, clinic: Clinic, name: str = "Robin") -> tuple[Patient, str]:
    """Somebody in the group that meets on Thursdays."""
    patient = await clinic.join("copd")
    assert (await looks_at(door, patient, "thursday-hour")).status == 200
    await patient.catches_up()
    await patient.chooses("Join the group")
    await patient.says(name)
    await clinic.settle()
    room = (await listed(door, patient))["thursday-hour"]["room"]
    assert isinstance(room, str)
    return patient, room


# -- the list -----------------------------------------------------------------------------------------


async def test_the_groups_that_fit_and_why(clinic: Clinic, door: Door) -> None:
    assert (await door.get("/v1/groups")).status == 401
    patient = await clinic.join("copd")
    found = await listed(door, patient)
    copd, hour = found["copd"], found["thursday-hour"]
    assert (copd["title"], copd["lang"], copd["kind"], copd["standing"]) == (
        "Living with COPD",
        "en",
        "open",
        "none",
    )
    assert copd["why"] == "You see this because you live with COPD."
    assert copd["rules"] == list(clinic.house.shelf.library.group("copd", "en").rules)
    assert hour["rhythm"] == "Meets on Thursdays, 6pm to 7pm."
    assert str(hour["next"]).startswith("Next time: Thursday ")
    assert "T" in str(hour["opens_at"]) and "room" not in hour
    assert "diabetes" not in found


async def test_nothing_of_it_says_who_is_in_there(clinic: Clinic, door: Door) -> None:
    alone = await clinic.join("copd")
    before = (await door.get("/v1/groups", alone.token)).raw
    await member(clinic, "Robin")
    await member(clinic, "Wren")
    assert (await door.get("/v1/groups", alone.token)).raw == before


async def test_a_wish_is_granted_whole_or_not_at_all(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    everything = (await door.get("/v1/groups", patient.token)).body
    assert {"id": "work", "name": "Work"} in everything["themes"]
    assert "work" in await listed(door, patient, "?theme=work")
    assert "thursday-hour" not in await listed(door, patient, "?theme=work")
    assert set(await listed(door, patient, "?kind=session")) == {"thursday-hour"}
    nothing = (await door.get("/v1/groups?theme=work&stage=after", patient.token)).body
    assert nothing["groups"] == [] and nothing["note"].startswith("There is no group like that yet.")
    assert nothing["themes"] == everything["themes"]


@pytest.mark.parametrize("query", ["?stage=late", "?stage=", "?kind=club", "?theme=" + "x" * 41])
async def test_what_cannot_be_wished_for_is_refused(clinic: Clinic, door: Door, query: str) -> None:
    patient = await clinic.join("copd")
    reply = await door.get(f"/v1/groups{query}", patient.token)
    assert (reply.status, reply.code) == (400, "bad_frame")


async def test_who_said_no_to_groups_is_told_and_may_change_it(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    for key in ("menu:more", "menu:choices", "stop:groups"):
        await patient.presses(key)
    body = (await door.get("/v1/groups", patient.token)).body
    assert body["groups"] == [] and body["refused"] is True
    assert body["note"].startswith("You have said no to groups")
    assert (await looks_at(door, patient, None)).status == 200
    await patient.catches_up()
    assert "give:groups" in {choice.id.partition(".")[2] for choice in patient.last.shown.choices}


# -- into the chat ------------------------------------------------------------------------------------


async def test_a_look_leads_to_the_rules_in_the_chat_and_counts_once(clinic: Clinic, door: Door) -> None:
    patient, known = await clinic.join("copd"), str(uuid4())
    first = await looks_at(door, patient, "copd", known)
    again = await looks_at(door, patient, "copd", known)
    assert (first.status, first.body) == (again.status, again.body) == (200, first.body)
    assert (await looks_at(door, patient, "work", known)).code == "conflict"
    await patient.catches_up()
    told = [m.shown.text for m in patient.seen]
    assert told.count("Before you join, here are the house rules. They keep the room kind and safe.") == 1
    assert "Living with COPD" in told, "what they chose stands in their history"


async def test_a_group_of_others_is_not_here(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    for group in ("diabetes", "nothing", ""):
        reply = await looks_at(door, patient, group)
        assert (reply.status, reply.code) == (404, "not_here")


async def test_over_the_socket_it_is_acknowledged_and_answered(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        known = str(uuid4())
        await line.send({"type": "look_at", "id": known, "group": "copd"})
        assert (await line.answer_to(known))["type"] == "ack"
        await line.until(lambda f: "Are you happy with these rules?" in f.get("text", ""))
        bad = str(uuid4())
        await line.send({"type": "look_at", "id": bad, "group": "heart"})
        assert (await line.answer_to(bad))["code"] == "not_here"


async def test_a_member_is_shown_their_room(clinic: Clinic, door: Door) -> None:
    patient, room = await member(clinic, "Robin")
    copd = (await listed(door, patient))["copd"]
    assert (copd["standing"], copd["room"]) == ("member", room)
    rests = {"type": "rest", "id": str(uuid4()), "group": room, "on": True}
    assert (await door.post("/v1/messages", rests, patient.token)).status == 200
    assert (await listed(door, patient))["copd"]["standing"] == "resting"


# -- the calendar file --------------------------------------------------------------------------------


async def test_the_sessions_of_a_season_as_a_file(clinic: Clinic, door: Door) -> None:
    patient, room = await to_the_hour(door, clinic)
    reply = await door.get(f"/v1/groups/{room}/calendar.ics", patient.token)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="time-for-me.ics"'
    now, zone = clinic.clock.now(), ZoneInfo("Europe/London")
    found, faults = entries_in(reply.raw, ZoneInfo("UTC"), now, now + timedelta(days=200))
    assert faults == () and len(found) == SESSIONS == 12
    assert {(e.from_at.astimezone(zone).weekday(), e.from_at.astimezone(zone).hour) for e in found} == {
        (3, 18)
    }
    opens = (await listed(door, patient))["thursday-hour"]["opens_at"]
    assert found[0].from_at.isoformat() == str(opens).replace("Z", "+00:00")
    again = await door.get(f"/v1/groups/{room}/calendar.ics", patient.token)
    assert [line for line in again.raw.splitlines() if line.startswith("UID")] == [
        line for line in reply.raw.splitlines() if line.startswith("UID")
    ]


async def test_the_file_says_nothing_of_group_illness_service_or_person(clinic: Clinic, door: Door) -> None:
    patient, room = await to_the_hour(door, clinic, "Robin")
    raw = (await door.get(f"/v1/groups/{room}/calendar.ics", patient.token)).raw.casefold()
    other, _ = await to_the_hour(door, clinic, "Wren")
    assert (await door.get(f"/v1/groups/{room}/calendar.ics", other.token)).raw.casefold() == raw
    service = clinic.service
    telling = (service.name, service.slug, "bounceback", "thursday", "group", "copd", "robin", room)
    assert [word for word in (*telling, str(patient.id), str(service.id)) if word.casefold() in raw] == []
    assert "\r\nsummary:time for me\r\n" in raw


async def test_no_file_for_others_nor_of_a_group_that_does_not_meet(clinic: Clinic, door: Door) -> None:
    patient, room = await to_the_hour(door, clinic)
    outsider = await clinic.join("copd")
    away = await elsewhere(clinic)
    foreign = await away.join("copd")
    open_room = await into_the_group(outsider, "Wren")
    asked = [
        (outsider.token, room),
        (foreign.token, room),
        (outsider.token, open_room),
        (patient.token, str(uuid4())),
        (patient.token, "thursday-hour"),
    ]
    replies = [await door.get(f"/v1/groups/{one}/calendar.ics", token) for token, one in asked]
    assert {(reply.status, reply.code) for reply in replies} == {(404, "not_found")}
    assert (await door.get(f"/v1/groups/{room}/calendar.ics")).status == 401


# -- without a script ---------------------------------------------------------------------------------


async def test_the_same_without_a_script(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as mine:
        await mine.opens()
        assert 'href="/plain/people-like-me"' in mine.page
        await mine.opens("/plain/people-like-me")
        assert "Living with COPD" in mine.words and "You see this because you live with COPD." in mine.words
        assert "Living with diabetes" not in mine.words
        await mine.opens("/plain/people-like-me?theme=work&stage=")
        assert "because you chose “Work”" in mine.words and "Thursday hour" not in mine.words
        assert 'href="/plain/people-like-me?theme=feelings"' in mine.page
        await mine.opens("/plain/people-like-me?kind=session")
        assert "Thursday hour" in mine.words and "Work and being ill" not in mine.words
        await mine.opens("/plain/people-like-me?theme=work")
        await mine.presses("Look at “Work and being ill”")
        assert (mine.status, mine.at) == (200, "/plain")
        assert "Are you happy with these rules?" in mine.words
        await mine.opens("/plain/people-like-me?stage=late")
        assert mine.status == 400


async def test_the_calendar_file_without_a_script(clinic: Clinic, door: Door) -> None:
    patient, room = await to_the_hour(door, clinic)
    async with reader_at(door.url, patient.token) as mine:
        await mine.opens("/plain/people-like-me")
        assert "You are in this group." in mine.words
        assert f'href="/plain/groups/{room}/calendar.ics"' in mine.page
        file = await mine.opens(f"/plain/groups/{room}/calendar.ics")
        assert (await door.get(f"/v1/groups/{room}/calendar.ics", patient.token)).raw == file
        await mine.opens(f"/plain/groups/{uuid4()}/calendar.ics")
        assert mine.status == 404


async def test_who_said_no_can_change_it_without_a_script(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    for key in ("menu:more", "menu:choices", "stop:groups"):
        await patient.presses(key)
    async with reader_at(door.url, patient.token) as mine:
        await mine.opens("/plain/people-like-me")
        assert "You have said no to groups" in mine.words and "COPD" not in mine.words
        await mine.presses("Change this in my chat")
        await mine.presses("Yes to groups")
        await mine.opens("/plain/people-like-me")
        assert "Living with COPD" in mine.words
