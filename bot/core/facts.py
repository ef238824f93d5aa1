"""What happened: past tense, frozen, ids and numbers, never anybody's words.

Folding a Line's facts gives its rows (I5), so a fact carries all that the fold needs and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from bot.core.library import Given, Level, Number
from bot.core.state import (
    Goal,
    GuidedPhase,
    Helped,
    PlanName,
    PlanPart,
    Profile,
    Run,
    Slot,
    Timer,
    Wait,
)
from bot.core.values import AlertId, LineId, StaffId, Value, WordId, decoded, encode, in_snake_case

Reaction = Literal["heart", "hug", "me_too", "thanks", "strength"]
Warning = Literal["hard", "dying", "body", "food"]
"""What an author says that a post is about, before others open it."""
ReportReason = Literal["unkind", "worried", "contact", "advice", "other"]
NotPlaced = Literal["paused", "closed", "too_many", "left"]
PostKind = Literal["post", "agenda", "recap", "week"]
CaseKind = Literal["held", "reported", "paused", "joining", "appeal", "complaint", "recap", "decided"]
"""``decided``: nobody asked; a host acted by themselves."""
Decision = Literal[
    "show", "hide", "leave", "strike", "restore", "uphold", "overturn", "let_in", "turn_away", "done"
]


class _Fact(Value, tag_field="type", tag=in_snake_case):
    pass


# -- people -------------------------------------------------------------------------------------------


class PatientInvited(_Fact):
    profile: Profile


class PatientJoined(_Fact):
    """What is None stays as the invitation had it. Each consent is a fact of its own besides, with its version."""

    consents: dict[str, bool]
    first_name: WordId | None = None
    contact: WordId | None = None
    conditions: tuple[str, ...] | None = None
    language: str | None = None
    nation: str | None = None
    timezone: str | None = None


class PatientReferred(_Fact):
    """They came by themselves, and wait until a colleague has answered. Nobody looks after them yet."""

    profile: Profile


class ReferralAccepted(_Fact):
    """``owner`` None: duty hears."""

    owner: StaffId | None
    by: StaffId
    at: datetime


class ReferralDeclined(_Fact):
    reason: str
    by: StaffId
    at: datetime


class ConsentAnswered(_Fact):
    """``version``: of the words that they were asked with."""

    consent: str
    given: bool
    version: str
    at: datetime


class ConsentAskedAgain(_Fact):
    """They had said yes to older words. ``version``: of those that they were shown now; it is asked once."""

    consent: str
    version: str
    at: datetime


class InvitationDeclined(_Fact):
    """Nothing of the person is kept: the inviter sees that they did not join."""

    reason: Literal["under_18"]


class OwnerChanged(_Fact):
    """Who looks after them from now on; None: nobody, so that duty hears."""

    owner: StaffId | None
    by: StaffId
    at: datetime


class ClinicianChanged(_Fact):
    """Who answers for their body from now on; None: nobody of their own, so that all clinicians hear."""

    clinician: StaffId | None
    by: StaffId
    at: datetime


class PatientDischarged(_Fact):
    """Their care here has ended. The screen goes on, and alerts go to duty. ``finished``: they came to the end of the
    programme, and may go on reading."""

    by: StaffId
    at: datetime
    finished: bool = False


class PatientTransferred(_Fact):
    """Their care goes on elsewhere. ``to``: the name of the other service, as a word."""

    by: StaffId
    at: datetime
    to: WordId


class DeathRecorded(_Fact):
    by: StaffId
    at: datetime


class PatientWithdrew(_Fact):
    """They have taken back that a team looks after them here. The screen goes on, and alerts go to duty."""

    at: datetime


class PatientTakenBack(_Fact):
    """The end of their care is undone."""

    by: StaffId
    at: datetime


# -- their record -------------------------------------------------------------------------------------


About = Literal["score", "name", "condition", "other"]


class ErasureAsked(_Fact):
    """They want erased what may be. It happens at ``due_at``, unless they take it back before."""

    due_at: datetime
    at: datetime


class ErasureTakenBack(_Fact):
    at: datetime


class PatientErased(_Fact):
    """In the same commit their words, their key and their ways in are gone. ``by`` None: they asked, or the operator did."""

    by: StaffId | None
    at: datetime


class LegalHoldSet(_Fact):
    """Nothing of this record is erased or deleted until it is lifted. ``reason``: a code."""

    reason: str
    by: StaffId
    at: datetime


class LegalHoldLifted(_Fact):
    by: StaffId
    at: datetime


class NameChanged(_Fact):
    """What they want to be called from now on."""

    first_name: WordId
    at: datetime


class CorrectionAsked(_Fact):
    """They say that something in their record is wrong, in their own words."""

    correction: UUID
    about: About
    word: WordId
    at: datetime


class CorrectionAnswered(_Fact):
    """It stands beside what it is about, which is never changed. ``conditions``: theirs from now on, where the team
    corrected them; ``note``: what the team says to it."""

    correction: UUID
    agreed: bool
    by: StaffId
    note: WordId | None
    at: datetime
    conditions: tuple[str, ...] | None = None


# -- talk ---------------------------------------------------------------------------------------------


How = Literal["text", "choice", "answer"]


class MessageHeard(_Fact):
    """``worry``: the second net's greatest chance for a typed text. None: a rule had spoken, nothing was typed, or the
    net was late or absent."""

    seq: int
    client_id: UUID
    how: How
    word: WordId
    worry: float | None = None


class MessageShown(_Fact):
    """``step``: where in the content it came from. ``sender`` ``team``: a member of staff wrote it."""

    seq: int
    sender: Literal["bot", "team"]
    word: WordId
    release: str
    step: str | None = None
    urgent: bool = False


class MessageNotUnderstood(_Fact):
    seq: int


class MessageUnderstood(_Fact):
    """What the text was taken for, and how surely; ``by``: the model's own name, or ``late``."""

    seq: int
    intent: str
    confidence: float
    by: str


# -- runs and waits -----------------------------------------------------------------------------------


class RunStarted(_Fact):
    run: Run


class StepEntered(_Fact):
    """``module``: where it goes on in another language or in other words."""

    step: str
    release: str
    module: str | None = None


class RunEnded(_Fact):
    """The top Run is over: ``finished``, ``stopped`` by the patient, ``left`` for something else, or ``lost``."""

    kind: str
    name: str
    how: Literal["finished", "stopped", "left", "lost", "overran"]


class ModuleRated(_Fact):
    """Whether a finished module helped. ``began`` names its Run."""

    module: str
    release: str
    began: int
    helped: Helped


class WaitBegan(_Fact):
    """``at``: the part of the top module's step that the wait belongs to."""

    wait: Wait
    at: int | None = None


class PartReached(_Fact):
    """The module on top goes on at part ``at`` of its step."""

    at: int


class PhaseReached(_Fact):
    """The safety dialogue, the safety plan, a composed check-in or the way into a group came to its next question.

    ``changing``: one part of a plan that is there already."""

    phase: Literal[
        PlanPart,
        GuidedPhase,
        "direct",
        "right_now",
        "contact",
        "after",
        "rules",
        "pseudonym",
        "room",
        "share",
        "look",
        "rate",
        "words",
    ]
    changing: bool = False


class SafetyAnswered(_Fact):
    """``dialogue`` and ``concern``: what was asked about; empty in facts from before these were kept."""

    phase: str
    answer: str
    dialogue: str = ""
    concern: str = ""


class ChoiceMade(_Fact):
    place: str
    key: str


class ReplyGiven(_Fact):
    name: str
    slot: Slot


class EasyWordsAnswered(_Fact):
    """Whether they like easier words, where there are any."""

    easy: bool


class ConversationPaused(_Fact):
    pass


class ConversationResumed(_Fact):
    pass


# -- check-ins ----------------------------------------------------------------------------------------


class QuestionAnswered(_Fact):
    """``was``: the answer it replaces, where it was changed; a change stays visible."""

    measure: str
    item: str
    points: Given
    was: Given = None
    changed: bool = False


class QuestionReached(_Fact):
    """``item``: index of the question; the number of items when the answers are read back."""

    item: int
    changing: bool = False


class ScoreRecorded(_Fact):
    """I9: scored with the version that was shown. ``items``: item id -> points, what was said instead, None where skipped.

    ``of``: the highest score that there could be, where an item did not apply. ``corrects``: it comes in place of the one
    before it. ``left_out``: its item about safety holds no number.
    """

    score_id: UUID
    measure: str
    measure_version: str
    items: dict[str, Given]
    total: Number | None
    complete: bool
    at: datetime
    of: Number | None = None
    corrects: Literal[True] | None = None
    left_out: Literal[True] | None = None


class CheckInWordsAdded(_Fact):
    """Words beside the daily taps; they stand in message ``seq``."""

    seq: int


class HingeOpened(_Fact):
    """More is asked because of what was answered. ``opens``: at once; none where it has to wait, or came of late.

    ``mood_fell``: opens the short form; ``short_form``: the full ones. ``version``: of the plan.
    """

    why: Literal["mood_fell", "short_form"]
    opens: tuple[str, ...]
    version: str
    numbers: dict[str, float]
    at: datetime


class SafetyChecked(_Fact):
    """The plain question about safety was answered: ``yes``, ``no``, ``rather`` or in ``words``. No grade of anything."""

    answer: Literal["yes", "no", "rather", "words"]
    at: datetime


class CheckInExpected(_Fact):
    """The plan begins, or begins anew: nothing is overdue."""

    due_at: datetime
    at: datetime


class CheckInReminded(_Fact):
    at: datetime


class CheckInMissed(_Fact):
    """It did not come, and the team is told. ``due_at``: of the one that is expected after it."""

    due_at: datetime
    at: datetime


class CheckInNotExpected(_Fact):
    """The service plans none any more."""


class CheckInPostponed(_Fact):
    """Nobody is reminded of it or told of it before its new time: the patient, or their team, put it off."""

    due_at: datetime


class PatientHeardFrom(_Fact):
    """They did something here while a check-in was expected; told at most once an hour."""

    at: datetime


# -- reminders: each of them ends as given or as dropped, and says why ----------------------------------


WhyMoved = Literal["quiet_hours", "holiday", "not_this_week", "something_open", "spread", "changed"]
WhyDropped = Literal["done", "replaced", "not_this_week", "not_wanted", "care_ended", "too_late"]


class ReminderPlanned(_Fact):
    """``what``: of which there is one at a time; one that was planned before is dropped first."""

    reminder: UUID
    what: str
    due_at: datetime


class ReminderMoved(_Fact):
    reminder: UUID
    what: str
    due_at: datetime
    why: WhyMoved


class ReminderGiven(_Fact):
    """It stands in the chat as message ``seq``; by which other ways it reached them is not the Line's to know."""

    reminder: UUID
    what: str
    seq: int
    at: datetime


class ReminderDropped(_Fact):
    reminder: UUID
    what: str
    why: WhyDropped
    at: datetime


# -- their weeks --------------------------------------------------------------------------------------


class WeeksBegan(_Fact):
    """From here the weeks to a review are counted."""

    at: datetime


class RemindersWanted(_Fact):
    """They stopped reminders of every kind, those in the chat too, or want them in the chat again."""

    on: bool
    at: datetime


class RhythmChosen(_Fact):
    """``days``: of the week, 0 for Monday; without any there is none of it. ``hour``: on their own clock."""

    what: Literal["check_in", "daily"]
    days: tuple[int, ...]
    hour: str


class PauseBegan(_Fact):
    """Not this week: nothing is said first until then."""

    until: datetime
    at: datetime


class PauseEnded(_Fact):
    """Before its time: they said so."""

    at: datetime


# -- alerts -------------------------------------------------------------------------------------------


class Evidence(Value):
    """Why: the rule and its version, the message it was heard in, and numbers. ``word``: what they wrote in a group, which
    is no message of the chat. Never words themselves."""

    rule: str
    version: str = ""
    seq: int | None = None
    client_id: UUID | None = None
    numbers: dict[str, float] = {}
    word: WordId | None = None


class AlertRaised(_Fact):
    alert: AlertId
    concern: str
    level: Level
    evidence: Evidence
    owner: StaffId | None
    opened_at: datetime
    due_at: datetime | None


class EvidenceAdded(_Fact):
    """``level``: the graver of both. ``tell``: it is graver, or nobody is on it any more, so people hear again."""

    alert: AlertId
    concern: str
    evidence: Evidence
    level: Level
    tell: bool
    due_at: datetime | None


class AlertEscalated(_Fact):
    alert: AlertId
    concern: str
    rung: int
    due_at: datetime | None


class AlertAcknowledged(_Fact):
    alert: AlertId
    concern: str
    by: StaffId
    at: datetime


class AlertSnoozed(_Fact):
    """Put off by somebody who looks after it. ``reason``: a code."""

    alert: AlertId
    concern: str
    by: StaffId
    until: datetime
    reason: str
    note: WordId | None
    at: datetime


class AlertHandedOver(_Fact):
    """``to`` hears at once and owns it; until they acknowledge it, the ladder runs. None: nobody owns it any more, and
    the first step of the ladder hears."""

    alert: AlertId
    concern: str
    by: StaffId
    to: StaffId | None
    note: WordId | None
    at: datetime
    due_at: datetime | None


class AlertReopened(_Fact):
    """``left``: acknowledged, and nobody came back to it in time."""

    alert: AlertId
    concern: str
    why: Literal["left", "snoozed_long_enough", "patient_wrote"]
    at: datetime
    due_at: datetime | None


class AlertPostponed(_Fact):
    """A colleague is in the chat with the patient: the next rung waits for them."""

    alert: AlertId
    concern: str
    due_at: datetime


class AlertResolved(_Fact):
    alert: AlertId
    concern: str
    by: StaffId
    outcome: str
    note: WordId | None
    at: datetime


# -- timers, actions, goals, hold ---------------------------------------------------------------------


class TimerSet(_Fact):
    timer: Timer


class TimerCleared(_Fact):
    """It fired, or what it waited for happened first."""

    kind: str
    key: str


class ActionAsked(_Fact):
    call: UUID
    action: str


class ActionAnswered(_Fact):
    """``proposals``: the kinds that were accepted. ``failed``: it answered late, wrongly or not at all."""

    call: UUID
    proposals: tuple[str, ...] = ()
    failed: bool = False


class GoalSet(_Fact):
    goal: Goal


class GoalRated(_Fact):
    """How it goes with a goal, from 0 to 10, as they see it themselves."""

    goal: UUID
    rating: int
    at: datetime


class GoalReworded(_Fact):
    goal: UUID
    word: WordId


class GoalEnded(_Fact):
    """``done``, or ``let_go``: it matters no more, or not now."""

    goal: UUID
    how: Literal["done", "let_go"]
    at: datetime


class PlanPartWritten(_Fact):
    """A part of one of their own plans, in their words; None: they took it out."""

    part: PlanPart
    word: WordId | None


class PlanShared(_Fact):
    """Whether their team may read a plan of theirs."""

    shared: bool
    plan: PlanName = "safety"


# -- choosing what to do, the diary -------------------------------------------------------------------


class ModuleDeclined(_Fact):
    """Not this one: it is not offered again before ``until``."""

    module: str
    at: datetime
    until: datetime


class PageKept(_Fact):
    """A module or a quick answer that they want to have at hand."""

    page: str


class PageLetGo(_Fact):
    page: str


class DiaryBegun(_Fact):
    """What has been given so far of the line that they are writing."""

    word: WordId | None = None
    number: float | None = None


class DiaryKept(_Fact):
    """A line of the diary. ``number``: in ``unit``, that of the diary when it was written."""

    entry: UUID
    kind: str
    at: datetime
    number: float | None = None
    unit: str = ""
    word: WordId | None = None


class ProgrammeEnded(_Fact):
    """The weeks of the programme are over; the team decides whether their care is."""

    at: datetime
    weeks: int


class HoldBegan(_Fact):
    by: StaffId
    at: datetime


class HoldGoesOn(_Fact):
    """They wrote again."""

    at: datetime


class HoldEnded(_Fact):
    by: StaffId


# -- peers, on the patient's Line ---------------------------------------------------------------------


class MembershipAsked(_Fact):
    group: str
    room: LineId
    pseudonym: WordId


class MembershipAnswered(_Fact):
    """``room``: which of the group's rooms, where it is another than they asked at first."""

    group: str
    status: Literal["member", "waiting", "left"]
    room: LineId | None = None


class MembershipEnded(_Fact):
    """They leave; the room lets go of them in a commit of its own. ``took_posts``: it shows what they wrote no more."""

    group: str
    room: LineId
    took_posts: bool = False


class BreakFromGroup(_Fact):
    """They want to hear nothing of it until then, or until they come back by themselves."""

    group: str
    until: datetime | None = None


class BackInGroup(_Fact):
    group: str


class MemberMuted(_Fact):
    """``handle``: the other member, as this room's members know them."""

    group: str
    handle: UUID
    on: bool


class WordMuted(_Fact):
    """Posts with this word are folded for them, in every group."""

    word: WordId


class WordHeardAgain(_Fact):
    word: WordId


class TypingShown(_Fact):
    """Whether others may see that they are writing."""

    on: bool


class GroupsBarred(_Fact):
    """A host has paused them, in all groups of the service. ``until`` None: for good. ``case``: of that room's."""

    group: str
    room: LineId
    case: int
    reason: str
    until: datetime | None
    strike: int


class GroupsOpenAgain(_Fact):
    """What was decided against them was taken back."""

    room: LineId
    case: int


class PostOffered(_Fact):
    """Screened and kept on the author's Line; the room decides in a commit of its own."""

    room: LineId
    post: UUID
    client_id: UUID
    word: WordId
    verdict: Literal["pass", "hold"]
    reply_to: int | None = None
    why: str = ""
    warning: Warning | None = None
    mentions: tuple[UUID, ...] = ()


class ReportOffered(_Fact):
    room: LineId
    seq: int
    client_id: UUID
    why: ReportReason = "other"


class AppealOffered(_Fact):
    """They ask for another look at what was decided about a post of theirs, or about them; ``complaint``: about the
    group itself."""

    group: str
    room: LineId
    client_id: UUID
    word: WordId
    seq: int | None = None
    complaint: bool = False


# -- a group's Line -----------------------------------------------------------------------------------


class RoomOpened(_Fact):
    """``n``: which of the group's rooms; a course has one for each cohort."""

    group: str
    n: int = 1


class MoreRoomWanted(_Fact):
    """Enough wait for the next room of this group to open. ``case``: it was asked for before, and a host has let in
    somebody else who goes on to it."""

    n: int
    case: int | None = None


class MemberWaits(_Fact):
    """There is no room, or a host looks first (``why``)."""

    patient: LineId
    pseudonym: WordId
    at: datetime
    why: Literal["full", "begun", "known"] = "full"
    name: str = ""


class MemberJoined(_Fact):
    """``name``: the keyed index of the pseudonym, by which nobody else here takes one that looks alike."""

    patient: LineId
    pseudonym: WordId
    at: datetime
    name: str = ""


class MemberNotIn(_Fact):
    """They are asked for another name; or a host has looked, and they do not come in."""

    patient: LineId
    pseudonym: WordId
    why: Literal["name_taken", "turned_away"] = "name_taken"


class MemberLeft(_Fact):
    """``moved``: to the group's next room. ``took_posts``: nobody sees what they wrote any more."""

    patient: LineId
    took_posts: bool = False
    moved: bool = False


class MemberPaused(_Fact):
    """``until`` None: until a host has looked (``flags``), or for good (``strike``)."""

    patient: LineId
    why: Literal["flags", "strike"]
    case: int
    until: datetime | None = None
    by: StaffId | None = None
    strike: int = 0
    reason: str = ""


class MemberRestored(_Fact):
    """``by`` None: the time is over. ``case``: the decision that was taken back, so that it counts no more."""

    patient: LineId
    by: StaffId | None = None
    case: int | None = None


class PostPlaced(_Fact):
    """``seq`` is the room's. ``author`` None: a host, whose words belong to the room's own Line. ``why``: it is held.
    ``about``: the module that a course comes to."""

    seq: int
    post: UUID
    author: LineId | None
    word: WordId | None
    status: Literal["shown", "held"]
    at: datetime
    staff: StaffId | None = None
    reply_to: int | None = None
    why: str = ""
    distress: bool = False
    warning: Warning | None = None
    mentions: tuple[LineId, ...] = ()
    kind: PostKind = "post"
    about: str | None = None


class PostNotPlaced(_Fact):
    """The room took it not: its author is told why."""

    post: UUID
    author: LineId
    why: NotPlaced


class PostReported(_Fact):
    seq: int
    by: LineId
    alert: AlertId
    why: ReportReason = "other"


class PostHidden(_Fact):
    """By a host, or by the members' flags when ``by`` is None."""

    seq: int
    by: StaffId | None
    reason: str = ""
    case: int | None = None


class PostReleased(_Fact):
    """``at`` None: of before it was noted."""

    seq: int
    by: StaffId
    at: datetime | None = None


class PostDelayed(_Fact):
    """Let through, and shown when fewer posts of hard things were shown in the hour before."""

    seq: int
    by: StaffId
    until: datetime


class OldPost(Value):
    """A post that the room had let go of: older than those whose standing it keeps."""

    author: LineId | None
    status: Literal["shown", "held", "hidden", "withdrawn"]
    at: datetime
    shown_at: datetime | None = None


class PostWithdrawn(_Fact):
    """By who wrote it. ``old``: how it stood, where the room had let go of it."""

    seq: int
    old: OldPost | None = None


class PostReacted(_Fact):
    seq: int
    by: LineId
    kind: Reaction
    on: bool


class CaseOpened(_Fact):
    """Something waits for a host. ``of``: the decision that somebody asks to be looked at again. ``old``: how the post stood,
    where the room had let go of it."""

    case: int
    kind: CaseKind
    why: str
    at: datetime
    seq: int | None = None
    member: LineId | None = None
    of: int | None = None
    word: WordId | None = None
    old: OldPost | None = None


class CaseDecided(_Fact):
    """What a host decided, and for which reason: the record of moderation."""

    case: int
    by: StaffId
    decision: Decision
    reason: str
    at: datetime


class HostCame(_Fact):
    by: StaffId
    at: datetime


class HostWent(_Fact):
    """``quiet``: nothing was heard of them for so long that the room does not count on them."""

    by: StaffId
    quiet: bool = False


class RoomHandedOver(_Fact):
    by: StaffId
    to: StaffId
    at: datetime
    note: WordId | None = None


class HostNoted(_Fact):
    """Hosts' own words about the room, or about a member of it: never a clinical note."""

    by: StaffId
    word: WordId
    at: datetime
    about: LineId | None = None


class MembersTold(_Fact):
    """Each member hears it in their own chat. ``about``: the module of a course's week, or which session."""

    what: Literal["week", "meets_soon"]
    about: str
    at: datetime | None = None


class SessionOpened(_Fact):
    n: int
    until: datetime


class SessionClosed(_Fact):
    """``held`` False: no host came."""

    n: int
    held: bool = True


class CourseBegan(_Fact):
    at: datetime
    by: StaffId | None = None


class WeekReached(_Fact):
    """``module`` None: the last week is over."""

    week: int
    module: str | None = None


Fact = (
    PatientInvited
    | PatientJoined
    | PatientReferred
    | ReferralAccepted
    | ReferralDeclined
    | ConsentAnswered
    | ConsentAskedAgain
    | InvitationDeclined
    | OwnerChanged
    | ClinicianChanged
    | PatientDischarged
    | PatientTransferred
    | DeathRecorded
    | PatientWithdrew
    | PatientTakenBack
    | ErasureAsked
    | ErasureTakenBack
    | PatientErased
    | LegalHoldSet
    | LegalHoldLifted
    | NameChanged
    | CorrectionAsked
    | CorrectionAnswered
    | MessageHeard
    | MessageShown
    | MessageNotUnderstood
    | MessageUnderstood
    | RunStarted
    | StepEntered
    | RunEnded
    | ModuleRated
    | WaitBegan
    | PartReached
    | PhaseReached
    | SafetyAnswered
    | ChoiceMade
    | ReplyGiven
    | EasyWordsAnswered
    | ConversationPaused
    | ConversationResumed
    | QuestionAnswered
    | QuestionReached
    | ScoreRecorded
    | CheckInWordsAdded
    | HingeOpened
    | SafetyChecked
    | CheckInExpected
    | CheckInReminded
    | CheckInMissed
    | CheckInNotExpected
    | CheckInPostponed
    | WeeksBegan
    | RemindersWanted
    | RhythmChosen
    | PauseBegan
    | PauseEnded
    | PatientHeardFrom
    | ReminderPlanned
    | ReminderMoved
    | ReminderGiven
    | ReminderDropped
    | AlertRaised
    | EvidenceAdded
    | AlertEscalated
    | AlertAcknowledged
    | AlertSnoozed
    | AlertHandedOver
    | AlertReopened
    | AlertPostponed
    | AlertResolved
    | TimerSet
    | TimerCleared
    | ActionAsked
    | ActionAnswered
    | GoalSet
    | GoalRated
    | GoalReworded
    | GoalEnded
    | PlanPartWritten
    | PlanShared
    | ModuleDeclined
    | PageKept
    | PageLetGo
    | DiaryBegun
    | DiaryKept
    | ProgrammeEnded
    | HoldBegan
    | HoldGoesOn
    | HoldEnded
    | MembershipAsked
    | MembershipAnswered
    | MembershipEnded
    | BreakFromGroup
    | BackInGroup
    | MemberMuted
    | WordMuted
    | WordHeardAgain
    | TypingShown
    | GroupsBarred
    | GroupsOpenAgain
    | PostOffered
    | ReportOffered
    | AppealOffered
    | RoomOpened
    | MoreRoomWanted
    | MemberWaits
    | MemberJoined
    | MemberNotIn
    | MemberLeft
    | MemberPaused
    | MemberRestored
    | PostPlaced
    | PostNotPlaced
    | PostReported
    | PostHidden
    | PostReleased
    | PostDelayed
    | PostWithdrawn
    | PostReacted
    | CaseOpened
    | CaseDecided
    | HostCame
    | HostWent
    | RoomHandedOver
    | HostNoted
    | MembersTold
    | SessionOpened
    | SessionClosed
    | CourseBegan
    | WeekReached
)

_FACTS = msgspec.json.Decoder(tuple[Fact, ...])


def facts_as_json(facts: Sequence[Fact]) -> str:
    return encode(facts).decode()


def facts_in(raw: str | bytes) -> tuple[Fact, ...]:
    """Facts as ``facts_as_json`` wrote them. Raises Misuse."""
    return decoded(_FACTS, raw)
