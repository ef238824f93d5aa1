"""The screen wins everywhere: every state of a conversation times crisis words of every kind.

A new kind of Run or Wait, a new safety dialogue, a new phase of the plan or a new kind of question in a module that is not
in the table fails here.
"""

from __future__ import annotations

import typing
from collections.abc import Callable

import pytest
from clinic import Clinic, Patient
from doors import Fragile, OpenDoor
from standings import MODULE_PARTS, WAYS, Scene, module_places
from talker import Reply

from bot.core.facts import AlertRaised, EvidenceAdded, MessageHeard, PostOffered
from bot.core.library import Library
from bot.core.state import (
    PLAN_PARTS,
    PLANS,
    Dialogue,
    GroupRun,
    PlanRun,
    Run,
    SafetyRun,
    Status,
    Wait,
)
from bot.core.values import LineId
from bot.usecases.peers import post
from bot.usecases.turn import LONGEST, Inbound

# What is written, and the concern whose alert it opens.
MESSAGES = {
    "suicidal": ("i want to die", "risk"),
    "emergency": ("i have crushing pain in my chest and my left arm hurts", "emergency:heart"),
    "abuse": ("my husband hits me", "safeguarding"),
    "third person": ("my daughter says she wants to kill herself", "safeguarding"),
    "harm to others": ("I want to kill him", "safeguarding"),
    "another language": ("chcę umrzeć", "risk"),
}
# Places where nothing can be kept, or not all of it; the doors answer.
AT_THE_DOOR = ("signed out", "rate limited", "too long", "record down", "group post")
PLAYED: set[tuple[str, str]] = set()


@pytest.fixture
def rooms(clinic: Clinic) -> dict[str, LineId]:
    return dict(clinic.house.shelf.service(clinic.service.id).rooms)


@pytest.fixture
def scene_for(
    clinic: Clinic, library: Library, monkeypatch: pytest.MonkeyPatch, rooms: dict[str, LineId]
) -> Callable[[Patient], Scene]:
    return lambda patient: Scene(clinic, patient, library, monkeypatch, rooms)


@pytest.mark.parametrize("state", WAYS)
async def test_the_screen_wins(state: str, clinic: Clinic, scene_for: Callable[[Patient], Scene]) -> None:
    for kind, (text, concern) in MESSAGES.items():
        actions = clinic.house.actions
        patient = await clinic.join("copd")
        await WAYS[state](scene_for(patient))
        clinic.house.actions = actions
        changed = await patient.says(text)
        assert any(m.shown.urgent and m.shown.urgent.lines for m in changed.messages), (state, kind)
        told = [f for f in changed.facts if isinstance(f, AlertRaised | EvidenceAdded)]
        assert any(isinstance(f, MessageHeard) for f in changed.facts)
        assert concern in {f.concern for f in told}, (state, kind)
        assert concern in {a.concern for a in await patient.alerts()}, (state, kind)
        last = patient.bot_said()[-1]
        assert last.choices or (await patient.state()).hold, (state, kind, "the chat does not end")
        PLAYED.add((state, kind))


@pytest.mark.parametrize("kind", MESSAGES)
@pytest.mark.parametrize("state", AT_THE_DOOR)
async def test_the_screen_wins_at_the_door(
    state: str, kind: str, clinic: Clinic, open_door: OpenDoor, fragile: Fragile, rooms: dict[str, LineId]
) -> None:
    text, concern = MESSAGES[kind]
    patient = await clinic.join("copd")
    if state == "group post":
        await _post(clinic, patient, rooms, text, concern)
    elif state == "too long":
        door = await open_door()
        reply = await door.say(patient.token, f"{text}. " + "and then " * (LONGEST // 9))
        await clinic.settle()
        await patient.catches_up()
        assert reply.status == 200
        assert any(shown.urgent for shown in patient.bot_said())
        assert concern in {a.concern for a in await patient.alerts()}
    else:
        reply = await _refused(state, patient, text, open_door, fragile)
        assert reply.status >= 400
        assert reply.body["urgent"]["lines"], (state, kind)
    PLAYED.add((state, kind))


async def _refused(state: str, patient: Patient, text: str, open_door: OpenDoor, fragile: Fragile) -> Reply:
    match state:
        case "signed out":
            return await (await open_door()).say(f"{patient.token}x", text)
        case "rate limited":
            door = await open_door(frames_burst=1, frames_per_s=0.001)
            await door.say(patient.token, "hello")
            return await door.say(patient.token, text)
        case _:
            await fragile.cutter.cut()
            return await fragile.door.say(patient.token, text)


async def _post(clinic: Clinic, patient: Patient, rooms: dict[str, LineId], text: str, concern: str) -> None:
    scene = Scene(clinic, patient, clinic.house.shelf.library, pytest.MonkeyPatch(), rooms)
    await WAYS["group, member"](scene)
    said = Inbound(clinic.service.id, patient.id, clinic.house.ids.new(), text=text)
    changed = await post(clinic.house, said, rooms["copd"])
    await clinic.settle()
    await patient.catches_up()
    assert any(isinstance(f, PostOffered) and f.verdict == "hold" for f in changed.facts)
    assert any(m.shown.urgent for m in changed.messages)
    assert concern in {a.concern for a in await patient.alerts()}


# -- is the table whole? ------------------------------------------------------------------------------


async def test_every_kind_of_run_and_wait_stands_in_the_table(
    clinic: Clinic, library: Library, scene_for: Callable[[Patient], Scene]
) -> None:
    runs: set[type] = set()
    waits: set[type] = set()
    dialogues: set[tuple[str, str]] = set()
    phases: set[str] = set()
    statuses: set[str] = set()
    for way in WAYS.values():
        actions = clinic.house.actions
        patient = await clinic.join("copd")
        await way(scene_for(patient))
        clinic.house.actions = actions
        state = await patient.state()
        waits.add(type(state.wait))
        statuses.add(state.status)
        runs |= {type(run) for run in state.runs}
        for run in state.runs:
            match run:
                case SafetyRun(dialogue=dialogue, phase=phase):
                    dialogues.add((dialogue, phase))
                case PlanRun(phase=phase) | GroupRun(phase=phase):
                    phases.add(phase)
    assert runs == set(typing.get_args(Run))
    assert waits == set(typing.get_args(Wait))
    before, other = {"invited", "declined"}, {"waiting", "not_accepted", "erased"}
    assert statuses == set(typing.get_args(Status)) - before - other, (
        "nobody can write before joining; who came by themselves begins elsewhere, and who was erased is signed out"
    )
    assert {dialogue for dialogue, _ in dialogues} == set(typing.get_args(Dialogue))
    assert phases == {*PLAN_PARTS, PLANS["flare"][0], "share", "look", "rules", "pseudonym", "room"}
    assert set(module_places(library)) == set(MODULE_PARTS)


def test_the_table_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    states, kinds = len(WAYS) + len(AT_THE_DOOR), len(MESSAGES)
    with capsys.disabled():
        print(
            f"\n{states} states x {kinds} messages = {states * kinds} crisis messages, {len(PLAYED)} played"
        )
    assert len(PLAYED) <= states * kinds
