"""Folding: a state and one fact give the next state. The only way in which a state ever changes (I5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from bot.core import facts as f
from bot.core.room import MOST_POSTS_KEPT, Member, Room, Standing
from bot.core.state import (
    MOST_GOALS,
    MOST_SCORES_KEPT,
    CheckInRun,
    Conversation,
    ForNothing,
    GroupRun,
    Hold,
    Membership,
    ModuleRun,
    OpenAlert,
    SafetyRun,
    ScoreKept,
    timer_id,
)

S = TypeVar("S", Conversation, Room)
Step = tuple[S, f.Fact, S]


def fold(start: S, facts: Iterable[f.Fact]) -> S:
    """All facts of a Line, in order."""
    for fact in facts:
        start = apply(start, fact)
    return start


def steps(start: S, facts: Iterable[f.Fact]) -> Iterator[Step[S]]:
    """Each fact between the state that it met and the state that it left."""
    for fact in facts:
        after = apply(start, fact)
        yield start, fact, after
        start = after


def apply(state: S, fact: f.Fact) -> S:
    shared = _shared(state, fact)
    if shared is not None:
        return state.but(**shared)
    changes = _conversation(state, fact) if isinstance(state, Conversation) else _room(state, fact)
    return state.but(**changes) if changes else state


# -- alerts and timers: both kinds of Line ------------------------------------------------------------


def _shared(state: Conversation | Room, fact: f.Fact) -> dict[str, Any] | None:
    match fact:
        case f.TimerSet(timer=timer):
            return {"timers": {**state.timers, timer_id(timer.kind, timer.key): timer}}
        case f.TimerCleared(kind=kind, key=key):
            gone = timer_id(kind, key)
            return {"timers": {k: t for k, t in state.timers.items() if k != gone}}
        case f.AlertRaised():
            alert = OpenAlert(
                id=fact.alert,
                concern=fact.concern,
                level=fact.level,
                status="open",
                opened_at=fact.opened_at,
                due_at=fact.due_at,
                owner=fact.owner,
            )
            return {"alerts": {**state.alerts, fact.concern: alert}}
        case f.AlertResolved(concern=concern):
            return {"alerts": {k: a for k, a in state.alerts.items() if k != concern}}
        case f.EvidenceAdded() | f.AlertEscalated() | f.AlertAcknowledged():
            alert = alert_after(state.alerts[fact.concern], fact)
            return {"alerts": {**state.alerts, fact.concern: alert}}
        case _:
            return None


def alert_after(
    alert: OpenAlert, fact: f.EvidenceAdded | f.AlertEscalated | f.AlertAcknowledged | f.AlertResolved
) -> OpenAlert:
    """The alert's row after one of its own facts."""
    match fact:
        case f.EvidenceAdded():
            changes: dict[str, Any] = {"evidence": alert.evidence + 1, "level": fact.level}
            if fact.tell:
                changes |= {"told": alert.told + 1, "status": "open", "rung": 0, "due_at": fact.due_at}
        case f.AlertEscalated():
            changes = {"rung": fact.rung, "told": alert.told + 1, "due_at": fact.due_at}
        case f.AlertAcknowledged():
            changes = {"status": "acknowledged", "by": fact.by, "acknowledged_at": fact.at, "due_at": None}
        case f.AlertResolved():
            changes = {
                "status": "resolved",
                "by": fact.by,
                "resolved_at": fact.at,
                "outcome": fact.outcome,
                "note": fact.note,
                "due_at": None,
            }
    return alert.but(**changes)


# -- a patient's Line ---------------------------------------------------------------------------------


def _conversation(state: Conversation, fact: f.Fact) -> dict[str, Any]:
    match fact:
        case f.MessageHeard(seq=seq) | f.MessageShown(seq=seq):
            return {"seq": seq}
        case f.MessageNotUnderstood():
            return {"misunderstood": state.misunderstood + 1}
        case f.MessageUnderstood():
            return {"misunderstood": 0}
        case f.PatientInvited(profile=profile):
            return {"profile": profile}
        case f.InvitationDeclined():
            return {"status": "declined"}
        case f.PatientJoined():
            known = {"consents": fact.consents, "first_name": fact.first_name, "contact": fact.contact}
            return {"status": "joined", "profile": state.profile.but(**known)}
        case f.ConversationPaused():
            return {"paused": True}
        case f.ConversationResumed():
            return {"paused": False}
        case f.GoalSet(goal=goal):
            return {"goals": (*state.goals, goal)[-MOST_GOALS:]}
        case f.HoldBegan(by=by, at=at):
            return {"hold": Hold(by=by, since=at)}
        case f.HoldEnded():
            return {"hold": None}
        case f.ScoreRecorded():
            return _score_kept(state, fact)
        case f.MembershipAsked():
            asked = Membership(room=fact.room, status="asked", pseudonym=fact.pseudonym)
            return {"rooms": {**state.rooms, fact.group: asked}}
        case f.MembershipAnswered(group=group, status=status):
            answered = state.rooms[group].but(status=status)
            return {"rooms": {**state.rooms, group: answered}}
        case _:
            return _runs(state, fact)


def _score_kept(state: Conversation, fact: f.ScoreRecorded) -> dict[str, Any]:
    points = {f"{fact.measure}.{item}": p for item, p in fact.items.items() if p is not None}
    changes: dict[str, Any] = {"item_points": {**state.item_points, **points}}
    if fact.total is not None:
        earlier = state.scores.get(fact.measure, ())
        kept = (*earlier, ScoreKept(total=fact.total, at=fact.at))[-MOST_SCORES_KEPT:]
        changes["scores"] = {**state.scores, fact.measure: kept}
    return changes


def _runs(state: Conversation, fact: f.Fact) -> dict[str, Any]:
    match fact:
        case f.RunStarted(run=run):
            return {"runs": (*state.runs, run), "wait": ForNothing()}
        case f.RunEnded(how=how, name=name, kind=kind):
            done = state.done
            if kind == "module" and how == "finished" and name not in done:
                done = (*done, name)
            return {"runs": state.runs[:-1], "wait": ForNothing(), "done": done}
        case f.WaitBegan(wait=wait, at=at):
            changes: dict[str, Any] = {"wait": wait}
            if at is not None:
                changes["runs"] = _top(state, at=at)
            return changes
        case f.StepEntered(step=step, release=release):
            entered = _top(state, step=step, release=release, at=0)
            return {"runs": entered, "wait": ForNothing()}
        case f.PartReached(at=at):
            return {"runs": _top(state, at=at), "wait": ForNothing()}
        case f.PhaseReached(phase=phase):
            return {"runs": _top(state, phase=phase), "wait": ForNothing()}
        case f.ReplyGiven(name=name, slot=slot):
            top = state.top
            assert isinstance(top, ModuleRun)
            return {"runs": _top(state, slots={**top.slots, name: slot})}
        case f.QuestionAnswered(item=item, points=points):
            top = state.top
            assert isinstance(top, CheckInRun)
            return {"runs": _top(state, answers={**top.answers, item: points})}
        case f.QuestionReached(item=item, changing=changing):
            reached = _top(state, item=item, changing=changing)
            return {"runs": reached, "wait": ForNothing()}
        case _:
            return {}


def _top(state: Conversation, **changes: Any) -> tuple[ModuleRun | CheckInRun | SafetyRun | GroupRun, ...]:
    assert state.top is not None
    return (*state.runs[:-1], state.top.but(**changes))


# -- a group's Line -----------------------------------------------------------------------------------


def _room(room: Room, fact: f.Fact) -> dict[str, Any]:
    match fact:
        case f.RoomOpened(group=group):
            return {"group": group}
        case f.MemberJoined(patient=patient, pseudonym=pseudonym):
            before = room.members.get(patient)
            member = Member(pseudonym=pseudonym, status="member", posts=before.posts if before else 0)
            return {"members": {**room.members, patient: member}}
        case f.MemberLeft(patient=patient):
            gone = room.members[patient].but(status="left")
            return {"members": {**room.members, patient: gone}}
        case f.PostPlaced():
            return _post_placed(room, fact)
        case f.PostReported(seq=seq, by=by):
            return _standing(room, seq, lambda s: {"flags": (*s.flags, by)})
        case f.PostHidden(seq=seq):
            return _standing(room, seq, lambda _: {"status": "hidden"})
        case f.PostReleased(seq=seq):
            return _standing(room, seq, lambda _: {"status": "shown"})
        case _:
            return {}


def _post_placed(room: Room, fact: f.PostPlaced) -> dict[str, Any]:
    posts = {**room.posts, fact.seq: Standing(author=fact.author, status=fact.status)}
    if len(posts) > MOST_POSTS_KEPT:
        posts.pop(min(posts))
    changes: dict[str, Any] = {"seq": fact.seq, "posts": posts}
    if fact.author in room.members:
        member = room.members[fact.author]
        more = member.but(posts=member.posts + 1)
        changes["members"] = {**room.members, fact.author: more}
    return changes


def _standing(room: Room, seq: int, change: Any) -> dict[str, Any]:
    post = room.posts.get(seq)
    if post is None:
        return {}
    return {"posts": {**room.posts, seq: post.but(**change(post))}}
