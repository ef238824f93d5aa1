"""What a patient has agreed to: asked at joining, changed in the chat, and taken back altogether."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient
from desk_scene import joins_group

from bot.core import facts as f
from bot.core.errors import Refused
from bot.core.inputs import TakeBack
from bot.usecases import ways_in
from bot.usecases.care import take_back

CRISIS = "i want to kill myself tonight"
EVERY = {"care": True, "groups": True, "reminders": True, "evaluation": True, "linkage": True}


async def joins(clinic: Clinic, **consents: bool) -> Patient:
    invitation = await clinic.invite("copd")
    asked = ways_in.Joining(code=invitation.code, adult=True, consents={**EVERY, **consents}, name="Sam")
    patient = Patient(clinic, invitation.patient, await ways_in.join(clinic.house, asked))
    await clinic.settle()
    await patient.catches_up()
    return patient


async def opens_choices(patient: Patient) -> None:
    await patient.presses("menu:more")
    await patient.presses("menu:choices")


async def answered(patient: Patient) -> dict[str, tuple[bool, str]]:
    """The last answer to each consent, with the version of its words."""
    given = [fact for fact in await patient.facts() if isinstance(fact, f.ConsentAnswered)]
    return {fact.consent: (fact.given, fact.version) for fact in given}


def words(patient: Patient) -> str:
    return " ".join(m.text for m in patient.bot_said())


# -- asked at joining ---------------------------------------------------------------------------------


async def test_each_consent_is_kept_with_the_version_of_its_words(clinic: Clinic) -> None:
    patient = await joins(clinic, groups=False)
    policy = clinic.house.shelf.library.policy.consents
    assert policy is not None
    versions = {c.name: c.version for c in policy.asked}
    assert await answered(patient) == {
        name: (name != "groups", version) for name, version in versions.items()
    }
    profile = (await patient.state()).profile
    assert (profile.answered, profile.consents["groups"]) == (versions, False)


async def test_what_nobody_asks_for_cannot_be_agreed_to(clinic: Clinic) -> None:
    with pytest.raises(Refused, match="unknown_consent"):
        await joins(clinic, marketing=True)


async def test_words_that_have_changed_are_asked_again(clinic: Clinic) -> None:
    invitation = await clinic.invite("copd")
    asked = ways_in.Joining(
        code=invitation.code, adult=True, consents=EVERY, versions={"care": "of long ago"}
    )
    with pytest.raises(Refused, match="consents_changed"):
        await ways_in.join(clinic.house, asked)


async def test_what_they_say_of_themselves_counts_before_the_invitation(clinic: Clinic) -> None:
    invitation = await clinic.invite("copd")
    asked = ways_in.Joining(
        code=invitation.code,
        adult=True,
        consents=EVERY,
        conditions=("pain", "asthma"),
        language="pl",
        nation="scotland",
        timezone="Europe/Warsaw",
    )
    await ways_in.join(clinic.house, asked)
    profile = (await Patient(clinic, invitation.patient).state()).profile
    assert (profile.conditions, profile.language) == (("pain", "asthma"), "pl")
    assert (profile.nation, profile.timezone) == ("scotland", "Europe/Warsaw")
    seen = await clinic.house.record.reading.people(clinic.service.id, [invitation.patient])
    assert seen[invitation.patient].conditions == ("pain", "asthma")


@pytest.mark.parametrize("wrong", [{"conditions": ("gout",)}, {"conditions": ()}, {"nation": "france"}])
async def test_what_is_not_there_to_be_chosen_is_refused(clinic: Clinic, wrong: dict[str, object]) -> None:
    invitation = await clinic.invite("copd")
    asked = ways_in.Joining(invitation.code, adult=True, consents=EVERY, **wrong)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="not_an_option"):
        await ways_in.join(clinic.house, asked)


# -- changed in the chat ------------------------------------------------------------------------------


async def test_the_chat_lists_how_each_stands_with_its_two_sentences(clinic: Clinic) -> None:
    patient = await joins(clinic, groups=False)
    await opens_choices(patient)
    said = words(patient)
    assert "Groups: you have not said yes. You may join groups" in said
    assert "Reminders: you have said yes." in said
    labels = [c.label for c in patient.bot_said()[-1].choices]
    assert labels == [
        "Leave this service",
        "Stop reminders",
        "Yes to groups",
        "Stop counting my scores",
        "Stop linking my record",
        "Back to the menu",
    ]


@pytest.mark.parametrize("name", ["reminders", "groups", "evaluation", "linkage"])
async def test_each_is_taken_back_and_given_again(clinic: Clinic, name: str) -> None:
    patient = await joins(clinic)
    await opens_choices(patient)
    await patient.presses(f"stop:{name}")
    assert (await patient.state()).profile.consents[name] is False
    await patient.presses(f"give:{name}")
    assert (await patient.state()).profile.consents[name] is True
    policy = clinic.house.shelf.library.policy.consents
    assert policy is not None
    assert (await answered(patient))[name] == (True, policy.version_of(name))


async def test_without_reminders_none_is_left(clinic: Clinic) -> None:
    patient = await joins(clinic)
    assert (await patient.state()).reminders
    await opens_choices(patient)
    await patient.presses("stop:reminders")
    dropped = [fact.why for fact in await patient.facts() if isinstance(fact, f.ReminderDropped)]
    assert "not_wanted" in dropped


async def test_who_wants_no_groups_leaves_them_and_is_shown_none(clinic: Clinic) -> None:
    patient = await joins(clinic)
    await joins_group(clinic, patient, "Wren")
    rooms = clinic.house.record.peers.rooms_of
    assert len(await rooms(clinic.service.id, patient.id)) == 1
    await opens_choices(patient)
    await patient.presses("stop:groups")
    await clinic.work()
    assert await rooms(clinic.service.id, patient.id) == []
    await patient.presses("menu:menu")
    await patient.presses("menu:group")
    assert "You have said no to groups" in words(patient)
    await patient.presses("give:groups")
    assert (await patient.state()).profile.consents["groups"] is True


async def test_the_choices_do_not_grow_the_state(clinic: Clinic) -> None:
    patient = await joins(clinic)
    await opens_choices(patient)
    before = len((await patient.state()).json())
    for _ in range(4):
        await patient.presses("stop:evaluation")
        await patient.presses("give:evaluation")
    assert abs(len((await patient.state()).json()) - before) < 100


# -- withdrawing --------------------------------------------------------------------------------------


async def withdraws(patient: Patient) -> None:
    await opens_choices(patient)
    await patient.presses("stop:care")
    await patient.presses("withdraw:yes")


async def test_withdrawing_is_asked_once_more_and_says_what_happens(clinic: Clinic) -> None:
    patient = await joins(clinic)
    await opens_choices(patient)
    await patient.presses("stop:care")
    assert "Your team keeps what you have written" in words(patient)
    assert (await patient.state()).status == "joined"
    await patient.says("yes")
    assert (await patient.state()).status == "joined", "only the button leaves"
    await opens_choices(patient)
    await patient.presses("stop:care")
    await patient.presses("withdraw:no")
    assert (await patient.state()).status == "joined"


async def test_whoever_withdraws_is_reminded_of_nothing_and_the_team_knows(clinic: Clinic) -> None:
    patient = await joins(clinic)
    await joins_group(clinic, patient, "Wren")
    await withdraws(patient)
    await clinic.work()
    state = await patient.state()
    assert (state.status, state.reminders, state.expected) == ("withdrawn", {}, None)
    assert not [t for t in state.timers.values() if t.kind in ("later", "check_in", "action")]
    assert state.profile.consents == dict.fromkeys(EVERY, False)
    assert await clinic.house.record.peers.rooms_of(clinic.service.id, patient.id) == []
    (alert,) = await patient.alerts()
    assert (alert.concern, alert.level, alert.owner) == ("withdrew", "routine", clinic.therapist.id)


async def test_what_they_write_afterwards_is_screened_and_goes_to_duty(clinic: Clinic) -> None:
    patient = await joins(clinic)
    await withdraws(patient)
    await patient.says("hello")
    assert "nobody from the team may read this" in words(patient)
    await patient.says(CRISIS)
    (risk,) = [a for a in await patient.alerts() if a.concern == "risk"]
    assert (risk.level, risk.owner) == ("now", None)


async def test_open_alerts_stay_open(clinic: Clinic) -> None:
    patient = await joins(clinic)
    await patient.presses("menu:team")
    before = {a.id for a in await patient.alerts() if a.state == "open"}
    await withdraws(patient)
    assert before
    assert before <= {a.id for a in await patient.alerts() if a.state == "open"}


async def test_the_team_can_take_them_back_and_they_agree_anew(clinic: Clinic) -> None:
    patient = await joins(clinic)
    await withdraws(patient)
    await take_back(clinic.house, clinic.service.id, patient.id, TakeBack(clinic.duty.id))
    await patient.catches_up()
    state = await patient.state()
    assert (state.status, state.profile.consents["care"]) == ("joined", False)
    assert state.expected is None, "nothing is expected of somebody who has not agreed again"
    await patient.presses("give:care")
    state = await patient.state()
    assert state.profile.consents["care"] is True
    assert state.expected is not None
