"""The clinical numbers, as versioned data: when a score is worse, and how loudly to say it."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator, model_validator

from bot.core.checked import Checked
from bot.core.library.diary import Diary
from bot.core.library.measures import Number
from bot.core.library.measuring import Measuring
from bot.core.library.programme import Programme
from bot.core.library.steps import Level


class Levels(Checked):
    """How loudly each rule about a score is said."""

    worse: Level = "soon"
    case_crossed: Level = "soon"
    severe_entered: Level = "soon"
    severe_at_first: Level = "routine"


class ScoreLimits(Checked):
    """When a measure has worsened. ``worse_by`` counts from the best score in the look-back window.

    ``again_by``: while it stays so, it is said again only where the score is so much worse than when it was last said;
    without it, at each score. Of a measure whose higher scores are better, ``case_at`` and ``severe_at`` are reached from above.
    """

    worse_by: Number | None = None
    again_by: Number | None = None
    case_at: Number | None = None
    severe_at: Number | None = None
    levels: Levels = Levels()


class NoChange(Checked):
    """A case that after so many weeks is neither reliably better nor worse."""

    after_weeks: int
    level: Level


class Plateau(Checked):
    """A case whose last ``check_ins`` scores lie less than a reliable change apart, after one that was further away."""

    check_ins: int = Field(ge=3, le=16)
    level: Level


class Worsening(Checked):
    """A rule set. ``together_days``: scores of several measures that lie no further apart are named together."""

    version: str
    look_back_weeks: int
    measures: dict[str, ScoreLimits]
    together_days: int = 7
    no_change: NoChange | None = None
    plateau: Plateau | None = None


class CheckIns(Checked):
    """The plan of check-ins: the next one is due ``every_days`` after the last. Days count from when it was due.

    ``level``: of the first that did not come; ``again_level``: of further ones in a row, where nothing was heard from the
    patient in between. ``open_hours``: so long after they were last heard from, a form that lies open is left to them.
    """

    version: str
    every_days: int = Field(ge=1, le=92)
    remind_after_days: int = Field(ge=1, le=60)
    flag_after_days: int = Field(ge=2, le=61)
    level: Level = "routine"
    again_level: Level = "soon"
    open_hours: int = Field(default=24, ge=1, le=168)


class QuietHours(Checked):
    """Hours of a patient's own clock in which the service does not speak first. They may run over midnight."""

    begins: time = Field(default=time(21), alias="from")
    ends: time = Field(default=time(8), alias="until")


Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Schedule(Checked):
    """``hours``: offered to choose from. ``too_late_hours``: by kind of reminder; of a kind without them none is ever too
    old. ``review_weeks``: counted from joining. Without the file, as these numbers say."""

    version: str = ""
    quiet: QuietHours = QuietHours()
    usual_hour: Hour = "09:00"
    hours: tuple[Hour, ...] = ("09:00", "13:00", "18:00")
    spread_minutes: int = Field(default=60, ge=0, le=60)
    most_a_day: int = Field(default=2, ge=1, le=8)
    review_weeks: tuple[int, ...] = (6, 12)
    pause_days: int = Field(default=7, ge=1, le=31)
    too_late_hours: dict[Literal["daily", "due", "review", "later"], int] = {
        "daily": 8,
        "due": 48,
        "review": 336,
        "later": 336,
    }

    def fits(self, hour: str) -> bool:
        """Whether what is planned for this hour, and spread after it, lies outside the quiet hours."""
        ends, day = _minutes(self.quiet.ends), 24 * 60
        open_for = (_minutes(self.quiet.begins) - ends) % day or day
        return (_minutes(time.fromisoformat(hour)) - ends) % day + self.spread_minutes <= open_for

    @model_validator(mode="after")
    def _hours_are_not_quiet(self) -> Schedule:
        if wrong := [hour for hour in (self.usual_hour, *self.hours) if not self.fits(hour)]:
            raise ValueError(f"{wrong[0]} lies in the quiet hours, or so near that a reminder would")
        return self


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


class Rung(Checked):
    """``who``: ``owner``, ``team``, ``duty`` or ``lead``. ``minutes`` until the next rung is told."""

    who: tuple[str, ...]
    minutes: int


Somebody = Literal["owner", "therapist", "clinician", "duty", "lead", "host"]


class Whose(Checked):
    """Who the first step's ``owner`` and ``team`` are where one of these concerns is the matter: the first of ``owner``
    that is there has it, the others get a copy. A concern may end in ``*``."""

    concerns: tuple[str, ...]
    owner: tuple[Somebody, ...] = ("owner",)
    team: tuple[Somebody, ...] = ("therapist", "clinician")

    def names(self, concern: str) -> bool:
        return any(
            concern.startswith(c.removesuffix("*")) if c.endswith("*") else concern == c
            for c in self.concerns
        )


Channel = Literal["push", "webhook", "apprise"]
"""What carries the news of an alert besides e-mail, by which alone the ladder is judged."""


class Slower(Checked):
    """How the last rung of ``now`` is told again once it has been told again for ``after_hours``: each ``minutes``."""

    after_hours: int = Field(ge=1, le=72)
    minutes: int = Field(ge=1, le=24 * 60)


class Ladder(Checked):
    """``notify``: ``at opening`` waits for the hours of the service, ``digest`` for somebody who looks at the list.
    ``repeat_levels``: of these the last rung is told again and again. ``left_hours``: after so long an acknowledged alert to which nobody came back is open again. ``pause_minutes``:
    the next rung waits so long after the last thing that a colleague did in the chat with this patient. ``channels``:
    which tell of a level besides e-mail, at the times of ``notify``. ``fold_from``: so many alerts that wait for the same
    person at once are one letter, unless they need somebody now."""

    version: str
    levels: dict[Level, tuple[Rung, ...]]
    repeat_last_minutes: int
    gentle_question_minutes: int
    whose: tuple[Whose, ...] = (Whose(concerns=("group-report",), owner=("host",)),)
    notify: dict[Level, Literal["at once", "at opening", "digest"]] = {"routine": "digest"}
    repeat_levels: tuple[Level, ...] = ()
    repeat_slower: Slower | None = None
    send_again_at_opening: tuple[Level, ...] = ()
    left_hours: dict[Level, int] = {}
    longest_snooze_hours: dict[Level, int] = {}
    pause_minutes: int = 15
    channels: dict[Level, tuple[Channel, ...]] = {}
    fold_from: int = Field(default=10, ge=2)

    def repeat_after(self, repeated: int) -> int:
        """Minutes until the last rung is told again, which has happened so many times already."""
        slower = self.repeat_slower
        if slower is None or repeated * self.repeat_last_minutes < slower.after_hours * 60:
            return self.repeat_last_minutes
        return slower.minutes

    def whose_is(self, concern: str) -> Whose | None:
        return next((row for row in self.whose if row.names(concern)), None)


KNOWN_AHEAD = timedelta(days=183)


class BankHolidays(Checked):
    """The days on which a nation's services are closed."""

    version: str = ""
    england_and_wales: tuple[date, ...] = ()
    scotland: tuple[date, ...] = ()
    northern_ireland: tuple[date, ...] = ()

    def of(self, nation: str) -> frozenset[date]:
        places = {"scotland": self.scotland, "northern_ireland": self.northern_ireland}
        return frozenset(places.get(nation, self.england_and_wales))

    def runs_out(self, nation: str, today: date) -> date | None:
        """The last day that is known of a nation, where that is so near that the next year has to be added."""
        last = max(self.of(nation), default=None)
        return last if last is not None and last - today < KNOWN_AHEAD else None


_FROM_UNTIL = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"


class GroupNumbers(Checked):
    """``themes``: what groups can be about; each has its sentence ``group_theme_<theme>``. ``size``: members of one room,
    where the group names no number of its own. ``enough_to_open``: so many who wait open another room. ``night``: on the
    service's clock, and over midnight if it says so; a room is closed then, unless a host is there.
    ``distress_per_hour``: posts of one room that sound distressed. ``mentions``: names in one post. The two "per hour" of
    posts and reactions: of one member. Without a number, as these defaults say."""

    version: str
    max_characters: int
    first_posts_held: int
    flags_to_hide: int
    flags_to_pause: int
    strikes: tuple[str, ...] = ()
    themes: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")], ...] = ()
    size: int = Field(default=150, ge=2, le=1000)
    enough_to_open: int = Field(default=5, ge=1, le=100)
    night: Annotated[str, Field(pattern=_FROM_UNTIL)] = "22:00-07:00"
    distress_per_hour: int = Field(default=2, ge=1, le=100)
    host_away_after_minutes: int = Field(default=30, ge=1, le=24 * 60)
    first_course_week_days: int = Field(default=7, ge=1, le=31)
    posts_per_hour: int = Field(default=20, ge=1, le=1000)
    mentions: int = Field(default=5, ge=0, le=50)
    appeal_days: int = Field(default=28, ge=1, le=366)


class Suppression(Checked):
    """Of printed counts: smaller ones are left blank, the others go to the nearest ``round_to``."""

    blank_below: int
    round_to: int


class Participation(Checked):
    """How taking part in groups is put beside outcomes. ``landmark_weeks``: so long after the first check-in it is fixed
    who has taken part; ``follow_weeks``: outcomes of so long after that count. ``weeks_to_take_part``: different weeks
    with a post that others saw, or a reaction."""

    landmark_weeks: int = Field(default=6, ge=1, le=52)
    follow_weeks: int = Field(default=12, ge=1, le=52)
    weeks_to_take_part: int = Field(default=2, ge=1, le=26)


class OutcomeRules(Checked):
    """``one_up_one_down``: a measure reliably better and another reliably worse; ``both`` counts it in each."""

    version: str
    name: str = ""
    title: str = ""
    case_at: dict[str, Number]
    reliable_change: dict[str, Number]
    finished_contacts: int
    one_up_one_down: Literal["no reliable change", "both"] = "no reliable change"
    suppression: Suppression | None = None
    participation: Participation = Participation()


ConsentName = Literal["care", "evaluation", "linkage", "groups", "reminders"]
CONSENTS: tuple[ConsentName, ...] = get_args(ConsentName)


class Consent(Checked):
    """``version``: of its words. ``needed``: nobody joins without it."""

    name: ConsentName
    version: str = Field(min_length=1, max_length=20)
    needed: bool = False


class Consents(Checked):
    """What people agree to, one by one, in the order in which they are asked."""

    version: str
    asked: tuple[Consent, ...]

    @field_validator("asked")
    @classmethod
    def _each_once(cls, asked: tuple[Consent, ...]) -> tuple[Consent, ...]:
        if len({c.name for c in asked}) < len(asked):
            raise ValueError("name each consent once")
        if not any(c.name == "care" and c.needed for c in asked):
            raise ValueError("ask for 'care', and say that it is needed: nobody is looked after without it")
        return asked

    def version_of(self, name: str) -> str | None:
        """None of what is not asked."""
        return next((c.version for c in self.asked if c.name == name), None)


class Kept(Checked):
    """``years``: how long after the last that happened there, once their care has ended. ``on_request``: they may have it
    erased before."""

    years: int = Field(ge=0, le=100)
    on_request: bool = False


class Retention(Checked):
    """What of a record goes when. ``words``: all that they and their team wrote, their name, their address and their
    ways in; ``record``: facts and numbers without them. ``cooling_off_days``: so long they may take it back.
    ``moderation_years``: so long after a decision its row in the record of moderation stays, and what hosts noted; None in
    a release that was published before there was such a number: for as long as the group."""

    version: str
    cooling_off_days: int = Field(ge=0, le=30)
    words: Kept
    record: Kept
    moderation_years: int | None = Field(default=None, ge=1, le=100, exclude_if=lambda years: years is None)


class Policy(Checked):
    """``rule_sets``: further ones than ``worsening``, by the names by which services choose them.
    ``check_ins``, ``consents``, ``diary``, ``measuring``, ``programme``, ``retention``: None in a release that was
    published before there was such a file."""

    worsening: Worsening
    rule_sets: dict[str, Worsening] = {}
    ladder: Ladder
    groups: GroupNumbers
    outcomes: OutcomeRules
    check_ins: CheckIns | None = None
    consents: Consents | None = None
    measuring: Measuring | None = None
    schedule: Schedule = Schedule()
    diary: Diary | None = None
    programme: Programme | None = None
    retention: Retention | None = None
    bank_holidays: BankHolidays = BankHolidays()
