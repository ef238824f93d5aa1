"""I5: for every Line, folding its facts gives the stored rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.facts import AlertResolved, MemberJoined, MemberLeft, MemberWaits, facts_in
from bot.core.fold import fold, steps
from bot.core.room import Room
from bot.core.rows import rows_of
from bot.core.state import Conversation
from bot.core.values import ServiceId

LINES = (
    "SELECT l.line_id, l.kind, l.version, l.seq, l.state::text,"
    " (SELECT coalesce(json_object_agg(m.patient_id, m.state), '{}')::text"
    " FROM member m WHERE m.service_id = :s AND m.line_id = l.line_id) FROM line l WHERE l.service_id = :s"
)
# Of each table what is compared; the Line that a row belongs to stands first.
ROWS = {
    "journal": "SELECT line_id, version, facts::text, at FROM journal WHERE service_id = :s ORDER BY version",
    "timer": "SELECT line_id, kind, key, due_at FROM timer WHERE service_id = :s",
    "message": "SELECT line_id, seq, word_id FROM message WHERE service_id = :s",
    "score": "SELECT line_id, score_id, measure, total FROM score WHERE service_id = :s",
    "module_run": "SELECT line_id, began, module, language, release_hash, steps, ended, helped FROM module_run"
    " WHERE service_id = :s",
    "alert": "SELECT line_id, alert_id, concern, level, state, owner_id, rung, told, evidence, due_at, snoozed_until,"
    " reopened FROM alert WHERE service_id = :s",
    "evidence": "SELECT line_id, alert_id, n, rule FROM evidence WHERE service_id = :s",
    "outbox": "SELECT line_id, kind, dedupe FROM outbox WHERE service_id = :s",
    "post": "SELECT line_id, seq, post_id, word_id, why, distress, kind, status, shown_at FROM post"
    " WHERE service_id = :s",
    "member": "SELECT line_id, patient_id, status, pseudonym_word_id, posts, paused FROM member WHERE service_id = :s",
    "reaction": "SELECT line_id, seq, patient_id, kind FROM reaction WHERE service_id = :s",
    "moderation": "SELECT line_id, case_n, kind, why, seq, member_id, decision, decided_by FROM moderation"
    " WHERE service_id = :s",
    "room": "SELECT line_id, group_key, n, hosts, open_until, week, over, members_version FROM room"
    " WHERE service_id = :s",
    "host_note": "SELECT line_id, word_id, staff_id, about_id FROM host_note WHERE service_id = :s",
    "deleted": "SELECT chain, max(about::timestamptz) FROM audit WHERE service_id = :s AND what = 'moderation.delete'"
    " GROUP BY chain",
}
Held = dict[str, list[tuple[Any, ...]]]


async def check_folds(database: Database, service: ServiceId) -> int:
    """Fold every Line of the service anew and compare with what the record holds; returns how many Lines."""
    held: dict[Any, Held] = defaultdict(lambda: defaultdict(list))
    async with database.reading() as c:
        lines = (await c.execute(text(LINES), {"s": service})).all()
        for name, sql in ROWS.items():
            for line, *row in (await c.execute(text(sql), {"s": service})).all():
                held[line][name].append(tuple(row))
    for line, kind, version, seq, stored, in_it in lines:
        of = held[line]
        turns = of["journal"]
        start: Any = Conversation() if kind == "patient" else Room()
        parsed = [fact for _, facts, _ in turns for fact in facts_in(facts)]
        folded = fold(start, parsed)
        kept: Any = Conversation.from_json(stored) if kind == "patient" else Room.from_rows(stored, in_it)
        assert folded == kept, f"the state of {kind} {line}"
        if isinstance(folded, Room):
            assert list(folded.members) == list(kept.members), "who came when"
            version_of_members = of["room"][0][-1] if of["room"] else 0
            assert version_of_members == _version_of(turns, MEMBERSHIP)
        assert folded.seq == seq
        assert version == (turns[-1][0] if turns else 0)
        asked = rows_of(line, steps(start, parsed), turns[-1][2]) if turns else None
        _compare(of, folded, asked)
        if asked is not None:
            resolved = {f.alert for f in parsed if isinstance(f, AlertResolved)}
            open_ids = {a.id for a in folded.alerts.values()}
            assert open_ids | resolved == set(asked.alerts)
    return len(lines)


MEMBERSHIP = (MemberWaits, MemberJoined, MemberLeft)


def _version_of(turns: Any, kinds: tuple[type, ...]) -> int:
    """Of the last turn with such a fact."""
    return max([n for n, facts, _ in turns if any(isinstance(f, kinds) for f in facts_in(facts))], default=0)


def _compare(of: Held, folded: Any, asked: Any) -> None:
    assert set(of["timer"]) == {(t.kind, t.key, t.due_at) for t in folded.timers.values()}, "timers"
    if asked is None:
        return
    assert set(of["message"]) == {(m.seq, m.word) for m in asked.messages}, "messages"
    assert set(of["score"]) == {(s.score_id, s.measure, s.total) for s in asked.scores}, "scores"
    walked = {
        (began, module, language, release, tuple(steps), ended, helped)
        for began, module, language, release, steps, ended, helped in of["module_run"]
    }
    wanted_walked = {
        (w.began, w.module, w.language, w.release, tuple(w.steps), w.ended, w.helped)
        for w in asked.walked.values()
    }
    assert walked == wanted_walked, "module runs"
    wanted = {
        (
            *(a.id, a.concern, a.level, a.status, a.owner, a.rung),
            *(a.told, a.evidence, a.due_at, a.snoozed_until, a.reopened),
        )
        for a in asked.alerts.values()
    }
    assert set(of["alert"]) == wanted, "alerts"
    assert set(of["evidence"]) == {(e.alert, e.n, e.evidence.rule) for e in asked.evidence}, "evidence"
    outbox = set(of["outbox"])
    # The news for other channels stands beside an alert's letter, where the service has such channels.
    notices = {(kind, dedupe) for kind, dedupe in outbox if kind == "notify"}
    assert {("alert", dedupe.replace("notify:", "alert:")) for _, dedupe in notices} <= outbox
    assert outbox - notices == {(p.kind, p.dedupe) for p in asked.promises}, "outbox"
    posts = {row[:6] for row in of["post"]}
    assert posts == {(p.seq, p.post, p.word, p.why, p.distress, p.kind) for p in asked.posts}, "posts"
    if isinstance(folded, Room):
        deleted = of["deleted"]
        _compare_room(of, folded, asked, deleted[0][0] if deleted else None)
    wanted_members = {
        (p, m.status, m.pseudonym, m.posts, m.paused is not None) for p, (m, _) in asked.members.items()
    }
    assert set(of["member"]) == wanted_members, "members"


def _compare_room(of: Held, folded: Room, asked: Any, until: datetime | None) -> None:
    """``until``: so far the retention rules took away what was decided, if they did."""
    standing = {(seq, status, shown_at) for seq, *_, status, shown_at in of["post"]}
    kept = {(seq, p.status, p.shown_at) for seq, p in folded.posts.items()}
    assert kept <= standing, "standings"
    assert set(of["reaction"]) == {key for key, on in asked.reactions.items() if on}, "reactions"
    cases = set(of["moderation"])
    wanted = {
        (c.case, c.kind, c.why, c.seq, c.member, c.decision, c.by)
        for c in asked.cases.values()
        if until is None or c.decided_at is None or c.decided_at >= until
    }
    assert cases == wanted, "cases"
    assert {n for n, *_, decision, _ in cases if decision is None} == set(folded.cases), "open cases"
    rooms = {row[:-1] for row in of["room"]}
    course = folded.course
    assert rooms == {
        (
            *(folded.group, folded.n, len(folded.hosts), folded.session and folded.session.until),
            *(course.week if course else 0, course is not None and course.over),
        )
    }, "room"
    assert set(of["host_note"]) == {(n.word, n.by, n.about) for n in asked.notes}, "notes"
