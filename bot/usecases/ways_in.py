"""Into the service and back into it: invitations, joining, returning on another device, sessions and tickets.

Every secret begins with its service's slug, so nothing is ever looked up across services.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid5

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.core import short_code
from bot.core.errors import Refused
from bot.core.inputs import Decline, Invite, Join
from bot.core.service import Service
from bot.core.state import Conversation, Profile
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import Letter, PersonSeen, Session, StaffMember
from bot.ports.people import InviteKind, SessionKind
from bot.usecases import agreeing, short_codes
from bot.usecases.change import Once, hand_in
from bot.usecases.house import House
from bot.usecases.letters import with_link
from bot.usecases.post import post

INVITE_FOR = timedelta(days=14)
RETURN_FOR = timedelta(minutes=30)
TICKET_FOR = timedelta(seconds=60)
PATIENT_FOR = timedelta(days=30)
STAFF_FOR = timedelta(hours=12)
STAFF_IDLE = timedelta(minutes=30)
SHARED_FOR = timedelta(hours=4)
SHARED_IDLE = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
MOST_WRONG_PROOFS = 5

_hasher = PasswordHasher()
# Of a password that nobody has; made with today's parameters, which a test watches.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$W7SEIjWI840GjzaEawKnYg$1BXEQQp2mQK71kvLoCA2Hg8RCQWIoNkbXJzc5cjRl9U"


def secret_hash(secret: str) -> bytes:
    """What the record keeps of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret(house: House, service: Service) -> str:
    return f"{service.slug}.{house.ids.secret()}"


def service_of(house: House, secret: str) -> Service:
    """The service that a secret names in its prefix. Raises Refused('not_found')."""
    slug, dot, rest = secret.partition(".")
    if not dot or not rest or len(secret) > 256:
        raise Refused("not_found")
    try:
        return house.shelf.by_slug(slug)
    except Refused:
        raise Refused("not_found") from None


def _service_of(house: House, secret: str, refusal: str) -> Service:
    """A secret of no service is refused like one that its service does not know."""
    try:
        return service_of(house, secret)
    except Refused:
        raise Refused(refusal) from None


# -- passwords and proofs -----------------------------------------------------------------------------


async def hashed(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Takes as long for somebody unknown as for somebody known."""

    def verify() -> bool:
        try:
            return _hasher.verify(stored or _NOBODY, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return await asyncio.to_thread(verify)


# -- invitations --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Invitation:
    """``short``: a code of the same invitation that can be read out, for a shorter time."""

    patient: LineId
    code: str = field(repr=False)
    language: str = "en"
    short: str = field(default="", repr=False)

    def url(self, house: House) -> str:
        return chat_link(house, "invite", self.code, self.language)


def chat_link(house: House, what: str, code: str, language: str) -> str:
    """The code stands in the fragment: it reaches no server log and no referrer. The page opens in their language."""
    lang = "" if house.shelf.library.speaks(language) == "en" else f"&lang={language}"
    return f"{house.outside.public_url}/chat#{what}={code}{lang}"


async def invite(house: House, service: Service, profile: Profile) -> Invitation:
    """Begin a patient's Line and make a code that opens it once."""
    patient = LineId(house.ids.new())
    key, key_id = house.vault.new_key(patient)
    state = Conversation().json()
    await house.record.lines.open(service.id, patient, "patient", state, key, key_id)

    await hand_in(house, service.id, patient, Invite(profile))
    return await _codes_for(house, service, patient, profile.language)


async def invite_again(house: House, service: Service, patient: LineId) -> Invitation:
    """In the place of one that ran out or went astray: earlier codes are worth nothing any more.

    Raises Refused('expired_invite') where they have joined, or said no.
    """
    seen = (await house.record.reading.people(service.id, [patient])).get(patient)
    if seen is None or seen.status != "invited":
        raise Refused("expired_invite")
    await house.record.invites.end(service.id, patient, house.clock.now())
    return await _codes_for(house, service, patient, seen.language)


async def _codes_for(house: House, service: Service, patient: LineId, language: str) -> Invitation:
    code, letters, now = new_secret(house, service), short_codes.new_letters(house), house.clock.now()
    made = house.record.invites.make
    await made(service.id, secret_hash(code), "invite", patient, now + INVITE_FOR)
    short = short_codes.hash_of(house, service, letters)
    await made(service.id, short, "short", patient, now + short_codes.SHORT_FOR)
    return Invitation(patient, code, language, short_code.written(service.slug, letters))


@dataclass(frozen=True)
class Opened:
    """An invitation that is good, by its link or by its short code."""

    service: Service
    patient: LineId
    kind: InviteKind
    code_hash: bytes = field(repr=False)


async def opened_by(house: House, typed: str) -> Opened:
    """Raises Refused: 'expired_invite', 'rate_limited' where too many short codes were wrong."""
    if "." not in typed:
        found = await short_codes.found(house, typed)
        if found is None:
            raise Refused("expired_invite")
        of, code_hash, patient = found
        return Opened(of, patient, "short", code_hash)
    service, code_hash = _service_of(house, typed, "expired_invite"), secret_hash(typed)
    known = await house.record.invites.look(service.id, code_hash, "invite", house.clock.now())
    if known is None:
        raise Refused("expired_invite")
    return Opened(service, known, "invite", code_hash)


@dataclass(frozen=True)
class AboutInvitation:
    service: Service
    person: PersonSeen


async def about_invitation(house: House, typed: str) -> AboutInvitation:
    """What whoever invited has filled in already, for whoever holds the code. Raises what ``opened_by`` raises."""
    opened = await opened_by(house, typed)
    seen = await house.record.reading.people(opened.service.id, [opened.patient])
    if opened.patient not in seen:
        raise Refused("expired_invite")
    return AboutInvitation(opened.service, seen[opened.patient])


@dataclass(frozen=True)
class Joining:
    """``versions``: of the words that were on the form, by consent. ``shared``: others use this device too.
    ``conditions``, ``language``, ``nation``, ``timezone``: None leaves what the invitation says."""

    code: str = field(repr=False)
    adult: bool
    consents: dict[str, bool]
    name: str | None = field(default=None, repr=False)
    contact: str | None = field(default=None, repr=False)
    pin: str | None = field(default=None, repr=False)
    versions: dict[str, str] = field(default_factory=dict)
    conditions: tuple[str, ...] | None = None
    language: str | None = None
    nation: str | None = None
    timezone: str | None = None
    shared: bool = False


async def join(house: House, asked: Joining) -> str:
    """Use an invitation; returns the patient's token. Under 18: the invitation ends and nothing of them is kept."""
    opened = await opened_by(house, asked.code)
    service, patient = opened.service, opened.patient
    if not asked.adult:
        await _decline(house, opened)
        raise Refused("under_18")
    agreeing.must_fit(house.shelf.library, asked.consents, asked.versions)
    agreeing.must_be_known(asked.conditions, asked.nation)

    # Keyed by the patient: a crash before the next line leaves codes that still open this same joining.
    once = Once(uuid5(patient, "join"), b"join")
    language = house.shelf.library.speaks(asked.language) if asked.language else None
    joining = Join(
        asked.consents,
        asked.name,
        asked.contact,
        conditions=asked.conditions,
        language=language,
        nation=asked.nation,
        timezone=agreeing.zone_known(asked.timezone),
    )
    await hand_in(house, service.id, patient, joining, once=once)
    spend = house.record.invites.spend
    if await spend(service.id, opened.code_hash, opened.kind, house.clock.now()) is None:
        raise Refused("expired_invite")
    if asked.contact:
        await keep_contact(house, service.id, patient, asked.contact, asked.pin)
    return await begin_session(house, service, "patient", patient, shared=asked.shared)


async def keep_contact(
    house: House, service: ServiceId, patient: LineId, contact: str, pin: str | None
) -> None:
    """By which they are found when they come back; the address itself is one of their words."""
    proof = await hashed(pin) if pin else None
    await house.record.contacts.keep(service, patient, house.vault.contact_index(contact), proof)


async def _decline(house: House, opened: Opened) -> None:
    service, patient = opened.service.id, opened.patient
    await hand_in(house, service, patient, Decline())
    await house.record.invites.spend(service, opened.code_hash, opened.kind, house.clock.now())


# -- coming back --------------------------------------------------------------------------------------


async def ask_return(house: House, contact: str) -> None:
    """Send a link to everybody who gave this address. The door answers the same whether or not there was one."""
    for service_id, patient in await house.record.contacts.find(house.vault.contact_index(contact)):
        service = house.shelf.service(service_id)
        seen = (await house.record.reading.people(service_id, [patient])).get(patient)
        if seen is not None and seen.status == "died":
            continue
        code = await return_code(house, service, patient)
        language = seen.language if seen else "en"
        url = chat_link(house, "return", code, language)
        letter = Letter(
            to=contact,
            subject=house.shelf.library.say("return_mail_subject", language, {"service": service.name}),
            parts=with_link(house.shelf.library.say("return_mail_body", language, {"link": url}), url),
            language=language,
            message_id=f"<return.{house.ids.new()}@{house.outside.mail_from.rpartition('@')[2]}>",
        )
        await post(house, letter)


async def language_of(house: House, service: ServiceId, patient: LineId) -> str:
    seen = await house.record.reading.people(service, [patient])
    return seen[patient].language if patient in seen else "en"


async def return_code(house: House, service: Service, patient: LineId) -> str:
    """A fresh single-use way back: also what the team can hand out from the desk."""
    code = new_secret(house, service)
    expires = house.clock.now() + RETURN_FOR
    await house.record.invites.make(service.id, secret_hash(code), "return", patient, expires)
    return code


async def come_back(house: House, code: str, proof: str, *, shared: bool = False) -> str:
    """A link from the mail and what only the patient knows; returns a token. ``shared``: others use this device too."""
    service = _service_of(house, code, "return_failed")
    now, code_hash = house.clock.now(), secret_hash(code)
    patient = await house.record.invites.look(service.id, code_hash, "return", now)
    if patient is None:
        raise Refused("return_failed")
    known = await house.record.contacts.proof(service.id, patient)
    if known is None or not await matches(proof, known.proof_hash):
        await _proved_wrong(house, service.id, code_hash)
        raise Refused("return_failed")
    if house.wrong_proofs.get(code_hash, 0) >= MOST_WRONG_PROOFS:  # it is being spent just now
        raise Refused("return_failed")
    if await house.record.invites.spend(service.id, code_hash, "return", now) is None:
        raise Refused("return_failed")
    house.wrong_proofs.pop(code_hash, None)
    return await begin_session(house, service, "patient", patient, shared=shared)


async def _proved_wrong(house: House, service: ServiceId, code_hash: bytes) -> None:
    """One more; too many spend the link. Several may come at once: whoever comes when it is spent leaves no count behind."""
    tries = house.wrong_proofs[code_hash] = house.wrong_proofs.get(code_hash, 0) + 1
    invites, now = house.record.invites, house.clock.now()
    if tries >= MOST_WRONG_PROOFS:
        await invites.spend(service, code_hash, "return", now)
    elif await invites.look(service, code_hash, "return", now) is not None:
        return
    house.wrong_proofs.pop(code_hash, None)


# -- sessions -----------------------------------------------------------------------------------------


async def begin_session(
    house: House,
    service: Service,
    kind: SessionKind,
    subject: LineId | StaffId,
    *,
    shared: bool = False,
    parent: bytes | None = None,
) -> str:
    """``shared``: it ends with a pause. ``parent``: of a ticket, what the record knows of the session's own token."""
    token = new_secret(house, service)
    now = house.clock.now()
    lasts = {"patient": PATIENT_FOR, "staff": STAFF_FOR, "ticket": TICKET_FOR}[kind]
    if shared:
        lasts = min(lasts, SHARED_FOR)
    session = Session(service.id, kind, subject, shared=shared, parent=parent)
    await house.record.sessions.begin(session, secret_hash(token), now + lasts, now)
    return token


async def who_is(house: House, token: str, kind: str) -> Session:
    """The session behind a token. Raises Refused('signed_out')."""
    service, now = _service_of(house, token, "signed_out"), house.clock.now()
    session = await house.record.sessions.find(service.id, secret_hash(token), now)
    if session is None or session.kind != kind:
        raise Refused("signed_out")
    longest = STAFF_IDLE if kind == "staff" else SHARED_IDLE if session.shared else None
    if longest is not None and session.seen_at is not None and now - session.seen_at >= longest:
        raise Refused("signed_out")
    return session


async def used(house: House, session: Session, token_hash: bytes) -> None:
    """Somebody did something on a shared device: noted at most once a minute. An open page alone keeps nobody in."""
    now, seen = house.clock.now(), session.seen_at
    if session.shared and (seen is None or now - seen >= SEEN_EVERY):
        await house.record.sessions.seen(session.service, token_hash, now)


async def end_idle(house: House, session: Session) -> None:
    """Of a shared device at which nobody has done anything for too long."""
    if session.parent is not None:
        await house.record.sessions.end(session.service, session.parent, house.clock.now())
        call_back(house, session.service, LineId(session.subject))


async def end_all(house: House, service: ServiceId, whose: LineId | StaffId) -> int:
    """Every session of a person, everywhere and at once, and what is told to the devices of a patient; how many there were."""
    ended = await house.record.sessions.end_all(service, whose, house.clock.now())
    await house.record.reaches.drop_of(service, LineId(whose), "push")
    if ended:
        call_back(house, service, LineId(whose))
    return ended


def call_back(house: House, service: ServiceId, whose: LineId) -> None:
    """Open screens of a patient, in every process, come back and are asked anew who they are; of staff there are none."""
    house.hub.call_back(service, whose)
    house.bus.hint(service, "sessions", {"line": str(whose)})


async def ticket_for(house: House, session: Session, token: str) -> str:
    """A 60-second single-use ticket for a socket, to be sent in its first frame, never in a URL."""
    service, parent = house.shelf.service(session.service), secret_hash(token)
    return await begin_session(
        house, service, "ticket", session.subject, shared=session.shared, parent=parent
    )


async def spend_ticket(house: House, ticket: str) -> Session:
    service = _service_of(house, ticket, "signed_out")
    session = await house.record.sessions.spend(service.id, secret_hash(ticket), house.clock.now())
    if session is None or session.kind != "ticket":
        raise Refused("signed_out")
    return replace(session, kind="patient")


async def sign_out(house: House, token: str) -> None:
    """A patient's open screens come back, in every process, and are let in if their own session still lasts."""
    service = _service_of(house, token, "signed_out")
    ended = await house.record.sessions.end(service.id, secret_hash(token), house.clock.now())
    if ended is not None and ended.kind == "patient":
        await house.record.reaches.drop_with(service.id, LineId(ended.subject), secret_hash(token))
        call_back(house, service.id, LineId(ended.subject))


async def staff_sign_in(house: House, slug: str, email: str, password: str) -> tuple[str, StaffMember]:
    """Raises Refused('sign_in_failed'), the same and as slow whoever is unknown."""
    try:
        service: Service | None = house.shelf.by_slug(slug)
    except Refused:
        service = None
    member = await house.record.staff.by_email(service.id, email.strip().casefold()) if service else None
    if (
        not await matches(password, member.password_hash if member else None)
        or service is None
        or member is None
    ):
        raise Refused("sign_in_failed")
    return await begin_session(house, service, "staff", member.id), member


async def add_staff(
    house: House, service: ServiceId, email: str, name: str, roles: frozenset[str], password: str
) -> StaffMember:
    """Whoever was here before keeps their id, and is signed out everywhere."""
    email = email.strip().casefold()
    known = await house.record.staff.by_email(service, email, former=True)
    member = StaffMember(
        service=service,
        id=known.id if known else StaffId(UUID(int=house.ids.new().int)),
        email=email,
        name=name,
        roles=roles,
        password_hash=await hashed(password),
        away=known is not None and known.away,
    )
    await house.record.staff.add(member)
    await end_all(house, service, member.id)
    return member
