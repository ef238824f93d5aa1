"""A patient's weeks: what is planned, when it may be said, and why it is not. As a function of a state and an input."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from test_expecting import BEGIN, BY, DAY, REMINDER, Somebody

from bot.core.facts import (
    ReminderDropped,
    ReminderGiven,
    ReminderMoved,
    ReminderPlanned,
    RemindersWanted,
)
from bot.core.inputs import (
    AnswerReminders,
    EndCare,
    HandBack,
    Invite,
    Join,
    TakeBack,
    TakeOver,
    TimerFired,
)
from bot.core.library import Library
from bot.core.state import Conversation, ForNothing, ForPatient, Profile
from bot.core.values import LineId

LONDON = ZoneInfo("Europe/London")
DAILY, REVIEW, DUE = "texts:reminder_daily", "texts:reminder_review", "texts:reminder_due"


class Planner(Somebody):
    """Every kind of timer is heard, in the order in which they come due. ``said``: where from and when."""

    def __init__(
        self, library: Library, line: int = 1, *, consents: dict[str, bool] | None = None, **profile: object
    ) -> None:
        super().__init__(library, joins=False)
        self.line = LineId(UUID(int=line))
        self.profile = profile
        self.said: list[tuple[str | None, datetime]] = []
        self.does(Invite(Profile(nation="england", owner=BY, **profile)))  # type: ignore[arg-type]
        self.does(Join({"care": True, **(consents or {})}))

    def until(self, moment: datetime) -> list[str | None]:
        before = len(self.said)
        while timer := min(self.state.timers.values(), key=lambda t: (t.due_at, t.kind, t.key), default=None):
            if timer.due_at > moment:
                break
            self.now = max(self.now, timer.due_at)
            self.said += [(step, self.now) for step in self.does(TimerFired(timer.kind, timer.key))]
        self.now = moment
        self.is_whole()
        return [step for step, _ in self.said[before:]]

    def on_day(self, day: float) -> list[str | None]:
        return self.until(BEGIN + day * DAY)

    def chooses(self, *keys: str) -> None:
        for key in keys:
            self.presses(key)
        self.is_whole()

    def whys(self, kind: type[ReminderMoved | ReminderDropped], what: str) -> list[str]:
        return [f.why for f in self.facts if isinstance(f, kind) and f.what == what]

    def is_whole(self) -> None:
        """Every reminder that was ever planned has ended with a reason, or waits and has a timer that wakes it."""
        planned = {f.reminder for f in self.facts if isinstance(f, ReminderPlanned)}
        ended = {f.reminder for f in self.facts if isinstance(f, ReminderGiven | ReminderDropped)}
        waiting = {r.id for r in self.state.reminders.values()}
        assert planned - ended == waiting
        assert not ended & waiting
        timers = {f"{t.kind}:{t.key}": t.due_at for t in self.state.timers.values()}
        for what, reminder in self.state.reminders.items():
            name = {"check_in": "check_in:next"}.get(
                what, what if what.startswith("later:") else f"remind:{what}"
            )
            assert timers[name] <= reminder.due_at


def local(moment: datetime) -> datetime:
    return moment.astimezone(LONDON)


# -- rhythms ----------------------------------------------------------------------------------------------


def test_a_daily_look_is_off_until_somebody_chooses_it(library: Library) -> None:
    sam = Planner(library)
    assert DAILY not in sam.on_day(9)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:18:00")
    assert sam.on_day(11.9).count(DAILY) == 3


def test_the_daily_look_keeps_its_hour_and_days_over_both_changes_of_the_clocks(library: Library) -> None:
    for begin in ("2026-03-20T12:00", "2026-10-16T12:00"):
        sam = Planner(library)
        sam.until(datetime.fromisoformat(begin).replace(tzinfo=UTC))
        sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:weekdays")
        sam.chooses("hour:daily:weekdays:09:00")
        start = sam.now
        sam.until(start + timedelta(days=17))
        looks = [local(at) for step, at in sam.said if step == DAILY and at > start]
        assert {at.time() for at in looks} == {time(9)}
        assert [at.weekday() for at in looks] == [0, 1, 2, 3, 4] * 2 + [0]


def test_reminders_of_different_people_come_spread_over_the_hour(library: Library) -> None:
    sam = Planner(library, line=1234 << 16)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:09:00")
    sam.on_day(3)
    assert {local(at).time() for step, at in sam.said if step == DAILY} == {time(9, 20, 34)}


def test_a_day_chosen_for_the_check_in_is_told_on_that_day_and_reminded_of_three_days_later(
    library: Library,
) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:check_in", "days:check_in:3", "hour:check_in:3:13:00")
    sam.on_day(7)
    assert [(s, local(at).weekday(), local(at).hour) for s, at in sam.said] == [
        (DUE, 3, 13),
        (REMINDER, 6, 13),
    ]
    assert sam.levels == []
    sam.on_day(7.2)
    assert sam.levels == ["routine"], "on day 4, a Monday"


def test_a_check_in_that_came_early_leaves_the_chosen_day_and_keeps_a_distance(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:check_in", "days:check_in:3", "hour:check_in:3:13:00")
    sam.on_day(2)
    sam.checks_in()
    assert sam.state.expected is not None
    due = local(sam.state.expected.due_at)
    assert (due.date().isoformat(), due.hour) == ("2026-03-12", 13), "not the day after"
    assert sam.whys(ReminderDropped, "due") == ["done"]


def test_after_six_and_twelve_weeks_somebody_is_asked_to_look_back(library: Library) -> None:
    sam = Planner(library)
    sam.on_day(200)
    looks = [local(at) for step, at in sam.said if step == REVIEW]
    assert [(at - BEGIN).days // 7 for at in looks] == [5, 11]  # early on that day, at nine
    assert [at.date().isoformat() for at in looks] == ["2026-04-13", "2026-05-25"]


def test_a_review_waits_for_a_day_of_work(library: Library) -> None:
    sam = Planner(library)
    sam.service = sam.service.model_copy(update={"bank_holidays": library.policy.bank_holidays.of("england")})
    sam.now = BEGIN
    sam.on_day(100)
    assert sam.whys(ReminderMoved, "review") == ["holiday"]


# -- when it may speak --------------------------------------------------------------------------------------


def test_what_a_server_that_stood_still_finds_at_night_waits_for_the_morning(library: Library) -> None:
    sam = Planner(library)
    night = datetime(2026, 4, 13, 21, 30, tzinfo=UTC)
    sam.now = night
    assert sam.does(TimerFired("remind", "review")) == []
    assert sam.whys(ReminderMoved, "review") == ["quiet_hours"]
    assert local(sam.state.reminders["review"].due_at) == datetime(2026, 4, 14, 8, tzinfo=LONDON)
    assert REVIEW in sam.until(night + timedelta(hours=10))


def test_a_check_in_sent_late_in_the_evening_is_expected_in_the_morning(library: Library) -> None:
    sam = Planner(library)
    sam.on_day(0.5)  # 10 pm
    sam.checks_in()
    assert sam.state.expected and local(sam.state.expected.due_at) == datetime(2026, 3, 10, 8, tzinfo=LONDON)
    sam.on_day(12)
    assert [(s, local(at).hour) for s, at in sam.said if s == REMINDER] == [(REMINDER, 8)]


def test_two_a_day_and_no_more(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:09:00")
    sam.chooses("remind:check_in", "days:check_in:0", "hour:check_in:0:09:00")
    sam.on_day(150)
    days = [local(at).date() for step, at in sam.said if step in (DAILY, DUE, REMINDER, REVIEW)]
    assert max(days.count(day) for day in set(days)) == 2
    assert "spread" in sam.whys(ReminderMoved, "review")


def test_a_daily_look_that_found_something_open_for_hours_is_dropped_and_does_not_pile_up(
    library: Library,
) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:09:00")
    sam.does(TakeOver(BY))
    sam.on_day(5.2)
    assert [s for s, _ in sam.said] == []
    assert set(sam.whys(ReminderDropped, "daily")) == {"too_late"}
    assert set(sam.whys(ReminderMoved, "daily")) == {"something_open"}
    assert len(sam.whys(ReminderMoved, "daily")) < 40
    sam.does(HandBack(BY))
    assert sam.on_day(6.5).count(DAILY) <= 2


def test_none_after_a_death(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:09:00")
    sam.on_day(2)
    said = len(sam.said)
    sam.does(EndCare("died", BY))
    assert sam.state.timers == {} and sam.state.reminders == {}
    sam.on_day(60)
    assert len(sam.said) == said
    assert sam.whys(ReminderDropped, "daily")[-1] == "care_ended"


# -- what they say themselves -------------------------------------------------------------------------------


def test_stopping_is_one_tap_and_nothing_comes_afterwards(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:09:00")
    sam.chooses("remind:stop")
    assert [f.on for f in sam.facts if isinstance(f, RemindersWanted)] == [False]
    assert sam.state.reminders == {}
    assert {f.why for f in sam.facts if isinstance(f, ReminderDropped)} == {"not_wanted"}
    sam.on_day(40)
    assert sam.said == []
    assert sam.levels[0] == "routine", "the team is told all the same"


def test_who_turns_them_on_again_has_their_rhythm_again(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:09:00")
    sam.chooses("remind:stop", "remind:on")
    assert set(sam.state.reminders) == {"daily", "review", "check_in", "later:programme"}


def test_who_never_said_yes_to_reminders_finds_them_in_the_chat(library: Library) -> None:
    sam = Somebody(library, joins=False)
    sam.does(Invite(Profile(nation="england", owner=BY)))
    sam.does(Join({"care": True, "reminders": False}))
    assert "check_in" in sam.state.reminders
    assert sam.on_day(11) != []


def test_a_no_after_a_yes_stops_those_in_the_chat_too(library: Library) -> None:
    sam = Somebody(library, joins=False)
    sam.does(Invite(Profile(nation="england", owner=BY)))
    sam.does(Join({"care": True, "reminders": True}))
    sam.does(AnswerReminders(on=False))
    assert sam.state.reminders == {}
    assert sam.state.profile.consents["reminders"] is False
    assert sam.on_day(11) == []
    assert sam.levels == ["routine"]


@pytest.mark.parametrize("asked", [{}, {"reminders": False}])
def test_off_stops_all_of_somebody_who_had_never_said_yes(library: Library, asked: dict[str, bool]) -> None:
    sam = Planner(library, consents=asked)
    assert sam.does(AnswerReminders(on=False)) == ["texts:reminders_outside_off"]
    sam.types("hello")
    sam.is_whole()
    assert (sam.state.reminders, sam.state.weeks.stopped) == ({}, True)
    assert sam.on_day(11) == []
    assert sam.does(AnswerReminders(on=False)) == []


def _says(sam: Planner, way: str, *, on: bool) -> None:
    match way:
        case "outside":
            sam.does(AnswerReminders(on=on))
        case "my choices":
            sam.chooses("menu:more", "menu:choices", "give:reminders" if on else "stop:reminders")
        case _:
            sam.chooses("menu:more", "menu:reminders", "remind:on" if on else "remind:stop")


@pytest.mark.parametrize("off", ["outside", "my choices", "my reminders"])
@pytest.mark.parametrize("on", ["outside", "my choices", "my reminders"])
def test_a_no_and_then_a_yes_leave_what_stood_before(library: Library, off: str, on: str) -> None:
    sam = Planner(library, consents={"reminders": True})
    sam.checks_in()
    before = {what: planned.due_at for what, planned in sam.state.reminders.items()}
    assert {"check_in", "later:programme"} <= set(before)
    _says(sam, off, on=False)
    assert sam.state.reminders == {}
    sam.on_day(1)
    _says(sam, on, on=True)
    assert {what: planned.due_at for what, planned in sam.state.reminders.items()} == before
    assert sam.on_day(11.1) == [REMINDER]
    assert sam.levels == ["routine"]


def test_a_programme_that_ended_while_they_wanted_none_is_over(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:stop")
    sam.on_day(26 * 7 + 1)
    assert sam.said == []
    sam.chooses("menu:more", "menu:reminders", "remind:on")
    assert "later:programme" not in sam.state.reminders


def test_who_agrees_to_care_again_has_the_programme_again(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:choices", "stop:care", "withdraw:yes")
    sam.on_day(3)
    sam.does(TakeBack(BY))
    assert sam.state.reminders == {}
    sam.chooses("give:care")
    assert sam.state.reminders["later:programme"].due_at == BEGIN + 3 * DAY + timedelta(weeks=26)


def test_a_day_chosen_after_a_check_in_keeps_its_distance_from_it(library: Library) -> None:
    sam = Planner(library)
    sam.checks_in()  # on Monday
    sam.chooses("menu:more", "menu:reminders", "remind:check_in", "days:check_in:1", "hour:check_in:1:09:00")
    assert sam.state.expected and local(sam.state.expected.due_at).date().isoformat() == "2026-03-10"
    sam.on_day(7.9)
    assert sam.levels == []


def test_a_day_chosen_while_one_is_overdue_is_the_next_of_its_kind(library: Library) -> None:
    sam = Planner(library)
    sam.checks_in()
    sam.on_day(8)  # Tuesday
    sam.chooses("menu:more", "menu:reminders", "remind:check_in", "days:check_in:3", "hour:check_in:3:09:00")
    assert sam.state.expected and local(sam.state.expected.due_at).date().isoformat() == "2026-03-12"


def test_not_this_week_moves_everything_behind_its_end(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:09:00")
    sam.on_day(4.1)
    said = len(sam.said)
    sam.chooses("menu:more", "menu:reminders", "remind:pause")
    until = sam.state.weeks.paused_until
    assert until is not None and local(until) == datetime(2026, 3, 13, tzinfo=LONDON)
    sam.until(until)
    assert len(sam.said) == said
    assert sam.levels == []
    sam.on_day(11.1)
    assert [(s, local(at)) for s, at in sam.said[said:]] == [(DAILY, datetime(2026, 3, 13, 9, tzinfo=LONDON))]
    assert sam.whys(ReminderMoved, "daily") == ["not_this_week"]
    assert sam.state.expected and local(sam.state.expected.due_at).date().isoformat() == "2026-03-13"


def test_a_pause_ends_early_when_they_say_so(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:09:00")
    sam.chooses("remind:pause", "remind:resume")
    assert sam.state.weeks.paused_until is None
    assert sam.on_day(1) == [DAILY]


def test_an_hour_is_typed_and_still_screened(library: Library) -> None:
    sam = Planner(library)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every")
    assert isinstance(sam.state.wait, ForPatient) and sam.state.wait.item == "reminder_time"
    sam.types("half past three in the morning")
    assert isinstance(sam.state.wait, ForPatient) and sam.state.wait.item == "reminder_time"
    sam.types("11pm")
    sam.types("7.30 in the evening")
    assert sam.state.weeks.rhythms["daily"].hour == "19:30"
    assert isinstance(sam.state.wait, ForNothing)
    sam.chooses("remind:daily", "days:daily:every")
    sam.types("i want to die")
    assert "risk" in sam.state.alerts


def test_a_module_that_is_open_stays_open_while_reminders_are_chosen(library: Library) -> None:
    sam = Planner(library, conditions=("copd",))
    sam.chooses("menu:check_in")
    sam.answers(1)
    sam.presses("later")
    run = sam.state.top
    sam.types("reminders")
    assert sam.state.top == run


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland"])
def test_somebody_who_lives_elsewhere_is_reminded_on_their_own_clock(library: Library, zone: str) -> None:
    sam = Planner(library, timezone=zone)
    sam.chooses("menu:more", "menu:reminders", "remind:daily", "days:daily:every", "hour:daily:every:18:00")
    sam.on_day(60)
    looks = [at.astimezone(ZoneInfo(zone)) for step, at in sam.said if step == DAILY]
    assert {at.time() for at in looks} == {time(18)} and len(looks) > 40


def test_nobody_is_told_on_a_bank_holiday_that_a_check_in_did_not_come(library: Library) -> None:
    sam = Planner(library)
    sam.service = sam.service.model_copy(update={"bank_holidays": library.policy.bank_holidays.of("england")})
    sam.on_day(21)  # Monday 23 March
    sam.checks_in()  # due on the 30th, told on Good Friday
    assert sam.state.expected is not None
    before = len(sam.levels)
    sam.until(datetime(2026, 4, 7, 7, 59, tzinfo=UTC))
    assert len(sam.levels) == before
    sam.until(datetime(2026, 4, 7, 8, 0, tzinfo=UTC))
    assert len(sam.levels) == before + 1


def test_a_line_from_before_had_no_weeks_and_gets_them(library: Library) -> None:
    sam = Planner(library)
    sam.state = Conversation(status="joined", profile=sam.state.profile)
    sam.facts.clear()
    sam.types("hello")
    assert set(sam.state.reminders) == {"check_in", "review"}
