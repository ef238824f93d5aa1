"""One patient's whole record, read at one moment: what happened, and every word."""

from __future__ import annotations

from sqlalchemy import Text, cast, select

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.audit import note_look_by
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.scope import seen_by, within
from bot.core.facts import facts_in
from bot.core.values import LineId, ServiceId
from bot.ports import Held, Looker, Sealed

_J, _W, _P = s.journal.c, s.word.c, s.person.c


class PostgresHoldings:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def of(self, service: ServiceId, patient: LineId, by: Looker | None) -> Held | None:
        here = select(_P.line_id).where(
            _P.service_id == service, _P.line_id == patient, *within(_P.line_id, service, by)
        )
        turns = select(_J.at, cast(_J.facts, Text)).where(_J.service_id == service, _J.line_id == patient)
        words = select(_W.word_id, _W.owner_id, _W.kind, _W.key_id, _W.body).where(
            _W.service_id == service, _W.owner_id == patient
        )
        async with seen_by(self._db, service, by) as c:
            if (await c.execute(here)).first() is None:
                return None
            journal = [(at, facts_in(facts)) for at, facts in await c.execute(turns.order_by(_J.version))]
            sealed = [Sealed(*row) for row in await c.execute(words)]
            if by is not None:
                await note_look_by(c, service, patient, by, what="patient.export", about=str(patient))
        return Held(journal, sealed)
