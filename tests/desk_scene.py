"""A clinic with something on every page of the desk."""

from __future__ import annotations

from dataclasses import dataclass

from clinic import PASSWORD_HASH, Clinic, Patient

from bot.core.inputs import HandBack, TakeOver, TeamSaid
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import StaffMember
from bot.usecases import alerts, hosting, peers, turn, ways_in
from bot.usecases.services import add_service

FINE, WORSE = (1, 1, 1, 1, 1, 1, 1, 1, 0), (2, 2, 2, 2, 2, 2, 2, 1, 0)
MIDDLING, WORST = (2, 1, 2, 1, 1, 1, 1, 1, 0), (2, 2, 2, 2, 2, 2, 2, 2, 0)
CALM = (1, 1, 1, 1, 1, 0, 0)
CRISIS = "I want to end my life"


async def signed_in(clinic: Clinic, member: StaffMember) -> str:
    """A session of theirs, without the form."""
    return await ways_in.begin_session(clinic.house, clinic.service, "staff", member.id)


async def check_in(patient: Patient, mood: tuple[int, ...] = FINE, worry: tuple[int, ...] = CALM) -> None:
    """A whole check-in, sent: PHQ-9, then GAD-7."""
    await patient.chooses("Check how I am")
    for answers in (mood, worry):
        await patient.fills_in(*answers)
        await patient.chooses("Send my answers")


async def worsening(clinic: Clinic, *conditions: str, name: str = "Sam") -> Patient:
    """Two check-ins, two weeks apart: PHQ-9 rises from 8 to 15."""
    patient = await clinic.join(
        *(conditions or ("copd",)), name=name, contact=f"{name}@patients.example", pin="2468"
    )
    await check_in(patient)
    clinic.clock.advance(days=14)
    await check_in(patient, WORSE)
    return patient


async def joins_group(clinic: Clinic, patient: Patient, pseudonym: str) -> LineId:
    await patient.chooses("Talk to others like me")
    await patient.presses("group:copd")
    await patient.presses("join")
    await patient.says(pseudonym)
    return clinic.service.rooms["copd"]


async def posts(clinic: Clinic, patient: Patient, room: LineId, text: str) -> None:
    said = turn.Inbound(clinic.service.id, patient.id, clinic.house.ids.new(), text=text)
    await peers.post(clinic.house, said, room)
    await clinic.settle()


async def reports(clinic: Clinic, patient: Patient, room: LineId, seq: int) -> None:
    said = turn.Inbound(clinic.service.id, patient.id, clinic.house.ids.new())
    await peers.report(clinic.house, said, room, seq)
    await clinic.settle()


async def colleague(clinic: Clinic, *roles: str) -> StaffMember:
    """Another member of staff of the clinic."""
    name = "-".join(roles)
    email = f"other-{name}@{clinic.service.slug}.example"
    member = StaffMember(
        clinic.service.id, StaffId(clinic.house.ids.new()), email, name, frozenset(roles), PASSWORD_HASH
    )
    await clinic.house.record.staff.add(member)
    return member


async def elsewhere(clinic: Clinic) -> Clinic:
    """Another service of the same house, with a team of its own."""
    house = clinic.house
    settings = clinic.service.model_copy(
        update={"id": ServiceId(house.ids.new()), "slug": f"other-{house.ids.new().hex[:8]}", "rooms": {}}
    )
    service = await add_service(house, settings)
    staff = []
    for role in ("therapist", "duty", "host"):
        email = f"{role}@{service.slug}.example"
        roles = frozenset({role})
        staff.append(await ways_in.add_staff(house, service.id, email, role, roles, "a long password"))
    return Clinic(house, service, clinic.clock, clinic.post_box, *staff)


async def begins_breathing(patient: Patient) -> None:
    """Into the module about breathlessness, as far as its exercise."""
    await patient.chooses("Look something up")
    await patient.chooses("Short conversations")
    await patient.chooses("Breathlessness and worry")
    await patient.answers(0)
    await patient.chooses("Help me breathe now")


async def finishes_breathing(patient: Patient) -> None:
    """A short way through it, to its end; nothing rings."""
    await begins_breathing(patient)
    await patient.chooses("I have done it")
    await patient.chooses("It got worse")
    await patient.answers(0)
    await patient.chooses("Finish for today")


async def long_story(clinic: Clinic, name: str = "Sam") -> Patient:
    """Three weeks: a check-in, a module with a goal, a colleague in the chat, a worse check-in, something that rang."""
    patient = await clinic.join("copd", name=name, contact=f"{name}@patients.example", pin="2468")
    await check_in(patient, MIDDLING)
    clinic.clock.advance(days=3)
    await begins_breathing(patient)
    for label in ("I have done it", "No different", "A goal of my own"):
        await patient.chooses(label)
    await patient.says("Feed the ducks by the canal")
    await patient.chooses("Finish for today")
    await patient.chooses("A little")
    clinic.clock.advance(days=4)
    for act in (
        TakeOver(clinic.therapist.id),
        TeamSaid(clinic.therapist.id, "Hello from your therapist."),
        HandBack(clinic.therapist.id),
    ):
        await alerts.act(clinic.house, clinic.service.id, patient.id, act)
    await patient.catches_up()
    clinic.clock.advance(days=7)
    await check_in(patient, WORST)
    clinic.clock.advance(days=1)
    await patient.says(CRISIS)
    return patient


async def six_who_breathe(clinic: Clinic) -> None:
    """Five who finish, of whom three say that it helped, one a little and one nothing; one who stops behind the exercise."""
    for n, said in enumerate(("Yes", "Yes", "Yes", "A little", None)):
        patient = await clinic.join("copd", name=f"Sam {n}")
        await finishes_breathing(patient)
        if said:
            await patient.chooses(said)
    patient = await clinic.join("copd", name="Alex")
    await begins_breathing(patient)
    await patient.chooses("I have done it")
    await patient.says("stop")


@dataclass(frozen=True)
class Scene:
    sam: Patient
    alex: Patient
    room: LineId


async def busy_day(clinic: Clinic) -> Scene:
    """A score that rose over weeks, a message that rang, a group with a shown, a reported and a held post."""
    sam = await worsening(clinic, "copd", "heart")
    await sam.says("Thank you for asking.")
    room = await joins_group(clinic, sam, "Heron")
    await posts(clinic, sam, room, "Hello, I am new here.")
    await hosting.host_post(
        clinic.house, clinic.service.id, room, clinic.host.id, clinic.house.ids.new(), "Welcome, everybody."
    )
    clinic.clock.advance(minutes=37)
    alex = await clinic.join("diabetes", name="Alex")
    await alex.says(CRISIS)
    await clinic.work()
    clinic.clock.advance(minutes=16)
    await clinic.work()
    return Scene(sam, alex, room)
