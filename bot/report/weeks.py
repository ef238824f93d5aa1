"""Made-up people over half a year of virtual time: every timer in due order, every answer theirs, no clock but this one.

What is said is judged here by rules written down a second time, so that a fault in the first ones shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from bot.core.facts import AlertRaised, ReminderGiven
from bot.core.inputs import (
    ActionReturned,
    EndCare,
    HandBack,
    Invite,
    Join,
    PatientInput,
    Resolve,
    Said,
    TakeOver,
    TimerFired,
)
from bot.core.library import Later, Library
from bot.core.pen import Moment, ShownMessage
from bot.core.proposals import OfferModule
from bot.core.safety import Context
from bot.core.service import Service
from bot.core.state import (
    Conversation,
    ForAction,
    ForNothing,
    ForPatient,
    Profile,
)
from bot.core.turn import decide
from bot.core.values import LineId, ServiceId, StaffId, WordId
from bot.report.weeks_judge import Judge
from bot.report.weeks_life import BEGIN, Life, life_of
from bot.report.weeks_tally import Tally

THERAPIST = StaffId(UUID(int=5))
CRISIS = "i want to end my life"
GOES_ON = (
    "send", "on", "done", "daily.done", "enough", "no", "helped.yes", "plan.done", "not_now", "fine", "rather", "skip", "resume"
)  # fmt: skip
NEVER = ("not_safe",)
MOST_STEPS = 90
MOST_AT_ONCE = 50


class Simulated:
    """One person from their invitation to the end of the run."""

    def __init__(self, library: Library, service: Service, life: Life, random: Random, weeks: int) -> None:
        self.library, self.service, self.life, self.random = library, service, life, random
        self.state, self.now, self.line = (
            Conversation(),
            life.joins,
            LineId(UUID(int=random.getrandbits(128))),
        )
        self.end = BEGIN + timedelta(weeks=weeks)
        self.judge = Judge(life, weeks)
        self.shown: Sequence[ShownMessage] = ()
        self.stopped = False
        self.taps = library.policy.measuring is not None
        self._words: dict[WordId, str] = {}
        self._turns = count(1)
        self._own: list[tuple[datetime, int, str]] = []
        self._n = count()
        self._last, self._again = self.now, 0

    # -- living

    def lives(self) -> Tally:
        self._joins()
        while (at := self._next()) is not None and at <= self.end:
            self.now = max(self.now, at)
            own = min(self._own, default=None)
            if own is not None and own[0] <= at:
                self._own.remove(own)
                self._does_something(own[2])
                continue
            timer = min(self.state.timers.values(), key=lambda t: (t.due_at, t.kind, t.key))
            self._again = self._again + 1 if at == self._last else 0
            self._last = at
            if self._again > MOST_AT_ONCE:
                self.judge.tally.offences["woken for again and again"] += 1
                break
            if self.does(TimerFired(timer.kind, timer.key)) and self._is_there():
                self._will(self.random.expovariate(1 / 5), "answers")
        return self.judge.reckons(self.state)

    def _next(self) -> datetime | None:
        own = [at for at, _, _ in self._own]
        return min([*own, *[t.due_at for t in self.state.timers.values()]], default=None)

    def _will(self, hours: float, what: str) -> None:
        self._own.append((self.now + timedelta(hours=hours), next(self._n), what))

    def _is_there(self) -> bool:
        gone = self.state.gone or self.now > BEGIN + timedelta(weeks=self.life.stays)
        return not gone and self.random.random() < self.life.answers

    def _joins(self) -> None:
        life = self.life
        self.does(
            Invite(
                Profile(conditions=(life.condition,), nation="england", timezone=life.zone, owner=THERAPIST)
            )
        )
        consents = {"care": True} | ({} if life.reminders is None else {"reminders": life.reminders})
        self.does(Join(consents))
        self.does_check_in()
        self._chooses_rhythms()
        planned = (
            (life.pauses, "pauses"),
            (life.stops, "stops"),
            (life.held, "is held"),
            (life.crisis, "cries"),
            (life.ends, "ends"),
            (life.module, "reads"),
        )
        for week, what in planned:
            if week is not None:
                self._will(week * 168 + self.random.uniform(0, 160), what)
        for week in range(1, 26):
            if self.random.random() < 0.35:
                self._will(week * 168 + self.random.uniform(0, 160), "comes")

    def _does_something(self, what: str) -> None:
        if self.state.gone and what not in ("cries", "is looked at"):
            return
        match what:
            case "is looked at":
                for alert in tuple(self.state.alerts.values()):
                    self.does(Resolve(alert.id, THERAPIST, "contacted"))
            case "answers" | "comes":
                self.does_check_in(half=self.random.random() < 0.12)
            case "goes on":
                self._walks_on()
            case "pauses" if not self.stopped:
                self._walks_on()
                self._presses("menu:reminders", "remind:pause")
            case "stops" if not self.stopped:
                self._walks_on()
                self._presses("menu:reminders", "remind:stop")
                self.stopped = self.state.weeks.stopped
            case "is held":
                self.does(TakeOver(THERAPIST))
                self._will(self.life.held_hours, "is given back")
            case "is given back":
                self.does(HandBack(THERAPIST))
            case "cries":
                self._types(CRISIS)
                self._will(self.random.uniform(1, 60), "goes on")
            case "ends":
                self.does(EndCare(self.life.how, THERAPIST, "Elsewhere"))  # type: ignore[arg-type]
            case "reads":
                self._reads()

    def _chooses_rhythms(self) -> None:
        life = self.life
        if self.stopped:
            return
        if life.daily:
            self._presses("menu:reminders", "remind:daily", f"days:daily:{life.daily}")
            self._hour(f"hour:daily:{life.daily}:{life.hour}")
        if life.check_in_day is not None:
            self._presses("menu:reminders", "remind:check_in", f"days:check_in:{life.check_in_day}")
            self._hour(f"hour:check_in:{life.check_in_day}:{life.hour}")

    def _hour(self, key: str) -> None:
        """From its button, or typed."""
        if key in self._keys():
            self._presses(key)
        else:
            self._types(self.life.hour)

    def does_check_in(self, *, half: bool = False) -> None:
        """``half``: it is left lying open, and gone on with some hours later, or never."""
        if self.state.hold is not None or not self._presses("menu:check_in"):
            return
        self._walks_on(self.random.randrange(1, 12) if half else MOST_STEPS)
        if half and self.random.random() < 0.7:
            self._will(self.random.uniform(1, 70), "goes on")

    def _reads(self) -> None:
        """A page that comes back to them later, if there is one for them."""
        modules = [m for m in self.library.modules_for((self.life.condition,)) if _comes_back(m.steps)]
        if not modules or self.state.hold is not None or not self._presses("menu:module"):
            return
        if isinstance(self.state.wait, ForAction):
            module = self.random.choice(modules).id
            self.does(ActionReturned(self.state.wait.call, (OfferModule(module=module),)))
            self._presses(f"start:{module}")
            self._walks_on()

    def _walks_on(self, most: int = MOST_STEPS) -> None:
        """Answers whatever is on the screen, until nothing is."""
        for _ in range(most):
            if self.state.hold is not None or not (self.state.runs or isinstance(self.state.wait, ForAction)):
                return
            if not self._answers():
                return

    def _answers(self) -> bool:
        wait = self.state.wait
        if isinstance(wait, ForAction):
            self.does(ActionReturned(wait.call, None))
            return True
        if not isinstance(wait, ForPatient):
            return False
        question = next((m.shown.question for m in reversed(self.shown) if m.shown.question), None)
        if wait.item is not None and question is not None and question.item == wait.item:
            if question.options:
                values = [o.value for o in question.options]
                share = self.life.course.at((self.now - BEGIN).days // 7, 26)
                at = min(
                    max(round(share * (len(values) - 1) + self.random.gauss(0, 0.4)), 0), len(values) - 1
                )
                self._says(item=wait.item, value=0 if question.item.endswith("phq9.9") else values[at])
                return True
            if question.min is not None and question.max is not None and question.kind != "text":
                self._says(item=wait.item, value=round((question.min + question.max) / 2))
                return True
        others = [k for k in wait.keys if k not in NEVER]
        keys = [*(k for k in GOES_ON if k in wait.keys), *(k for k in others if ":" not in k), *others]
        if not keys:
            self._types("all right")
            return True
        self._says(choice=f"{wait.seq}.{keys[0]}")
        return True

    # -- doing

    def _keys(self) -> tuple[str, ...]:
        wait = self.state.wait
        return wait.keys if isinstance(wait, ForPatient | ForNothing) else ()

    def _presses(self, *keys: str) -> bool:
        """From wherever they stand: by the menu, where the button is not on the screen."""
        for key in keys:
            if key not in self._keys():
                for way in ("leave", "menu:menu", "menu:more"):
                    if way in self._keys() and key not in self._keys():
                        self._says(choice=f"{getattr(self.state.wait, 'seq', 0)}.{way}")
            if key not in self._keys():
                return False
            self._says(choice=f"{getattr(self.state.wait, 'seq', 0)}.{key}")
        return True

    def _says(self, *, choice: str | None = None, item: str | None = None, value: int | None = None) -> None:
        self.does(Said(UUID(int=next(self._turns)), choice=choice, item=item, value=value))

    def _types(self, text: str) -> None:
        screen = self.library.screen(text, Context())
        self.does(Said(UUID(int=next(self._turns)), text=text, screen=screen))

    def does(self, heard: PatientInput) -> bool:
        """Whether it reminded of something that they may answer."""
        moment = Moment(
            line=self.line,
            turn=UUID(int=next(self._turns) << 32),
            now=self.now,
            service=self.service,
            library=self.library,
            libraries={self.library.release: self.library},
            words=self._words,
        )
        before = self.state
        turn = decide(before, heard, moment)
        self.state, self.shown = turn.state, turn.shown
        self._words |= {w.id: w.text for w in turn.words if w.kind not in ("shown", "heard")}
        self.judge.tally.turns += 1
        for fact in turn.facts:
            self.judge.hears(fact, before, self.now, stopped=self.stopped)
        if any(isinstance(f, AlertRaised) for f in turn.facts) and len(self.state.alerts) == 1:
            self._will(self.random.uniform(0.2, 30), "is looked at")
        reminded = {f.what for f in turn.facts if isinstance(f, ReminderGiven)}
        return bool(reminded - ({"daily"} if not self.taps else set()))


def _comes_back(steps: Sequence[object]) -> bool:
    return any(isinstance(part, Later) for step in steps for part in getattr(step, "parts", ()))


def service_of(library: Library) -> Service:
    service = Service(id=ServiceId(UUID(int=2)), slug="virtual", name="Virtual clinic", nation="england")
    return service.closed_also_on(library.policy.bank_holidays.of("england"))


def live(
    library: Library, people: int, weeks: int, seed: int, tell: Callable[[int], None] = lambda _: None
) -> Tally:
    """The same seed gives the same weeks."""
    service, whole = service_of(library), Tally()
    for n in range(people):
        random = Random(f"{seed}:{n}")  # noqa: S311 - made-up people, no secret
        life = life_of(random, BEGIN, weeks)
        whole.add(Simulated(library, service, life, random, weeks).lives())
        tell(n + 1)
    return whole
