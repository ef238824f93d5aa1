"""Services and what each sets for itself: one checked document, numbered at each change."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.errors import Misuse
from bot.core.service import Service
from bot.core.values import ServiceId


class PostgresServices:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, service: Service) -> None:
        put = insert(s.service).values(
            service_id=service.id, slug=service.slug, settings=service.model_dump(mode="json")
        )
        changed = put.on_conflict_do_update(
            index_elements=["service_id"],
            set_={
                "slug": put.excluded.slug,
                "settings": put.excluded.settings,
                "settings_version": s.service.c.settings_version + 1,
            },
            where=s.service.c.settings != put.excluded.settings,
        )
        async with self._db.transaction() as c:
            await c.execute(changed)

    async def all(self) -> Sequence[Service]:
        async with self._db.reading() as c:
            rows = await c.execute(select(s.service.c.settings).order_by(s.service.c.slug))
        return [Service.model_validate(row.settings) for row in rows]

    async def clear_simulated(self, service: ServiceId) -> None:
        real = select(s.person.c.line_id).where(s.person.c.service_id == service, ~s.person.c.simulated)
        async with self._db.transaction() as c:
            if (await c.execute(real.limit(1))).first() is not None:
                raise Misuse("a service with real patients is never cleared")
            for table in reversed(s.metadata.sorted_tables):
                if "service_id" in table.c:
                    await c.execute(delete(table).where(table.c.service_id == service))
