"""A clinic for tests: the real house on the real stores, with a clock that the test turns."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope
from argon2 import PasswordHasher

from bot.core.facts import Fact
from bot.core.service import Service
from bot.core.shown import Shown
from bot.core.state import Conversation, Profile
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import AlertSeen, StaffMember
from bot.usecases import turn, ways_in
from bot.usecases.change import Changed
from bot.usecases.house import House
from bot.usecases.hub import Delivered
from bot.usecases.promises import keep_due
from bot.usecases.services import add_service
from bot.usecases.wake import wake_due

PATIENCE = (
    20.0  # times the limits of production: a busy machine may stop for seconds, and no test is about that
)
MONDAY_TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
PASSWORD_HASH = PasswordHasher().hash(PASSWORD)  # once for the run: it is slow on purpose


class TestClock:
    """Stands still until it is turned."""

    __test__ = False

    def __init__(self, start: datetime = MONDAY_TEN) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, **by: float) -> None:
        self._now += timedelta(**by)

    def set(self, now: datetime) -> None:
        self._now = now


class SeededIds:
    """The same ids in every run, and others in every test."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def new(self) -> UUID:
        return UUID(int=self._random.getrandbits(128) & ~0xFFFF, version=4)

    def secret(self) -> str:
        return f"{self._random.getrandbits(256):064x}"


class PostBox:
    """What a real SMTP server accepted, by address. ``refusing`` answers 451 to everything."""

    def __init__(self) -> None:
        self.letters: dict[str, list[Message]] = defaultdict(list)
        self.refusing = False
        self.url = ""

    def to(self, address: str) -> list[Message]:
        return self.letters[address]

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        if self.refusing:
            return "451 4.3.0 try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        for address in envelope.rcpt_tos:
            self.letters[address].append(message_from_bytes(content))
        return "250 OK"


@dataclass
class Patient:
    """Somebody who talks to the bot through the use cases, as every door does."""

    clinic: Clinic
    id: LineId
    token: str = ""
    seen: list[Delivered] = field(default_factory=list)

    @property
    def last(self) -> Delivered:
        return self.seen[-1]

    async def says(self, text: str, **more: Any) -> Changed:
        return await self._send(text=text, **more)

    async def chooses(self, label: str) -> Changed:
        """Press the button with this label on the latest message that has it."""
        for message in reversed(self.seen):
            for choice in message.shown.choices:
                if choice.label == label:
                    return await self._send(choice=choice.id)
        raise AssertionError(f"no button '{label}' in {[c.label for c in self.last.shown.choices]}")

    async def presses(self, key: str) -> Changed:
        for message in reversed(self.seen):
            if key.startswith("change.") and message.shown.read_back:
                return await self._send(choice=f"{message.seq}.{key}")
            for choice in message.shown.choices:
                if choice.id.partition(".")[2] == key:
                    return await self._send(choice=choice.id)
        raise AssertionError(f"no button with key '{key}'")

    async def answers(self, value: int | tuple[int, ...] | None) -> Changed:
        """Answer the question on the screen with its form."""
        question = next(m.shown.question for m in reversed(self.seen) if m.shown.question is not None)
        return await self._send(item=question.item, value=value)

    async def fills_in(self, *values: int | None) -> None:
        for value in values:
            await self.answers(value)

    async def _send(self, client_id: UUID | None = None, **said: Any) -> Changed:
        clinic = self.clinic
        inbound = turn.Inbound(clinic.service.id, self.id, client_id or clinic.house.ids.new(), **said)
        changed = await turn.hear(clinic.house, inbound)
        await clinic.settle()
        await self.catches_up()
        return changed

    async def catches_up(self) -> list[Delivered]:
        """What is new on the screen, read from the record."""
        from bot.usecases.conversation import messages_since

        after = self.seen[-1].seq if self.seen else 0
        fresh = list(await messages_since(self.clinic.house, self.clinic.service.id, self.id, after))
        self.seen += fresh
        return fresh

    def bot_said(self) -> list[Shown]:
        """Everything since the patient last said something."""
        mine = max((n for n, m in enumerate(self.seen) if m.sender == "patient"), default=-1)
        return [m.shown for m in self.seen[mine + 1 :]]

    async def state(self) -> Conversation:
        stored = await self.clinic.house.record.lines.load(self.clinic.service.id, self.id)
        assert stored is not None
        return Conversation.from_json(stored.state)

    async def facts(self) -> list[Fact]:
        return list(await self.clinic.house.record.lines.facts(self.clinic.service.id, self.id))

    async def alerts(self) -> list[AlertSeen]:
        every = await self.clinic.house.record.ledger.list(self.clinic.service.id, open_only=False, by=None)
        return [a for a in every if a.line == self.id]


@dataclass
class Clinic:
    house: House
    service: Service
    clock: TestClock
    post_box: PostBox
    therapist: StaffMember
    duty: StaffMember
    host: StaffMember
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def only(self) -> frozenset[ServiceId]:
        return frozenset({self.service.id})

    async def invite(self, *conditions: str, language: str = "en") -> ways_in.Invitation:
        profile = Profile(
            conditions=conditions or ("copd",),
            nation=self.service.nation,
            language=language,
            owner=self.therapist.id,
        )
        return await ways_in.invite(self.house, self.service, profile)

    async def join(
        self, *conditions: str, name: str | None = "Sam", language: str = "en", **more: Any
    ) -> Patient:
        invitation = await self.invite(*conditions, language=language)
        joining = ways_in.Joining(
            code=invitation.code, adult=True, consents={"care": True, "groups": True}, name=name, **more
        )
        token = await ways_in.join(self.house, joining)
        patient = Patient(self, invitation.patient, token)
        await self.settle()
        await patient.catches_up()
        return patient

    async def settle(self) -> None:
        """Until nothing follows any more from what was committed."""
        await self.house.afterwards.settle()

    async def work(self) -> None:
        """One round of the worker for this service, and what follows from it."""
        await wake_due(self.house, self.only)
        await self.settle()
        await keep_due(self.house, self.only)
        await self.settle()

    def letters(self, member: StaffMember) -> list[Message]:
        return self.post_box.to(member.email)

    async def alerts(self, *, open_only: bool = True) -> list[AlertSeen]:
        return list(await self.house.record.ledger.list(self.service.id, open_only=open_only, by=None))


async def make_clinic(house: House, clock: TestClock, post_box: PostBox, slug: str) -> Clinic:
    settings = Service(id=ServiceId(house.ids.new()), slug=slug, name="Valley Clinic", nation="england")
    service = await add_service(house, settings)
    staff = {}
    for role in ("therapist", "duty", "host"):
        staff[role] = StaffMember(
            service=service.id,
            id=StaffId(house.ids.new()),
            email=f"{role}@{slug}.example",
            name=role.title(),
            roles=frozenset({role}),
            password_hash=PASSWORD_HASH,
        )
        await house.record.staff.add(staff[role])
    await house.afterwards.settle()
    return Clinic(house, service, clock, post_box, staff["therapist"], staff["duty"], staff["host"])


def text_of(letter: Message) -> str:
    """What somebody reads whose programme shows plain text."""
    plain = next(part for part in letter.walk() if part.get_content_type() == "text/plain")
    body = plain.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


async def in_time(what: Any, limit_s: float = 10.0) -> Any:
    async with asyncio.timeout(limit_s):
        return await what
