"""What happened: past tense, frozen, ids and numbers, never anybody's words.

Folding a Line's facts gives its rows (I5), so a fact carries all that the fold needs and nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from bot.core.library import Level
from bot.core.state import Goal, Profile, Run, Slot, Timer, Wait
from bot.core.values import AlertId, LineId, StaffId, Value, WordId

# -- people -------------------------------------------------------------------------------------------


class PatientInvited(Value):
    type: Literal["patient_invited"] = "patient_invited"
    profile: Profile


class PatientJoined(Value):
    type: Literal["patient_joined"] = "patient_joined"
    consents: dict[str, bool]
    first_name: WordId | None = None
    contact: WordId | None = None


class InvitationDeclined(Value):
    """Nothing of the person is kept: the inviter sees that they did not join."""

    type: Literal["invitation_declined"] = "invitation_declined"
    reason: Literal["under_18"]


# -- talk ---------------------------------------------------------------------------------------------


How = Literal["text", "choice", "answer"]


class MessageHeard(Value):
    type: Literal["message_heard"] = "message_heard"
    seq: int
    client_id: UUID
    how: How
    word: WordId


class MessageShown(Value):
    """``step``: where in the content it came from. ``sender`` ``team``: a member of staff wrote it."""

    type: Literal["message_shown"] = "message_shown"
    seq: int
    sender: Literal["bot", "team"]
    word: WordId
    release: str
    step: str | None = None
    urgent: bool = False


class MessageNotUnderstood(Value):
    type: Literal["message_not_understood"] = "message_not_understood"
    seq: int


class MessageUnderstood(Value):
    """What the text was taken for, and how surely; ``by``: the model's own name, or ``late``."""

    type: Literal["message_understood"] = "message_understood"
    seq: int
    intent: str
    confidence: float
    by: str


# -- runs and waits -----------------------------------------------------------------------------------


class RunStarted(Value):
    type: Literal["run_started"] = "run_started"
    run: Run


class StepEntered(Value):
    type: Literal["step_entered"] = "step_entered"
    step: str
    release: str


class RunEnded(Value):
    """The top Run is over: ``finished``, ``stopped`` by the patient, ``left`` for something else, or ``lost``."""

    type: Literal["run_ended"] = "run_ended"
    kind: str
    name: str
    how: Literal["finished", "stopped", "left", "lost", "overran"]


class WaitBegan(Value):
    """``at``: the part of the top module's step that the wait belongs to."""

    type: Literal["wait_began"] = "wait_began"
    wait: Wait
    at: int | None = None


class PartReached(Value):
    """The module on top goes on at part ``at`` of its step."""

    type: Literal["part_reached"] = "part_reached"
    at: int


class PhaseReached(Value):
    """The safety dialogue or the way into a group came to its next question."""

    type: Literal["phase_reached"] = "phase_reached"
    phase: Literal["direct", "right_now", "contact", "after", "rules", "pseudonym", "room"]


class SafetyAnswered(Value):
    type: Literal["safety_answered"] = "safety_answered"
    phase: str
    answer: str


class ChoiceMade(Value):
    type: Literal["choice_made"] = "choice_made"
    place: str
    key: str


class ReplyGiven(Value):
    type: Literal["reply_given"] = "reply_given"
    name: str
    slot: Slot


class ConversationPaused(Value):
    type: Literal["conversation_paused"] = "conversation_paused"


class ConversationResumed(Value):
    type: Literal["conversation_resumed"] = "conversation_resumed"


# -- check-ins ----------------------------------------------------------------------------------------


class QuestionAnswered(Value):
    """``was``: the answer it replaces, where it was changed; a change stays visible."""

    type: Literal["question_answered"] = "question_answered"
    measure: str
    item: str
    points: int | None
    was: int | None = None
    changed: bool = False


class QuestionReached(Value):
    """``item``: index of the question; the number of items when the answers are read back."""

    type: Literal["question_reached"] = "question_reached"
    item: int
    changing: bool = False


class ScoreRecorded(Value):
    """I9: scored with the version that was shown. ``items``: item id -> points, None where skipped."""

    type: Literal["score_recorded"] = "score_recorded"
    score_id: UUID
    measure: str
    measure_version: str
    items: dict[str, int | None]
    total: int | None
    complete: bool
    at: datetime


# -- alerts -------------------------------------------------------------------------------------------


class Evidence(Value):
    """Why: the rule and its version, the message it was heard in, and numbers. Never words."""

    rule: str
    version: str = ""
    seq: int | None = None
    client_id: UUID | None = None
    numbers: dict[str, float] = {}


class AlertRaised(Value):
    type: Literal["alert_raised"] = "alert_raised"
    alert: AlertId
    concern: str
    level: Level
    evidence: Evidence
    owner: StaffId | None
    opened_at: datetime
    due_at: datetime | None


class EvidenceAdded(Value):
    """``level``: the graver of both. ``tell``: it is graver than before, so somebody hears again."""

    type: Literal["evidence_added"] = "evidence_added"
    alert: AlertId
    concern: str
    evidence: Evidence
    level: Level
    tell: bool
    due_at: datetime | None


class AlertEscalated(Value):
    type: Literal["alert_escalated"] = "alert_escalated"
    alert: AlertId
    concern: str
    rung: int
    due_at: datetime | None


class AlertAcknowledged(Value):
    type: Literal["alert_acknowledged"] = "alert_acknowledged"
    alert: AlertId
    concern: str
    by: StaffId
    at: datetime


class AlertResolved(Value):
    type: Literal["alert_resolved"] = "alert_resolved"
    alert: AlertId
    concern: str
    by: StaffId
    outcome: str
    note: WordId | None
    at: datetime


# -- timers, actions, goals, hold ---------------------------------------------------------------------


class TimerSet(Value):
    type: Literal["timer_set"] = "timer_set"
    timer: Timer


class TimerCleared(Value):
    """It fired, or what it waited for happened first."""

    type: Literal["timer_cleared"] = "timer_cleared"
    kind: str
    key: str


class ActionAsked(Value):
    type: Literal["action_asked"] = "action_asked"
    call: UUID
    action: str


class ActionAnswered(Value):
    """``proposals``: the kinds that were accepted. ``failed``: it answered late, wrongly or not at all."""

    type: Literal["action_answered"] = "action_answered"
    call: UUID
    proposals: tuple[str, ...] = ()
    failed: bool = False


class GoalSet(Value):
    type: Literal["goal_set"] = "goal_set"
    goal: Goal


class HoldBegan(Value):
    type: Literal["hold_began"] = "hold_began"
    by: StaffId
    at: datetime


class HoldEnded(Value):
    type: Literal["hold_ended"] = "hold_ended"
    by: StaffId


# -- peers, on the patient's Line ---------------------------------------------------------------------


class MembershipAsked(Value):
    type: Literal["membership_asked"] = "membership_asked"
    group: str
    room: LineId
    pseudonym: WordId


class MembershipAnswered(Value):
    type: Literal["membership_answered"] = "membership_answered"
    group: str
    status: Literal["member", "left"]


class PostOffered(Value):
    """Screened and kept on the author's Line; the room decides in a commit of its own."""

    type: Literal["post_offered"] = "post_offered"
    room: LineId
    post: UUID
    client_id: UUID
    word: WordId
    verdict: Literal["pass", "hold"]
    reply_to: int | None = None


class ReportOffered(Value):
    type: Literal["report_offered"] = "report_offered"
    room: LineId
    seq: int
    client_id: UUID


# -- a group's Line -----------------------------------------------------------------------------------


class RoomOpened(Value):
    type: Literal["room_opened"] = "room_opened"
    group: str


class MemberJoined(Value):
    type: Literal["member_joined"] = "member_joined"
    patient: LineId
    pseudonym: WordId
    at: datetime


class MemberLeft(Value):
    type: Literal["member_left"] = "member_left"
    patient: LineId


class PostPlaced(Value):
    """``seq`` is the room's. ``author`` None: a host, whose words belong to the room's own Line."""

    type: Literal["post_placed"] = "post_placed"
    seq: int
    post: UUID
    author: LineId | None
    staff: StaffId | None = None
    word: WordId
    status: Literal["shown", "held"]
    reply_to: int | None = None
    at: datetime


class PostReported(Value):
    type: Literal["post_reported"] = "post_reported"
    seq: int
    by: LineId
    alert: AlertId


class PostHidden(Value):
    """By a host, or by the members' flags when ``by`` is None."""

    type: Literal["post_hidden"] = "post_hidden"
    seq: int
    by: StaffId | None


class PostReleased(Value):
    type: Literal["post_released"] = "post_released"
    seq: int
    by: StaffId


Fact = Annotated[
    PatientInvited
    | PatientJoined
    | InvitationDeclined
    | MessageHeard
    | MessageShown
    | MessageNotUnderstood
    | MessageUnderstood
    | RunStarted
    | StepEntered
    | RunEnded
    | WaitBegan
    | PartReached
    | PhaseReached
    | SafetyAnswered
    | ChoiceMade
    | ReplyGiven
    | ConversationPaused
    | ConversationResumed
    | QuestionAnswered
    | QuestionReached
    | ScoreRecorded
    | AlertRaised
    | EvidenceAdded
    | AlertEscalated
    | AlertAcknowledged
    | AlertResolved
    | TimerSet
    | TimerCleared
    | ActionAsked
    | ActionAnswered
    | GoalSet
    | HoldBegan
    | HoldEnded
    | MembershipAsked
    | MembershipAnswered
    | PostOffered
    | ReportOffered
    | RoomOpened
    | MemberJoined
    | MemberLeft
    | PostPlaced
    | PostReported
    | PostHidden
    | PostReleased,
    Field(discriminator="type"),
]

FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
