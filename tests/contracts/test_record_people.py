"""Services, staff, sessions and tickets, invitations, contacts: what each port promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Literal
from uuid import uuid4

import pytest
from sqlalchemy import select
from written import NOW, WrittenLine, invited

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.services import PostgresServices
from bot.adapters.postgres.staff import PostgresStaff, PostgresStaffInvites
from bot.adapters.postgres.ways_in import PostgresContacts, PostgresInvites, PostgresSessions
from bot.core.errors import Misuse
from bot.core.facts import OwnerChanged
from bot.core.service import Hours, Service
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import Proof, Session, SessionOver, StaffAsked, StaffMember

SOON, LATER = NOW + timedelta(seconds=30), NOW + timedelta(minutes=1)


# -- services -----------------------------------------------------------------------------------------


@pytest.fixture
def services(database: Database) -> PostgresServices:
    return PostgresServices(database)


@pytest.fixture
def service(service_id: ServiceId) -> Service:
    return Service(
        id=service_id,
        slug=f"hill-{service_id}",
        name="Hill",
        nation="wales",
        hours=Hours(days=(0, 2)),
        rooms={"copd": LineId(uuid4())},
    )


async def settings_version(database: Database, service: Service) -> int:
    t = s.service.c
    async with database.reading() as c:
        read = select(t.settings_version).where(t.service_id == service.id)
        return int((await c.execute(read)).scalar_one())


async def test_a_service_comes_back_as_it_was_set(services: PostgresServices, service: Service) -> None:
    await services.put(service)

    assert service in await services.all()


async def test_each_change_of_a_service_counts_and_the_same_again_does_not(
    database: Database, services: PostgresServices, service: Service
) -> None:
    await services.put(service)
    await services.put(service)
    before = await settings_version(database, service)
    await services.put(service.model_copy(update={"name": "Hill and Vale"}))

    assert (before, await settings_version(database, service)) == (1, 2)


async def test_two_services_cannot_share_a_slug(services: PostgresServices, service: Service) -> None:
    await services.put(service)

    with pytest.raises(Misuse):
        await services.put(service.model_copy(update={"id": ServiceId(uuid4())}))


# -- staff --------------------------------------------------------------------------------------------


@pytest.fixture
def staff(database: Database) -> PostgresStaff:
    return PostgresStaff(database)


@pytest.fixture
def nurse(service_id: ServiceId) -> StaffMember:
    return StaffMember(
        service=service_id,
        id=StaffId(uuid4()),
        email="nurse@hill.example",
        name="A nurse",
        roles=frozenset({"clinician", "duty"}),
        password_hash="argon",
    )


async def test_staff_are_found_by_address_whatever_its_case(staff: PostgresStaff, nurse: StaffMember) -> None:
    await staff.add(nurse)

    assert await staff.by_email(nurse.service, " Nurse@Hill.Example") == nurse


async def test_staff_are_found_by_id_and_all_together(staff: PostgresStaff, nurse: StaffMember) -> None:
    await staff.add(nurse)

    assert await staff.by_id(nurse.service, nurse.id) == nurse
    assert list(await staff.all(nurse.service)) == [nurse]


async def test_staff_of_another_service_are_strangers(staff: PostgresStaff, nurse: StaffMember) -> None:
    await staff.add(nurse)
    elsewhere = ServiceId(uuid4())

    assert await staff.by_email(elsewhere, nurse.email) is None
    assert await staff.by_id(elsewhere, nurse.id) is None


async def test_somebody_added_again_changes_and_keeps_their_id(
    staff: PostgresStaff, nurse: StaffMember
) -> None:
    await staff.add(nurse)
    changed = replace(nurse, name="A lead", roles=frozenset({"lead"}), password_hash="argon2", away=True)
    await staff.add(replace(changed, id=StaffId(uuid4())))

    assert list(await staff.all(nurse.service)) == [changed]


async def test_a_change_without_a_password_leaves_the_one_before(
    staff: PostgresStaff, nurse: StaffMember
) -> None:
    await staff.add(nurse)
    await staff.add(replace(nurse, name="A lead", password_hash=None))

    found = await staff.by_id(nurse.service, nurse.id)
    assert found is not None
    assert (found.name, found.password_hash) == ("A lead", "argon")


async def test_whoever_left_is_found_only_among_former_colleagues(
    staff: PostgresStaff, nurse: StaffMember
) -> None:
    await staff.add(nurse)
    await staff.leave(nurse.service, nurse.id, NOW)
    await staff.leave(nurse.service, nurse.id, LATER)
    gone = replace(nurse, left_at=NOW, password_hash=None)

    assert await staff.by_email(nurse.service, nurse.email) is None
    assert await staff.by_id(nurse.service, nurse.id) is None
    assert list(await staff.all(nurse.service)) == []
    assert await staff.by_email(nurse.service, nurse.email, former=True) == gone
    assert await staff.by_id(nurse.service, nurse.id, former=True) == gone
    assert list(await staff.all(nurse.service, former=True)) == [gone]


async def test_whoever_leaves_has_no_session_and_no_invitation_left(
    database: Database, staff: PostgresStaff, nurse: StaffMember
) -> None:
    sessions, asking = PostgresSessions(database), PostgresStaffInvites(database)
    await staff.add(nurse)
    await sessions.begin(Session(nurse.service, "staff", nurse.id), b"token", LATER, NOW)
    asked = StaffAsked(nurse.id, nurse.email, nurse.name, nurse.roles, LATER)
    await asking.make(nurse.service, b"code", asked, NOW)
    await staff.leave(nurse.service, nurse.id, NOW)

    assert await sessions.find(nurse.service, b"token", SOON) is None
    assert await asking.look(nurse.service, b"code", SOON) is None


async def test_patients_are_found_by_whoever_looks_after_them(
    database: Database, staff: PostgresStaff, service_id: ServiceId
) -> None:
    owner, line = StaffId(uuid4()), await WrittenLine.patient(database, service_id)
    await line.write(invited("copd"), OwnerChanged(owner=owner, by=owner, at=NOW))

    assert list(await staff.looked_after_by(service_id, owner)) == [line.id]
    assert list(await staff.looked_after_by(ServiceId(uuid4()), owner)) == []
    assert list(await staff.held_by(service_id, owner)) == []


# -- colleagues who are asked -------------------------------------------------------------------------


@pytest.fixture
def staff_invites(database: Database) -> PostgresStaffInvites:
    return PostgresStaffInvites(database)


@pytest.fixture
def asked(nurse: StaffMember) -> StaffAsked:
    return StaffAsked(nurse.id, nurse.email, nurse.name, nurse.roles, LATER)


async def test_of_many_who_use_a_code_at_once_one_becomes_a_colleague(
    staff_invites: PostgresStaffInvites, staff: PostgresStaff, nurse: StaffMember, asked: StaffAsked
) -> None:
    await staff_invites.make(nurse.service, b"code", asked, NOW)
    assert await staff_invites.look(nurse.service, b"code", SOON) == asked

    used = [staff_invites.accept(nurse.service, b"code", "argon", SOON) for _ in range(4)]
    assert [one for one in await asyncio.gather(*used) if one] == [asked]
    assert list(await staff.all(nurse.service)) == [nurse]
    assert list(await staff_invites.waiting(nurse.service, SOON)) == []


async def test_an_invitation_of_staff_belongs_to_its_service_and_ends(
    staff_invites: PostgresStaffInvites, nurse: StaffMember, asked: StaffAsked
) -> None:
    await staff_invites.make(nurse.service, b"code", asked, NOW)

    assert list(await staff_invites.waiting(nurse.service, SOON)) == [asked]
    assert await staff_invites.accept(ServiceId(uuid4()), b"code", "argon", SOON) is None
    assert await staff_invites.accept(nurse.service, b"code", "argon", LATER) is None


async def test_a_later_invitation_takes_the_place_of_the_one_before(
    staff_invites: PostgresStaffInvites, nurse: StaffMember, asked: StaffAsked
) -> None:
    await staff_invites.make(nurse.service, b"one", asked, NOW)
    await staff_invites.make(nurse.service, b"two", replace(asked, name="Nia"), NOW)

    assert await staff_invites.look(nurse.service, b"one", SOON) is None
    assert [a.name for a in await staff_invites.waiting(nurse.service, SOON)] == ["Nia"]


# -- sessions -----------------------------------------------------------------------------------------


@pytest.fixture
def sessions(database: Database) -> PostgresSessions:
    return PostgresSessions(database)


def session(service: ServiceId, kind: Literal["patient", "staff", "ticket"]) -> Session:
    return Session(service, kind, LineId(uuid4()))


async def test_a_session_is_found_until_it_expires(sessions: PostgresSessions, service_id: ServiceId) -> None:
    begun = session(service_id, "patient")
    await sessions.begin(begun, b"token", LATER, NOW)

    assert await sessions.find(service_id, b"token", SOON) == begun
    assert await sessions.find(service_id, b"token", LATER) is None


async def test_an_ended_session_is_not_found(sessions: PostgresSessions, service_id: ServiceId) -> None:
    await sessions.begin(session(service_id, "staff"), b"token", LATER, NOW)
    await sessions.end(service_id, b"token", NOW)

    assert await sessions.find(service_id, b"token", SOON) is None


async def test_a_token_opens_nothing_in_another_service(
    sessions: PostgresSessions, service_id: ServiceId
) -> None:
    await sessions.begin(session(service_id, "patient"), b"token", LATER, NOW)

    assert await sessions.find(ServiceId(uuid4()), b"token", SOON) is None


async def test_a_ticket_is_spent_once(sessions: PostgresSessions, service_id: ServiceId) -> None:
    ticket = session(service_id, "ticket")
    await sessions.begin(ticket, b"ticket", LATER, NOW)

    assert await sessions.spend(service_id, b"ticket", SOON) == ticket
    assert await sessions.spend(service_id, b"ticket", SOON) is None


async def test_of_many_who_spend_a_ticket_at_once_one_gets_in(
    sessions: PostgresSessions, service_id: ServiceId
) -> None:
    await sessions.begin(session(service_id, "ticket"), b"ticket", LATER, NOW)

    spent = await asyncio.gather(*(sessions.spend(service_id, b"ticket", SOON) for _ in range(6)))

    assert len([one for one in spent if one]) == 1


async def test_an_expired_ticket_buys_nothing(sessions: PostgresSessions, service_id: ServiceId) -> None:
    await sessions.begin(session(service_id, "ticket"), b"ticket", LATER, NOW)

    assert await sessions.spend(service_id, b"ticket", LATER) is None


async def test_a_ticket_is_no_session_and_a_session_no_ticket(
    sessions: PostgresSessions, service_id: ServiceId
) -> None:
    await sessions.begin(session(service_id, "ticket"), b"ticket", LATER, NOW)
    await sessions.begin(session(service_id, "patient"), b"token", LATER, NOW)

    assert await sessions.find(service_id, b"ticket", SOON) is None
    assert await sessions.spend(service_id, b"token", SOON) is None


async def test_a_session_says_when_it_was_used_last(
    sessions: PostgresSessions, service_id: ServiceId
) -> None:
    await sessions.begin(session(service_id, "staff"), b"token", LATER, NOW)
    before = await sessions.find(service_id, b"token", SOON)
    await sessions.seen(service_id, b"token", SOON)
    after = await sessions.find(service_id, b"token", SOON)

    assert before and after and (before.seen_at, after.seen_at) == (NOW, SOON)
    assert await sessions.over(service_id, b"token") == SessionOver(SOON, LATER, None)


async def test_all_sessions_of_a_person_end_and_nobody_elses(
    sessions: PostgresSessions, service_id: ServiceId
) -> None:
    theirs = session(service_id, "staff")
    await sessions.begin(theirs, b"one", LATER, NOW)
    await sessions.begin(theirs, b"two", LATER, NOW)
    await sessions.begin(session(service_id, "staff"), b"other", LATER, NOW)

    assert await sessions.end_all(service_id, theirs.subject, SOON) == 2
    assert await sessions.find(service_id, b"one", SOON) is None
    assert await sessions.find(service_id, b"other", SOON) is not None
    assert await sessions.over(service_id, b"two") == SessionOver(NOW, LATER, SOON)


# -- invitations --------------------------------------------------------------------------------------


@pytest.fixture
def invites(database: Database) -> PostgresInvites:
    return PostgresInvites(database)


@pytest.fixture
def patient() -> LineId:
    return LineId(uuid4())


async def test_an_invitation_is_used_once(
    invites: PostgresInvites, service_id: ServiceId, patient: LineId
) -> None:
    await invites.make(service_id, b"code", "invite", patient, LATER)

    assert await invites.spend(service_id, b"code", "invite", SOON) == patient
    assert await invites.spend(service_id, b"code", "invite", SOON) is None
    assert await invites.look(service_id, b"code", "invite", SOON) is None


async def test_looking_at_an_invitation_does_not_use_it(
    invites: PostgresInvites, service_id: ServiceId, patient: LineId
) -> None:
    await invites.make(service_id, b"code", "invite", patient, LATER)

    assert await invites.look(service_id, b"code", "invite", SOON) == patient
    assert await invites.look(service_id, b"code", "invite", SOON) == patient


async def test_an_expired_invitation_is_worth_nothing(
    invites: PostgresInvites, service_id: ServiceId, patient: LineId
) -> None:
    await invites.make(service_id, b"code", "return", patient, LATER)

    assert await invites.look(service_id, b"code", "return", LATER) is None
    assert await invites.spend(service_id, b"code", "return", LATER) is None


async def test_an_invitation_is_no_return_link_and_belongs_to_its_service(
    invites: PostgresInvites, service_id: ServiceId, patient: LineId
) -> None:
    await invites.make(service_id, b"code", "invite", patient, LATER)

    assert await invites.spend(service_id, b"code", "return", SOON) is None
    assert await invites.spend(ServiceId(uuid4()), b"code", "invite", SOON) is None
    assert await invites.spend(service_id, b"code", "invite", SOON) == patient


# -- contacts -----------------------------------------------------------------------------------------


@pytest.fixture
def contacts(database: Database) -> PostgresContacts:
    return PostgresContacts(database)


@pytest.fixture
async def person(database: Database, service_id: ServiceId) -> LineId:
    line = await WrittenLine.patient(database, service_id)
    await line.write(invited("copd"))
    return line.id


async def test_a_patient_is_found_by_the_index_of_their_address(
    contacts: PostgresContacts, service_id: ServiceId, person: LineId
) -> None:
    index = uuid4().bytes
    await contacts.keep(service_id, person, index, "proof")

    assert list(await contacts.find(index)) == [(service_id, person)]
    assert await contacts.proof(service_id, person) == Proof(person, "proof")


async def test_one_address_may_be_known_in_two_services(
    database: Database, contacts: PostgresContacts, service_id: ServiceId, person: LineId
) -> None:
    index = uuid4().bytes
    other = await WrittenLine.patient(database, ServiceId(uuid4()))
    await other.write(invited("heart"))
    await contacts.keep(service_id, person, index, None)
    await contacts.keep(other.service, other.id, index, None)

    assert set(await contacts.find(index)) == {(service_id, person), (other.service, other.id)}


async def test_a_changed_address_leaves_nothing_of_the_one_before(
    database: Database, contacts: PostgresContacts, service_id: ServiceId, person: LineId
) -> None:
    before, after = uuid4().bytes, uuid4().bytes
    await contacts.keep(service_id, person, before, "proof")
    await contacts.keep(service_id, person, after, "proof")

    hint = select(s.login_hint.c.service_id).where(s.login_hint.c.contact_hmac == before)
    async with database.reading() as c:
        assert (await c.execute(hint)).first() is None
    assert list(await contacts.find(after)) == [(service_id, person)]


async def test_a_shared_address_stays_findable_when_one_of_two_changes_theirs(
    database: Database, contacts: PostgresContacts, service_id: ServiceId, person: LineId
) -> None:
    shared = uuid4().bytes
    other = await WrittenLine.patient(database, service_id)
    await other.write(invited("heart"))
    await contacts.keep(service_id, person, shared, None)
    await contacts.keep(service_id, other.id, shared, None)
    await contacts.keep(service_id, person, uuid4().bytes, None)

    assert list(await contacts.find(shared)) == [(service_id, other.id)]


async def test_a_contact_of_nobody_is_not_kept(contacts: PostgresContacts, service_id: ServiceId) -> None:
    nobody, index = LineId(uuid4()), uuid4().bytes

    with pytest.raises(Misuse):
        await contacts.keep(service_id, nobody, index, None)

    assert list(await contacts.find(index)) == []
    assert await contacts.proof(service_id, nobody) is None
