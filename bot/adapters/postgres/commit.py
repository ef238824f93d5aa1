"""The one statement that commits turns and decides who wins.

A batch travels as one JSON document: the driver would look at every element of an array, PostgreSQL reads a document
in a fraction of that. ``t`` holds the turns, one a Line. ``held`` locks the Lines that still stand at the expected
version and have not heard this message; a Line locked by another process counts as a conflict, so nobody waits and
nothing deadlocks. Every other write joins the turns that ``moved``: a stale turn or a repeated message leaves no row.
One service a statement, so that it stays on one shard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from bot.core.facts import MessageHeard, RoomOpened
from bot.core.values import ServiceId
from bot.ports import Entry

_TURNS = """\
WITH t AS (
  SELECT * FROM jsonb_to_recordset($2::jsonb -> 'turns') AS t(
    ord int, line_id uuid, expected bigint, seq bigint, state jsonb, facts jsonb, client_id uuid, body_mac bytea,
    ack_seq bigint, at timestamptz)),
held AS MATERIALIZED (
  SELECT t.ord FROM t JOIN line l ON l.service_id = $1 AND l.line_id = t.line_id AND l.version = t.expected
   WHERE NOT EXISTS (SELECT FROM heard h
                      WHERE h.service_id = $1 AND h.line_id = t.line_id AND h.client_id = t.client_id)
     FOR UPDATE OF l SKIP LOCKED),
moved AS (
  UPDATE line l SET version = t.expected + 1, seq = t.seq, state = t.state
    FROM t JOIN held USING (ord)
   WHERE l.service_id = $1 AND l.line_id = t.line_id AND l.version = t.expected
  RETURNING t.ord),
won AS (SELECT t.* FROM t JOIN moved USING (ord)),
kept AS (
  INSERT INTO journal (service_id, line_id, version, facts, at)
  SELECT $1, line_id, expected + 1, facts, at FROM won),
said AS (
  INSERT INTO heard (service_id, line_id, client_id, body_mac, seq)
  SELECT $1, line_id, client_id, body_mac, ack_seq FROM won WHERE client_id IS NOT NULL)"""

Row = dict[str, Any]


@dataclass(frozen=True)
class _Part:
    """One kind of row: its columns as PostgreSQL declares them, how it is written, and how an entry gives its rows.

    ``write`` may use ``r`` (the row), ``won`` (its turn) and ``$1`` (the service).
    """

    name: str
    columns: str
    write: str
    rows: Callable[[Entry], Iterable[Row]]

    def sql(self) -> str:
        source = f"jsonb_to_recordset($2::jsonb -> '{self.name}') AS r(ord int, {self.columns}) JOIN won USING (ord)"
        return f"{self.name} AS (\n  {self.write.format(source=source)})"


def _insert(table: str, keys: str, values: str, conflict: str = "") -> str:
    return f"INSERT INTO {table} (service_id, {keys})\n  SELECT $1, {values} FROM {{source}} {conflict}"


def _names(columns: str) -> list[str]:
    """``n int, body jsonb`` -> ``n``, ``body``."""
    return [part.split()[0] for part in columns.split(", ")]


def _of_row(columns: str) -> str:
    return ", ".join(f"r.{name}" for name in _names(columns))


def _hex(data: bytes | None) -> str | None:
    """As PostgreSQL writes bytes in text."""
    return None if data is None else "\\x" + data.hex()


_ALERT = (
    "alert_id uuid, concern text, level text, state text, owner_id uuid, rung smallint, told int, evidence int, "
    "opened_at timestamptz, due_at timestamptz, acted_by uuid, acknowledged_at timestamptz, "
    "resolved_at timestamptz, outcome text, note_word_id uuid"
)


def _alerts(e: Entry) -> Iterable[Row]:
    for a in e.rows.alerts.values():
        yield {
            "alert_id": a.id,
            "concern": a.concern,
            "level": a.level,
            "state": a.status,
            "owner_id": a.owner,
            "rung": a.rung,
            "told": a.told,
            "evidence": a.evidence,
            "opened_at": a.opened_at,
            "due_at": a.due_at,
            "acted_by": a.by,
            "acknowledged_at": a.acknowledged_at,
            "resolved_at": a.resolved_at,
            "outcome": a.outcome,
            "note_word_id": a.note,
        }


_PERSON = (
    "status text, nation text, timezone text, language text, conditions text[], owner_id uuid, "
    "first_name_word_id uuid, contact_word_id uuid, simulated bool"
)


def _person(e: Entry) -> Iterable[Row]:
    if e.rows.person is not None:
        p = e.rows.person.profile
        yield {
            "status": e.rows.person.status,
            "nation": p.nation,
            "timezone": p.timezone,
            "language": p.language,
            "conditions": p.conditions,
            "owner_id": p.owner,
            "first_name_word_id": p.first_name,
            "contact_word_id": p.contact,
            "simulated": p.simulated,
        }


def _messages(e: Entry) -> Iterable[Row]:
    for m in e.rows.messages:
        if isinstance(m, MessageHeard):
            yield {
                "seq": m.seq,
                "who": "patient",
                "word_id": m.word,
                "client_id": m.client_id,
                "urgent": False,
            }
        else:
            yield {
                "seq": m.seq,
                "who": m.sender,
                "word_id": m.word,
                "release_hash": m.release,
                "step": m.step,
                "urgent": m.urgent,
            }


_PARTS = (
    _Part(
        "words",
        "word_id uuid, kind text, key_id text, nonce bytea, body bytea",
        _insert(
            "word",
            "owner_id, word_id, kind, key_id, nonce, body",
            "won.line_id, r.word_id, r.kind, r.key_id, r.nonce, r.body",
        ),
        lambda e: (
            {
                "word_id": w.id,
                "kind": w.kind,
                "key_id": w.key_id,
                "nonce": _hex(w.nonce),
                "body": _hex(w.body),
            }
            for w in e.words
        ),
    ),
    _Part(
        "messages",
        "seq bigint, who text, word_id uuid, client_id uuid, release_hash text, step text, urgent bool",
        _insert(
            "message",
            "line_id, seq, who, word_id, client_id, release_hash, step, urgent, at",
            "won.line_id, r.seq, r.who, r.word_id, r.client_id, r.release_hash, r.step, r.urgent, won.at",
        ),
        _messages,
    ),
    _Part(
        "scores",
        "score_id uuid, measure text, measure_version text, items jsonb, total int, complete bool, at timestamptz",
        _insert(
            "score",
            "line_id, score_id, measure, measure_version, items, total, complete, at",
            "won.line_id, r.score_id, r.measure, r.measure_version, r.items, r.total, r.complete, r.at",
        ),
        lambda e: (
            {
                "score_id": s.score_id,
                "measure": s.measure,
                "measure_version": s.measure_version,
                "items": s.items,
                "total": s.total,
                "complete": s.complete,
                "at": s.at,
            }
            for s in e.rows.scores
        ),
    ),
    _Part(
        "alerts",
        _ALERT,
        _insert(
            "alert",
            f"line_id, {', '.join(_names(_ALERT))}",
            f"won.line_id, {_of_row(_ALERT)}",
            "ON CONFLICT (service_id, line_id, alert_id) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in _names(_ALERT)[2:]),
        ),
        _alerts,
    ),
    _Part(
        "pieces",
        "alert_id uuid, n int, rule text, rule_version text, seq bigint, client_id uuid, numbers jsonb, at timestamptz",
        _insert(
            "evidence",
            "line_id, alert_id, n, rule, rule_version, seq, client_id, numbers, at",
            "won.line_id, r.alert_id, r.n, r.rule, r.rule_version, r.seq, r.client_id, r.numbers, r.at",
        ),
        lambda e: (
            {
                "alert_id": p.alert,
                "n": p.n,
                "rule": p.evidence.rule,
                "rule_version": p.evidence.version,
                "seq": p.evidence.seq,
                "client_id": p.evidence.client_id,
                "numbers": p.evidence.numbers,
                "at": p.at,
            }
            for p in e.rows.evidence
        ),
    ),
    _Part(
        "promises",
        "outbox_id uuid, kind text, payload jsonb, dedupe text, priority smallint",
        _insert(
            "outbox",
            "line_id, outbox_id, kind, payload, dedupe, priority, due_at",
            "won.line_id, r.outbox_id, r.kind, r.payload, r.dedupe, r.priority, won.at",
            "ON CONFLICT (service_id, dedupe) DO NOTHING",
        ),
        lambda e: (
            {
                "outbox_id": i,
                "kind": p.kind,
                "payload": p.payload,
                "dedupe": p.dedupe,
                "priority": p.priority,
            }
            for i, p in zip(e.outbox_ids, e.rows.promises, strict=True)
        ),
    ),
    _Part(
        "timers",
        "kind text, key text, due_at timestamptz, rule text, first_at timestamptz",
        _insert(
            "timer",
            "line_id, kind, key, due_at, rule, first_at",
            "won.line_id, r.kind, r.key, r.due_at, r.rule, r.first_at",
            "ON CONFLICT (service_id, line_id, kind, key) DO UPDATE SET due_at = excluded.due_at, "
            "rule = excluded.rule, first_at = excluded.first_at, lease_until = NULL",
        ),
        lambda e: (
            {"kind": t.kind, "key": t.key, "due_at": t.due_at, "rule": t.rule, "first_at": t.first_at}
            for t in e.rows.timers.values()
        ),
    ),
    _Part(
        "cleared",
        "kind text, key text",
        "DELETE FROM timer d USING {source} WHERE d.service_id = $1 AND d.line_id = won.line_id "
        "AND d.kind = r.kind AND d.key = r.key",
        lambda e: ({"kind": kind, "key": key} for kind, key in e.rows.cleared.values()),
    ),
    _Part(
        "people",
        _PERSON,
        _insert(
            "person",
            f"line_id, {', '.join(_names(_PERSON))}",
            f"won.line_id, {_of_row(_PERSON)}",
            "ON CONFLICT (service_id, line_id) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in _names(_PERSON)),
        ),
        _person,
    ),
    _Part(
        "posts",
        "seq bigint, post_id uuid, author_id uuid, staff_id uuid, word_id uuid, status text, reply_to bigint, at timestamptz",
        _insert(
            "post",
            "line_id, seq, post_id, author_id, staff_id, word_id, status, reply_to, at",
            "won.line_id, r.seq, r.post_id, r.author_id, r.staff_id, r.word_id, r.status, r.reply_to, r.at",
        ),
        lambda e: (
            {
                "seq": p.seq,
                "post_id": p.post,
                "author_id": p.author,
                "staff_id": p.staff,
                "word_id": p.word,
                "status": p.status,
                "reply_to": p.reply_to,
                "at": p.at,
            }
            for p in e.rows.posts
        ),
    ),
    _Part(
        "standings",
        "seq bigint, status text",
        "UPDATE post p SET status = r.status FROM {source} "
        "WHERE p.service_id = $1 AND p.line_id = won.line_id AND p.seq = r.seq",
        lambda e: ({"seq": seq, "status": status} for seq, status in e.rows.standings.items()),
    ),
    _Part(
        "members",
        "patient_id uuid, status text, pseudonym_word_id uuid, posts int, since timestamptz",
        _insert(
            "member",
            "line_id, patient_id, status, pseudonym_word_id, posts, since",
            "won.line_id, r.patient_id, r.status, r.pseudonym_word_id, r.posts, r.since",
            "ON CONFLICT (service_id, line_id, patient_id) DO UPDATE SET status = excluded.status, "
            "pseudonym_word_id = excluded.pseudonym_word_id, posts = excluded.posts",
        ),
        lambda e: (
            {
                "patient_id": patient,
                "status": m.status,
                "pseudonym_word_id": m.pseudonym,
                "posts": m.posts,
                "since": since or e.at,
            }
            for patient, (m, since) in e.rows.members.items()
        ),
    ),
    _Part(
        "rooms",
        "group_key text",
        _insert("room", "line_id, group_key", "won.line_id, r.group_key"),
        lambda e: ({"group_key": f.group} for f in e.facts if isinstance(f, RoomOpened)),
    ),
)

_encode = msgspec.json.Encoder().encode


def statement_for(service: ServiceId, entries: Sequence[Entry]) -> tuple[str, list[Any]]:
    """The statement for a batch and its parameters: only the tables that the batch touches stand in it."""
    batch: dict[str, list[Row]] = {"turns": [_turn(n, e) for n, e in enumerate(entries)]}
    used = []
    for index, part in enumerate(_PARTS):
        rows = [{"ord": n, **row} for n, entry in enumerate(entries) for row in part.rows(entry)]
        if rows:
            used.append(index)
            batch[part.name] = rows
    return _statement(tuple(used)), [service, _encode(batch).decode()]


def _turn(n: int, e: Entry) -> Row:
    return {
        "ord": n,
        "line_id": e.line,
        "expected": e.expected,
        "seq": e.seq,
        "state": msgspec.Raw(e.state),
        "facts": e.facts,
        "client_id": e.client_id,
        "body_mac": _hex(e.body_mac),
        "ack_seq": e.ack_seq,
        "at": e.at,
    }


@lru_cache(maxsize=512)
def _statement(used: tuple[int, ...]) -> str:
    return ",\n".join([_TURNS, *(_PARTS[index].sql() for index in used)]) + "\nSELECT ord FROM moved"
