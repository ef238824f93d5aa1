"""I5: for every Line, folding its facts gives the stored rows."""

from __future__ import annotations

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


async def check_folds(database: Database, service: ServiceId) -> int:
    """Fold every Line of the service anew and compare with what the record holds; returns how many Lines."""
    async with database.reading() as c:

        async def rows(sql: str, **more: Any) -> list[Any]:
            return list((await c.execute(text(sql), {"s": service, **more})).all())

        lines = await rows(
            "SELECT l.line_id, l.kind, l.version, l.seq, l.state::text,"
            " (SELECT coalesce(json_object_agg(m.patient_id, m.state), '{}')::text"
            " FROM member m WHERE m.service_id = :s AND m.line_id = l.line_id) FROM line l WHERE l.service_id = :s"
        )
        for line, kind, version, seq, stored, in_it in lines:
            turns = await rows(
                "SELECT version, facts::text, at FROM journal WHERE service_id = :s AND line_id = :l ORDER BY version",
                l=line,
            )
            start: Any = Conversation() if kind == "patient" else Room()
            parsed = [fact for turn in turns for fact in facts_in(turn.facts)]
            folded = fold(start, parsed)
            kept: Any = Conversation.from_json(stored) if kind == "patient" else Room.from_rows(stored, in_it)
            assert folded == kept, f"the state of {kind} {line}"
            if isinstance(folded, Room):
                assert list(folded.members) == list(kept.members), "who came when"
                assert await _members_version(rows, line) == _version_of(turns, MEMBERSHIP)
            assert folded.seq == seq
            assert version == (turns[-1].version if turns else 0)
            asked = rows_of(line, steps(start, parsed), turns[-1].at) if turns else None
            await _compare(rows, line, folded, asked)
            if asked is not None:
                resolved = {f.alert for f in parsed if isinstance(f, AlertResolved)}
                open_ids = {a.id for a in folded.alerts.values()}
                assert open_ids | resolved == set(asked.alerts)
        return len(lines)


MEMBERSHIP = (MemberWaits, MemberJoined, MemberLeft)


async def _members_version(rows: Any, line: Any) -> int:
    found = await rows("SELECT members_version FROM room WHERE service_id = :s AND line_id = :l", l=line)
    return int(found[0][0]) if found else 0


def _version_of(turns: Any, kinds: tuple[type, ...]) -> int:
    """Of the last turn with such a fact."""
    return max([t.version for t in turns if any(isinstance(f, kinds) for f in facts_in(t.facts))], default=0)


async def _compare(rows: Any, line: Any, folded: Any, asked: Any) -> None:
    async def column_set(sql: str) -> set[Any]:
        return {tuple(r) for r in await rows(sql + " WHERE service_id = :s AND line_id = :l", l=line)}

    timers = await column_set("SELECT kind, key, due_at FROM timer")
    assert timers == {(t.kind, t.key, t.due_at) for t in folded.timers.values()}, "timers"
    if asked is None:
        return
    messages = await column_set("SELECT seq, word_id FROM message")
    assert messages == {(m.seq, m.word) for m in asked.messages}, "messages"
    scores = await column_set("SELECT score_id, measure, total FROM score")
    assert scores == {(s.score_id, s.measure, s.total) for s in asked.scores}, "scores"
    walked = {
        (began, module, language, release, tuple(steps), ended, helped)
        for began, module, language, release, steps, ended, helped in await rows(
            "SELECT began, module, language, release_hash, steps, ended, helped FROM module_run"
            " WHERE service_id = :s AND line_id = :l",
            l=line,
        )
    }
    wanted_walked = {
        (w.began, w.module, w.language, w.release, tuple(w.steps), w.ended, w.helped)
        for w in asked.walked.values()
    }
    assert walked == wanted_walked, "module runs"
    alerts = await column_set(
        "SELECT alert_id, concern, level, state, owner_id, rung, told, evidence, due_at, snoozed_until, reopened FROM alert"
    )
    wanted = {
        (
            *(a.id, a.concern, a.level, a.status, a.owner, a.rung),
            *(a.told, a.evidence, a.due_at, a.snoozed_until, a.reopened),
        )
        for a in asked.alerts.values()
    }
    assert alerts == wanted, "alerts"
    evidence = await column_set("SELECT alert_id, n, rule FROM evidence")
    assert evidence == {(e.alert, e.n, e.evidence.rule) for e in asked.evidence}, "evidence"
    outbox = await column_set("SELECT kind, dedupe FROM outbox")
    # The news for other channels stands beside an alert's letter, where the service has such channels.
    notices = {(kind, dedupe) for kind, dedupe in outbox if kind == "notify"}
    assert {("alert", dedupe.replace("notify:", "alert:")) for _, dedupe in notices} <= outbox
    assert outbox - notices == {(p.kind, p.dedupe) for p in asked.promises}, "outbox"
    posts = await column_set("SELECT seq, post_id, word_id, why, distress, kind FROM post")
    assert posts == {(p.seq, p.post, p.word, p.why, p.distress, p.kind) for p in asked.posts}, "posts"
    if isinstance(folded, Room):
        ((until,),) = await rows(
            "SELECT max(about::timestamptz) FROM audit"
            " WHERE service_id = :s AND chain = :l AND what = 'moderation.delete'",
            l=line,
        )
        await _compare_room(column_set, folded, asked, until)
    members = await column_set("SELECT patient_id, status, pseudonym_word_id, posts, paused FROM member")
    wanted_members = {
        (p, m.status, m.pseudonym, m.posts, m.paused is not None) for p, (m, _) in asked.members.items()
    }
    assert members == wanted_members, "members"


async def _compare_room(column_set: Any, folded: Room, asked: Any, until: datetime | None) -> None:
    """``until``: so far the retention rules took away what was decided, if they did."""
    standing = await column_set("SELECT seq, status, shown_at FROM post")
    kept = {(seq, p.status, p.shown_at) for seq, p in folded.posts.items()}
    assert kept <= standing, "standings"
    reactions = await column_set("SELECT seq, patient_id, kind FROM reaction")
    assert reactions == {key for key, on in asked.reactions.items() if on}, "reactions"
    cases = await column_set("SELECT case_n, kind, why, seq, member_id, decision, decided_by FROM moderation")
    wanted = {
        (c.case, c.kind, c.why, c.seq, c.member, c.decision, c.by)
        for c in asked.cases.values()
        if until is None or c.decided_at is None or c.decided_at >= until
    }
    assert cases == wanted, "cases"
    assert {n for n, *_, decision, _ in cases if decision is None} == set(folded.cases), "open cases"
    rooms = await column_set("SELECT group_key, n, hosts, open_until, week, over FROM room")
    course = folded.course
    assert rooms == {
        (
            *(folded.group, folded.n, len(folded.hosts), folded.session and folded.session.until),
            *(course.week if course else 0, course is not None and course.over),
        )
    }, "room"
    notes = await column_set("SELECT word_id, staff_id, about_id FROM host_note")
    assert notes == {(n.word, n.by, n.about) for n in asked.notes}, "notes"
