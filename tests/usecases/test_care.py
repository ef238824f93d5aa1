"""When a patient's care ends: what stops, what goes on, and how it is undone."""

from __future__ import annotations

from typing import Literal

import pytest
from clinic import Clinic, Patient
from desk_scene import begins_breathing, joins_group

from bot.core.errors import Refused
from bot.core.facts import MessageShown, PostOffered, RunStarted
from bot.core.inputs import EndCare, TakeBack, TakeOver
from bot.core.state import SafetyRun
from bot.usecases import alerts, peers, turn, ways_in
from bot.usecases.care import end_care, take_back
from bot.usecases.room_turns import standing_of

CRISIS = "i want to kill myself tonight"
GENTLE = "i dont see the point any more"
How = Literal["discharged", "transferred", "died"]
ENDS: tuple[How, ...] = ("discharged", "transferred", "died")


async def ends(patient: Patient, how: How = "discharged", to: str = "") -> None:
    clinic = patient.clinic
    place = to or ("Harbour Clinic" if how == "transferred" else "")
    ending = EndCare(how, clinic.therapist.id, place)
    await end_care(clinic.house, clinic.service.id, patient.id, ending)
    await clinic.settle()
    await patient.catches_up()


async def comes_back(patient: Patient) -> None:
    clinic = patient.clinic
    await take_back(clinic.house, clinic.service.id, patient.id, TakeBack(clinic.duty.id))
    await patient.catches_up()


async def shown(patient: Patient) -> int:
    return sum(isinstance(fact, MessageShown) for fact in await patient.facts())


def labels(patient: Patient) -> list[str]:
    return [choice.label for choice in patient.bot_said()[-1].choices]


# -- what the chat says -------------------------------------------------------------------------------


async def test_the_chat_says_kindly_that_it_ends_and_where_to_turn(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await ends(patient)
    said = [m.text for m in patient.bot_said()][-2:]
    assert said[0].startswith("Your care with Valley Clinic has come to an end")
    assert "ask your GP" in said[1] and "Get help now" in said[1]
    assert len(labels(patient)) == 3, "their own plan, their record, and help"


async def test_whoever_is_handed_over_reads_to_whom(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await ends(patient, "transferred", "Harbour {name} Clinic")
    assert "from Valley Clinic to Harbour {name} Clinic." in patient.bot_said()[-2].text


async def test_a_patient_who_reads_polish_reads_it_in_polish(clinic: Clinic) -> None:
    patient = await clinic.join("copd", language="pl")
    await ends(patient)
    assert patient.bot_said()[-2].text.startswith("Twoja opieka w Valley Clinic")


async def test_after_a_death_nothing_is_said_and_nothing_is_sent(clinic: Clinic) -> None:
    address = f"{clinic.service.slug}@patients.example"
    patient = await clinic.join("copd", contact=address, pin="2468")
    await begins_breathing(patient)
    before = await shown(patient)
    await ends(patient, "died")
    clinic.clock.advance(days=30)
    await clinic.work()
    await ways_in.ask_return(clinic.house, address)
    assert await shown(patient) == before
    assert clinic.post_box.to(address) == []
    assert not (await patient.state()).timers


# -- what stops ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize(
    "said", ["check in", "I want to talk to a person", "find me a group", "hello", "how can I sleep better"]
)
async def test_nothing_new_begins_and_they_hear_where_to_turn(clinic: Clinic, how: How, said: str) -> None:
    patient = await clinic.join("copd")
    await begins_breathing(patient)
    await ends(patient, how)
    assert (await patient.state()).runs == ()
    changed = await patient.says(said)
    assert not any(isinstance(fact, RunStarted) for fact in changed.facts)
    assert any("Get help now" in shown.text for shown in patient.bot_said()[-1:])
    assert await patient.alerts() == []


async def test_an_old_button_begins_nothing(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await ends(patient)
    for key in ("menu:check_in", "menu:module", "menu:group", "menu:team"):
        said = turn.Inbound(clinic.service.id, patient.id, clinic.house.ids.new(), choice=f"3.{key}")
        changed = await turn.hear(clinic.house, said)
        assert not any(isinstance(fact, RunStarted) for fact in changed.facts)


async def test_their_own_safety_plan_stays_theirs(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await ends(patient)
    await patient.presses("menu:plan")
    await patient.says("pacing about")
    assert (await patient.state()).plan.parts.keys() == {"signs"}


async def test_the_bot_answers_for_itself_where_somebody_had_taken_over(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await alerts.act(clinic.house, clinic.service.id, patient.id, TakeOver(clinic.therapist.id))
    await ends(patient)
    assert (await patient.state()).hold is None


# -- what goes on -------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ENDS)
async def test_the_screen_goes_on_and_duty_hears(clinic: Clinic, how: How) -> None:
    patient = await clinic.join("copd")
    await ends(patient, how)
    await patient.says(GENTLE)
    (alert,) = await patient.alerts()
    assert (alert.concern, alert.owner) == ("risk", None)
    assert isinstance((await patient.state()).top, SafetyRun)
    await clinic.settle()
    assert len(clinic.letters(clinic.duty)) == 1, "nobody owns them, so duty is first"
    await patient.presses("no")
    await patient.presses("menu:menu")
    assert len(labels(patient)) == (2 if how == "died" else 3)


async def test_a_question_about_safety_that_was_open_still_tells_somebody(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.says(GENTLE)
    await ends(patient)
    clinic.clock.advance(minutes=11)
    await clinic.work()
    (alert,) = await patient.alerts()
    assert (alert.level, alert.state) == ("now", "open")


@pytest.mark.parametrize("how", ENDS)
async def test_open_alerts_stay_for_a_person_to_resolve(clinic: Clinic, how: How) -> None:
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    await ends(patient, how)
    (alert,) = await clinic.alerts()
    assert alert.state == "open"
    await alerts.resolve(clinic.house, clinic.service.id, alert.id, clinic.duty.id, "contacted")
    assert await clinic.alerts() == []


async def test_a_post_of_somebody_who_left_is_screened_and_reaches_no_room(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    room = await joins_group(clinic, patient, "Heron")
    await ends(patient)
    for text, rings in (("hello everybody", False), (CRISIS, True)):
        said = turn.Inbound(clinic.service.id, patient.id, clinic.house.ids.new(), text=text)
        changed = await peers.post(clinic.house, said, room)
        assert not any(isinstance(fact, PostOffered) for fact in changed.facts)
        assert bool(await patient.alerts()) is rings


@pytest.mark.parametrize("how", ENDS)
async def test_with_their_care_they_leave_the_rooms_and_a_kind_word_is_said_before(
    clinic: Clinic, how: How
) -> None:
    patient = await clinic.join("copd")
    room = await joins_group(clinic, patient, "Heron")
    said = turn.Inbound(clinic.service.id, patient.id, clinic.house.ids.new(), text="hello everybody")
    await peers.post(clinic.house, said, room)
    await clinic.settle()
    await ends(patient, how)
    await clinic.settle()
    state = await standing_of(clinic.house, clinic.service.id, room)
    assert state is not None
    assert (state.members[patient.id].status, state.posts[1].status) == ("left", "held")
    assert await clinic.house.record.peers.rooms_of(clinic.service.id, patient.id) == []
    told = " ".join(shown.text for shown in patient.bot_said())
    assert ("you leave the groups here" in told) is (how != "died")
    await comes_back(patient)
    assert "You find the groups in the menu." in " ".join(shown.text for shown in patient.bot_said())
    assert await joins_group(clinic, patient, "Heron") == room
    await clinic.settle()
    state = await standing_of(clinic.house, clinic.service.id, room)
    assert state is not None and state.members[patient.id].status == "member"


async def test_what_they_wrote_in_groups_goes_where_they_wished_it(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    room = await joins_group(clinic, patient, "Heron")
    said = turn.Inbound(clinic.service.id, patient.id, clinic.house.ids.new(), text="hello everybody")
    await peers.post(clinic.house, said, room)
    await clinic.settle()
    end = EndCare("discharged", clinic.therapist.id, take_posts=True)
    await end_care(clinic.house, clinic.service.id, patient.id, end)
    await clinic.settle()
    state = await standing_of(clinic.house, clinic.service.id, room)
    assert state is not None and state.posts[1].status == "withdrawn"
    await patient.catches_up()
    assert "gone, as you wished" in " ".join(shown.text for shown in patient.bot_said())


# -- undone, and refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ENDS)
async def test_a_lead_takes_them_back_and_all_is_there_again(clinic: Clinic, how: How) -> None:
    patient = await clinic.join("copd")
    await ends(patient, how)
    await comes_back(patient)
    state = await patient.state()
    assert (state.status, state.profile.owner) == ("joined", clinic.therapist.id)
    assert "This chat is open again" in patient.bot_said()[-2].text
    await patient.presses("menu:check_in")
    assert (await patient.state()).runs


async def test_whoever_never_joined_hears_nothing_and_cannot_join_until_taken_back(clinic: Clinic) -> None:
    invitation = await clinic.invite("copd")
    patient = Patient(clinic, invitation.patient, "")
    await ends(patient)
    assert await shown(patient) == 0
    joining = ways_in.Joining(code=invitation.code, adult=True, consents={"care": True})
    with pytest.raises(Refused, match="expired_invite"):
        await ways_in.join(clinic.house, joining)
    await comes_back(patient)
    assert (await patient.state()).status == "invited"
    await ways_in.join(clinic.house, joining)


async def test_care_ends_once_but_a_death_may_follow(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await ends(patient)
    with pytest.raises(Refused, match="care_ended"):
        await ends(patient, "transferred")
    await ends(patient, "died")
    with pytest.raises(Refused, match="care_ended"):
        await ends(patient, "died")
    await comes_back(patient)
    with pytest.raises(Refused, match="care_goes_on"):
        await comes_back(patient)


async def test_nobody_is_handed_over_to_nowhere(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    with pytest.raises(Refused, match="no_place"):
        ending = EndCare("transferred", clinic.therapist.id, "  ")
        await end_care(clinic.house, clinic.service.id, patient.id, ending)
