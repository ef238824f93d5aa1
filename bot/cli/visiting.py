"""A simulated patient at the screen: reads what is shown, answers, presses buttons, through the use cases of every door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bot.core.facts import Reaction, ReportReason, Warning
from bot.core.library import Measure
from bot.core.service import Service
from bot.core.shown import Question
from bot.core.state import (
    CheckInRun,
    Conversation,
    ForAction,
    ForNothing,
    ForPatient,
    ForRoom,
    GroupRun,
    GuidedRun,
    ModuleRun,
    RatingRun,
    SafetyRun,
)
from bot.core.values import LineId
from bot.report.simulate import COURSES, Course, found
from bot.usecases import peers, turn
from bot.usecases.conversation import messages_since, standing
from bot.usecases.house import House
from bot.usecases.hub import Delivered

MOST_STEPS = 80  # a module that goes on for longer is left open, as people do
MOST_TRIES = 3
LAST_BUTTON = "Finish for today"
NOT_PRESSED = ("999", "mistake", "with others")
OWN_WORDS = (
    "It has been a long week and I am tired of it",
    "Up and down, mostly in the evenings",
    "I get cross with myself for being slow",
    "Better in the mornings, harder when I am alone",
)
# What is typed where the menu is not on the screen.
TYPED = {"menu:check_in": "check in", "menu:module": "suggest something", "menu:group": "find a group"}


class PastClock:
    """Stands where it is set: how weeks are walked through in seconds."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now

    def pass_(self, **by: float) -> None:
        self._now += timedelta(**by)


@dataclass
class Visitor:
    """``house``: with a clock and afterwards of its own. ``state`` and ``screen``: as the last reply left them."""

    house: House
    clock: PastClock
    service: Service
    patient: LineId
    random: Random
    course: Course = COURSES["steady"]
    state: Conversation = field(default_factory=Conversation)
    screen: list[Delivered] = field(default_factory=list)
    turns: int = 0

    # -- saying something ---------------------------------------------------------------------------

    async def says(self, text: str) -> None:
        await self._hear(turn.Inbound(self.service.id, self.patient, self.house.ids.new(), text=text))

    async def presses(self, key: str) -> None:
        wait = self.state.wait
        seq = wait.seq if isinstance(wait, ForPatient | ForNothing) else 0
        new = self.house.ids.new()
        await self._hear(turn.Inbound(self.service.id, self.patient, new, choice=f"{seq}.{key}"))

    async def answers(self, item: str, value: int | tuple[int, ...] | None) -> None:
        new = self.house.ids.new()
        await self._hear(turn.Inbound(self.service.id, self.patient, new, item=item, value=value))

    async def _hear(self, said: turn.Inbound) -> None:
        self.clock.pass_(seconds=self.random.randint(4, 20))
        changed = await turn.hear(self.house, said)
        self.turns += 1
        assert isinstance(changed.state, Conversation)
        self.state, self.screen = changed.state, list(changed.messages)
        if isinstance(self.state.wait, ForAction | ForRoom):
            await self.looks()

    async def looks(self) -> None:
        """What has come since, after all that follows is done."""
        await self.house.afterwards.settle()
        after = self.screen[-1].seq if self.screen else 0
        self.screen += await messages_since(self.house, self.service.id, self.patient, after)
        state = await standing(self.house, self.service.id, self.patient)
        assert state is not None
        self.state = state

    @property
    def keys(self) -> tuple[str, ...]:
        wait = self.state.wait
        return wait.keys if isinstance(wait, ForPatient | ForNothing) else ()

    # -- what patients do ---------------------------------------------------------------------------

    async def begins(self, key: str) -> None:
        """Press a button of the menu, wherever they are; type it where there is no menu."""
        if key not in self.keys and "menu:menu" in self.keys:
            await self.presses("menu:menu")
        await (self.presses(key) if key in self.keys else self.says(TYPED[key]))

    async def checks_in(self, answers: Mapping[str, Sequence[int | None]]) -> None:
        await self.begins("menu:check_in")
        await self.goes_on(answers)

    async def does_a_module(
        self, answers: Mapping[str, Sequence[int | None]], most: int = MOST_STEPS
    ) -> None:
        """The first one that is offered, to its end; a check-in inside it gets this week's answers."""
        await self.begins("menu:module")
        start = next((key for key in self.keys if key.startswith("start:")), None)
        if start is not None:
            await self.presses(start)
            await self.goes_on(answers, most)

    async def leaves_a_module(self, answers: Mapping[str, Sequence[int | None]], with_: str) -> None:
        """Somewhere in the middle: with this word, or without any. A question may take the word for its answer."""
        await self.does_a_module(answers, self.random.randint(2, 12))
        for _ in range(MOST_TRIES):
            if with_ and self.state.runs:
                await self.says(with_)

    async def follows_up(self, answers: Mapping[str, Sequence[int | None]]) -> None:
        """Answer what a module asked some days later, if it stands on the screen."""
        link = next((key for key in self.keys if key.startswith("link:")), None)
        if link is not None:
            await self.presses(link)
            await self.goes_on(answers)

    async def asks_for_a_person(self) -> None:
        await self.begins("menu:team")

    async def joins(self, group: str, pseudonym: str) -> bool:
        await self.begins("menu:group")
        if f"group:{group}" not in self.keys:
            return False
        await self.presses(f"group:{group}")
        await self.presses("join")
        await self.says(pseudonym)
        return group in self.state.rooms and self.state.rooms[group].status == "member"

    async def posts(
        self, group: str, text: str, reply_to: int | None = None, warning: Warning | None = None
    ) -> None:
        said = turn.Inbound(self.service.id, self.patient, self.house.ids.new(), text=text)
        await peers.post(self.house, said, self.service.rooms[group], reply_to, warning=warning)
        self.turns += 1
        await self.looks()

    async def reacts(self, group: str, seq: int, kind: Reaction) -> None:
        said = turn.Inbound(self.service.id, self.patient, self.house.ids.new())
        await peers.react(self.house, said, self.service.rooms[group], seq, kind, on=True)

    async def reports(self, group: str, seq: int, why: ReportReason) -> None:
        said = turn.Inbound(self.service.id, self.patient, self.house.ids.new())
        await peers.report(self.house, said, self.service.rooms[group], seq, why=why)
        self.turns += 1
        await self.looks()

    # -- going on until it rests --------------------------------------------------------------------

    async def goes_on(self, answers: Mapping[str, Sequence[int | None]], most: int = MOST_STEPS) -> None:
        """Whatever is open, step by step, until nothing is."""
        pressed: set[str] = set()
        for _ in range(most):
            wait, run = self.state.wait, self.state.top
            if run is None:
                return
            if isinstance(wait, ForPatient) and wait.resume:
                await self.presses("resume")
            elif isinstance(run, SafetyRun):
                await self._safety(run)
            elif isinstance(run, CheckInRun):
                await self._question(run, answers)
            elif isinstance(run, GuidedRun):
                await self._taps(run, answers)
            elif isinstance(run, GroupRun):
                await self.presses("not_now")
            elif isinstance(run, RatingRun):
                await self.presses(f"helped.{found(self.course, self.random) or 'skip'}")
            elif isinstance(run, ModuleRun):
                await self._module(pressed)

    async def _safety(self, run: SafetyRun) -> None:
        match run.phase:
            case "direct":
                await self.presses("yes")
            case "right_now":
                await self.presses("no")
            case "contact":
                await self.presses("phone")
            case "after":
                await self.presses("resume" if "resume" in self.keys else "menu:menu")

    async def _question(self, run: CheckInRun, answers: Mapping[str, Sequence[int | None]]) -> None:
        measure = self.house.shelf.library.measures[run.measure]
        if run.item >= len(measure.items):
            await self.presses("send")
        else:
            points = _as_the_others(measure, answers)[run.item]
            await self.answers(f"{measure.id}.{measure.items[run.item].id}", points)

    async def _taps(self, run: GuidedRun, answers: Mapping[str, Sequence[int | None]]) -> None:
        if run.phase == "rate":
            measure = self.house.shelf.library.measures[run.ratings[run.item]]
            (points,) = _as_the_others(measure, answers)
            await self.answers(f"{measure.id}.{measure.items[0].id}", points)
        else:
            await self.presses(next(k for k in ("daily.done", "sugar_checked", "no") if k in self.keys))

    async def _module(self, pressed: set[str]) -> None:
        asked = next((m.shown.question for m in reversed(self.screen) if m.shown.question), None)
        wait = self.state.wait
        if asked is not None and isinstance(wait, ForPatient) and wait.item == asked.item:
            await self._reply(asked)
            return
        labels = {c.id.partition(".")[2]: c.label for m in self.screen for c in m.shown.choices}
        key = self._button(labels, pressed)
        pressed.add(labels.get(key, key))
        await self.presses(key)

    def _button(self, labels: Mapping[str, str], pressed: set[str]) -> str:
        """The end where it is offered; a goal; else the first button that they have not pressed yet."""
        goals = [key for key in self.keys if key.startswith("goal.")]
        if goals:
            return self.random.choice(goals)
        last = next((key for key in self.keys if labels.get(key) == LAST_BUTTON), None)
        if last is not None:
            return last
        fresh = [key for key in self.keys if labels.get(key, key) not in pressed]
        fit = [k for k in fresh if not any(part in labels.get(k, k) for part in NOT_PRESSED)]
        return (fit or fresh or list(self.keys))[0]

    async def _reply(self, asked: Question) -> None:
        match asked.kind:
            case "text":
                await self.says(self.random.choice(OWN_WORDS))
            case "scale":
                await self.answers(asked.item, self.random.randint(3, 7))
            case "pick_any":
                await self.answers(asked.item, (0,))
            case "options" if {o.value for o in asked.options} == {0, 1}:
                # Yes or no: the first such question of a module asks about an emergency.
                await self.answers(asked.item, 0)
            case "options":
                await self.answers(asked.item, self.random.choice(asked.options).value)
            case _:
                await self.answers(asked.item, None)


def _as_the_others(measure: Measure, answers: Mapping[str, Sequence[int | None]]) -> Sequence[int | None]:
    """What they would answer where the week holds no answers of this one: as low or as high as those that it holds."""
    if measure.id in answers:
        return answers[measure.id]
    mood, worry = answers.get("phq9", ()), answers.get("gad7", ())
    if measure.id == "phq4" and len(mood) > 1 and len(worry) > 1:
        return (*worry[:2], *mood[:2])
    given = [n for n in (worry if measure.id == "rate_worry" else mood) if n is not None]
    share = sum(given) / (3 * len(given)) if given else 0.3
    share = share if measure.higher_is == "worse" else 1 - share
    bounds = [measure.answers(item).bounds for item in measure.items]
    return [round(low + share * (min(high, low + 10) - low)) for low, high in bounds]
