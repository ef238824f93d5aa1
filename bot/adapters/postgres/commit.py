"""The one statement that commits turns and decides who wins.

``t`` holds the turns, one a Line. ``held`` locks the Lines that still stand at the expected version and have not heard
this message; a Line locked by another process counts as a conflict, so nobody waits and nothing deadlocks. Every other
write joins the turns that ``moved``: a stale turn or a repeated message leaves no row. One service a statement, so that
it stays on one shard.

A batch travels as one JSON document, for the driver would look at every element of an array; what is long (states,
facts, sealed words) travels beside it in arrays of texts and bytes, so that nobody reads it on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.core.facts import MessageHeard, MessageShown, facts_as_json
from bot.core.state import Conversation, OpenAlert
from bot.core.values import ServiceId, encode
from bot.ports import Entry

Row = tuple[Any, ...]


@dataclass(frozen=True)
class _Part:
    """One kind of row: what of an entry is written so, its columns as a table declares them, and the values of one.

    ``write``: the statement's part, with ``{rows}`` where its rows are selected. ``long``: columns that travel in
    arrays, each with the values of an entry.
    """

    name: str
    write: str
    each: Callable[[Entry], Iterable[Any]]
    columns: str
    row: Callable[[Any, Entry], Row]
    long: tuple[tuple[str, Callable[[Entry], Iterable[Any]]], ...] = ()

    def sql(self, first: int) -> str:
        """``first``: the number of the first array's parameter."""
        short = [("ord", "int"), *_columns(self.columns)]
        long = [column for declared, _ in self.long for column in _columns(declared)]
        picked = [_picked(n, *column) for n, column in enumerate(short)]
        picked += [f"{name}::{kind}" for name, kind in long]
        arrays = [f"unnest(${n}::{_IN_ARRAYS[kind]}[])" for n, (_, kind) in enumerate(long, first)]
        functions = ", ".join([f"jsonb_array_elements($2::jsonb -> '{self.name}')", *arrays])
        names = ", ".join(["e", *(name for name, _ in long)])
        return self.write.format(
            rows=f"SELECT {', '.join(picked)}\n    FROM ROWS FROM ({functions}) AS z({names})"
        )


_IN_ARRAYS = {"json": "text", "bytea": "bytea"}


def _columns(declared: str) -> list[tuple[str, str]]:
    """``n int, body jsonb`` as pairs."""
    pairs = (part.split() for part in declared.split(", "))
    return [(name, kind) for name, kind in pairs]


def _names(declared: str) -> list[str]:
    return [name for name, _ in _columns(declared)]


def _picked(n: int, name: str, kind: str) -> str:
    match kind:
        case "jsonb":
            value = f"e -> {n}"
        case "text[]":
            value = f"ARRAY(SELECT jsonb_array_elements_text(e -> {n}))"
        case _:
            value = f"(e ->> {n})::{kind}"
    return f"{value} AS {name}"


def _insert(name: str, table: str, keys: str, values: str, conflict: str = "") -> str:
    """``values`` may name ``r`` (the row), ``won`` (its turn) and ``$1`` (the service)."""
    return (
        f"{name} AS (\n  INSERT INTO {table} (service_id, {keys})\n  SELECT $1, {values}\n"
        f"    FROM ({{rows}}) r JOIN won USING (ord) {conflict})"
    )


# -- the turns themselves -----------------------------------------------------------------------------

_TURN = _Part(
    "turns",
    """\
WITH t AS ({rows}),
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
  SELECT $1, line_id, client_id, body_mac, ack_seq FROM won WHERE client_id IS NOT NULL)""",
    lambda e: (e,),
    "line_id uuid, expected bigint, seq bigint, client_id uuid, ack_seq bigint, at timestamptz",
    lambda e, _: (e.line, e.expected, e.seq, e.client_id, e.ack_seq, e.at),
    (
        ("state json", lambda e: (e.state,)),
        ("facts json", lambda e: (facts_as_json(e.facts),)),
        ("body_mac bytea", lambda e: (e.body_mac,)),
    ),
)

# -- what they ask for --------------------------------------------------------------------------------

_ALERT = (
    "alert_id uuid, concern text, level text, state text, owner_id uuid, rung smallint, told int, evidence int, "
    "opened_at timestamptz, due_at timestamptz, acted_by uuid, acknowledged_at timestamptz, "
    "resolved_at timestamptz, outcome text, note_word_id uuid, snoozed_until timestamptz, reopened int"
)


def _alert(a: OpenAlert, _: Entry) -> Row:
    return (
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
        a.snoozed_until,
        a.reopened,
    )


_PERSON = (
    "status text, nation text, timezone text, language text, conditions text[], owner_id uuid, clinician_id uuid, "
    "first_name_word_id uuid, contact_word_id uuid, simulated bool"
)


def _person(state: Conversation, _: Entry) -> Row:
    p = state.profile
    return (
        state.status,
        p.nation,
        p.timezone,
        p.language,
        p.conditions,
        p.owner,
        p.clinician,
        p.first_name,
        p.contact,
        p.simulated,
    )


def _message(m: MessageHeard | MessageShown, _: Entry) -> Row:
    if isinstance(m, MessageHeard):
        return m.seq, "patient", m.word, m.client_id, None, None, False
    return m.seq, m.sender, m.word, None, m.release, m.step, m.urgent


# Beside each letter about an alert the news for other channels, where the service has any: a worker takes it up.
_NOTICES = """,
notices AS (
  INSERT INTO outbox (service_id, line_id, outbox_id, kind, payload, dedupe, priority, due_at)
  SELECT $1, won.line_id, gen_random_uuid(), 'notify', r.payload, replace(r.dedupe, 'alert:', 'notify:'), r.priority, won.at
    FROM ({rows}) r JOIN won USING (ord)
   WHERE r.kind = 'alert' AND EXISTS (SELECT FROM channel h WHERE h.service_id = $1)
      ON CONFLICT (service_id, dedupe) DO NOTHING)"""

_PARTS = (
    _TURN,
    _Part(
        "words",
        _insert(
            "words",
            "word",
            "owner_id, word_id, kind, key_id, body",
            "won.line_id, r.word_id, r.kind, r.key_id, r.body",
        ),
        lambda e: e.words,
        "word_id uuid, kind text, key_id text",
        lambda w, _: (w.id, w.kind, w.key_id),
        (("body bytea", lambda e: [w.body for w in e.words]),),
    ),
    _Part(
        "messages",
        _insert(
            "messages",
            "message",
            "line_id, seq, who, word_id, client_id, release_hash, step, urgent, at",
            "won.line_id, r.seq, r.who, r.word_id, r.client_id, r.release_hash, r.step, r.urgent, won.at",
        ),
        lambda e: e.rows.messages,
        "seq bigint, who text, word_id uuid, client_id uuid, release_hash text, step text, urgent bool",
        _message,
    ),
    _Part(
        "scores",
        _insert(
            "scores",
            "score",
            "line_id, score_id, measure, measure_version, items, total, complete, at",
            "won.line_id, r.score_id, r.measure, r.measure_version, r.items, r.total, r.complete, r.at",
        ),
        lambda e: e.rows.scores,
        "score_id uuid, measure text, measure_version text, items jsonb, total float8, complete bool, at timestamptz",
        lambda s, _: (s.score_id, s.measure, s.measure_version, s.items, s.total, s.complete, s.at),
    ),
    _Part(
        "diary",
        _insert(
            "diary",
            "diary",
            "line_id, entry_id, kind, number, unit, word_id, at",
            "won.line_id, r.entry_id, r.kind, r.number, r.unit, r.word_id, r.at",
        ),
        lambda e: e.rows.diary,
        "entry_id uuid, kind text, number float8, unit text, word_id uuid, at timestamptz",
        lambda d, _: (d.entry, d.kind, d.number, d.unit, d.word, d.at),
    ),
    _Part(
        "alerts",
        _insert(
            "alerts",
            "alert",
            f"line_id, {', '.join(_names(_ALERT))}",
            f"won.line_id, {', '.join(f'r.{name}' for name in _names(_ALERT))}",
            "ON CONFLICT (service_id, line_id, alert_id) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in _names(_ALERT)[2:]),
        ),
        lambda e: e.rows.alerts.values(),
        _ALERT,
        _alert,
    ),
    _Part(
        "pieces",
        _insert(
            "pieces",
            "evidence",
            "line_id, alert_id, n, rule, rule_version, seq, client_id, numbers, at",
            "won.line_id, r.alert_id, r.n, r.rule, r.rule_version, r.seq, r.client_id, r.numbers, r.at",
        ),
        lambda e: e.rows.evidence,
        "alert_id uuid, n int, at timestamptz, rule text, rule_version text, seq bigint, client_id uuid, numbers jsonb",
        lambda p, _: (
            *(p.alert, p.n, p.at),
            *(p.evidence.rule, p.evidence.version, p.evidence.seq, p.evidence.client_id, p.evidence.numbers),
        ),
    ),
    _Part(
        "promises",
        _insert(
            "promises",
            "outbox",
            "line_id, outbox_id, kind, payload, dedupe, priority, due_at",
            "won.line_id, r.outbox_id, r.kind, r.payload, r.dedupe, r.priority, won.at",
            "ON CONFLICT (service_id, dedupe) DO NOTHING",
        )
        + _NOTICES,
        lambda e: zip(e.outbox_ids, e.rows.promises, strict=True),
        "outbox_id uuid, kind text, payload jsonb, dedupe text, priority smallint",
        lambda p, _: (p[0], p[1].kind, p[1].payload, p[1].dedupe, p[1].priority),
    ),
    _Part(
        "timers",
        _insert(
            "timers",
            "timer",
            "line_id, kind, key, due_at, rule, first_at",
            "won.line_id, r.kind, r.key, r.due_at, r.rule, r.first_at",
            "ON CONFLICT (service_id, line_id, kind, key) DO UPDATE SET due_at = excluded.due_at, "
            "rule = excluded.rule, first_at = excluded.first_at, lease_until = NULL",
        ),
        lambda e: e.rows.timers.values(),
        "kind text, key text, due_at timestamptz, rule text, first_at timestamptz",
        lambda t, _: (t.kind, t.key, t.due_at, t.rule, t.first_at),
    ),
    _Part(
        "cleared",
        "cleared AS (\n  DELETE FROM timer d USING ({rows}) r JOIN won USING (ord)\n"
        "   WHERE d.service_id = $1 AND d.line_id = won.line_id AND d.kind = r.kind AND d.key = r.key)",
        lambda e: e.rows.cleared.values(),
        "kind text, key text",
        lambda c, _: c,
    ),
    _Part(
        "unreached",
        "unreached AS (\n  DELETE FROM reach d USING ({rows}) r JOIN won USING (ord)\n"
        "   WHERE d.service_id = $1 AND d.line_id = won.line_id)",
        lambda e: (e.line,) if e.rows.unreached else (),
        "whose uuid",
        lambda line, _: (line,),
    ),
    _Part(
        "reminders",
        _insert(
            "reminders",
            "reminder",
            "line_id, reminder_id, what, state, due_at, why, seq, made_at, ended_at",
            "won.line_id, r.reminder_id, r.what, r.state, coalesce(r.due_at, won.at), r.why, r.seq, won.at, r.ended_at",
            "ON CONFLICT (service_id, line_id, reminder_id) DO UPDATE SET state = excluded.state, "
            "due_at = excluded.due_at, why = coalesce(excluded.why, reminder.why), seq = excluded.seq, "
            "ended_at = excluded.ended_at",
        ),
        lambda e: e.rows.reminders.values(),
        "reminder_id uuid, what text, state text, due_at timestamptz, why text, seq bigint, ended_at timestamptz",
        lambda r, _: (r.id, r.what, r.state, r.due_at, r.why, r.seq, r.at),
    ),
    _Part(
        "people",
        _insert(
            "people",
            "person",
            f"line_id, {', '.join(_names(_PERSON))}",
            f"won.line_id, {', '.join(f'r.{name}' for name in _names(_PERSON))}",
            "ON CONFLICT (service_id, line_id) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in _names(_PERSON)),
        ),
        lambda e: () if e.rows.person is None else (e.rows.person,),
        _PERSON,
        _person,
    ),
    _Part(
        "walked",
        _insert(
            "walked",
            "module_run",
            "line_id, began, module, language, release_hash, steps, ended, helped, began_at, at",
            "won.line_id, r.began, r.module, r.language, r.release_hash, r.steps, r.ended, r.helped, won.at, won.at",
            "ON CONFLICT (service_id, line_id, began) DO UPDATE SET steps = module_run.steps || excluded.steps, "
            "ended = coalesce(excluded.ended, module_run.ended), "
            "helped = coalesce(excluded.helped, module_run.helped), at = excluded.at",
        ),
        lambda e: e.rows.walked.values(),
        "began bigint, module text, language text, release_hash text, steps text[], ended text, helped text",
        lambda w, _: (w.began, w.module, w.language, w.release, w.steps, w.ended, w.helped),
    ),
    _Part(
        "posts",
        _insert(
            "posts",
            "post",
            "line_id, seq, post_id, author_id, staff_id, word_id, status, reply_to, at, shown_at, "
            "why, distress, warning, mentions, kind, about",
            "won.line_id, r.seq, r.post_id, r.author_id, r.staff_id, r.word_id, r.status, r.reply_to, r.at, "
            "CASE WHEN r.status = 'shown' THEN r.at END, "
            "r.why, r.distress, r.warning, nullif(r.mentions::uuid[], '{{}}'), r.kind, r.about",
        ),
        lambda e: e.rows.posts,
        "seq bigint, post_id uuid, author_id uuid, staff_id uuid, word_id uuid, status text, reply_to bigint, "
        "at timestamptz, why text, distress bool, warning text, mentions text[], kind text, about text",
        lambda p, _: (
            *(p.seq, p.post, p.author, p.staff, p.word, p.status, p.reply_to, p.at),
            *(p.why, p.distress, p.warning, p.mentions, p.kind, p.about),
        ),
    ),
    _Part(
        "standings",
        "standings AS (\n  UPDATE post p SET status = r.status, shown_at = r.shown_at FROM ({rows}) r JOIN won USING (ord)\n"
        "   WHERE p.service_id = $1 AND p.line_id = won.line_id AND p.seq = r.seq)",
        lambda e: e.rows.standings.items(),
        "seq bigint, status text, shown_at timestamptz",
        lambda s, _: (s[0], *s[1]),
    ),
    _Part(
        "taken",
        "taken AS (\n  UPDATE post p SET status = 'withdrawn' FROM ({rows}) r JOIN won USING (ord)\n"
        "   WHERE p.service_id = $1 AND p.line_id = won.line_id AND p.author_id = r.patient_id)",
        lambda e: e.rows.taken,
        "patient_id uuid",
        lambda patient, _: (patient,),
    ),
    _Part(
        "reacted",
        _insert(
            "reacted",
            "reaction",
            "line_id, seq, patient_id, kind, at",
            "won.line_id, r.seq, r.patient_id, r.kind, won.at",
            "ON CONFLICT DO NOTHING",
        ),
        lambda e: [key for key, on in e.rows.reactions.items() if on],
        "seq bigint, patient_id uuid, kind text",
        lambda key, _: key,
    ),
    _Part(
        "unreacted",
        "unreacted AS (\n  DELETE FROM reaction x USING ({rows}) r JOIN won USING (ord)\n"
        "   WHERE x.service_id = $1 AND x.line_id = won.line_id AND x.seq = r.seq\n"
        "     AND x.patient_id = r.patient_id AND x.kind = r.kind)",
        lambda e: [key for key, on in e.rows.reactions.items() if not on],
        "seq bigint, patient_id uuid, kind text",
        lambda key, _: key,
    ),
    _Part(
        "cases",
        _insert(
            "cases",
            "moderation",
            "line_id, case_n, kind, why, seq, member_id, of_case, word_id, opened_at, "
            "decision, reason, decided_by, decided_at",
            "won.line_id, r.case_n, r.kind, r.why, r.seq, r.member_id, r.of_case, r.word_id, r.opened_at, "
            "r.decision, r.reason, r.decided_by, r.decided_at",
            "ON CONFLICT (service_id, line_id, case_n) DO UPDATE SET decision = excluded.decision, "
            "reason = excluded.reason, decided_by = excluded.decided_by, decided_at = excluded.decided_at",
        ),
        lambda e: e.rows.cases.values(),
        "case_n bigint, kind text, why text, seq bigint, member_id uuid, of_case bigint, word_id uuid, "
        "opened_at timestamptz, decision text, reason text, decided_by uuid, decided_at timestamptz",
        lambda c, _: (
            *(c.case, c.kind, c.why, c.seq, c.member, c.of, c.word, c.at),
            *(c.decision, c.reason, c.by, c.decided_at),
        ),
    ),
    _Part(
        "notes",
        _insert(
            "notes",
            "host_note",
            "line_id, word_id, staff_id, to_id, about_id, at",
            "won.line_id, r.word_id, r.staff_id, r.to_id, r.about_id, r.at",
        ),
        lambda e: e.rows.notes,
        "word_id uuid, staff_id uuid, to_id uuid, about_id uuid, at timestamptz",
        lambda n, _: (n.word, n.by, n.to, n.about, n.at),
    ),
    _Part(
        "members",
        _insert(
            "members",
            "member",
            "line_id, patient_id, status, pseudonym_word_id, posts, since, paused, state",
            "won.line_id, r.patient_id, r.status, r.pseudonym_word_id, r.posts, r.since, r.paused, r.state",
            "ON CONFLICT (service_id, line_id, patient_id) DO UPDATE SET status = excluded.status, "
            "pseudonym_word_id = excluded.pseudonym_word_id, posts = excluded.posts, paused = excluded.paused, "
            "state = excluded.state",
        ),
        lambda e: ((patient, *member) for patient, member in e.rows.members.items()),
        "patient_id uuid, status text, pseudonym_word_id uuid, posts int, since timestamptz, paused bool, state jsonb",
        lambda m, e: (
            *(m[0], m[1].status, m[1].pseudonym, m[1].posts, m[2] or e.at, m[1].paused is not None, m[1]),
        ),
    ),
    _Part(
        "now",
        "now AS (\n  UPDATE room o SET hosts = r.hosts, open_until = r.open_until, week = r.week, over = r.over,\n"
        "    members_version = CASE WHEN r.membership THEN won.expected + 1 ELSE o.members_version END\n"
        "    FROM ({rows}) r JOIN won USING (ord)\n   WHERE o.service_id = $1 AND o.line_id = won.line_id)",
        lambda e: () if e.rows.now is None else (e.rows.now,),
        "hosts int, open_until timestamptz, week int, over bool, membership bool",
        lambda room, e: (
            len(room.hosts),
            room.session and room.session.until,
            room.course.week if room.course else 0,
            room.course is not None and room.course.over,
            e.rows.membership,
        ),
    ),
    _Part(
        "rooms",
        _insert("rooms", "room", "line_id, group_key, n", "won.line_id, r.group_key, r.n"),
        lambda e: e.rows.opened,
        "group_key text, n int",
        lambda opened, _: (opened.group, opened.n),
    ),
)


_USUAL = 3  # the turn, its words and its messages: most turns ask for nothing else


def statement_for(service: ServiceId, entries: Sequence[Entry]) -> tuple[str, list[Any]]:
    """The statement for a batch and its parameters: only the tables that the batch touches stand in it."""
    batch: dict[str, list[Row]] = {}
    arrays: list[list[Any]] = []
    used = []
    placed = list(enumerate(entries))
    unusual = [(n, entry) for n, entry in placed if entry.rows.unusual]
    for index, part in enumerate(_PARTS):
        asking = placed if index < _USUAL else unusual
        rows = [(n, *part.row(one, entry)) for n, entry in asking for one in part.each(entry)]
        if rows:
            used.append(index)
            batch[part.name] = rows
            arrays += [[value for entry in entries for value in values(entry)] for _, values in part.long]
    return _statement(tuple(used)), [service, encode(batch).decode(), *arrays]


@lru_cache(maxsize=512)
def _statement(used: tuple[int, ...]) -> str:
    parts, first = [], 3
    for index in used:
        parts.append(_PARTS[index].sql(first))
        first += len(_PARTS[index].long)
    return ",\n".join(parts) + "\nSELECT ord FROM moved"
