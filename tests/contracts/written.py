"""Lines that the tests of the record write to, turn by turn, as the writer does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.lines import PostgresLines
from bot.adapters.postgres.staff import PostgresStaff
from bot.core import facts as f
from bot.core.canary import canary_of
from bot.core.fold import fold, steps
from bot.core.room import Room
from bot.core.rows import rows_of
from bot.core.state import Conversation, Profile, Timer
from bot.core.values import AlertId, LineId, ServiceId, StaffId, WordId
from bot.ports import Entry, Sealed, StaffMember

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def member(database: Database, service: ServiceId, *roles: str) -> StaffId:
    """Somebody who works there."""
    one = StaffMember(
        service, StaffId(uuid4()), f"{uuid4().hex}@clinic.example", "Jo", frozenset(roles), None
    )
    await PostgresStaff(database).add(one)
    return one.id


def sealed(owner: LineId, kind: str = "message") -> Sealed:
    return Sealed(WordId(uuid4()), owner, kind, "k1", b"sealed")


def heard(seq: int, word: Sealed, client_id: UUID) -> f.MessageHeard:
    return f.MessageHeard(seq=seq, client_id=client_id, how="text", word=word.id)


def shown(seq: int, word: Sealed) -> f.MessageShown:
    return f.MessageShown(seq=seq, sender="bot", word=word.id, release="r1", step="copd/breath#start")


def raised(concern: str = "risk", level: Any = "now", at: datetime = NOW) -> f.AlertRaised:
    return f.AlertRaised(
        alert=AlertId(uuid4()),
        concern=concern,
        level=level,
        evidence=f.Evidence(rule="a-rule", version="1", seq=1, numbers={"score": 15}),
        owner=None,
        opened_at=at,
        due_at=None,
    )


def timer(key: str, due_at: datetime = NOW) -> f.TimerSet:
    return f.TimerSet(timer=Timer(kind="later", key=key, due_at=due_at))


def score(total: int, at: datetime = NOW) -> f.ScoreRecorded:
    return f.ScoreRecorded(
        score_id=uuid4(),
        measure="phq9",
        measure_version="1",
        items={"q2": 2, "q1": None},
        total=total,
        complete=False,
        at=at,
    )


def invited(*conditions: str) -> f.PatientInvited:
    return f.PatientInvited(profile=Profile(conditions=conditions, nation="england"))


class WrittenLine:
    """A Line in a service, and where it stands as far as the test knows."""

    def __init__(self, database: Database, service: ServiceId, state: Conversation | Room) -> None:
        self.lines = PostgresLines(database)
        self.service = service
        self.id = LineId(uuid4())
        self.version = 0
        self.state: Any = state  # of either kind: folding keeps the kind

    @classmethod
    async def patient(cls, database: Database, service: ServiceId) -> WrittenLine:
        return await cls(database, service, Conversation())._opened("patient")

    @classmethod
    async def canary(cls, database: Database, service: ServiceId) -> WrittenLine:
        line = cls(database, service, Conversation())
        line.id = canary_of(service)
        return await line._opened("patient")

    @classmethod
    async def group(cls, database: Database, service: ServiceId) -> WrittenLine:
        return await cls(database, service, Room())._opened("group")

    async def _opened(self, kind: str) -> WrittenLine:
        state = self.state.json()
        await self.lines.open(self.service, self.id, kind, state, b"wrapped", "k1")
        return self

    def entry(
        self,
        *facts: f.Fact,
        words: tuple[Sealed, ...] = (),
        client_id: UUID | None = None,
        at: datetime = NOW,
    ) -> Entry:
        """The next turn, not yet committed."""
        rows = rows_of(self.id, steps(self.state, facts), at)
        after = fold(self.state, facts)
        return Entry(
            line=self.id,
            expected=self.version,
            seq=after.seq,
            state=after.json(),
            facts=facts,
            rows=rows,
            words=words,
            at=at,
            outbox_ids=tuple(uuid4() for _ in rows.promises),
            client_id=client_id,
            body_mac=b"mac" if client_id else None,
            ack_seq=after.seq,
        )

    async def write(self, *facts: f.Fact, words: tuple[Sealed, ...] = (), at: datetime = NOW) -> None:
        won = await self.lines.commit(self.service, [self.entry(*facts, words=words, at=at)])
        assert won == {0}
        self.version += 1
        self.state = fold(self.state, facts)
