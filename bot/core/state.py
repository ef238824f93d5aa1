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
MOST_GIVEN_KEPT = 8
MOST_DIARY_KEPT = 10
MOST_PAGES_KEPT = 12
MOST_DECLINED = 12
MOST_RATED = 40
MOST_CORRECTIONS = 8

Status = Literal[
    "invited",
    "joined",
    "declined",
    "discharged",
    "transferred",
    "died",
    "withdrawn",
    "waiting",
    "not_accepted",
    "erased",
]
AlertStatus = Literal["open", "acknowledged", "snoozed", "resolved"]
Helped = Literal["yes", "little", "no"]
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
    "not_safe",
]
GuidedPhase = Literal["rate", "words", "sugar", "forms", "brief", "safety"]
PlanPart = Literal[
    "signs",
    "helps",
    "people",
    "places",
    "professionals",
    "flare_notice",
    "flare_do",
    "flare_medicines",
    "flare_call",
    "flare_urgent",
    "well_helped",
    "well_signs",
    "well_do",
    "well_people",
    "well_keep",
]
PlanName = Literal["safety", "flare", "well"]
PLANS: dict[PlanName, tuple[PlanPart, ...]] = {
    "safety": ("signs", "helps", "people", "places", "professionals"),
    "flare": ("flare_notice", "flare_do", "flare_medicines", "flare_call", "flare_urgent"),
    "well": ("well_helped", "well_signs", "well_do", "well_people", "well_keep"),
}
"""A patient's own plans: for hard hours, for a flare-up of their condition, and for staying well. Each by its parts."""
PLAN_PARTS = PLANS["safety"]


def plan_with(part: PlanPart) -> PlanName:
    return next(name for name, parts in PLANS.items() if part in parts)


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
    """Writing or looking at one of one's own plans. ``phase``: the part on the screen. ``changing``: only that part."""

    release: str
    plan: PlanName = "safety"
    phase: Literal[PlanPart, "share", "look"] = "look"
    changing: bool = False


class GuidedRun(_Run, tag="guided"):
    """A check-in that was composed: the daily taps, optional words, then ``forms``, each a Run over this one.

    ``item``: index of the rating on the screen, later of the next form. ``answers``: rating -> points, None where skipped.
    ``own``: they wanted to tell once more, so nothing was asked of them. ``fell``: the mood lay far under their usual.
    """

    release: str
    ratings: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    phase: GuidedPhase = "rate"
    item: int = 0
    answers: dict[str, Given] = {}
    changing: bool = False
    own: bool = False
    fell: bool = False
    began_at: datetime | None = None


class DiaryRun(_Run, tag="diary"):
    """Writing one line of the diary. ``word`` and ``number``: what has been given of it so far."""

    entry: str
    release: str
    word: WordId | None = None
    number: float | None = None


class GoalRun(_Run, tag="goal"):
    """Looking at one of one's own goals. ``phase``: what of it is on the screen."""

    goal: UUID
    release: str
    phase: Literal["look", "rate", "words"] = "look"


Run = ModuleRun | CheckInRun | SafetyRun | GroupRun | RatingRun | PlanRun | GuidedRun | DiaryRun | GoalRun


# -- waits --------------------------------------------------------------------------------------------


class _Wait(Value, tag_field="kind"):
    pass


class ForNothing(_Wait, tag="nothing"):
    """At rest. ``seq`` and ``keys``: the menu that was offered last, if any."""

    seq: int = 0
    keys: tuple[str, ...] = ()


class ForPatient(_Wait, tag="patient"):
    """``seq``: the message on the screen; ``keys``: its buttons; ``item``: the question it asks, if any.

    ``resume``: the question is whether to go on with the Run on top. ``since``: when it was asked; None for what was only
    offered, and of before this was kept.
    """

    seq: int
    keys: tuple[str, ...] = ()
    item: str | None = None
    resume: bool = False
    since: datetime | None = None


class ForAction(_Wait, tag="action"):
    call: UUID
    action: str


class ForRoom(_Wait, tag="room"):
    """A peer group's own Line is asked; its answer comes as an input."""

    group: str


Wait = ForNothing | ForPatient | ForAction | ForRoom


# -- what is kept beside the runs ---------------------------------------------------------------------


class ScoreKept(Value):
    """``of``: the highest score that there could be, where an item did not apply. ``corrected``: the next one came in its place."""

    total: Number
    at: datetime
    of: Number | None = None
    corrected: bool = False


class Spent(Value):
    """So many items of a measure were asked. Not those that a module asks, nor what they wanted to tell themselves."""

    measure: str
    at: datetime
    items: int


class Measured(Value):
    """What composing a check-in asks for. ``began``: their first answer. ``sent``: when each measure last came.
    ``spent``: of the last 7 days. ``opened``: when the hinge last opened the full questionnaires. ``safety``: when the plain
    question about safety was last answered. ``left_out``: when a form last came with its item about safety unanswered."""

    began: datetime | None = None
    sent: dict[str, datetime] = {}
    spent: tuple[Spent, ...] = ()
    opened: datetime | None = None
    safety: datetime | None = None
    left_out: datetime | None = None


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

    kind: Literal[
        "escalate",
        "snooze",
        "left",
        "gentle",
        "action",
        "later",
        "check_in",
        "remind",
        "erase",
        "host",
        "strike",
        "show",
        "meet",
        "week",
    ]
    key: str
    due_at: datetime
    rule: str | None = None
    first_at: datetime | None = None


class Expected(Value):
    """The next planned check-in. ``sent``: of its questionnaires those that have come. ``heard_at``: when they last did
    anything here, to about an hour. ``missed``: so many in a row did not come; ``told_at``: when the team last heard of one.
    ``came_at``: when the one before it came, if one did."""

    due_at: datetime
    heard_at: datetime
    reminded_at: datetime | None = None
    sent: tuple[str, ...] = ()
    missed: int = 0
    told_at: datetime | None = None
    came_at: datetime | None = None


class Reminding(Value):
    """A reminder that is still to be given. ``what``: of which there is one at a time, ``check_in``, ``due``, ``daily``,
    ``review``, ``meets`` or ``later:<place>``. ``since``: when it was due at first, if it waits longer than a pause."""

    id: UUID
    what: str
    due_at: datetime
    since: datetime | None = None

    @property
    def late_from(self) -> datetime:
        return self.since or self.due_at


class Rhythm(Value):
    """``days``: of the week, 0 for Monday. ``hour``: ``09:00``, on their own clock."""

    days: tuple[int, ...]
    hour: str


class Weeks(Value):
    """How somebody wants their weeks. ``began``: the weeks to a review count from here. ``rhythms``: that they chose, of
    ``check_in`` and ``daily``. ``given``: when the last few reminders were. ``stopped``: they want none, in the chat neither."""

    began: datetime | None = None
    rhythms: dict[str, Rhythm] = {}
    paused_until: datetime | None = None
    given: tuple[datetime, ...] = ()
    stopped: bool = False


ReminderKind = Literal["check_in", "daily", "review", "later", "goal", "programme", "group", "other"]


def reminder_kind(what: str) -> ReminderKind:
    """What it is about, as people are told.

    >>> [reminder_kind(w) for w in ("due", "later:copd/air#s#2", "later:goal:7", "later:programme", "meets")]
    ['check_in', 'later', 'goal', 'programme', 'group']
    """
    kind, _, place = what.partition(":")
    match kind:
        case "check_in" | "due":
            return "check_in"
        case "daily" | "review":
            return kind
        case "meets":
            return "group"
        case "later" if place == "programme":
            return "programme"
        case "later":
            return "goal" if place.startswith("goal:") else "later"
        case _:
            return "other"


class Goal(Value):
    """``rating``: how it goes, 0 to 10, as they said last."""

    id: UUID
    word: WordId
    module: str | None = None
    rating: int | None = None
    rated_at: datetime | None = None


class DiaryEntry(Value):
    """A line of the diary: a number in the diary's own unit, words, or both."""

    at: datetime
    number: float | None = None
    word: WordId | None = None


class OwnPlan(Value):
    """One of a patient's own plans. ``parts``: the word of each part that they have written. ``shared``: they said
    that their team may read it."""

    parts: dict[str, WordId] = {}
    shared: bool = False


class Membership(Value):
    """``room``: which of the group's rooms. ``resting``: they take a break. ``muted``: members whose posts are folded."""

    room: LineId
    status: Literal["asked", "member", "waiting", "left"]
    pseudonym: WordId
    resting: bool = False
    rests_until: datetime | None = None
    muted: tuple[UUID, ...] = ()

    def rests(self, now: datetime) -> bool:
        return self.resting and (self.rests_until is None or now < self.rests_until)


class Barred(Value):
    """Paused in all groups by a host of this room. ``until`` None: for good."""

    room: LineId
    case: int
    reason: str
    until: datetime | None


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
    ``answered``: consent -> the version of the words that they answered last; ``asked_again``: of those that they were
    shown after a yes to older ones, whether they answered or not.
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
    answered: dict[str, str] = {}
    asked_again: dict[str, str] = {}


class Conversation(Value):
    """``seq``: the number of the last message, heard or shown. ``plan``: for hard hours; ``plans``: the others, by name.

    ``diary``: the last lines of each kind. ``kept``: pages that they keep at hand; ``last_page``: the one that they were in
    last. ``declined``: modules that are not offered again before then. ``helped``: what they said of finished modules.
    ``finished``: their care ended because they came to the end of the programme. ``erasing``: when what may be erased will
    be, as they asked; ``legal_hold``: until whoever said so lifts it, nothing of it is.
    """

    status: Status = "invited"
    seq: int = 0
    profile: Profile = Profile()
    runs: tuple[Run, ...] = ()
    wait: Wait = ForNothing()
    hold: Hold | None = None
    paused: bool = False
    scores: dict[str, tuple[ScoreKept, ...]] = {}
    item_points: dict[str, int] = {}
    measuring: Measured = Measured()
    alerts: dict[str, OpenAlert] = {}
    timers: dict[str, Timer] = {}
    expected: Expected | None = None
    reminders: dict[str, Reminding] = {}
    weeks: Weeks = Weeks()
    goals: tuple[Goal, ...] = ()
    done: tuple[str, ...] = ()
    rooms: dict[str, Membership] = {}
    muted_words: tuple[WordId, ...] = ()
    shows_typing: bool = False
    barred: tuple[Barred, ...] = ()
    posted: int = 0
    plan: OwnPlan = OwnPlan()
    plans: dict[str, OwnPlan] = {}
    diary: dict[str, tuple[DiaryEntry, ...]] = {}
    kept: tuple[str, ...] = ()
    last_page: str = ""
    declined: dict[str, datetime] = {}
    helped: dict[str, Helped] = {}
    finished: bool = False
    misunderstood: int = 0
    erasing: datetime | None = None
    legal_hold: LegalHold | None = None
    corrections: tuple[Correction, ...] = ()

    @property
    def gone(self) -> bool:
        """Nobody looks after them here any more, or yet; what they write is still screened."""
        return self.status in ("discharged", "transferred", "died", "withdrawn", "waiting", "not_accepted")

    def may_write_in(self, room: LineId, now: datetime) -> bool:
        """As far as their own Line knows."""
        is_in = any(m.room == room and m.status == "member" for m in self.rooms.values())
        return is_in and self.barred_at(now) is None

    def barred_at(self, now: datetime) -> Barred | None:
        """What keeps them from writing in groups longest, if anything does."""
        lasting = [bar for bar in self.barred if bar.until is None or now < bar.until]
        return max(lasting, key=lambda bar: (bar.until is None, bar.until), default=None)

    @property
    def top(self) -> Run | None:
        return self.runs[-1] if self.runs else None

    def own_plan(self, name: PlanName) -> OwnPlan:
        return self.plan if name == "safety" else self.plans.get(name, OwnPlan())

    def words(self) -> frozenset[WordId]:
        """The words that the next turn may have to read: name, goals, plans, the diary, what the open modules keep."""
        named = {self.profile.first_name, *self.plan.parts.values()}
        named.update([word for plan in self.plans.values() for word in plan.parts.values()])
        named.update([entry.word for entries in self.diary.values() for entry in entries])
        named.update([g.word for g in self.goals], [m.pseudonym for m in self.rooms.values()])
        named.update(self.muted_words)
        for run in self.runs:
            if isinstance(run, ModuleRun):
                named.update([slot.word for slot in run.slots.values()])
            elif isinstance(run, DiaryRun):
                named.add(run.word)
        return frozenset([w for w in named if w is not None])


def timer_id(kind: str, key: str) -> str:
    return f"{kind}:{key}"
