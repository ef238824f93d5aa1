"""The one statement that commits turns and decides who wins.

``t`` holds the turns, one a Line. ``held`` locks the Lines that still stand at the expected version and have not
heard this message; a Line locked by another process counts as a conflict, so nobody waits and nothing deadlocks.
Every other write joins the turns that ``moved``: a stale turn or a repeated message leaves no row. One service a
statement, so that it stays on one shard.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.core.facts import FACT, MessageHeard, RoomOpened
from bot.core.values import ServiceId
from bot.ports import Entry

_TURNS = """\
WITH t AS (
  SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::jsonb[], $6::uuid[], $7::bytea[], $8::bigint[],
                       $9::timestamptz[])
    WITH ORDINALITY AS t(line_id, expected, seq, state, client_id, body_mac, ack_seq, at, ord)),
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
said AS (
  INSERT INTO heard (service_id, line_id, client_id, body_mac, seq)
  SELECT $1, line_id, client_id, body_mac, ack_seq FROM won WHERE client_id IS NOT NULL)"""

Row = tuple[Any, ...]


@dataclass(frozen=True)
class _Part:
    """One kind of row: its columns as (name, type), how it is written, and how an entry gives its rows.

    ``write`` may use ``r`` (the row), ``won`` (its turn) and ``$1`` (the service).
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    write: str
    rows: Callable[[Entry], list[Row]]

    def sql(self, first: int) -> str:
        arrays = ", ".join(f"${first + n}::{kind}[]" for n, (_, kind) in enumerate(self.columns, 1))
        names = ", ".join(name for name, _ in self.columns)
        source = f"unnest(${first}::int[], {arrays}) AS r(ord, {names}) JOIN won USING (ord)"
        return f"{self.name} AS (\n  {self.write.format(source=source)})"


def _insert(table: str, keys: str, values: str, conflict: str = "") -> str:
    return f"INSERT INTO {table} (service_id, {keys})\n  SELECT $1, {values} FROM {{source}} {conflict}"


def _columns(text: str) -> tuple[tuple[str, str], ...]:
    """``n int, body jsonb`` as pairs."""
    pairs = (part.split() for part in text.split(", "))
    return tuple((name, kind) for name, kind in pairs)


_ALERT_COLUMNS = (
    "alert_id uuid, concern text, level text, state text, owner_id uuid, rung smallint, told int, evidence int, "
    "opened_at timestamptz, due_at timestamptz, acted_by uuid, acknowledged_at timestamptz, "
    "resolved_at timestamptz, outcome text, note_word_id uuid"
)
_ALERT_KEYS = [name for name, _ in _columns(_ALERT_COLUMNS)]


def _named(columns: str, prefix: str = "r.") -> str:
    return ", ".join(f"{prefix}{name}" for name, _ in _columns(columns))


def _alerts(e: Entry) -> list[Row]:
    return [
        (
            a.id,
            a.concern,
            a.level,
            a.status,
            a.owner,
            a.rung,
            a.told,
            a.evidence,
            a.opened_at,
            a.due_at,
            a.by,
            a.acknowledged_at,
            a.resolved_at,
            a.outcome,
            a.note,
        )
        for a in e.rows.alerts.values()
    ]


def _person(e: Entry) -> list[Row]:
    state = e.rows.person
    if state is None:
        return []
    p = state.profile
    return [
        (
            state.status,
            p.nation,
            p.timezone,
            p.language,
            list(p.conditions),
            p.owner,
            p.first_name,
            p.contact,
            p.simulated,
        )
    ]


_PERSON = (
    "status text, nation text, timezone text, language text, conditions text, owner_id uuid, "
    "first_name_word_id uuid, contact_word_id uuid, simulated bool"
)
# Arrays of arrays cannot be unnested row by row, so the conditions travel as one text.
_PERSON_VALUES = _named(_PERSON).replace("r.conditions", "string_to_array(r.conditions, ',')")
_PARTS = (
    _Part(
        "facts",
        _columns("n int, type text, body jsonb"),
        _insert(
            "fact",
            "line_id, version, n, type, body, at",
            "won.line_id, won.expected + 1, r.n, r.type, r.body, won.at",
        ),
        lambda e: [(n, f.type, FACT.dump_json(f).decode()) for n, f in enumerate(e.facts)],
    ),
    _Part(
        "words",
        _columns("word_id uuid, kind text, key_id text, nonce bytea, body bytea"),
        _insert(
            "word",
            "owner_id, word_id, kind, key_id, nonce, body",
            "won.line_id, r.word_id, r.kind, r.key_id, r.nonce, r.body",
        ),
        lambda e: [(w.id, w.kind, w.key_id, w.nonce, w.body) for w in e.words],
    ),
    _Part(
        "messages",
        _columns(
            "seq bigint, who text, word_id uuid, client_id uuid, release_hash text, step text, urgent bool"
        ),
        _insert(
            "message",
            "line_id, seq, who, word_id, client_id, release_hash, step, urgent, at",
            "won.line_id, r.seq, r.who, r.word_id, r.client_id, r.release_hash, r.step, r.urgent, won.at",
        ),
        lambda e: [
            (m.seq, "patient", m.word, m.client_id, None, None, False)
            if isinstance(m, MessageHeard)
            else (m.seq, m.sender, m.word, None, m.release, m.step, m.urgent)
            for m in e.rows.messages
        ],
    ),
    _Part(
        "scores",
        _columns(
            "score_id uuid, measure text, measure_version text, items jsonb, total int, complete bool, at timestamptz"
        ),
        _insert(
            "score",
            "line_id, score_id, measure, measure_version, items, total, complete, at",
            "won.line_id, r.score_id, r.measure, r.measure_version, r.items, r.total, r.complete, r.at",
        ),
        lambda e: [
            (s.score_id, s.measure, s.measure_version, _json(s.items), s.total, s.complete, s.at)
            for s in e.rows.scores
        ],
    ),
    _Part(
        "alerts",
        _columns(_ALERT_COLUMNS),
        _insert(
            "alert",
            f"line_id, {', '.join(_ALERT_KEYS)}",
            f"won.line_id, {_named(_ALERT_COLUMNS)}",
            "ON CONFLICT (service_id, line_id, alert_id) DO UPDATE SET "
            + ", ".join(f"{k} = excluded.{k}" for k in _ALERT_KEYS[2:]),
        ),
        _alerts,
    ),
    _Part(
        "pieces",
        _columns(
            "alert_id uuid, n int, rule text, rule_version text, seq bigint, client_id uuid, numbers jsonb, at timestamptz"
        ),
        _insert(
            "evidence",
            "line_id, alert_id, n, rule, rule_version, seq, client_id, numbers, at",
            "won.line_id, r.alert_id, r.n, r.rule, r.rule_version, r.seq, r.client_id, r.numbers, r.at",
        ),
        lambda e: [
            (
                p.alert,
                p.n,
                p.evidence.rule,
                p.evidence.version,
                p.evidence.seq,
                p.evidence.client_id,
                _json(p.evidence.numbers),
                p.at,
            )
            for p in e.rows.evidence
        ],
    ),
    _Part(
        "promises",
        _columns(
            "outbox_id uuid, kind text, payload jsonb, dedupe text, priority smallint, due_at timestamptz"
        ),
        _insert(
            "outbox",
            "line_id, outbox_id, kind, payload, dedupe, priority, due_at",
            "won.line_id, r.outbox_id, r.kind, r.payload, r.dedupe, r.priority, r.due_at",
            "ON CONFLICT (service_id, dedupe) DO NOTHING",
        ),
        lambda e: [
            (i, p.kind, _json(p.payload), p.dedupe, p.priority, e.at)
            for i, p in zip(e.outbox_ids, e.rows.promises, strict=True)
        ],
    ),
    _Part(
        "timers",
        _columns("kind text, key text, due_at timestamptz, rule text, first_at timestamptz"),
        _insert(
            "timer",
            "line_id, kind, key, due_at, rule, first_at",
            "won.line_id, r.kind, r.key, r.due_at, r.rule, r.first_at",
            "ON CONFLICT (service_id, line_id, kind, key) DO UPDATE SET due_at = excluded.due_at, "
            "rule = excluded.rule, first_at = excluded.first_at, lease_until = NULL",
        ),
        lambda e: [(t.kind, t.key, t.due_at, t.rule, t.first_at) for t in e.rows.timers.values()],
    ),
    _Part(
        "cleared",
        _columns("kind text, key text"),
        "DELETE FROM timer d USING {source} WHERE d.service_id = $1 AND d.line_id = won.line_id "
        "AND d.kind = r.kind AND d.key = r.key",
        lambda e: list(e.rows.cleared.values()),
    ),
    _Part(
        "people",
        _columns(_PERSON),
        _insert(
            "person",
            f"line_id, {_named(_PERSON, '')}",
            f"won.line_id, {_PERSON_VALUES}",
            "ON CONFLICT (service_id, line_id) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name, _ in _columns(_PERSON)),
        ),
        lambda e: [tuple(",".join(v) if isinstance(v, list) else v for v in row) for row in _person(e)],
    ),
    _Part(
        "posts",
        _columns(
            "seq bigint, post_id uuid, author_id uuid, staff_id uuid, word_id uuid, status text, reply_to bigint, at timestamptz"
        ),
        _insert(
            "post",
            "line_id, seq, post_id, author_id, staff_id, word_id, status, reply_to, at",
            "won.line_id, r.seq, r.post_id, r.author_id, r.staff_id, r.word_id, r.status, r.reply_to, r.at",
        ),
        lambda e: [
            (p.seq, p.post, p.author, p.staff, p.word, p.status, p.reply_to, p.at) for p in e.rows.posts
        ],
    ),
    _Part(
        "standings",
        _columns("seq bigint, status text"),
        "UPDATE post p SET status = r.status FROM {source} "
        "WHERE p.service_id = $1 AND p.line_id = won.line_id AND p.seq = r.seq",
        lambda e: list(e.rows.standings.items()),
    ),
    _Part(
        "members",
        _columns("patient_id uuid, status text, pseudonym_word_id uuid, posts int, since timestamptz"),
        _insert(
            "member",
            "line_id, patient_id, status, pseudonym_word_id, posts, since",
            "won.line_id, r.patient_id, r.status, r.pseudonym_word_id, r.posts, r.since",
            "ON CONFLICT (service_id, line_id, patient_id) DO UPDATE SET status = excluded.status, "
            "pseudonym_word_id = excluded.pseudonym_word_id, posts = excluded.posts",
        ),
        lambda e: [
            (p, m.status, m.pseudonym, m.posts, since or e.at) for p, (m, since) in e.rows.members.items()
        ],
    ),
    _Part(
        "rooms",
        _columns("group_key text"),
        _insert("room", "line_id, group_key", "won.line_id, r.group_key"),
        lambda e: [(f.group,) for f in e.facts if isinstance(f, RoomOpened)],
    ),
)


_json: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), default=str).encode


def statement_for(service: ServiceId, entries: Sequence[Entry]) -> tuple[str, list[Any]]:
    """The statement for a batch and its parameters: only the tables that the batch touches stand in it."""
    args: list[Any] = [
        service,
        [e.line for e in entries],
        [e.expected for e in entries],
        [e.seq for e in entries],
        [e.state for e in entries],
        [e.client_id for e in entries],
        [e.body_mac for e in entries],
        [e.ack_seq for e in entries],
        [e.at for e in entries],
    ]
    used = []
    for index, part in enumerate(_PARTS):
        rows = [(ord_, *row) for ord_, entry in enumerate(entries, 1) for row in part.rows(entry)]
        if rows:
            used.append(index)
            args += [list(column) for column in zip(*rows, strict=True)]
    return _statement(tuple(used)), args


@lru_cache(maxsize=512)
def _statement(used: tuple[int, ...]) -> str:
    parts, first = [_TURNS], 10
    for index in used:
        parts.append(_PARTS[index].sql(first))
        first += 1 + len(_PARTS[index].columns)
    return ",\n".join(parts) + "\nSELECT ord FROM moved"
