"""Where a patient's conversation stands. Its size does not grow with the length of the conversation.

It holds ids, option numbers and points; words are named by their ids (I5, I8).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from bot.core.library import Given, Level, Number
from bot.core.values import AlertId, LineId, StaffId, Value, WordId

MOST_RUNS = 4
MOST_SCORES_KEPT = 32
MOST_FOLLOW_UPS = 32
MOST_GOALS = 5
MOST_CORRECTIONS = 8

Status = Literal["invited", "joined", "declined", "discharged", "transferred", "died", "erased"]
AlertStatus = Literal["open", "acknowledged", "snoozed", "resolved"]
Dialogue = Literal[
    "crisis",
    "gentle",
    "item",
    "red_flag",
    "emergency",
    "safeguarding",
    "afraid",
    "others",
    "harm",
    "third_person",
    "young",
]
PlanPart = Literal["signs", "helps", "people", "places", "professionals"]
PLAN_PARTS: tuple[PlanPart, ...] = ("signs", "helps", "people", "places", "professionals")


# -- runs ---------------------------------------------------------------------------------------------


class Slot(Value):
    """One reply inside a module: a number, the picked option numbers, a word's id, or skipped."""

    number: float | None = None
    options: tuple[int, ...] | None = None
    word: WordId | None = None
    skipped: bool = False


class _Run(Value, tag_field="kind"):
    pass


class ModuleRun(_Run, tag="module"):
    """``module``: the form of it that is being read, ``copd/breathing.pl``. ``at``: the next part of ``step``.

    ``release``: the library that the step began with. ``began``: the conversation's seq when the Run started; 0 for
    one that is older than its counting. ``rang``: an alert or the safety dialogue came up meanwhile.
    """

    module: str
    release: str
    step: str
    at: int = 0
    slots: dict[str, Slot] = {}
    began: int = 0
    language: str = "en"
    rang: bool = False


class CheckInRun(_Run, tag="check_in"):
    """One measure being answered. ``called``: a module waits for its end and goes on by itself.

    ``item``: index of the question on the screen; equal to the number of items when all is read back.
    ``answers``: item id -> points, or what was said instead; None for a skipped item. ``then``: measures still to come.
    """

    measure: str
    measure_version: str
    release: str
    item: int = 0
    answers: dict[str, Given] = {}
    then: tuple[str, ...] = ()
    called: bool = False
    changing: bool = False
    began_at: datetime | None = None


class SafetyRun(_Run, tag="safety"):
    """The safety dialogue over whatever was going on. ``phase``: the question that waits. ``again``: how often it came
    back to where it was, so that no sentence is said twice in a row."""

    dialogue: Dialogue
    concern: str
    release: str
    phase: Literal["direct", "right_now", "contact", "after"] = "direct"
    again: int = 0


class GroupRun(_Run, tag="group"):
    """Joining a peer group: read its rules, choose a pseudonym, wait for the room."""

    group: str
    release: str
    phase: Literal["rules", "pseudonym", "room"] = "rules"


class RatingRun(_Run, tag="rating"):
    """Asking once whether the module that has just been finished helped. It is over with the next message."""

    module: str
    release: str
    began: int
    language: str = "en"


class PlanRun(_Run, tag="plan"):
    """Writing or looking at one's own safety plan. ``phase``: the part on the screen. ``changing``: only that part."""

    release: str
    phase: Literal[PlanPart, "share", "look"] = "look"
    changing: bool = False


Run = ModuleRun | CheckInRun | SafetyRun | GroupRun | RatingRun | PlanRun


# -- waits --------------------------------------------------------------------------------------------


class _Wait(Value, tag_field="kind"):
    pass


class ForNothing(_Wait, tag="nothing"):
    """At rest. ``seq`` and ``keys``: the menu that was offered last, if any."""

    seq: int = 0
    keys: tuple[str, ...] = ()


class ForPatient(_Wait, tag="patient"):
    """``seq``: the message on the screen; ``keys``: its buttons; ``item``: the question it asks, if any.

    ``resume``: the question is whether to go on with the Run on top.
    """

    seq: int
    keys: tuple[str, ...] = ()
    item: str | None = None
    resume: bool = False


class ForAction(_Wait, tag="action"):
    call: UUID
    action: str


class ForRoom(_Wait, tag="room"):
    """A peer group's own Line is asked; its answer comes as an input."""

    group: str


Wait = ForNothing | ForPatient | ForAction | ForRoom


# -- what is kept beside the runs ---------------------------------------------------------------------


class ScoreKept(Value):
    """``of``: the highest score that there could be, where an item did not apply."""

    total: Number
    at: datetime
    of: Number | None = None


class OpenAlert(Value):
    """The alert's row as this Line knows it. ``evidence``: how many pieces; ``told``: how often somebody was;
    ``reopened``: how often it came back after somebody had taken it on; ``repeated``: how often its last step has been
    told again."""

    id: AlertId
    concern: str
    level: Level
    status: AlertStatus
    opened_at: datetime
    evidence: int = 1
    told: int = 1
    rung: int = 0
    due_at: datetime | None = None
    owner: StaffId | None = None
    by: StaffId | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    outcome: str | None = None
    note: WordId | None = None
    snoozed_until: datetime | None = None
    reopened: int = 0
    repeated: int = 0


class Timer(Value):
    """A promise to wake. ``key`` is unique within its kind; a follow-up's is its place, ``module#step#part``.

    ``rule``: an RFC 5545 recurrence that began at ``first_at``, on the patient's own clock.
    """

    kind: Literal["escalate", "snooze", "left", "gentle", "action", "later", "check_in", "erase"]
    key: str
    due_at: datetime
    rule: str | None = None
    first_at: datetime | None = None


class Expected(Value):
    """The next planned check-in. ``sent``: of its questionnaires those that have come. ``heard_at``: when they last did
    anything here, to about an hour. ``missed``: so many in a row did not come; ``told_at``: when the team last heard of one."""

    due_at: datetime
    heard_at: datetime
    reminded_at: datetime | None = None
    sent: tuple[str, ...] = ()
    missed: int = 0
    told_at: datetime | None = None


class Reminding(Value):
    """A reminder that is still to be given. ``what``: of which there is one at a time, ``check_in`` or ``later:<place>``."""

    id: UUID
    what: str
    due_at: datetime


class Goal(Value):
    id: UUID
    word: WordId
    module: str | None = None


class SafetyPlan(Value):
    """A patient's own plan for hard hours. ``parts``: the word of each part that they have written. ``shared``: they said
    that their team may read it."""

    parts: dict[str, WordId] = {}
    shared: bool = False


class Membership(Value):
    room: LineId
    status: Literal["asked", "member", "left"]
    pseudonym: WordId


class Hold(Value):
    """A person has taken over: the screen works, Runs stand still, timers wait. ``urgent``: how often it was said
    meanwhile where to turn. ``active_at``: when they last wrote."""

    by: StaffId
    since: datetime
    active_at: datetime | None = None
    urgent: int = 0


class LegalHold(Value):
    """Nothing of this record may be erased or deleted. ``reason``: a code."""

    reason: str
    by: StaffId
    since: datetime


class Correction(Value):
    """Something that they say is wrong in their record, and that nobody has answered yet."""

    id: UUID
    about: str
    word: WordId
    at: datetime


class Profile(Value):
    """``simulated``: nobody real; no report counts them. ``easy``: easier words, None while nobody has asked them.

    ``owner`` answers for mood, worry and safety; ``clinician`` for the body, where there is somebody of their own.
    """

    conditions: tuple[str, ...] = ()
    nation: str = ""
    timezone: str = "Europe/London"
    language: str = "en"
    owner: StaffId | None = None
    consents: dict[str, bool] = {}
    first_name: WordId | None = None
    contact: WordId | None = None
    simulated: bool = False
    easy: bool | None = None
    clinician: StaffId | None = None


class Conversation(Value):
    """``seq``: the number of the last message, heard or shown. ``erasing``: when what may be erased will be, as they
    asked; ``kept``: until whoever said so lifts it, nothing of it is."""

    status: Status = "invited"
    seq: int = 0
    profile: Profile = Profile()
    runs: tuple[Run, ...] = ()
    wait: Wait = ForNothing()
    hold: Hold | None = None
    paused: bool = False
    scores: dict[str, tuple[ScoreKept, ...]] = {}
    item_points: dict[str, int] = {}
    alerts: dict[str, OpenAlert] = {}
    timers: dict[str, Timer] = {}
    expected: Expected | None = None
    reminders: dict[str, Reminding] = {}
    goals: tuple[Goal, ...] = ()
    done: tuple[str, ...] = ()
    rooms: dict[str, Membership] = {}
    plan: SafetyPlan = SafetyPlan()
    misunderstood: int = 0
    erasing: datetime | None = None
    kept: LegalHold | None = None
    corrections: tuple[Correction, ...] = ()

    @property
    def gone(self) -> bool:
        """Their care here has ended; what they write is still screened."""
        return self.status in ("discharged", "transferred", "died")

    @property
    def top(self) -> Run | None:
        return self.runs[-1] if self.runs else None

    def words(self) -> frozenset[WordId]:
        """The words that the next turn may have to read: name, goals, the safety plan, what the open modules keep."""
        named = {self.profile.first_name, *self.plan.parts.values()}
        named.update([g.word for g in self.goals], [m.pseudonym for m in self.rooms.values()])
        for run in self.runs:
            if isinstance(run, ModuleRun):
                named.update([slot.word for slot in run.slots.values()])
        return frozenset([w for w in named if w is not None])


def timer_id(kind: str, key: str) -> str:
    return f"{kind}:{key}"
