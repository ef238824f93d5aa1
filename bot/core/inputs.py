"""What a Line can hear: every change to what we hold is one of these, decided one at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from bot.core.facts import OldPost, PostKind, Reaction, ReportReason, Warning
from bot.core.posts import Suspicion
from bot.core.proposals import Proposal
from bot.core.safety import Screen, Worry
from bot.core.state import Profile
from bot.core.values import LineId, Quiet, StaffId, WordId


@dataclass(frozen=True)
class Invite:
    profile: Profile


@dataclass(frozen=True)
class Join:
    """``first_name`` and ``contact`` are the patient's words: sealed in this turn. ``conditions``, ``language``,
    ``nation`` and ``timezone``: None leaves what the invitation says."""

    consents: dict[str, bool]
    first_name: str | None = field(default=None, repr=False)
    contact: str | None = field(default=None, repr=False)
    conditions: tuple[str, ...] | None = None
    language: str | None = None
    nation: str | None = None
    timezone: str | None = None


@dataclass(frozen=True)
class Refer:
    """Somebody comes by themselves, without an invitation."""

    profile: Profile
    consents: dict[str, bool]
    first_name: str | None = field(default=None, repr=False)
    contact: str | None = field(default=None, repr=False)


ReferralReason = Literal["other_help", "not_here", "condition", "known_elsewhere", "could_not_reach"]
"""Why somebody who came by themselves is not looked after here."""


@dataclass(frozen=True)
class AnswerReferral:
    """``reason`` None: they are taken on, by ``owner``, or by duty where that is None."""

    by: StaffId
    owner: StaffId | None = None
    reason: ReferralReason | None = None


@dataclass(frozen=True)
class ChangeOwner:
    owner: StaffId | None
    by: StaffId


@dataclass(frozen=True)
class ChangeClinician:
    """Who answers for the body: readings and red flags. ``owner`` answers for the rest."""

    clinician: StaffId | None
    by: StaffId


@dataclass(frozen=True)
class EndCare:
    """``to``: the other service, where they are handed over to one. ``finished``: they have come to the end of the
    programme; of a discharge alone. ``take_posts``: they want what they wrote in groups taken down."""

    how: Literal["discharged", "transferred", "died"]
    by: StaffId
    to: str = field(default="", repr=False)
    finished: bool = False
    take_posts: bool = False


@dataclass(frozen=True)
class TakeBack:
    by: StaffId


@dataclass(frozen=True)
class Erase:
    """What may be erased, now. ``by`` None: they asked, or the operator did."""

    by: StaffId | None = None


@dataclass(frozen=True)
class SetLegalHold:
    """``reason``: a code."""

    by: StaffId
    reason: str


@dataclass(frozen=True)
class LiftLegalHold:
    by: StaffId


@dataclass(frozen=True)
class AnswerCorrection:
    """``conditions``: theirs from now on, where these were wrong."""

    correction: UUID
    by: StaffId
    agreed: bool
    note: str = field(default="", repr=False)
    conditions: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Decline:
    reason: Literal["under_18"] = "under_18"


class Found(Struct, frozen=True):
    """A page of the library that may answer a text: the key of a module, and how well it fits, from 0 to 1."""

    page: str
    score: float


class Understood(Struct, frozen=True):
    """What a model took a text for. ``also``: the next likely ones. ``by``: its name. ``found``: best first."""

    intent: str
    confidence: float
    also: tuple[str, ...] = ()
    by: str = ""
    found: tuple[Found, ...] = ()


class Interpreted(Struct, frozen=True):
    """What the models make of one text. ``understood`` is None where nobody asked, or the model was absent, as is
    ``suspicion``, of a group's post; ``worry`` where the second net was. Each where it was late."""

    understood: Understood | None = None
    worry: Worry | None = None
    suspicion: Suspicion | None = None


class Said(Quiet, Struct, frozen=True):
    """One message of the patient: exactly one of text, choice, answer.

    ``screen`` is None when the screen itself failed: a person is told. ``understood`` is None when nothing
    waited for free text, or the model was late or absent. ``worry``: of a text, the second net's; None: late, absent,
    or the rules had spoken. ``value``: points, option numbers, or None for a
    skipped item.
    """

    client_id: UUID
    text: str | None = None
    choice: str | None = None
    item: str | None = None
    value: int | tuple[int, ...] | None = None
    re: int | None = None
    screen: Screen | None = None
    understood: Understood | None = None
    worry: Worry | None = None


@dataclass(frozen=True)
class ActionReturned:
    """``proposals`` None: it failed, was late, or lied."""

    call: UUID
    proposals: tuple[Proposal, ...] | None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimerFired:
    kind: str
    key: str


@dataclass(frozen=True)
class Acknowledge:
    alert: UUID
    by: StaffId


@dataclass(frozen=True)
class Snooze:
    """Put off until then: ``reason`` is a code, ``note`` words about a patient."""

    alert: UUID
    by: StaffId
    until: datetime
    reason: str
    note: str = ""


@dataclass(frozen=True)
class HandOver:
    """``to`` None: whoever had it has left, and the ladder begins anew."""

    alert: UUID
    by: StaffId
    to: StaffId | None
    note: str = ""


@dataclass(frozen=True)
class Resolve:
    alert: UUID
    by: StaffId
    outcome: str
    note: str = ""


@dataclass(frozen=True)
class NobodyReached:
    """Nobody on the alert's rung could be told: ``told`` is the number of the telling that failed."""

    alert: UUID
    told: int


AlertInput = Acknowledge | Snooze | HandOver | Resolve | NobodyReached
"""On a patient's Line and on a group's alike."""


@dataclass(frozen=True)
class TakeOver:
    by: StaffId


@dataclass(frozen=True)
class HandBack:
    by: StaffId


@dataclass(frozen=True)
class TeamSaid:
    by: StaffId
    text: str


@dataclass(frozen=True)
class MarkMissed:
    """A member of staff says that the screen should have spoken at this message of the patient."""

    seq: int
    concern: str
    client_id: UUID | None = None


class OfferPost(Quiet, Struct, frozen=True):
    """A patient's post for a group, on the patient's own Line: screened, kept, then offered to the room.

    ``suspicion``: the second net's of posts; None: late, absent, or the screen had spoken.
    """

    client_id: UUID
    room: LineId
    text: str
    screen: Screen | None
    worry: Worry | None = None
    suspicion: Suspicion | None = None
    reply_to: int | None = None
    warning: Warning | None = None
    mentions: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class OfferReport:
    client_id: UUID
    room: LineId
    seq: int
    why: ReportReason = "other"


class OfferAppeal(Quiet, Struct, frozen=True):
    """They ask for another look at what was decided about their post ``seq``, or about them; ``complaint``: about the
    group itself. Screened like anything that they write."""

    client_id: UUID
    room: LineId
    text: str
    screen: Screen | None
    worry: Worry | None = None
    seq: int | None = None
    complaint: bool = False


@dataclass(frozen=True)
class LeaveGroup:
    """``take_posts``: others are to see what they wrote no more."""

    client_id: UUID
    room: LineId
    take_posts: bool = False


@dataclass(frozen=True)
class RestFromGroup:
    """``days`` None: until they come back by themselves. ``on`` False: they are back."""

    client_id: UUID
    room: LineId
    on: bool
    days: int | None = None


@dataclass(frozen=True)
class MuteMember:
    client_id: UUID
    room: LineId
    handle: UUID
    on: bool


class MuteWord(Quiet, Struct, frozen=True):
    client_id: UUID
    text: str


@dataclass(frozen=True)
class UnmuteWord:
    client_id: UUID
    word: WordId


@dataclass(frozen=True)
class ShowTyping:
    client_id: UUID
    on: bool


@dataclass(frozen=True)
class LookAtGroup:
    """They chose a group in the list of them, by its id in the content. None: they ask for groups at all."""

    client_id: UUID
    group: str | None = None


@dataclass(frozen=True)
class HostWorried:
    """A host of a room asks that this member's own team looks at what they posted."""

    by: StaffId
    room: LineId
    seq: int
    post: UUID
    word: WordId | None = None


@dataclass(frozen=True)
class RoomAnswered:
    """What the room's own Line decided about this patient, or about one of their posts. ``why``: a code."""

    group: str
    what: Literal[
        "member",
        "waiting",
        "name_taken",
        "turned_away",
        "left",
        "held",
        "hidden",
        "not_placed",
        "paused",
        "restored",
        "answered",
        "week",
        "meets_soon",
    ]
    room: LineId | None = None
    why: str = ""
    case: int = 0
    until: datetime | None = None
    strike: int = 0


@dataclass(frozen=True)
class AnswerReminders:
    """Whether they want to be reminded outside the chat."""

    on: bool


PatientInput = (
    Invite
    | Join
    | Refer
    | AnswerReferral
    | Decline
    | ChangeOwner
    | ChangeClinician
    | EndCare
    | TakeBack
    | Erase
    | SetLegalHold
    | LiftLegalHold
    | AnswerCorrection
    | Said
    | ActionReturned
    | TimerFired
    | AlertInput
    | TakeOver
    | HandBack
    | TeamSaid
    | MarkMissed
    | OfferPost
    | OfferReport
    | OfferAppeal
    | LeaveGroup
    | RestFromGroup
    | MuteMember
    | MuteWord
    | UnmuteWord
    | ShowTyping
    | LookAtGroup
    | HostWorried
    | RoomAnswered
    | AnswerReminders
)


# -- a group's Line -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    group: str
    n: int = 1


@dataclass(frozen=True)
class KeepUp:
    """Look whether content or time asks anything of this room."""


@dataclass(frozen=True)
class Admit:
    """``known``: somebody who was paused here under another record has the same address.
    ``name``: the keyed index of the pseudonym."""

    patient: LineId
    pseudonym: WordId
    name: str = ""
    known: bool = False


@dataclass(frozen=True)
class Leave:
    """``moved``: to the group's next room."""

    patient: LineId
    take_posts: bool = False
    moved: bool = False


@dataclass(frozen=True)
class Place:
    """Step two of a post: ``verdict`` and ``why`` are the author's Line's; the room adds its own rules."""

    post: UUID
    author: LineId
    word: WordId
    verdict: Literal["pass", "hold"]
    reply_to: int | None = None
    why: str = ""
    warning: Warning | None = None
    mentions: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class HostSaid:
    client_id: UUID
    by: StaffId
    text: str
    reply_to: int | None = None
    kind: PostKind = "post"


@dataclass(frozen=True)
class Report:
    """``old``: how the post stands, if it is so old that the room has let go of it."""

    seq: int
    by: LineId
    why: ReportReason = "other"
    old: OldPost | None = None


@dataclass(frozen=True)
class React:
    seq: int
    by: LineId
    kind: Reaction
    on: bool


@dataclass(frozen=True)
class Withdraw:
    """Somebody takes their own post back. ``old``: how it stands, where the room has let go of it."""

    seq: int
    by: LineId
    old: OldPost | None = None


@dataclass(frozen=True)
class Moderate:
    """``leave``: it stays as it is, and what was asked about it is answered. ``reason``: a code, of hiding. ``old``: how the
    post stands, if it is so old that the room has let go of it. ``asked``: the cases about it that they were shown; empty
    where they act unasked."""

    seq: int
    by: StaffId
    do: Literal["hide", "release", "leave"]
    reason: str = ""
    old: OldPost | None = None
    asked: tuple[int, ...] = ()


@dataclass(frozen=True)
class Strike:
    member: LineId
    by: StaffId
    reason: str
    seq: int | None = None


@dataclass(frozen=True)
class Restore:
    """A member whom flags have paused may write again."""

    member: LineId
    by: StaffId


@dataclass(frozen=True)
class Appeal:
    """``word``: what they say, sealed under their own key."""

    by: LineId
    word: WordId
    seq: int | None = None
    complaint: bool = False


@dataclass(frozen=True)
class AnswerAppeal:
    """``uphold``: what was decided stays. Of a complaint: that it was dealt with."""

    case: int
    by: StaffId
    uphold: bool


@dataclass(frozen=True)
class AnswerJoining:
    member: LineId
    by: StaffId
    let_in: bool


@dataclass(frozen=True)
class HostHere:
    by: StaffId


@dataclass(frozen=True)
class HostLooksIn:
    """They have opened the room's page."""

    by: StaffId


@dataclass(frozen=True)
class HostAway:
    by: StaffId


class HandRoomOver(Quiet, Struct, frozen=True):
    by: StaffId
    to: StaffId
    note: str = ""


class NoteByHost(Quiet, Struct, frozen=True):
    by: StaffId
    text: str
    about: LineId | None = None


@dataclass(frozen=True)
class BeginCourse:
    by: StaffId


@dataclass(frozen=True)
class Recapped:
    """There is nothing to write about that session, or it has been written."""

    case: int
    by: StaffId


RoomInput = (
    Open
    | KeepUp
    | Admit
    | Leave
    | Place
    | HostSaid
    | Report
    | React
    | Withdraw
    | Moderate
    | Strike
    | Restore
    | Appeal
    | AnswerAppeal
    | AnswerJoining
    | HostHere
    | HostLooksIn
    | HostAway
    | HandRoomOver
    | NoteByHost
    | BeginCourse
    | Recapped
    | AlertInput
    | TimerFired
)


class NewWord(Quiet, Struct, frozen=True):
    """Text about a person, to be sealed under the key of ``owner``'s Line."""

    id: WordId
    owner: LineId
    kind: str
    text: str
