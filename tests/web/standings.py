"""Every place in which a conversation can stand, as a way to get a patient there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal
from uuid import UUID

import pytest
from clinic import Clinic, Patient
from desk_scene import check_in, finishes_breathing

from bot.core.inputs import EndCare, TakeOver
from bot.core.library import Ask, Library
from bot.core.pen import Moment, Turn
from bot.core.service import Service
from bot.core.state import Conversation, ForPatient, ModuleRun, Profile
from bot.core.turn import rehearse
from bot.core.values import LineId, ServiceId
from bot.ports import ActionAnswer
from bot.usecases import alerts
from bot.usecases import change as changing
from bot.usecases.care import end_care
from bot.usecases.change import change
from bot.usecases.peers import post, report
from bot.usecases.turn import Inbound

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
RISK, ABUSE, CHECKED_ABUSE = "i want to die", "my husband hits me", "he will not leave me alone"
GENTLE, WORRIED = "i dont see the point any more", "my daughter says she wants to kill herself"
HARM, CHILD, YOUNG = "I want to kill him", "my grandson has bruises all over his back", "I'm only 15"
CHEST, TIGHT = "i have crushing pain in my chest and my left arm hurts", "my blood pressure is 185 over 95"


@dataclass
class Scene:
    clinic: Clinic
    patient: Patient
    library: Library
    monkeypatch: pytest.MonkeyPatch
    rooms: dict[str, LineId]


Way = Callable[[Scene], Awaitable[None]]


class _Dead:
    """An action that never answers."""

    async def run(self, action: str, slots: object) -> ActionAnswer:
        import asyncio

        raise asyncio.CancelledError


# -- modules: the first step of the shipped library at which each kind of part waits ------------------


_PLACES: dict[str, dict[str, ModuleRun]] = {}  # by release: to walk every module takes half a second


def module_places(library: Library) -> Mapping[str, ModuleRun]:
    """``ask:yes or no``, ``choose``, ``exercise`` … -> where such a part is what the patient sees first."""
    if library.release not in _PLACES:
        places = _PLACES[library.release] = {}
        for kind, run in _waiting(library):
            places.setdefault(kind, run)
    return _PLACES[library.release]


def _waiting(library: Library) -> Iterator[tuple[str, ModuleRun]]:
    turns = count(1)
    start = Conversation(status="joined", profile=Profile(conditions=("copd",), nation="england", easy=False))
    for module in library.modules.values():
        if module.language != "en":
            continue
        for step in module.steps:
            run = ModuleRun(module=module.id, release=library.release, step=step.id, began=1)
            moment = Moment(
                line=LineId(UUID(int=1)),
                turn=UUID(int=next(turns) << 16),
                now=NOW,
                service=Service(id=ServiceId(UUID(int=2)), slug="s", name="S", nation="england"),
                library=library,
                libraries={library.release: library},
            )
            state = rehearse(start, run, moment).state
            if isinstance(top := state.top, ModuleRun) and isinstance(state.wait, ForPatient):
                here = module.step(top.step)
                part = here.parts[top.at] if here and top.module == module.id else None
                if part is not None:
                    yield f"ask:{part.how}" if isinstance(part, Ask) else part.kind, run


async def stand_at(scene: Scene, run: ModuleRun) -> None:
    """In a module, as if its earlier steps had been walked."""
    clinic, patient = scene.clinic, scene.patient

    def there(state: Conversation, _: object, moment: Moment) -> Turn[Conversation]:
        return rehearse(state, run, moment)

    async def prepare(_: Conversation) -> Any:
        return None

    with scene.monkeypatch.context() as patch:
        patch.setattr(changing, "decide", there)
        await change(clinic.house, clinic.service.id, patient.id, prepare)
    await patient.catches_up()


def at(kind: str) -> Way:
    async def way(scene: Scene) -> None:
        await stand_at(scene, module_places(scene.library)[kind])

    return way


# -- ways in the chat ---------------------------------------------------------------------------------


def says(*texts: str) -> Way:
    async def way(scene: Scene) -> None:
        for text in texts:
            await scene.patient.says(text)

    return way


def presses(*keys: str) -> Way:
    async def way(scene: Scene) -> None:
        for key in keys:
            await scene.patient.presses(key)

    return way


def then(*ways: Way) -> Way:
    async def whole(scene: Scene) -> None:
        for way in ways:
            await way(scene)

    return whole


def answers(*values: int) -> Way:
    async def way(scene: Scene) -> None:
        await scene.patient.fills_in(*values)

    return way


async def at_rest(_: Scene) -> None:
    pass


async def waiting_for_an_action(scene: Scene) -> None:
    house = scene.clinic.house
    actions, house.actions = house.actions, _Dead()
    await scene.patient.presses("menu:progress")
    house.actions = actions


async def offered(scene: Scene) -> None:
    await scene.patient.presses("menu:module")


async def their_own_goal(scene: Scene) -> None:
    await at("goals")(scene)
    await scene.patient.presses("own")


async def rating(scene: Scene) -> None:
    await finishes_breathing(scene.patient)


async def asked_about_easier_words(scene: Scene) -> None:
    easier = next(
        m.id
        for m in scene.library.modules.values()
        if m.language == "en" and scene.library.has_easier(m.id, "en") and not m.id.endswith(".easy")
    )
    run = ModuleRun(
        module=easier, release=scene.library.release, step=scene.library.modules[easier].steps[0].id
    )
    await stand_at(scene, run)


async def follow_up(scene: Scene) -> None:
    await finishes_breathing(scene.patient)
    await scene.patient.presses("helped.skip")
    scene.clinic.clock.advance(days=8)
    await scene.clinic.work()
    await scene.patient.catches_up()


async def looked_something_up(scene: Scene) -> None:
    await scene.patient.presses("menu:library")
    await scene.patient.presses("menu:answers")


async def to_the_group(scene: Scene) -> None:
    await scene.patient.presses("menu:group")
    await scene.patient.presses("group:copd")


async def to_the_groups_name(scene: Scene) -> None:
    await to_the_group(scene)
    await scene.patient.presses("join")


async def waiting_for_the_room(scene: Scene) -> None:
    """The room's own Line has not answered yet."""
    await to_the_groups_name(scene)

    async def nothing(*_: object) -> None:
        return None

    with scene.monkeypatch.context() as patch:
        patch.setattr(scene.clinic.house, "keep_promise", nothing)
        await scene.patient.says(name_of_their_own(scene.patient))


async def a_member(scene: Scene) -> None:
    await to_the_groups_name(scene)
    await scene.patient.says(name_of_their_own(scene.patient))
    await scene.clinic.work()
    await scene.patient.catches_up()
    assert [m.status for m in (await scene.patient.state()).rooms.values()] == ["member"]


def name_of_their_own(patient: Patient) -> str:
    """No two in a room are called alike."""
    return f"Kestrel {patient.id.hex[:8].translate(str.maketrans('0123456789', 'ghijklmnop'))}"


async def has_reported(scene: Scene) -> None:
    await a_member(scene)
    patient, clinic = scene.patient, scene.clinic
    room = scene.rooms["copd"]
    said = Inbound(clinic.service.id, patient.id, clinic.house.ids.new(), text="hello everybody")
    await post(clinic.house, said, room)
    await clinic.settle()
    await report(clinic.house, Inbound(clinic.service.id, patient.id, clinic.house.ids.new()), room, 1)
    await clinic.settle()
    await patient.catches_up()


async def held(scene: Scene) -> None:
    clinic = scene.clinic
    await alerts.act(clinic.house, clinic.service.id, scene.patient.id, TakeOver(clinic.therapist.id))
    await scene.patient.catches_up()


def gone(how: Literal["discharged", "transferred", "died"]) -> Way:
    """Their care has ended."""

    async def way(scene: Scene) -> None:
        clinic = scene.clinic
        ending = EndCare(how, clinic.therapist.id, "Harbour Clinic" if how == "transferred" else "")
        await end_care(clinic.house, clinic.service.id, scene.patient.id, ending)
        await scene.patient.catches_up()

    return way


async def finished(scene: Scene) -> None:
    """At the end of the programme, and reading on."""
    clinic = scene.clinic
    ending = EndCare("discharged", clinic.therapist.id, finished=True)
    await end_care(clinic.house, clinic.service.id, scene.patient.id, ending)
    await scene.patient.catches_up()
    await scene.patient.presses("menu:library")


async def at_a_goal(scene: Scene) -> None:
    patient = scene.patient
    for key in ("menu:more", "menu:goals", "menu:goal"):
        await patient.presses(key)
    await patient.says("walk to the gate")
    for key in ("menu:more", "menu:goals"):
        await patient.presses(key)
    await patient.presses(f"goals:{(await patient.state()).goals[-1].id}")


async def at_the_taps(scene: Scene) -> None:
    """The long questions have come, so it is a quick look at today."""
    await check_in(scene.patient)
    await scene.patient.presses("menu:check_in")


async def at_the_words(scene: Scene) -> None:
    await at_the_taps(scene)
    while (question := scene.patient.last.shown.question) is not None and question.kind != "text":
        await scene.patient.answers(5)


PLAN = presses("menu:plan")
DIARY_NOTE = presses("menu:more", "menu:diary", "diary:note")
DIARY_NUMBER = presses("menu:more", "menu:diary", "diary:peak_flow")
WRITTEN = then(PLAN, says("pacing about", "music"), presses("skip", "skip", "skip"))
NINE = (0, 0, 0, 0, 0, 0, 0, 0)

MODULE_PARTS = (
    "ask:yes or no",
    "ask:pick one",
    "ask:pick any",
    "ask:0 to 10",
    "ask:a number",
    "ask:in your own words",
    "choose",
    "when",
    "exercise",
    "goals",
)

WAYS: dict[str, Way] = {
    **{f"module, {kind}": at(kind) for kind in MODULE_PARTS},
    "at rest": at_rest,
    "back at the menu": presses("menu:library", "menu:menu"),
    "looking something up": looked_something_up,
    "asked what was meant": says("hmm blue bicycle"),
    "after asking about their data": says("please delete everything you hold about me"),
    "after asking for another language": says("can you speak polish please"),
    "after a reminder": says("can you remind me on tuesdays"),
    "after asking for a person": presses("menu:team"),
    "offered a module": offered,
    "waiting for an action": waiting_for_an_action,
    "a goal at rest": presses("menu:progress"),
    "stopped": says("stop"),
    "paused": says("later"),
    "check-in, first item": presses("menu:check_in"),
    "check-in, item 9": then(presses("menu:check_in"), answers(*NINE)),
    "check-in, read back": then(presses("menu:check_in"), answers(*NINE, 0)),
    "check-in, changing": then(presses("menu:check_in"), answers(*NINE, 0), presses("change.phq9.2")),
    "check-in, saved for later": then(presses("menu:check_in"), answers(1), presses("later")),
    "item 9 followed up": then(presses("menu:check_in"), answers(*NINE, 1)),
    "item 9, right now": then(presses("menu:check_in"), answers(*NINE, 2), presses("yes")),
    "their own goal": their_own_goal,
    "did it help": rating,
    "easier words": asked_about_easier_words,
    "a follow-up": follow_up,
    "group, rules": to_the_group,
    "group, name": to_the_groups_name,
    "group, waiting for the room": waiting_for_the_room,
    "group, member": a_member,
    "group, has reported": has_reported,
    "a person has taken over": held,
    "discharged": gone("discharged"),
    "discharged, and writes": then(gone("discharged"), says("hello")),
    "discharged, taken over": then(gone("discharged"), held),
    "discharged in the middle of a crisis": then(says(RISK), gone("discharged")),
    "transferred": gone("transferred"),
    "died": gone("died"),
    "crisis, direct": says(RISK),
    "crisis, right now": then(says(RISK), presses("yes")),
    "crisis, contact": then(says(RISK), presses("no")),
    "crisis, after": then(says(RISK), presses("no", "either")),
    "gentle, direct": says(GENTLE),
    "gentle, right now": then(says(GENTLE), presses("rather")),
    "gentle, contact": then(says(GENTLE), presses("yes", "no")),
    "gentle, after": then(says(GENTLE), presses("no")),
    "red flag, direct": says(TIGHT),
    "red flag, after": then(says(TIGHT), presses("no")),
    "emergency, after": says(CHEST),
    "abuse, right now": says(ABUSE),
    "abuse, contact": then(says(ABUSE), presses("no")),
    "abuse, after": then(says(ABUSE), presses("no", "safe_visit")),
    "afraid, direct": says(CHECKED_ABUSE),
    "afraid, right now": then(says(CHECKED_ABUSE), presses("yes")),
    "afraid, contact": then(says(CHECKED_ABUSE), presses("yes", "no")),
    "afraid, after": then(says(CHECKED_ABUSE), presses("no")),
    "a child at risk, contact": says(CHILD),
    "a child at risk, after": then(says(CHILD), presses("either")),
    "harm to others, right now": says(HARM),
    "harm to others, contact": then(says(HARM), presses("no")),
    "harm to others, after": then(says(HARM), presses("no", "phone")),
    "third person, direct": says(WORRIED),
    "third person, after": then(says(WORRIED), presses("fine")),
    "under 18, after": says(YOUNG),
    "help was asked for": then(says("hmm blue bicycle"), presses("wrong")),
    "diary, in words": DIARY_NOTE,
    "diary, a number": DIARY_NUMBER,
    "diary, is it right?": then(DIARY_NUMBER, says("850")),
    "goal, looked at": at_a_goal,
    "goal, rated": then(at_a_goal, presses("goal.rate")),
    "goal, in other words": then(at_a_goal, presses("goal.words")),
    "plan for a flare-up": presses("menu:more", "menu:plans", "plan:flare"),
    "finished": finished,
    "today, the taps": at_the_taps,
    "today, words": at_the_words,
    "today, not safe": then(at_the_taps, presses("not_safe")),
    "left the service": presses("menu:more", "menu:choices", "stop:care", "withdraw:yes"),
    "plan, warning signs": PLAN,
    "plan, what helps": then(PLAN, says("pacing about")),
    "plan, people": then(PLAN, says("pacing about", "music")),
    "plan, places": then(PLAN, says("pacing about", "music", "my sister")),
    "plan, professionals": then(PLAN, says("pacing about", "music", "my sister", "the park")),
    "plan, shared?": WRITTEN,
    "plan, looked at": then(WRITTEN, presses("no", "menu:plan")),
    "plan, changing": then(WRITTEN, presses("no", "menu:plan", "change.plan.helps")),
}
