"""Whatever a patient does, a conversation never gets stuck, lost or out of step: random walks over the shipped library."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bot.core.asked import context_of
from bot.core.errors import Refused
from bot.core.facts import facts_as_json, facts_in
from bot.core.fold import fold
from bot.core.inputs import ActionReturned, Invite, Join, PatientInput, RoomAnswered, Said, TimerFired
from bot.core.library import Library
from bot.core.pen import Moment, Turn
from bot.core.proposals import AskGoal, OfferGroup, OfferModule, ShowProgress
from bot.core.service import Service
from bot.core.shown import Question, Shown
from bot.core.state import (
    MOST_RUNS,
    Conversation,
    ForAction,
    ForNothing,
    ForPatient,
    ForRoom,
    Profile,
)
from bot.core.turn import decide
from bot.core.values import LineId, ServiceId

SERVICE = Service(
    id=ServiceId(UUID(int=7)),
    slug="walks",
    name="Walks",
    nation="wales",
    rooms={g: LineId(UUID(int=n)) for n, g in enumerate(("copd", "diabetes", "heart"), 100)},
)
WORDS = (
    "hello",
    "later",
    "stop",
    "i want to die",
    "7",
    "yes",
    "several days",
    "*odd* {{ words }}",
    "a bird called Kestrel",
    "my chest is crushing and my arm hurts",
    "no",
    "1 2 3",
)


class Walker:
    """Drives ``decide`` alone: no clock, no store, no doors."""

    def __init__(self, library: Library, seed: int, condition: str, language: str = "en") -> None:
        self.library, self.random = library, random.Random(seed)
        self.now = datetime(2026, 3, 2, 10, tzinfo=UTC)
        self.state, self.words, self.facts = Conversation(), {}, []
        self.shown: list[tuple[int, Shown]] = []
        self.does(Invite(Profile(conditions=(condition,), nation="wales", language=language)))
        self.does(Join({"care": True}, first_name="Sam"))

    def does(self, heard: PatientInput) -> Turn[Conversation]:
        moment = Moment(
            line=LineId(UUID(int=1)),
            turn=UUID(int=self.random.getrandbits(112) << 16),
            now=self.now,
            service=SERVICE,
            library=self.library,
            libraries={self.library.release: self.library},
            words=self.words,
        )
        turn = decide(self.state, heard, moment)
        again = decide(self.state, heard, moment)
        assert again.facts == turn.facts, "the same input gives the same facts"
        self.state = turn.state
        self.facts += turn.facts
        self.words = {**self.words, **{w.id: w.text for w in turn.words}}
        self.shown += [(m.seq, m.shown) for m in turn.shown]
        self.now += timedelta(minutes=1)
        self.stands()
        return turn

    def stands(self) -> None:
        state = self.state
        assert len(state.runs) <= MOST_RUNS
        if state.runs and state.hold is None:
            assert not isinstance(state.wait, ForNothing), "an open Run always waits for something"
        if isinstance(state.wait, ForPatient):
            seq, shown = self.shown[-1]
            assert state.wait.seq == seq, "the question that waits is the last thing on the screen"
            on_screen = {c.id.partition(".")[2] for c in shown.choices}
            assert on_screen == {k for k in state.wait.keys if not k.startswith("change.")}
            assert on_screen or shown.question is not None, "there is always something to do"

    def step(self) -> None:
        wait = self.state.wait
        match wait:
            case ForAction(call=call):
                self.does(self.random.choice([self.proposal(call), ActionReturned(call, None)]))
            case ForRoom(group=group):
                self.does(RoomAnswered(group, "member"))
            case _:
                self.says_something()

    def says_something(self) -> None:
        seq, shown = self.shown[-1]
        client_id = UUID(int=self.random.getrandbits(128))
        doing = self.random.random()
        if doing < 0.15:
            text = self.random.choice(WORDS)
            screen = self.library.screen(text, context_of(self.state, self.library))
            self.does(Said(client_id, text=text, screen=screen))
        elif doing < 0.2 and self.state.timers:
            timer = self.random.choice(sorted(self.state.timers.values(), key=lambda t: (t.kind, t.key)))
            if timer.kind != "action":
                self.does(TimerFired(timer.kind, timer.key))
        elif shown.question is not None and doing < 0.8:
            self.answers(client_id, shown.question, seq)
        elif shown.choices:
            self.does(Said(client_id, choice=self.random.choice(shown.choices).id))

    def answers(self, client_id: UUID, question: Question, seq: int) -> None:
        pick = self.random.choice
        match question.kind:
            case "options":
                said = Said(client_id, item=question.item, value=pick(question.options).value)
            case "pick_any":
                said = Said(client_id, item=question.item, value=(pick(question.options).value,))
            case "scale":
                said = Said(client_id, item=question.item, value=pick(range(11)))
            case "number":
                said = Said(client_id, item=question.item, value=pick(range(100)))
            case _:
                text = pick(("2026-03-01", "Kestrel", "the stairs", "walk to the gate"))
                screen = self.library.screen(text, context_of(self.state, self.library))
                said = Said(client_id, text=text, re=seq, screen=screen)
        self.does(said)

    def proposal(self, call: UUID) -> ActionReturned:
        offers = (
            (OfferModule(module=self.random.choice(sorted(self.library.modules))),),
            (OfferGroup(group="copd"),),
            (ShowProgress(measures=("phq9", "gad7")),),
            (AskGoal(),),
            (OfferModule(module="not/there"),),
        )
        return ActionReturned(call, self.random.choice(offers))


@pytest.mark.parametrize(
    ("condition", "language"),
    [("copd", "en"), ("diabetes", "en"), ("heart", "en"), ("copd", "pl"), ("heart", "pl"), ("copd", "xx")],
)
@pytest.mark.parametrize("seed", range(12))
def test_no_walk_gets_stuck_and_every_walk_folds(
    library: Library, condition: str, language: str, seed: int
) -> None:
    walker = Walker(library, seed * 31 + len(condition), condition, language)
    for _ in range(120):
        walker.step()
    stored = list(facts_in(facts_as_json(walker.facts)))
    assert fold(Conversation(), stored) == walker.state
    assert Conversation.from_json(walker.state.json()) == walker.state


def test_the_state_does_not_grow_with_the_conversation(library: Library) -> None:
    """All that it holds, an alert of every concern, the last scores of every measure and the rest, is some 15 KB."""
    walker = Walker(library, 5, "copd")
    for _ in range(2_000):
        walker.step()
    assert len(walker.state.json()) <= 16_000


def test_a_button_that_is_not_on_the_screen_is_refused(library: Library) -> None:
    walker = Walker(library, 1, "copd")
    with pytest.raises(Refused, match="not_asked"):
        walker.does(Said(UUID(int=1), choice="1.send"))
