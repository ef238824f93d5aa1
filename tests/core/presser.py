"""Somebody who presses buttons, against the rules alone: no clock, no store, no doors."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from bot.core.facts import Fact
from bot.core.inputs import ActionReturned, Invite, Join, PatientInput, Said, Understood
from bot.core.library import Library
from bot.core.pen import Moment
from bot.core.proposals import OfferGroup, OfferModule
from bot.core.safety import Context
from bot.core.service import Service
from bot.core.shown import Shown
from bot.core.state import Conversation, ForAction, ModuleRun, Profile
from bot.core.turn import decide
from bot.core.values import LineId, ServiceId

SERVICE = Service(
    id=ServiceId(UUID(int=7)),
    slug="here",
    name="Here",
    nation="england",
    rooms={"copd": LineId(UUID(int=100))},
)


class Talker:
    def __init__(
        self, library: Library, language: str = "en", conditions: tuple[str, ...] = ("copd",)
    ) -> None:
        self.library, self.state, self.facts = library, Conversation(), list[Fact]()
        self.books, self.words = {library.release: library}, dict[UUID, str]()
        self.shown: list[Shown] = []
        self.n, self.now = 0, datetime(2026, 3, 2, 10, tzinfo=UTC)
        self.does(Invite(Profile(conditions=conditions, nation="england", language=language)))
        self.does(Join({"care": True}, first_name="Sam"))

    def does(self, heard: PatientInput) -> None:
        self.n += 1
        self.books[self.library.release] = self.library
        moment = Moment(
            line=LineId(UUID(int=1)),
            turn=UUID(int=self.n << 32),
            now=self.now,
            service=SERVICE,
            library=self.library,
            libraries=self.books,
            words=self.words,  # type: ignore[arg-type]
        )
        turn = decide(self.state, heard, moment)
        self.state, self.shown = turn.state, [m.shown for m in turn.shown]
        self.facts += turn.facts
        self.words |= {w.id: w.text for w in turn.words}

    def presses(self, key: str) -> None:
        pressed = [c.id for s in self.shown for c in s.choices if c.id.partition(".")[2] == key]
        assert pressed, [c.id for s in self.shown for c in s.choices]
        self.does(Said(UUID(int=self.n), choice=pressed[-1]))

    def answers(self, value: int | None) -> None:
        question = self.shown[-1].question
        assert question is not None
        self.does(Said(UUID(int=self.n), item=question.item, value=value))

    def offered(self, *proposals: OfferModule | OfferGroup) -> None:
        self.presses("menu:module")
        assert isinstance(self.state.wait, ForAction)
        self.does(ActionReturned(self.state.wait.call, proposals))

    def begins(self, module: str) -> None:
        self.offered(OfferModule(module=module))
        self.presses(f"start:{module}")

    def types(self, text: str, understood: Understood | None = None) -> None:
        screen = self.library.screen(text, Context())
        self.does(Said(UUID(int=self.n), text=text, screen=screen, understood=understood))

    @property
    def run(self) -> ModuleRun:
        assert isinstance(self.state.top, ModuleRun)
        return self.state.top

    def labels(self) -> dict[str, str]:
        return {c.id.partition(".")[2]: c.label for c in self.shown[-1].choices}
