"""My reminders: what is planned next and when, in words; its rhythm and hour; "not this week"; and stopping all of it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Literal

from bot.core import schedule
from bot.core.facts import PauseBegan, PauseEnded, RemindersWanted, RhythmChosen, WaitBegan
from bot.core.flow import agreeing, calendar, expecting, opting, weeks
from bot.core.flow.their_clock import zone_of
from bot.core.flow.voice import Talk, language_of, offer, offer_fixed, sentence, speak
from bot.core.library import Schedule
from bot.core.pen import Button
from bot.core.schedule.hours import read_hour
from bot.core.schedule.speaking import wanted
from bot.core.shown import Question, Shown
from bot.core.state import ForPatient, Reminding, reminder_kind

ITEM = "reminder_time"
KEYS = ("remind:", "days:", "hour:")
"""What the keys of its buttons begin with."""
DAYS: dict[str, tuple[int, ...]] = {
    "every": (0, 1, 2, 3, 4, 5, 6),
    "weekdays": (0, 1, 2, 3, 4),
    "some": (0, 2, 4),
    **{str(day): (day,) for day in range(7)},
    "off": (),
}
CHOICES = {"daily": ("every", "weekdays", "some", "off"), "check_in": (*"0123456", "off")}
Rhythmic = Literal["daily", "check_in"]


def show(pen: Talk) -> None:
    if not wanted(pen.state):
        speak(pen, "reminders_are_off")
        offer(pen, (), "remind:on", "menu:menu")
        return
    said = [_in_words(pen, planned) for planned in _coming(pen)]
    if paused := _paused(pen):
        said.insert(0, sentence(pen, "reminders_paused", day=_day(pen, paused)))
    lang = pen.moment.library.tongue("reminders_nothing", language_of(pen))
    text = " ".join(said) or sentence(pen, "reminders_nothing")
    pen.show(Shown(text=text, lang=lang), step="texts:reminders_coming")
    pause = "remind:resume" if paused else "remind:pause"
    offer(pen, (), "remind:check_in", "remind:daily", pause, "remind:stop", "menu:menu")


def choose(pen: Talk, key: str) -> None:
    kind, _, name = key.partition(":")
    if kind == "days":
        _ask_hour(pen, name)
    elif kind == "hour":
        what, days, hour = name.split(":", 2)
        _chosen(pen, "daily" if what == "daily" else "check_in", days, hour)
    else:
        _do(pen, name)


def _do(pen: Talk, name: str) -> None:
    match name:
        case "daily" | "check_in":
            speak(pen, f"reminders_ask_{name}")
            days = tuple(
                Button(key, label(pen, key), language_of(pen))
                for key in (f"days:{name}:{days}" for days in CHOICES[name])
            )
            offer(pen, days, "menu:reminders")
        case "pause":
            _pause(pen)
        case "resume":
            if _paused(pen):
                pen.write(PauseEnded(at=pen.moment.now))
                weeks.changed(pen, "daily")
            _then(pen, "reminders_resumed")
        case "stop":
            if pen.state.profile.consents.get(opting.CONSENT):
                agreeing.answer(pen, opting.CONSENT, given=False)
            opting.stop(pen)
            speak(pen, "reminders_stopped")
            offer(pen, (), "remind:on", "menu:menu")
        case "on":
            pen.write(RemindersWanted(on=True, at=pen.moment.now))
            opting.plan_again(pen)
            _then(pen, "reminders_on")
        case _:
            show(pen)


def _pause(pen: Talk) -> None:
    """To the beginning of a day, so many days on."""
    zone, now = zone_of(pen), pen.moment.now
    day = now.astimezone(zone).date() + timedelta(days=_policy(pen).pause_days)
    until = schedule.on_the_clock(datetime.combine(day, time()), zone)
    pen.write(PauseBegan(until=until, at=now))
    expecting.postpone(pen, until)
    weeks.put_off(pen, until)
    _then(pen, "reminders_pause_began", day=_day(pen, until))


def _then(pen: Talk, key: str, day: str = "") -> None:
    speak(pen, key, day=day)
    weeks.keep_up(pen)
    show(pen)


# -- a rhythm -------------------------------------------------------------------------------------------


def _ask_hour(pen: Talk, name: str) -> None:
    what, _, days = name.partition(":")
    if not DAYS[days]:
        _chosen(pen, "daily" if what == "daily" else "check_in", days, _policy(pen).usual_hour)
        return
    _ask(pen, "reminders_ask_hour", what, days)


def _ask(pen: Talk, key: str, what: str, days: str) -> None:
    """Buttons, or an hour of their own, typed."""
    text, language = sentence(pen, key), language_of(pen)
    lang = pen.moment.library.tongue(key, language)
    pen.show(
        Shown(text=text, lang=lang, question=Question(item=ITEM, text=text, kind="text")), step=f"texts:{key}"
    )
    hours = tuple(f"hour:{what}:{days}:{hour}" for hour in _policy(pen).hours)
    pen.offer(*(Button(each, label(pen, each), language) for each in hours))
    seq, keys = offer_fixed(pen, "menu:reminders"), (*hours, "menu:reminders")
    resume, now = bool(pen.state.runs), pen.moment.now
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=keys, item=ITEM, resume=resume, since=now)))


def typed(pen: Talk, text: str) -> None:
    """The answer to that question in their own words."""
    wait = pen.state.wait
    assert isinstance(wait, ForPatient)
    _, what, days, _ = wait.keys[0].split(":", 3)
    hour = read_hour(text, _policy(pen).fits)
    if hour is None:
        _ask(pen, "reminders_no_hour", what, days)
    elif not _policy(pen).fits(hour):
        _ask(pen, "reminders_quiet_hour", what, days)
    else:
        _chosen(pen, "daily" if what == "daily" else "check_in", days, hour)


def _chosen(pen: Talk, what: Rhythmic, days: str, hour: str) -> None:
    pen.write(RhythmChosen(what=what, days=DAYS[days], hour=hour))
    if what == "check_in":
        expecting.postpone(pen, pen.moment.now)
        weeks.changed(pen, "due")
    else:
        weeks.changed(pen, "daily")
    _then(pen, "reminders_chosen")


# -- in words -------------------------------------------------------------------------------------------


def _policy(pen: Talk) -> Schedule:
    return pen.moment.library.policy.schedule


def _paused(pen: Talk) -> datetime | None:
    until = pen.state.weeks.paused_until
    return until if until is not None and until > pen.moment.now else None


def _day(pen: Talk, at: datetime) -> str:
    day = at.astimezone(zone_of(pen)).date()
    return calendar.weekday_and_day(pen.moment.library, day, language_of(pen))


def _coming(pen: Talk) -> list[Reminding]:
    """The next of each kind, soonest first. The check-in is told by when it is due, not by when it is reminded of."""
    soonest: dict[str, Reminding] = {}
    for planned in sorted(pen.state.reminders.values(), key=lambda r: (_when(pen, r), r.what)):
        kind = planned.what.partition(":")[0]
        soonest.setdefault("check_in" if kind == "due" else kind, planned)
    return list(soonest.values())


def _when(pen: Talk, planned: Reminding) -> datetime:
    expected = pen.state.expected
    return expected.due_at if planned.what in ("check_in", "due") and expected else planned.due_at


def _in_words(pen: Talk, planned: Reminding) -> str:
    at, now = _when(pen, planned), pen.moment.now
    kind = reminder_kind(planned.what)
    if at <= now:
        return sentence(pen, f"reminders_{kind}_is_open")
    library, zone = pen.moment.library, zone_of(pen)
    when = calendar.coming(library, at.astimezone(zone), now.astimezone(zone), language_of(pen))
    return sentence(pen, f"reminders_next_{kind}", when_it_comes=when)


def label(pen: Talk, key: str) -> str:
    kind, _, name = key.partition(":")
    if kind == "hour":
        return calendar.clock(time.fromisoformat(name.split(":", 2)[2]), language_of(pen))
    days = name.partition(":")[2]
    if days == "off" and name.startswith("check_in"):
        return sentence(pen, "reminders_days_as_it_comes")
    return sentence(pen, f"reminders_days_{days}")
