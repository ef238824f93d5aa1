"""A rehearsal: a conversation with a draft, held in memory by whoever shows it. Nothing is written, nobody is told.

It is the list of what was done in it. With another text, or with other scores, the list is carried out again, so the
rehearsal stands where it stood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec.structs import replace

from bot.core.asked import context_of
from bot.core.errors import Refused, Unavailable
from bot.core.facts import AlertRaised, EvidenceAdded
from bot.core.inputs import ActionReturned, PatientInput, RoomAnswered, Said, TimerFired
from bot.core.library import Library
from bot.core.pen import Moment, Turn
from bot.core.scoring import points_for
from bot.core.service import Service
from bot.core.state import (
    CheckInRun,
    Conversation,
    ForAction,
    ForPatient,
    ForRoom,
    ModuleRun,
    Profile,
    Slot,
    Timer,
)
from bot.core.turn import decide, rehearse
from bot.core.values import LineId, ServiceId, WordId
from bot.ports import Actions, Clock, Ids
from bot.usecases.change import delivered
from bot.usecases.hub import Delivered
from bot.usecases.rehearsed import Act, Place, Pretended, Start, Told, as_pretended
from bot.usecases.turn import LONGEST, Inbound, fit, screened, slots_of

FIRST_NAME = "Sam"
MOST_ACTS = 400
NOBODY = UUID(int=0)
EXERCISE = ("done", "stop")


@dataclass(frozen=True)
class Room:
    """What a rehearsal needs around it. ``actions``: None where there are none; then every action fails."""

    clock: Clock
    ids: Ids
    actions: Actions | None = None


class Rehearsal:
    """One conversation with one module of a library, from ``step`` on.

    ``messages`` is all that is on the screen. ``begun`` counts how often it was made anew: then the screen is
    cleared.
    """

    def __init__(
        self,
        library: Library,
        module: str,
        step: str | None = None,
        *,
        room: Room,
        pretend: Mapping[str, Pretended] | None = None,
    ) -> None:
        """Raises Refused('not_found') where the library has no such module or step."""
        if module not in library.modules or not library.modules[module].steps:
            raise Refused("not_found")
        if step is not None and library.modules[module].step(step) is None:
            raise Refused("not_found")
        self._library, self._module = library, module
        self._clock, self._ids, self._actions = room.clock, room.ids, room.actions
        self._pretend: dict[str, Pretended] = dict(pretend or {})
        self._line, self._ahead = LineId(room.ids.new()), timedelta()
        self._at: datetime | None = None
        self.begun = 0
        self._acts: list[Act] = []
        self._begin(Start(step))

    # -- what there is to see

    @property
    def library(self) -> Library:
        return self._library

    @property
    def module(self) -> str:
        return self._module

    @property
    def line(self) -> LineId:
        return self._line

    @property
    def service(self) -> Service:
        rooms = {group: LineId(UUID(int=n)) for n, group in enumerate(self._library.groups, 1)}
        return Service(
            id=ServiceId(NOBODY), slug="rehearsal", name="Your service", nation="england", rooms=rooms
        )

    @property
    def place(self) -> Place:
        run = self._run()
        return Place() if run is None else Place(run.module, run.step)

    @property
    def waits_for(self) -> Literal["exercise", "later"] | None:
        """What ``skip_wait`` would skip."""
        wait = self._state.wait
        if isinstance(wait, ForPatient) and wait.keys == EXERCISE:
            return "exercise"
        return "later" if self._next_follow_up() is not None else None

    def _run(self) -> ModuleRun | None:
        return next((r for r in reversed(self._state.runs) if isinstance(r, ModuleRun)), None)

    # -- what one does

    def say(self, said: Inbound) -> int:
        """What the patient says, presses or answers; the seq to acknowledge with. Raises Refused, as the real door does.

        An action may be waited for afterwards: see ``settle``.
        """
        if said.client_id in self._heard:
            return self._heard[said.client_id]
        if len(self._acts) >= MOST_ACTS:
            raise Refused("rate_limited")
        if said.text is not None:
            fit(self._library, said.text)
        act = Act(self._now(), said, self._label(said.choice), self._item(), self._measure())
        turn = self._decide(self._read(said))
        self._acts.append(act)
        seq = turn.heard.seq if turn.heard else turn.state.seq
        self._heard[said.client_id] = seq
        self._go_by_itself()
        return seq

    def skip_wait(self) -> bool:
        """An exercise is done; else the next follow-up comes now. False: nothing is waited for, or a question is open."""
        wait = self._state.wait
        if self.waits_for == "exercise" and isinstance(wait, ForPatient):
            self.say(self._inbound(choice=f"{wait.seq}.done"))
            return True
        timer = self._next_follow_up()
        if timer is None:
            return False
        before = self._state.seq
        self._ahead += max(timer.due_at - self._now(), timedelta())
        act = Act(self._now(), "skip")
        self._decide(TimerFired(timer.kind, timer.key))
        self._acts.append(act)
        self._go_by_itself()
        return self._state.seq > before

    def jump(self, step: str | None) -> None:
        """Begin anew at a step, with the answers given so far. Raises Refused('not_found')."""
        if step is not None and self._library.modules[self._module].step(step) is None:
            raise Refused("not_found")
        self._begin(self._carried(step))

    def restart(self) -> None:
        """From the first step, with nothing said yet."""
        self._begin(Start())

    def pretend(self, scores: Mapping[str, Pretended]) -> None:
        """Other scores: what was done is done again with them."""
        self._pretend = dict(scores)
        self._play_again()

    def renew(self, library: Library) -> bool:
        """Another text: what was done is done again, and where that leads elsewhere the step is begun again.

        False where the library has the module no more: then it goes on as it is.
        """
        module = library.modules.get(self._module)
        if module is None or not module.steps:
            return False
        self._library = library
        self._play_again()
        return True

    def follow(self, other: Rehearsal) -> None:
        """Stand where another rehearsal stands, with what was answered there: for a translation beside its source."""
        step = other.place.step if other.place.module == other.module else None
        if step is None or step == self.place.step or self._library.modules[self._module].step(step) is None:
            return
        self._pretend = dict(other._pretend)
        self._begin(other._carried(step))

    async def settle(self) -> None:
        """Run the action that is waited for, and whatever it leads to."""
        for _ in range(MOST_ACTS):
            wait = self._state.wait
            if not isinstance(wait, ForAction):
                return
            returned = await self._acted(wait)
            if self._state.wait != wait:  # it was begun anew meanwhile
                continue
            self._acts.append(Act(self._now(), returned))
            self._decide(returned)
            self._go_by_itself()

    async def _acted(self, wait: ForAction) -> ActionReturned:
        if self._actions is None:
            return ActionReturned(wait.call, None)
        try:
            slots = slots_of(self._library, frozenset(self._library.groups), self._state, self._now())
            answer = await self._actions.run(wait.action, slots)
        except Unavailable:
            return ActionReturned(wait.call, None)
        return ActionReturned(wait.call, answer.proposals, answer.texts)

    # -- beginning

    def _begin(self, start: Start) -> None:
        module = self._library.modules[self._module]
        first = module.steps[0].id
        step = start.step if start.step is not None and module.step(start.step) is not None else first
        self._start = start
        self._acts, self._heard = [], dict[UUID, int]()
        self.messages: list[Delivered] = []
        self.told: list[Told] = []
        self.begun += 1
        name = WordId(self._ids.new())
        self._words: dict[WordId, str] = {**start.words, name: FIRST_NAME}
        slots, scores = as_pretended(self._pretend, start, module, step, self._now())
        profile = Profile(
            conditions=tuple(c for c in module.suits if c != "everybody"),
            nation="england",
            language=module.language,
            easy=module.easy,
            first_name=name,
            simulated=True,
        )
        self._state = Conversation(
            status="joined", profile=profile, scores=scores, goals=start.goals, done=start.done
        )
        self._slots: Mapping[str, Slot] = slots
        run = ModuleRun(module=self._module, release=self._library.release, step=step, slots=dict(slots))
        moment = self._moment()
        self._take(rehearse(self._state, run, moment), moment.now)
        self._go_by_itself()

    def _carried(self, step: str | None) -> Start:
        """What has been said so far, for another beginning."""
        pretended = {m for m, score in self._pretend.items() if score != Pretended()}
        scores = {m: kept for m, kept in self._state.scores.items() if m not in pretended}
        state = self._state
        return Start(step, dict(self._slots), scores, state.goals, state.done, dict(self._words))

    # -- again

    def _play_again(self) -> None:
        acts, place = self._acts, self.place
        self._at = acts[0].at if acts else None
        try:
            self._begin(self._start)
            for act in acts:
                self._at = act.at
                if not self._do_again(act):
                    break
        except Refused:
            pass  # the page does not ask this any more
        finally:
            self._at = None
        module = self._library.modules[self._module]
        if place.module == self._module and place.step is not None and place != self.place:
            self._begin(self._carried(place.step if module.step(place.step) else None))

    def _do_again(self, act: Act) -> bool:
        """False where the page has come to something else. Raises Refused likewise."""
        if act.measure is not None and self._answers_itself(act.measure):
            return True
        wait = self._state.wait
        if isinstance(act.did, ActionReturned):
            if not isinstance(wait, ForAction):
                return False
            self._acts.append(act)
            self._decide(replace_call(act.did, wait.call))
            self._go_by_itself()
            return True
        if act.did == "skip":
            return self.skip_wait()
        if act.item != self._item():
            return False
        said = act.did
        if said.choice is not None:
            key = self._key_of(said.choice.partition(".")[2], act.label)
            if key is None:
                return False
            said = replace(said, choice=key)
        self.say(replace(said, re=None))
        return True

    def _key_of(self, key: str, label: str) -> str | None:
        """The button of then among those of now: by its words, or else by its place."""
        wait = self._state.wait
        offered = {c.id.partition(".")[2]: c for m in self.messages[-1:] for c in m.shown.choices}
        same = next((k for k, c in offered.items() if c.label == label), None)
        chosen = key if key in offered and offered[key].label == label else same or key
        seq = getattr(wait, "seq", None)
        return f"{seq}.{chosen}" if seq is not None and chosen in getattr(wait, "keys", ()) else None

    # -- one turn

    def _decide(self, heard: PatientInput) -> Turn[Conversation]:
        moment = self._moment()
        turn = decide(self._state, heard, moment)
        self._take(turn, moment.now)
        return turn

    def _take(self, turn: Turn[Conversation], at: datetime) -> None:
        self._state = turn.state
        self._words |= {word.id: word.text for word in turn.words}
        # A peer group's own room is no part of a rehearsal: nothing is there to be opened.
        self.messages += [
            replace(m, shown=m.shown.but(room=None)) if m.shown.room else m for m in delivered(turn, at)
        ]
        for fact in turn.facts:
            if isinstance(fact, AlertRaised):
                self.told.append(Told(fact.concern, fact.level, fact.evidence))
            elif isinstance(fact, EvidenceAdded):
                self.told.append(Told(fact.concern, fact.level, fact.evidence, again=not fact.tell))
        run = self._run()
        if run is not None and run.module == self._module:
            self._slots = run.slots

    def _moment(self) -> Moment:
        return Moment(
            line=self._line,
            turn=self._ids.new(),
            now=self._now(),
            service=self.service,
            library=self._library,
            libraries={self._library.release: self._library},
            words=self._words,
        )

    def _now(self) -> datetime:
        return self._at or self._clock.now() + self._ahead

    def _read(self, said: Inbound) -> Said:
        """As ``usecases.turn`` reads it: the screen comes first (I2). No model says what free words are about."""
        if said.text is None:
            return Said(said.client_id, None, said.choice, said.item, said.value, said.re)
        verdict = screened(self._library, said.text, context_of(self._state, self._library))
        return Said(said.client_id, said.text[:LONGEST], re=said.re, screen=verdict)

    # -- what goes by itself

    def _go_by_itself(self) -> None:
        for _ in range(MOST_ACTS):
            wait = self._state.wait
            if isinstance(wait, ForRoom):
                self._decide(RoomAnswered(wait.group, "member"))
                continue
            answer = self._pretended_answer()
            if answer is None:
                return
            self._decide(self._read(answer))

    def _answers_itself(self, measure: str) -> bool:
        score = self._pretend.get(measure)
        return score is not None and score.now is not None

    def _pretended_answer(self) -> Inbound | None:
        """The next answer of a check-in whose score is pretended, through the check-in's own dialogue."""
        run, wait = self._state.top, self._state.wait
        if not isinstance(run, CheckInRun) or not isinstance(wait, ForPatient) or wait.resume:
            return None
        score = self._pretend.get(run.measure)
        if score is None or score.now is None:
            return None
        measure = self._library.measures[run.measure]
        if wait.item is None:
            return self._inbound(choice=f"{wait.seq}.send") if "send" in wait.keys else None
        return self._inbound(item=wait.item, value=points_for(measure, score.now)[run.item])

    def _inbound(
        self, *, choice: str | None = None, item: str | None = None, value: int | None = None
    ) -> Inbound:
        return Inbound(ServiceId(NOBODY), self._line, self._ids.new(), choice=choice, item=item, value=value)

    # -- looking

    def _label(self, choice: str | None) -> str:
        found = (c.label for m in reversed(self.messages) for c in m.shown.choices if c.id == choice)
        return next(found, "")

    def _item(self) -> str | None:
        wait = self._state.wait
        return wait.item if isinstance(wait, ForPatient) else None

    def _measure(self) -> str | None:
        run = self._state.top
        return run.measure if isinstance(run, CheckInRun) else None

    def _next_follow_up(self) -> Timer | None:
        later = (t for t in self._state.timers.values() if t.kind == "later")
        return min(later, key=lambda t: (t.due_at, t.key), default=None)


def replace_call(returned: ActionReturned, call: UUID) -> ActionReturned:
    return ActionReturned(call, returned.proposals, returned.texts)
