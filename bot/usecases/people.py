"""Colleagues come and go: asked by e-mail, with other roles, signed out everywhere, and gone.

Each act leaves a row on the service's own chain. No patient's words or names are read here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.core.errors import Refused
from bot.core.inputs import ChangeClinician, ChangeOwner, HandBack
from bot.core.roles import ROLES
from bot.core.service import Service
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import AlertSeen, Letter, Link, StaffAsked, StaffMember
from bot.usecases import alerts
from bot.usecases.change import hand_in
from bot.usecases.house import House
from bot.usecases.post import post
from bot.usecases.ways_in import begin_session, end_all, hashed, new_secret, secret_hash, service_of

ASKED_FOR = timedelta(days=7)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
LONGEST_NAME = 100

By = StaffMember | None
"""Who does it; None: whoever runs the service, at the command line."""


async def note(house: House, service: ServiceId, by: By, what: str, staff: StaffId, more: str = "") -> None:
    """A row on the service's own chain, before anything is changed."""
    who = f"staff:{by.id}" if by else "operator:cli"
    about = f"{staff} {more}".strip()
    await house.record.audit.note(service, LineId(service), who, what, about, house.clock.now())


# -- coming -------------------------------------------------------------------------------------------


async def ask_to_join(
    house: House, service: Service, email: str, name: str, roles: frozenset[str], by: By
) -> str:
    """Invite a colleague; returns the code, which works once. An earlier invitation to the same address is void.

    Raises Refused: 'bad_address', 'no_role', 'admins_only', 'already_here'.
    """
    email = email.strip().casefold()
    _check(email, roles, frozenset(), by)
    known = await house.record.staff.by_email(service.id, email, former=True)
    if known is not None and known.left_at is None:
        raise Refused("already_here")
    staff, now = known.id if known else StaffId(house.ids.new()), house.clock.now()
    name = name.strip()[:LONGEST_NAME] or email.partition("@")[0]
    asked = StaffAsked(staff, email, name, roles, now + ASKED_FOR)
    await note(house, service.id, by, "staff.invite", staff, ",".join(sorted(roles)))
    code = new_secret(house, service)
    await house.record.staff_invites.make(service.id, secret_hash(code), asked, now)
    return code


def _check(email: str, roles: frozenset[str], before: frozenset[str], by: By) -> None:
    """Nobody but an admin makes or unmakes an admin."""
    local, at, domain = email.partition("@")
    if not (local and at and "." in domain and len(email) <= 200) or any(c.isspace() for c in email):
        raise Refused("bad_address")
    if not roles or not roles <= set(ROLES):
        raise Refused("no_role")
    if by is not None and "admin" not in by.roles and "admin" in roles ^ before:
        raise Refused("admins_only")


async def send_code(house: House, service: Service, email: str, code: str) -> None:
    """The code stands in the fragment, which reaches no log, and in the text for browsers without scripts.

    Raises Unavailable: the invitation can be made again.
    """
    days = ASKED_FOR.days
    letter = Letter(
        to=email.strip().casefold(),
        subject=f"{service.name}: your place at the Bounceback desk",
        parts=(
            f"A colleague at {service.name} has invited you to the Bounceback desk.",
            Link(
                f"Choose your password here, within {days} days",
                f"{house.outside.public_url}/desk/welcome#{code}",
            ),
            f"If the page asks for a code, it is:\n{code}",
            "If you do not expect this, you need not do anything.",
        ),
        message_id=f"<welcome.{house.ids.new()}@{house.outside.mail_domain}>",
        headers={"Auto-Submitted": "auto-generated"},
    )
    await post(house, letter)


@dataclass(frozen=True)
class Welcomed:
    service: Service
    staff: StaffId
    token: str = field(repr=False)


async def welcome(house: House, code: str, password: str) -> Welcomed:
    """Whoever has the code becomes a colleague with a password of their own, and is signed in.

    Raises Refused: 'expired_invite', 'short_password'.
    """
    try:
        service = service_of(house, code)
    except Refused:
        raise Refused("expired_invite") from None
    invites, code_hash = house.record.staff_invites, secret_hash(code)
    if await invites.look(service.id, code_hash, house.clock.now()) is None:
        raise Refused("expired_invite")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused("short_password")
    joined = await invites.accept(service.id, code_hash, await hashed(password), house.clock.now())
    if joined is None:
        raise Refused("expired_invite")
    member = await house.record.staff.by_email(service.id, joined.email)
    if member is None:
        raise Refused("expired_invite")
    await note(house, service.id, member, "staff.join", member.id)
    return Welcomed(service, member.id, await begin_session(house, service, "staff", member.id))


# -- being here ---------------------------------------------------------------------------------------


async def give_roles(house: House, member: StaffMember, roles: frozenset[str], by: By) -> None:
    """From the next request on. Raises Refused: 'no_role', 'admins_only', 'not_yourself'."""
    if by is not None and by.id == member.id:
        raise Refused("not_yourself")
    _check(member.email, roles, member.roles, by)
    await note(house, member.service, by, "staff.roles", member.id, ",".join(sorted(roles)))
    await house.record.staff.add(replace(member, roles=roles, password_hash=None))


async def sign_out_everywhere(house: House, member: StaffMember, by: By) -> int:
    """Returns how many sessions there were."""
    await note(house, member.service, by, "staff.sign_out", member.id)
    await house.record.ways.drop_of(member.service, member.id)
    return await end_all(house, member.service, member.id)


# -- going --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """What somebody left behind, and others have now."""

    patients: int
    alerts: int
    chats: int


async def leave(house: House, member: StaffMember, by: By, to: StaffMember | None = None) -> Left:
    """Signed out at once; what was theirs is ``to``'s, or nobody's, so that duty hears.

    Each patient is a Line of their own: after a crash in the middle, doing it again does the rest.
    Raises Refused: 'not_yourself', 'admins_only', 'not_an_option'.
    """
    if by is not None and by.id == member.id:
        raise Refused("not_yourself")
    if by is not None and "admin" in member.roles and "admin" not in by.roles:
        raise Refused("admins_only")
    if to is not None and (to.id == member.id or to.service != member.service or to.left_at is not None):
        raise Refused("not_an_option")
    service, actor = member.service, by.id if by else member.id
    await note(house, service, by, "staff.leave", member.id, f"to {to.id}" if to else "to duty")
    await house.record.staff.leave(service, member.id, house.clock.now())
    await end_all(house, service, member.id)
    await house.record.ways.drop_of(service, member.id)
    chats = await house.record.staff.held_by(service, member.id)
    for line in chats:
        await hand_in(house, service, line, HandBack(member.id))
    patients = await house.record.staff.looked_after_by(service, member.id)
    for line in patients:
        await hand_in(house, service, line, ChangeOwner(to.id if to else None, actor))
    for line in await house.record.staff.clinician_of(service, member.id):
        await hand_in(house, service, line, ChangeClinician(_clinician(to), actor))
    theirs = await _alerts_of(house, member)
    for alert in theirs:
        await alerts.pass_on(house, service, alert, member.id, actor, to.id if to else None)
    return Left(len(patients), len(theirs), len(chats))


def _clinician(to: StaffMember | None) -> StaffId | None:
    """Nobody answers for a body who is no clinician."""
    return to.id if to is not None and "clinician" in to.roles else None


async def _alerts_of(house: House, member: StaffMember) -> list[AlertSeen]:
    """Open ones that they own, and those that a colleague owns and they have taken on."""
    every = await house.record.ledger.list(member.service, open_only=True, by=None)
    return [a for a in every if a.owner == member.id or (a.acted_by == member.id and a.state != "open")]
