"""Published content. A release is kept as the very text its hash was taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import JSON, Text, case, cast, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.errors import Damaged, Refused
from bot.core.library import Library
from bot.core.values import ServiceId
from bot.ports import OpenModule, Pointer, ReleaseSeen

_R, _P, _F = s.release.c, s.release_pointer.c, s.content_file.c
_EVERYWHERE = "*"
_POINTER = select(_P.release_hash, _P.n, _P.urgent_at).where(_P.scope == _EVERYWHERE)

_OPEN = """
SELECT l.line_id, r->>'module', r->>'step', r->>'release'
  FROM line l, json_array_elements(l.state->'runs') r
 WHERE l.service_id = $1 AND r->>'kind' = 'module'
UNION ALL
SELECT t.line_id, split_part(t.key, '#', 1), split_part(t.key, '#', 2), NULL
  FROM timer t WHERE t.service_id = $1 AND t.kind = 'later'
 ORDER BY 2, 1"""


class PostgresReleases:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def publish(
        self,
        library: Library,
        by: str,
        now: datetime,
        *,
        bodies: Mapping[str, bytes] | None = None,
        over: str | None = None,
        urgent: bool = False,
    ) -> Pointer:
        """``urgent_at`` stays when a later release is not urgent: who stands before it still has to move."""
        kept = insert(s.release).values(
            release_hash=library.release,
            built=cast(literal(library.model_dump_json(), Text), JSON),
            made_at=now,
            made_by=by,
            put_at=now,
        )
        put = update(s.release).where(_R.release_hash == library.release).values(put_at=now)
        flip = insert(s.release_pointer).values(
            scope=_EVERYWHERE, release_hash=library.release, n=1, urgent_at=now if urgent else None
        )
        flipped = flip.on_conflict_do_update(
            index_elements=["scope"],
            set_={
                "release_hash": flip.excluded.release_hash,
                "n": _P.n + 1,
                "urgent_at": case(
                    (flip.excluded.urgent_at.is_not(None), flip.excluded.urgent_at), else_=_P.urgent_at
                ),
            },
            where=_P.release_hash != flip.excluded.release_hash,
        )
        files = [
            {"file_hash": library.files[name], "body": body}
            for name, body in (bodies or {}).items()
            if name in library.files
        ]
        async with self._db.transaction() as c:
            if over is not None and (await c.execute(_POINTER.with_for_update())).one().release_hash != over:
                raise Refused("draft_moved")
            await c.execute(kept.on_conflict_do_nothing())
            if files:
                await c.execute(insert(s.content_file).on_conflict_do_nothing(), files)
            if (await c.execute(flipped)).rowcount:
                await c.execute(put)
            row = (await c.execute(_POINTER)).one()
        return Pointer(*row)

    async def pointer(self) -> Pointer | None:
        async with self._db.reading() as c:
            row = (await c.execute(_POINTER)).first()
        return Pointer(*row) if row else None

    async def load(self, release: str) -> Library | None:
        """Damaged where the record's text is not what the hash was taken over."""
        read = select(cast(_R.built, Text)).where(_R.release_hash == release)
        async with self._db.reading() as c:
            built = (await c.execute(read)).scalar()
        if built is None:
            return None
        try:
            library = Library.as_kept(built.encode())
        except ValidationError:  # of a version whose content had another shape
            return None
        if library.release != release:
            raise Damaged(f"release {release[:12]} is not what was published under this hash")
        return library

    async def file(self, file_hash: str) -> bytes | None:
        async with self._db.reading() as c:
            body: bytes | None = (await c.execute(select(_F.body).where(_F.file_hash == file_hash))).scalar()
        return body

    async def files(self, library: Library) -> Mapping[str, bytes]:
        async with self._db.reading() as c:
            read = select(_F.file_hash, _F.body).where(_F.file_hash.in_(set(library.files.values())))
            bodies = {row.file_hash: row.body for row in await c.execute(read)}
        return {name: bodies[kept] for name, kept in library.files.items() if kept in bodies}

    async def list(self) -> Sequence[ReleaseSeen]:
        """The newest first."""
        read = select(_R.release_hash, _R.made_at, _R.made_by, _R.put_at).order_by(
            _R.made_at.desc(), _R.release_hash
        )
        async with self._db.reading() as c:
            return [ReleaseSeen(*row) for row in await c.execute(read)]

    async def open_modules(self, service: ServiceId) -> Sequence[OpenModule]:
        return [OpenModule(*row) for row in await self._db.fetch_raw(_OPEN, [service])]
