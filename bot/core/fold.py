"""Folding: a state and one fact give the next state. The only way in which a state ever changes (I5).

A turn folds some five facts, so a fact's fold is looked up by its kind. The two tables name every fact that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from msgspec.structs import asdict, replace

from bot.core import facts as f
from bot.core.library import is_quick, plain_id
from bot.core.room import (
    MOST_DECISIONS_KEPT,
    MOST_POSTS_KEPT,
    Case,
    Course,
    Decided,
    Member,
    Paused,
    Room,
    Session,
    Standing,
)
from bot.core.state import (
    MOST_DECLINED,
    MOST_DIARY_KEPT,
    MOST_GIVEN_KEPT,
    MOST_GOALS,
    MOST_PAGES_KEPT,
    MOST_RATED,
    MOST_SCORES_KEPT,
    Barred,
    CheckInRun,
    Conversation,
    Correction,
    DiaryEntry,
    Expected,
    ForNothing,
    GuidedRun,
    Hold,
    LegalHold,
    Measured,
    Membership,
    ModuleRun,
    OpenAlert,
    OwnPlan,
    PlanName,
    PlanRun,
    Profile,
    Reminding,
    Rhythm,
    Run,
    SafetyRun,
    ScoreKept,
    Spent,
    plan_with,
    timer_id,
)
from bot.core.values import LineId

SPENT_FOR = timedelta(days=8)
MOST_SPENT = 64

S = TypeVar("S", Conversation, Room)
Step = tuple[S, f.Fact, S]
Changes = dict[str, Any]


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
    table = CONVERSATION if isinstance(state, Conversation) else ROOM
    changes = table[type(fact)](state, fact)
    return replace(state, **changes) if changes else state


def _nothing(state: Any, fact: f.Fact) -> Changes:
    """It is history, and changes nothing that the next turn asks for."""
    return {}


# -- alerts and timers: both kinds of Line ------------------------------------------------------------


def _timer_set(state: Conversation | Room, fact: f.TimerSet) -> Changes:
    return {"timers": {**state.timers, timer_id(fact.timer.kind, fact.timer.key): fact.timer}}


def _timer_cleared(state: Conversation | Room, fact: f.TimerCleared) -> Changes:
    gone = timer_id(fact.kind, fact.key)
    return {"timers": {k: t for k, t in state.timers.items() if k != gone}}


def _alert_raised(state: Conversation | Room, fact: f.AlertRaised) -> Changes:
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


def _alert_resolved(state: Conversation | Room, fact: f.AlertResolved) -> Changes:
    return {"alerts": {k: a for k, a in state.alerts.items() if k != fact.concern}}


OfAnAlert = (
    f.EvidenceAdded
    | f.AlertEscalated
    | f.AlertAcknowledged
    | f.AlertSnoozed
    | f.AlertHandedOver
    | f.AlertReopened
    | f.AlertPostponed
    | f.AlertResolved
)


def _alert_changed(state: Conversation | Room, fact: OfAnAlert) -> Changes:
    return {"alerts": {**state.alerts, fact.concern: alert_after(state.alerts[fact.concern], fact)}}


def alert_after(alert: OpenAlert, fact: OfAnAlert) -> OpenAlert:
    """The alert's row after one of its own facts."""
    match fact:
        case f.EvidenceAdded():
            changes: Changes = {"evidence": alert.evidence + 1, "level": fact.level}
            if fact.tell:
                changes |= _told_anew(alert, fact.due_at)
                changes["reopened"] = alert.reopened + (alert.status != "open")
        case f.AlertEscalated():
            changes = {"rung": fact.rung, "told": alert.told + 1, "due_at": fact.due_at}
            # The first step is never the same again: with it everything begins anew.
            changes["repeated"] = alert.repeated + 1 if fact.rung == alert.rung > 0 else 0
        case f.AlertAcknowledged():
            changes = {"status": "acknowledged", "by": fact.by, "acknowledged_at": fact.at}
            changes |= {"due_at": None, "snoozed_until": None}
        case f.AlertSnoozed():
            changes = {"status": "snoozed", "by": fact.by, "snoozed_until": fact.until, "due_at": None}
        case f.AlertHandedOver():
            changes = _told_anew(alert, fact.due_at) | {"owner": fact.to, "by": fact.by}
        case f.AlertReopened():
            changes = _told_anew(alert, fact.due_at) | {"reopened": alert.reopened + 1}
        case f.AlertPostponed():
            changes = {"due_at": fact.due_at}
        case f.AlertResolved():
            changes = {
                "status": "resolved",
                "by": fact.by,
                "resolved_at": fact.at,
                "outcome": fact.outcome,
                "note": fact.note,
                "due_at": None,
                "snoozed_until": None,
            }
    return alert.but(**changes)


def _told_anew(alert: OpenAlert, due_at: datetime | None) -> Changes:
    told = {"told": alert.told + 1, "rung": 0, "repeated": 0, "due_at": due_at}
    return {"status": "open", "snoozed_until": None, **told}


# -- a patient's Line ---------------------------------------------------------------------------------


def _rang(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """The modules that are open remember it: nobody is asked afterwards whether such an hour helped."""
    return tuple([r.but(rang=True) if isinstance(r, ModuleRun) and r.began else r for r in runs])


def _patient_rang(state: Conversation, fact: f.AlertRaised) -> Changes:
    return {**_alert_raised(state, fact), "runs": _rang(state.runs)}


def _patient_rang_again(state: Conversation, fact: f.EvidenceAdded) -> Changes:
    return {**_alert_changed(state, fact), "runs": _rang(state.runs)}


def _heard(state: Conversation, fact: f.MessageHeard) -> Changes:
    return {"seq": fact.seq}


def _shown(state: Conversation, fact: f.MessageShown) -> Changes:
    if fact.urgent and state.hold is not None:
        return {"seq": fact.seq, "hold": state.hold.but(urgent=state.hold.urgent + 1)}
    return {"seq": fact.seq}


def _joined(state: Conversation, fact: f.PatientJoined) -> Changes:
    known: Changes = {"consents": fact.consents, "first_name": fact.first_name, "contact": fact.contact}
    told = {n: getattr(fact, n) for n in ("conditions", "language", "nation", "timezone")}
    known |= {name: value for name, value in told.items() if value is not None}
    return {"status": "joined", "profile": state.profile.but(**known)}


def _membership_asked(state: Conversation, fact: f.MembershipAsked) -> Changes:
    asked = Membership(room=fact.room, status="asked", pseudonym=fact.pseudonym)
    return {"rooms": {**state.rooms, fact.group: asked}}


def _membership_answered(state: Conversation, fact: f.MembershipAnswered) -> Changes:
    room = fact.room or state.rooms[fact.group].room
    return _of_group(state, fact.group, status=fact.status, room=room)


def _of_group(state: Conversation, group: str, **changes: Any) -> Changes:
    return {"rooms": {**state.rooms, group: state.rooms[group].but(**changes)}}


def _member_muted(state: Conversation, fact: f.MemberMuted) -> Changes:
    muted = tuple([handle for handle in state.rooms[fact.group].muted if handle != fact.handle])
    return _of_group(state, fact.group, muted=(*muted, fact.handle) if fact.on else muted)


def _word_heard_again(state: Conversation, fact: f.WordHeardAgain) -> Changes:
    return {"muted_words": tuple([word for word in state.muted_words if word != fact.word])}


def _groups_barred(state: Conversation, fact: f.GroupsBarred) -> Changes:
    bar = Barred(room=fact.room, case=fact.case, reason=fact.reason, until=fact.until)
    return {"barred": (*state.barred, bar)}


def _groups_open_again(state: Conversation, fact: f.GroupsOpenAgain) -> Changes:
    left = [bar for bar in state.barred if (bar.room, bar.case) != (fact.room, fact.case)]
    return {"barred": tuple(left)}


def _score_recorded(state: Conversation, fact: f.ScoreRecorded) -> Changes:
    points = {f"{fact.measure}.{item}": p for item, p in fact.items.items() if isinstance(p, int)}
    changes: Changes = {"item_points": {**state.item_points, **points}}
    changes["measuring"] = _measured(state, fact)
    if len(state.runs) > 1 and isinstance(below := state.runs[-2], GuidedRun):
        form = {f"{fact.measure}.{item}": given for item, given in fact.items.items()}
        changes["runs"] = (*state.runs[:-2], below.but(answers={**below.answers, **form}), state.runs[-1])
    if fact.total is not None:
        earlier = state.scores.get(fact.measure, ())
        if fact.corrects and earlier:
            earlier = (*earlier[:-1], earlier[-1].but(corrected=True))
        kept = (*earlier, ScoreKept(total=fact.total, at=fact.at, of=fact.of))[-MOST_SCORES_KEPT:]
        changes["scores"] = {**state.scores, fact.measure: kept}
    expected, answered = state.expected, any(given is not None for given in fact.items.values())
    if expected is not None and answered and fact.measure not in expected.sent:
        changes["expected"] = expected.but(sent=(*expected.sent, fact.measure))
    return changes


def _measured(state: Conversation, fact: f.ScoreRecorded) -> Measured:
    kept, top = state.measuring, state.top
    began = kept.began or min((s[0].at for s in state.scores.values() if s), default=fact.at)
    sent = kept.sent
    if any(given is not None for given in fact.items.values()):
        sent = {**sent, fact.measure: fact.at}
    spent = tuple([s for s in kept.spent if fact.at - s.at < SPENT_FOR])
    asked = (isinstance(top, CheckInRun) and not top.called) or (isinstance(top, GuidedRun) and not top.own)
    if asked:
        spent = (*spent, Spent(measure=fact.measure, at=fact.at, items=len(fact.items)))[-MOST_SPENT:]
    left_out = fact.at if fact.left_out else kept.left_out
    return kept.but(began=began, sent=sent, spent=spent, left_out=left_out)


def _hinge_opened(state: Conversation, fact: f.HingeOpened) -> Changes:
    changes: Changes = {}
    if fact.why == "short_form":
        changes["measuring"] = state.measuring.but(opened=fact.at)
    if isinstance(run := state.top, GuidedRun):
        at = run.item if run.phase in ("forms", "brief") else 0
        forms = (*run.forms[:at], *fact.opens, *run.forms[at:])
        changes["runs"] = _top(state, forms=forms, fell=run.fell or fact.why == "mood_fell")
    return changes


def _expected_changed(**changes: Callable[[Any], Any]) -> Callable[[Conversation, Any], Changes]:
    """``changes``: of what is expected, each from the fact. Where nothing is, nothing changes."""

    def change(state: Conversation, fact: f.Fact) -> Changes:
        if state.expected is None:
            return {}
        return {"expected": state.expected.but(**{name: of(fact) for name, of in changes.items()})}

    return change


def _check_in_expected(state: Conversation, fact: f.CheckInExpected) -> Changes:
    """Where one was expected already, that one has come."""
    came = None if state.expected is None else fact.at
    return {"expected": Expected(due_at=fact.due_at, heard_at=fact.at, came_at=came)}


def _check_in_missed(state: Conversation, fact: f.CheckInMissed) -> Changes:
    if state.expected is None:
        return {}
    missed = state.expected.missed + 1
    following = state.expected.but(
        due_at=fact.due_at, told_at=fact.at, missed=missed, reminded_at=None, sent=()
    )
    return {"expected": following}


def _reminder_planned(state: Conversation, fact: f.ReminderPlanned) -> Changes:
    planned = Reminding(id=fact.reminder, what=fact.what, due_at=fact.due_at)
    return {"reminders": {**state.reminders, fact.what: planned}}


def _reminder_moved(state: Conversation, fact: f.ReminderMoved) -> Changes:
    """What the patient moved is not late; whatever else it waits for is."""
    was, theirs = state.reminders.get(fact.what), fact.why in ("not_this_week", "changed")
    since = None if theirs or was is None else was.late_from
    moved = Reminding(id=fact.reminder, what=fact.what, due_at=fact.due_at, since=since)
    return {"reminders": {**state.reminders, fact.what: moved}}


def _reminder_ended(state: Conversation, fact: f.ReminderDropped) -> Changes:
    return {"reminders": {what: r for what, r in state.reminders.items() if r.id != fact.reminder}}


def _reminder_given(state: Conversation, fact: f.ReminderGiven) -> Changes:
    left = {what: r for what, r in state.reminders.items() if r.id != fact.reminder}
    given = (*state.weeks.given, fact.at)[-MOST_GIVEN_KEPT:]
    return {"reminders": left, "weeks": state.weeks.but(given=given)}


def _rhythm_chosen(state: Conversation, fact: f.RhythmChosen) -> Changes:
    rhythms = {what: r for what, r in state.weeks.rhythms.items() if what != fact.what}
    if fact.days:
        rhythms[fact.what] = Rhythm(days=fact.days, hour=fact.hour)
    return {"weeks": state.weeks.but(rhythms=rhythms)}


def _weeks(**changes: Callable[[Any], Any]) -> Callable[[Conversation, Any], Changes]:
    return lambda state, fact: {"weeks": state.weeks.but(**{name: of(fact) for name, of in changes.items()})}


def _consent_answered(state: Conversation, fact: f.ConsentAnswered) -> Changes:
    """A no to reminders after a yes stops those in the chat, too; whoever never said yes finds theirs there."""
    profile, was = state.profile, state.profile.consents.get(fact.consent)
    consents = {**profile.consents, fact.consent: fact.given}
    answered = {**profile.answered, fact.consent: fact.version}
    changes: Changes = {"profile": profile.but(consents=consents, answered=answered)}
    if fact.consent == "reminders" and (fact.given or was):
        changes["weeks"] = state.weeks.but(stopped=not fact.given)
    return changes


def _consent_asked_again(state: Conversation, fact: f.ConsentAskedAgain) -> Changes:
    asked = {**state.profile.asked_again, fact.consent: fact.version}
    return {"profile": state.profile.but(asked_again=asked)}


def _referral_accepted(state: Conversation, fact: f.ReferralAccepted) -> Changes:
    return {"status": "joined", "profile": state.profile.but(owner=fact.owner)}


def _membership_ended(state: Conversation, fact: f.MembershipEnded) -> Changes:
    left = state.rooms[fact.group].but(status="left")
    return {"rooms": {**state.rooms, fact.group: left}}


def _gone(status: str) -> Callable[[Conversation, Any], Changes]:
    return lambda _, fact: {
        "status": status,
        "expected": None,
        "finished": getattr(fact, "finished", False),
    }


def _taken_back(state: Conversation, _: f.PatientTakenBack) -> Changes:
    return {"status": "joined" if state.profile.consents else "invited", "finished": False}


def _erased(state: Conversation, _: f.PatientErased) -> Changes:
    """What is left says nothing of them but where their messages ended."""
    was = state.profile
    profile = Profile(timezone=was.timezone, language=was.language, simulated=was.simulated)
    return asdict(Conversation(status="erased", seq=state.seq, profile=profile))


def _correction_asked(state: Conversation, fact: f.CorrectionAsked) -> Changes:
    asked = Correction(id=fact.correction, about=fact.about, word=fact.word, at=fact.at)
    return {"corrections": (*state.corrections, asked)}


def _correction_answered(state: Conversation, fact: f.CorrectionAnswered) -> Changes:
    left = tuple([c for c in state.corrections if c.id != fact.correction])
    corrected = {} if fact.conditions is None else {"profile": state.profile.but(conditions=fact.conditions)}
    return {"corrections": left, **corrected}


def _legal_hold(_: Conversation, fact: f.LegalHoldSet) -> Changes:
    return {"legal_hold": LegalHold(reason=fact.reason, by=fact.by, since=fact.at)}


def _run_started(state: Conversation, fact: f.RunStarted) -> Changes:
    below = _rang(state.runs) if isinstance(fact.run, SafetyRun) else state.runs
    return {"runs": (*below, fact.run), "wait": ForNothing()}


def _run_ended(state: Conversation, fact: f.RunEnded) -> Changes:
    ended: Changes = {"runs": state.runs[:-1], "wait": ForNothing()}
    if fact.kind == "rating":
        return ended
    if fact.kind != "module" or fact.how != "finished":
        return {**ended, "last_page": ""}
    name = plain_id(fact.name)
    if name not in state.done and not is_quick(name):
        ended["done"] = (*state.done, name)
    return {**ended, "last_page": name}


def _rated(state: Conversation, fact: f.ModuleRated) -> Changes:
    name = plain_id(fact.module)
    helped = {module: said for module, said in state.helped.items() if module != name}
    return {"helped": dict([*helped.items(), (name, fact.helped)][-MOST_RATED:])}


def _declined(state: Conversation, fact: f.ModuleDeclined) -> Changes:
    """Those whose time has come again are forgotten with it."""
    still = {m: until for m, until in state.declined.items() if until > fact.at and m != fact.module}
    return {"declined": dict([*still.items(), (fact.module, fact.until)][-MOST_DECLINED:])}


def _page_kept(state: Conversation, fact: f.PageKept) -> Changes:
    others = tuple(page for page in state.kept if page != fact.page)
    return {"kept": (*others, fact.page)[-MOST_PAGES_KEPT:]}


def _diary_begun(state: Conversation, fact: f.DiaryBegun) -> Changes:
    return {"runs": _top(state, word=fact.word, number=fact.number), "wait": ForNothing()}


def _diary_kept(state: Conversation, fact: f.DiaryKept) -> Changes:
    entry = DiaryEntry(at=fact.at, number=fact.number, word=fact.word)
    kept = (*state.diary.get(fact.kind, ()), entry)[-MOST_DIARY_KEPT:]
    return {"diary": {**state.diary, fact.kind: kept}}


def _goal_changed(**changes: Callable[[Any], Any]) -> Callable[[Conversation, Any], Changes]:
    """``changes``: of the goal that the fact names, each from the fact."""

    def change(state: Conversation, fact: Any) -> Changes:
        new = {name: of(fact) for name, of in changes.items()}
        return {"goals": tuple([g.but(**new) if g.id == fact.goal else g for g in state.goals])}

    return change


def _wait_began(state: Conversation, fact: f.WaitBegan) -> Changes:
    if fact.at is None:
        return {"wait": fact.wait}
    return {"wait": fact.wait, "runs": _top(state, at=fact.at)}


def _step_entered(state: Conversation, fact: f.StepEntered) -> Changes:
    moved = {"module": fact.module} if fact.module else {}
    return {"runs": _top(state, step=fact.step, release=fact.release, at=0, **moved), "wait": ForNothing()}


def _part_reached(state: Conversation, fact: f.PartReached) -> Changes:
    return {"runs": _top(state, at=fact.at), "wait": ForNothing()}


def _phase_reached(state: Conversation, fact: f.PhaseReached) -> Changes:
    more: Changes = {}
    match state.top:
        case SafetyRun(phase=fact.phase, again=again) if not isinstance(state.wait, ForNothing):
            more = {"again": again + 1}
        case PlanRun():
            more = {"changing": fact.changing}
    return {"runs": _top(state, phase=fact.phase, **more), "wait": ForNothing()}


def _plan_part(state: Conversation, fact: f.PlanPartWritten) -> Changes:
    name = plan_with(fact.part)
    plan = state.own_plan(name)
    parts = {part: word for part, word in plan.parts.items() if part != fact.part}
    if fact.word is not None:
        parts[fact.part] = fact.word
    return _plan(state, name, plan.but(parts=parts))


def _plan_shared(state: Conversation, fact: f.PlanShared) -> Changes:
    return _plan(state, fact.plan, state.own_plan(fact.plan).but(shared=fact.shared))


def _plan(state: Conversation, name: PlanName, plan: OwnPlan) -> Changes:
    return {"plan": plan} if name == "safety" else {"plans": {**state.plans, name: plan}}


def _reply_given(state: Conversation, fact: f.ReplyGiven) -> Changes:
    assert isinstance(state.top, ModuleRun)
    return {"runs": _top(state, slots={**state.top.slots, fact.name: fact.slot})}


def _question_answered(state: Conversation, fact: f.QuestionAnswered) -> Changes:
    run = state.runs[-1]
    name = fact.measure if isinstance(run, GuidedRun) else fact.item
    return {"runs": _top(state, answers={**run.answers, name: fact.points})}  # type: ignore[union-attr]


def _question_reached(state: Conversation, fact: f.QuestionReached) -> Changes:
    return {"runs": _top(state, item=fact.item, changing=fact.changing), "wait": ForNothing()}


def _top(state: Conversation, **changes: Any) -> tuple[Run, ...]:
    return (*state.runs[:-1], state.runs[-1].but(**changes))


# -- a group's Line -----------------------------------------------------------------------------------


def _member(room: Room, patient: LineId, **changes: Any) -> Changes:
    member = room.members.get(patient)
    return {} if member is None else {"members": {**room.members, patient: member.but(**changes)}}


def _member_waits(room: Room, fact: f.MemberWaits) -> Changes:
    return _came(room, fact, "waiting")


def _member_joined(room: Room, fact: f.MemberJoined) -> Changes:
    return _came(room, fact, "member")


def _came(room: Room, fact: f.MemberWaits | f.MemberJoined, status: Literal["member", "waiting"]) -> Changes:
    """Last in line, and with what they had here before."""
    before = room.members.get(fact.patient, Member(pseudonym=fact.pseudonym, status="left"))
    others = {p: m for p, m in room.members.items() if p != fact.patient}
    came = 1 + max([m.came for m in room.members.values()], default=0)
    member = before.but(pseudonym=fact.pseudonym, status=status, name=fact.name, came=came)
    return {"members": {**others, fact.patient: member}}


def _member_left(room: Room, fact: f.MemberLeft) -> Changes:
    member = room.members[fact.patient]
    changes = _member(room, fact.patient, status="left", been=member.been or member.status == "member")
    if fact.took_posts:
        changes["posts"] = {
            seq: p.but(status="withdrawn", until=None) if p.author == fact.patient else p
            for seq, p in room.posts.items()
        }
    return changes


def _member_paused(room: Room, fact: f.MemberPaused) -> Changes:
    member = room.members[fact.patient]
    strikes = (*member.strikes, fact.case) if fact.why == "strike" else member.strikes
    paused = Paused(why=fact.why, case=fact.case, until=fact.until)
    return _member(room, fact.patient, paused=paused, strikes=strikes)


def _member_restored(room: Room, fact: f.MemberRestored) -> Changes:
    """Of an older decision that was taken back only the count goes, and a later pause stays."""
    member = room.members[fact.patient]
    strikes = tuple([case for case in member.strikes if case != fact.case])
    later = fact.case is not None and member.paused is not None and member.paused.case != fact.case
    return _member(room, fact.patient, paused=member.paused if later else None, strikes=strikes)


def _post_placed(room: Room, fact: f.PostPlaced) -> Changes:
    shown = fact.status == "shown"
    standing = Standing(
        author=fact.author,
        status=fact.status,
        at=fact.at,
        shown_at=fact.at if shown else None,
        distress=fact.distress,
        kind=fact.kind,
    )
    posts = {**room.posts, fact.seq: standing}
    if len(posts) > MOST_POSTS_KEPT:
        _let_go(room, posts)
    changes: Changes = {"seq": fact.seq, "posts": posts}
    if fact.author in room.members:
        changes |= _member(room, fact.author, posts=room.members[fact.author].posts + 1)
    return changes


def _let_go(room: Room, posts: dict[int, Standing]) -> None:
    """Of the oldest, but of none that waits for a host or that a decision of late is about."""
    asked_about = {c.seq for c in room.cases.values()} | {d.seq for d in room.decided.values()}
    for seq in sorted(posts):
        if len(posts) <= MOST_POSTS_KEPT:
            return
        if seq not in asked_about and posts[seq].until is None:
            del posts[seq]


def _post_reported(room: Room, fact: f.PostReported) -> Changes:
    post = room.posts.get(fact.seq)
    return {} if post is None else _standing(room, fact.seq, flags=(*post.flags, fact.by))


def _post_released(room: Room, fact: f.PostReleased) -> Changes:
    post = room.posts.get(fact.seq)
    seen = (post.shown_at if post else None) or fact.at
    return _standing(room, fact.seq, status="shown", cleared=True, until=None, shown_at=seen)


def _standing(room: Room, seq: int, **changes: Any) -> Changes:
    post = room.posts.get(seq)
    return {} if post is None else {"posts": {**room.posts, seq: post.but(**changes)}}


def _case_opened(room: Room, fact: f.CaseOpened) -> Changes:
    case = Case(kind=fact.kind, why=fact.why, at=fact.at, seq=fact.seq, member=fact.member, of=fact.of)
    changes: Changes = {"cases": {**room.cases, fact.case: case}, "last_case": fact.case}
    if fact.old is not None and fact.seq is not None and fact.seq not in room.posts:
        old = fact.old
        standing = Standing(author=old.author, status=old.status, at=old.at, shown_at=old.shown_at)
        changes["posts"] = {**room.posts, fact.seq: standing}
    if fact.of in room.decided:
        changes["decided"] = {**room.decided, fact.of: room.decided[fact.of].but(appealed=True)}
    return changes


def _case_decided(room: Room, fact: f.CaseDecided) -> Changes:
    case = room.cases[fact.case]
    decided = {
        **room.decided,
        fact.case: Decided(by=fact.by, decision=fact.decision, at=fact.at, seq=case.seq, member=case.member),
    }
    if len(decided) > MOST_DECISIONS_KEPT:
        decided.pop(_least_needed(decided, {c.of for c in room.cases.values()}))
    changes: Changes = {"cases": {n: c for n, c in room.cases.items() if n != fact.case}, "decided": decided}
    if fact.decision in ("leave", "show", "hide") and case.seq is not None:
        changes |= _standing(room, case.seq, cleared=True)
    return changes


def _least_needed(decided: Mapping[int, Decided], appealed: set[int | None]) -> int:
    """The oldest that nobody may ask about; then the oldest about which nobody has asked."""
    against = ("hide", "strike")
    return min(decided, key=lambda n: (n in appealed, decided[n].decision in against, n))


def _host_went(room: Room, fact: f.HostWent) -> Changes:
    return {"hosts": {by: at for by, at in room.hosts.items() if by != fact.by}}


def _week_reached(room: Room, fact: f.WeekReached) -> Changes:
    return {"course": room.course and room.course.but(week=fact.week, over=fact.module is None)}


# -- every fact, on the kinds of Line that it can happen on -------------------------------------------

Table = Mapping[type[f.Fact], Callable[[Any, Any], Changes]]

_BOTH: Table = {
    f.TimerSet: _timer_set,
    f.TimerCleared: _timer_cleared,
    f.AlertRaised: _alert_raised,
    f.EvidenceAdded: _alert_changed,
    f.AlertEscalated: _alert_changed,
    f.AlertAcknowledged: _alert_changed,
    f.AlertSnoozed: _alert_changed,
    f.AlertHandedOver: _alert_changed,
    f.AlertReopened: _alert_changed,
    f.AlertPostponed: _alert_changed,
    f.AlertResolved: _alert_resolved,
}
CONVERSATION: Table = {
    **_BOTH,
    f.AlertRaised: _patient_rang,
    f.EvidenceAdded: _patient_rang_again,
    f.PatientInvited: lambda _, fact: {"profile": fact.profile},
    f.PatientJoined: _joined,
    f.PatientReferred: lambda _, fact: {"status": "waiting", "profile": fact.profile},
    f.ReferralAccepted: _referral_accepted,
    f.ReferralDeclined: _gone("not_accepted"),
    f.ConsentAnswered: _consent_answered,
    f.ConsentAskedAgain: _consent_asked_again,
    f.InvitationDeclined: lambda _, __: {"status": "declined"},
    f.PatientDischarged: _gone("discharged"),
    f.PatientTransferred: _gone("transferred"),
    f.DeathRecorded: _gone("died"),
    f.PatientWithdrew: _gone("withdrawn"),
    f.PatientTakenBack: _taken_back,
    f.ErasureAsked: lambda _, fact: {"erasing": fact.due_at},
    f.ErasureTakenBack: lambda _, __: {"erasing": None},
    f.PatientErased: _erased,
    f.LegalHoldSet: _legal_hold,
    f.LegalHoldLifted: lambda _, __: {"legal_hold": None},
    f.NameChanged: lambda state, fact: {"profile": state.profile.but(first_name=fact.first_name)},
    f.CorrectionAsked: _correction_asked,
    f.CorrectionAnswered: _correction_answered,
    f.OwnerChanged: lambda state, fact: {"profile": state.profile.but(owner=fact.owner)},
    f.ClinicianChanged: lambda state, fact: {"profile": state.profile.but(clinician=fact.clinician)},
    f.MessageHeard: _heard,
    f.MessageShown: _shown,
    f.MessageNotUnderstood: lambda state, _: {"misunderstood": state.misunderstood + 1},
    f.MessageUnderstood: lambda _, __: {"misunderstood": 0},
    f.RunStarted: _run_started,
    f.StepEntered: _step_entered,
    f.RunEnded: _run_ended,
    f.ModuleRated: _rated,
    f.WaitBegan: _wait_began,
    f.PartReached: _part_reached,
    f.PhaseReached: _phase_reached,
    f.EasyWordsAnswered: lambda state, fact: {"profile": state.profile.but(easy=fact.easy)},
    f.SafetyAnswered: _nothing,
    f.ChoiceMade: _nothing,
    f.ReplyGiven: _reply_given,
    f.ConversationPaused: lambda _, __: {"paused": True},
    f.ConversationResumed: lambda _, __: {"paused": False},
    f.QuestionAnswered: _question_answered,
    f.QuestionReached: _question_reached,
    f.ScoreRecorded: _score_recorded,
    f.CheckInWordsAdded: _nothing,
    f.HingeOpened: _hinge_opened,
    f.SafetyChecked: lambda state, fact: {"measuring": state.measuring.but(safety=fact.at)},
    f.CheckInExpected: _check_in_expected,
    f.CheckInReminded: _expected_changed(reminded_at=lambda fact: fact.at),
    f.CheckInMissed: _check_in_missed,
    f.CheckInNotExpected: lambda _, __: {"expected": None},
    f.PatientHeardFrom: _expected_changed(heard_at=lambda fact: fact.at),
    f.CheckInPostponed: _expected_changed(due_at=lambda fact: fact.due_at, reminded_at=lambda _: None),
    f.WeeksBegan: _weeks(began=lambda fact: fact.at),
    f.RemindersWanted: _weeks(stopped=lambda fact: not fact.on),
    f.RhythmChosen: _rhythm_chosen,
    f.PauseBegan: _weeks(paused_until=lambda fact: fact.until),
    f.PauseEnded: _weeks(paused_until=lambda _: None),
    f.ReminderPlanned: _reminder_planned,
    f.ReminderMoved: _reminder_moved,
    f.ReminderGiven: _reminder_given,
    f.ReminderDropped: _reminder_ended,
    f.ActionAsked: _nothing,
    f.ActionAnswered: _nothing,
    f.GoalSet: lambda state, fact: {"goals": (*state.goals, fact.goal)[-MOST_GOALS:]},
    f.GoalRated: _goal_changed(rating=lambda fact: fact.rating, rated_at=lambda fact: fact.at),
    f.GoalReworded: _goal_changed(word=lambda fact: fact.word),
    f.GoalEnded: lambda state, fact: {"goals": tuple([g for g in state.goals if g.id != fact.goal])},
    f.PlanPartWritten: _plan_part,
    f.PlanShared: _plan_shared,
    f.ModuleDeclined: _declined,
    f.PageKept: _page_kept,
    f.PageLetGo: lambda state, fact: {"kept": tuple([page for page in state.kept if page != fact.page])},
    f.DiaryBegun: _diary_begun,
    f.DiaryKept: _diary_kept,
    f.ProgrammeEnded: _nothing,
    f.HoldBegan: lambda _, fact: {"hold": Hold(by=fact.by, since=fact.at)},
    f.HoldGoesOn: lambda state, fact: {"hold": state.hold and state.hold.but(active_at=fact.at)},
    f.HoldEnded: lambda _, __: {"hold": None},
    f.MembershipAsked: _membership_asked,
    f.MembershipAnswered: _membership_answered,
    f.MembershipEnded: _membership_ended,
    f.BreakFromGroup: lambda state, fact: _of_group(state, fact.group, resting=True, rests_until=fact.until),
    f.BackInGroup: lambda state, fact: _of_group(state, fact.group, resting=False, rests_until=None),
    f.MemberMuted: _member_muted,
    f.WordMuted: lambda state, fact: {"muted_words": (*state.muted_words, fact.word)},
    f.WordHeardAgain: _word_heard_again,
    f.TypingShown: lambda _, fact: {"shows_typing": fact.on},
    f.GroupsBarred: _groups_barred,
    f.GroupsOpenAgain: _groups_open_again,
    f.AppealOffered: _nothing,
    f.PostOffered: lambda state, _: {"posted": state.posted + 1},
    f.ReportOffered: _nothing,
}
ROOM: Table = {
    **_BOTH,
    f.RoomOpened: lambda _, fact: {"group": fact.group, "n": fact.n},
    f.MoreRoomWanted: lambda _, __: {"next_asked": True},
    f.MemberWaits: _member_waits,
    f.MemberJoined: _member_joined,
    f.MemberNotIn: _nothing,
    f.MemberLeft: _member_left,
    f.MemberPaused: _member_paused,
    f.MemberRestored: _member_restored,
    f.PostPlaced: _post_placed,
    f.PostNotPlaced: _nothing,
    f.PostReported: _post_reported,
    f.PostHidden: lambda room, fact: _standing(room, fact.seq, status="hidden", until=None),
    f.PostReleased: _post_released,
    f.PostDelayed: lambda room, fact: _standing(
        room, fact.seq, until=fact.until, let_by=fact.by, cleared=True
    ),
    f.PostWithdrawn: lambda room, fact: _standing(room, fact.seq, status="withdrawn", until=None),
    f.PostReacted: _nothing,
    f.CaseOpened: _case_opened,
    f.CaseDecided: _case_decided,
    f.HostCame: lambda room, fact: {"hosts": {**room.hosts, fact.by: fact.at}},
    f.HostWent: _host_went,
    f.RoomHandedOver: _nothing,
    f.HostNoted: _nothing,
    f.MembersTold: _nothing,
    f.SessionOpened: lambda _, fact: {"session": Session(n=fact.n, until=fact.until), "met": fact.n},
    f.SessionClosed: lambda _, __: {"session": None},
    f.CourseBegan: lambda _, fact: {"course": Course(began=fact.at)},
    f.WeekReached: _week_reached,
}
