"""Each safety dialogue: what it says first, what it asks, and what an answer, or none, does to the alert."""

from __future__ import annotations

import itertools
from uuid import uuid4

import pytest
from clinic import Clinic, Patient

from bot.core.facts import SafetyAnswered
from bot.core.inputs import TakeOver
from bot.core.safety import Worry
from bot.core.state import SafetyRun
from bot.usecases import alerts, turn
from bot.usecases.turn import Inbound

GENTLE = "i dont see the point any more"
CRISIS = "i want to die"
CHECKED_ABUSE = "he will not leave me alone"
ABUSE = "my husband hits me"
HARM = "I want to kill him"
CHILD = "my grandson has bruises all over his back"
WORRIED = "my daughter says she wants to kill herself"
HIGH_PRESSURE = "my blood pressure is 185 over 95"
HIGH_SUGAR = "my blood sugar is 22 mmol"
ODD = "blue bicycle windows"


def texts(patient: Patient) -> list[str]:
    return [shown.text for shown in patient.bot_said()]


def labels(patient: Patient) -> list[str]:
    return [choice.label for choice in patient.last.shown.choices]


def numbers(patient: Patient) -> set[str]:
    return {line.number for s in patient.bot_said() if s.urgent for line in s.urgent.lines}


async def levels(patient: Patient) -> dict[str, str]:
    return {a.concern: a.level for a in await patient.alerts()}


async def dialogue(patient: Patient) -> tuple[str, str]:
    run = (await patient.state()).top
    assert isinstance(run, SafetyRun)
    return run.dialogue, run.phase


async def silence(clinic: Clinic, patient: Patient) -> None:
    clinic.clock.advance(minutes=11)
    await clinic.work()
    await patient.catches_up()


@pytest.fixture
async def sam(clinic: Clinic) -> Patient:
    return await clinic.join("copd")


# -- check tier: the question that fits, soon at once, now by anything but a plain no -----------------

ASKED = {
    GENTLE: ("risk", "gentle", "Are you having thoughts of ending your life?"),
    CHECKED_ABUSE: ("safeguarding", "afraid", "Is somebody hurting you, or making you afraid?"),
    HIGH_PRESSURE: ("emergency:heart", "red_flag", "Is it an emergency right now?"),
}


@pytest.mark.parametrize("text", ASKED)
async def test_a_check_opens_the_question_that_fits(sam: Patient, text: str) -> None:
    concern, opened, question = ASKED[text]
    await sam.says(text)
    assert question in texts(sam)[-1]
    assert labels(sam) == ["Yes", "No", "Rather not say"]
    assert await levels(sam) == {concern: "soon"}
    assert await dialogue(sam) == (opened, "direct")


@pytest.mark.parametrize("text", ASKED)
async def test_a_plain_no_leaves_it_soon(clinic: Clinic, sam: Patient, text: str) -> None:
    await sam.says(text)
    await sam.chooses("No")
    await silence(clinic, sam)
    assert set((await levels(sam)).values()) == {"soon"}
    assert clinic.letters(clinic.duty) == []


@pytest.mark.parametrize("answer", ["Yes", "Rather not say", ODD, ""])
@pytest.mark.parametrize("text", ASKED)
async def test_yes_rather_not_unclear_and_silence_raise_it_to_now(
    clinic: Clinic, sam: Patient, text: str, answer: str
) -> None:
    await sam.says(text)
    if answer in ("Yes", "Rather not say"):
        await sam.chooses(answer)
    elif answer:
        await sam.says(answer)
    else:
        await silence(clinic, sam)
    assert (await levels(sam))[ASKED[text][0]] == "now"


@pytest.mark.parametrize("typed", ["no", "nope", "definitely not", "No, nothing like that."])
async def test_a_typed_plain_no_is_a_no(sam: Patient, typed: str) -> None:
    await sam.says(GENTLE)
    await sam.says(typed)
    assert await levels(sam) == {"risk": "soon"}
    assert await dialogue(sam) == ("gentle", "after")


@pytest.mark.parametrize("typed", ["not really", "dunno", "not now", "no lol jk i do"])
async def test_what_only_sounds_like_a_no_is_none(sam: Patient, typed: str) -> None:
    await sam.says(GENTLE)
    await sam.says(typed)
    assert (await levels(sam))["risk"] == "now"


async def test_an_unclear_answer_about_the_body_is_no_alert_of_risk(sam: Patient) -> None:
    await sam.says(HIGH_PRESSURE)
    await sam.says("dunno")
    assert await levels(sam) == {"emergency:heart": "now"}


async def test_a_reading_that_is_high_is_advised_and_then_asked_about(sam: Patient) -> None:
    await sam.says(HIGH_SUGAR)
    advice, question = texts(sam)
    assert "ketones" in advice
    assert "drowsy or confused" in question
    assert "999" in numbers(sam)
    assert await levels(sam) == {"emergency:diabetes": "soon"}


async def test_an_emergency_asks_nothing_first(sam: Patient) -> None:
    await sam.says("i have crushing pain in my chest and my left arm hurts")
    assert texts(sam)[0].startswith("Call 999 now.")
    assert not any(text.endswith("?") for text in texts(sam))


async def test_somebody_under_18_is_told_of_childline_and_it_stays_soon(clinic: Clinic, sam: Patient) -> None:
    await sam.says("I'm only 15")
    assert {"999", "0800 1111"} <= numbers(sam)
    await silence(clinic, sam)
    assert await levels(sam) == {"safeguarding": "soon"}


# -- the second net -----------------------------------------------------------------------------------

WORRIES = {
    "risk": (Worry(1.0, 0.1, 0.1), "gentle"),
    "emergency:any": (Worry(0.1, 1.0, 0.1), "red_flag"),
    "safeguarding": (Worry(0.1, 0.1, 1.0), "afraid"),
}


async def says_what_worries(sam: Patient, text: str, worry: Worry, monkeypatch: pytest.MonkeyPatch) -> None:
    read = turn._read

    async def worried(house: object, said: Inbound, state: object) -> object:
        import msgspec

        return msgspec.structs.replace(await read(house, said, state), worry=worry)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(turn, "_read", worried)
        await sam.says(text)


@pytest.mark.parametrize(
    ("concern", "heard"), [("safeguarding", {"safeguarding"}), ("risk", {"safeguarding", "risk"})]
)
async def test_an_answer_to_how_to_be_reached_is_doubted_only_for_something_else(
    sam: Patient, concern: str, heard: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await sam.says("my husband hits me")
    await sam.presses("no")
    assert (await dialogue(sam))[1] == "contact"
    await says_what_worries(sam, "only while he is at work", WORRIES[concern][0], monkeypatch)
    assert set(await levels(sam)) == heard
    if concern == "safeguarding":
        assert (await dialogue(sam))[1] == "after"


@pytest.mark.parametrize("concern", WORRIES)
async def test_the_second_net_asks_and_silence_raises(
    clinic: Clinic, sam: Patient, concern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worry, opened = WORRIES[concern]
    await says_what_worries(sam, ODD, worry, monkeypatch)
    assert await dialogue(sam) == (opened, "direct")
    assert await levels(sam) == {concern: "soon"}
    await silence(clinic, sam)
    assert (await levels(sam))[concern] == "now"


# -- abuse --------------------------------------------------------------------------------------------


async def test_abuse_is_believed_and_told_how_to_leave_the_site(sam: Patient) -> None:
    await sam.says(ABUSE)
    said = " ".join(texts(sam))
    assert "not your fault" in said and "press 55" in said and "Leave this site" in said
    assert {"999", "0808 2000 247"} <= numbers(sam)
    assert texts(sam)[-1] == "Are you in danger right now?"


async def test_how_it_is_safe_to_be_reached_is_asked_and_kept(sam: Patient) -> None:
    await sam.says(ABUSE)
    await sam.chooses("No")
    assert texts(sam)[-1].endswith("what is a safe way for them to reach you?")
    await sam.chooses("Only face to face")
    answered = [f for f in await sam.facts() if isinstance(f, SafetyAnswered)]
    assert (answered[-1].phase, answered[-1].answer) == ("contact", "visit")


async def test_a_safe_way_in_their_own_words_is_not_taken_for_any_way(sam: Patient) -> None:
    await sam.says(ABUSE)
    await sam.chooses("No")
    await sam.says("only while he is at work, before noon")
    answered = [f for f in await sam.facts() if isinstance(f, SafetyAnswered)]
    assert answered[-1].answer == "words"
    assert await dialogue(sam) == ("safeguarding", "after")


async def test_silence_after_the_question_about_fear_names_nothing_on_the_screen(
    clinic: Clinic, sam: Patient
) -> None:
    await sam.says(CHECKED_ABUSE)
    await silence(clinic, sam)
    (shown,) = [m.shown for m in sam.seen[-1:]]
    assert shown.urgent is None
    assert not {"hurt", "abuse", "fault", "afraid"} & set(shown.text.lower().split())
    assert [c.label for c in shown.choices] == ["Yes", "No", "Rather not say"]


NAMES_IT = ("abuse", "safeguarding", "violence", "domestic", "suicid", "risk", "emergency", "husband", "die")


@pytest.mark.parametrize("text", [ABUSE, CHECKED_ABUSE, CHILD, HARM, WORRIED, CRISIS])
async def test_no_letter_names_the_concern(clinic: Clinic, sam: Patient, text: str) -> None:
    await sam.says(text)
    if text in (CHECKED_ABUSE, WORRIED):
        await silence(clinic, sam)
    clinic.clock.advance(minutes=16)
    await clinic.work()
    letters = [*clinic.letters(clinic.therapist), *clinic.letters(clinic.duty)]
    assert letters
    for letter in letters:
        whole = f"{letter['Subject']} {letter.as_string()} {' '.join(letter.values())}".lower()
        assert not [word for word in NAMES_IT if word in whole]


# -- others -------------------------------------------------------------------------------------------


async def test_harm_to_others_has_words_of_its_own(sam: Patient) -> None:
    await sam.says(HARM)
    said = " ".join(texts(sam))
    assert "somebody could get hurt" in said and "not your fault" not in said
    assert {"999", "116 123"} <= numbers(sam)
    assert texts(sam)[-1] == "Could somebody get hurt right now, you or anybody else?"
    await sam.chooses("Yes")
    assert "999" in numbers(sam)
    assert await levels(sam) == {"safeguarding": "now"}


async def test_a_child_at_risk_is_999_and_the_team(sam: Patient) -> None:
    await sam.says(CHILD)
    assert "If a child is in danger now, call 999." in texts(sam)
    assert numbers(sam) == {"999", "18000"}
    assert await levels(sam) == {"safeguarding": "now"}


async def test_who_worries_about_somebody_is_asked_how_they_are(sam: Patient) -> None:
    await sam.says(WORRIED)
    first, following, question = texts(sam)
    assert "call 999 and stay with them if it is safe" in first
    assert "116 123" in following and "so can you" in following
    assert question == "This is hard on you too. How are you yourself?"
    assert labels(sam) == ["I am all right", "It is hard for me too", "Rather not say"]
    assert {"999", "116 123"} <= numbers(sam)
    assert await levels(sam) == {"safeguarding": "soon"}


async def test_all_right_themselves_leaves_it_soon(sam: Patient) -> None:
    await sam.says(WORRIED)
    await sam.says("I am fine")
    assert await levels(sam) == {"safeguarding": "soon"}
    assert await dialogue(sam) == ("third_person", "after")


@pytest.mark.parametrize("answer", ["It is hard for me too", "Rather not say", ODD])
async def test_whoever_is_not_all_right_is_asked_directly(sam: Patient, answer: str) -> None:
    await sam.says(WORRIED)
    if answer == ODD:
        await sam.says(answer)
    else:
        await sam.chooses(answer)
    assert "Are you having thoughts of ending your life?" in texts(sam)[-1]
    assert (await levels(sam))["risk"] == "soon"
    assert await dialogue(sam) == ("gentle", "direct")


async def test_more_about_the_other_person_is_no_answer(sam: Patient) -> None:
    await sam.says(WORRIED)
    await sam.says("she wants to kill herself and she will not open the door")
    assert await dialogue(sam) == ("third_person", "direct")
    assert texts(sam)[0].startswith("If they are in danger now, call 999.")


# -- never abandons, never repeats --------------------------------------------------------------------


@pytest.mark.parametrize("text", [CRISIS, GENTLE, ABUSE, HARM, CHILD, WORRIED, HIGH_PRESSURE])
async def test_no_bubble_is_said_twice_in_a_row_and_the_chat_goes_on(sam: Patient, text: str) -> None:
    before: list[str] = []
    for _ in range(8):
        await sam.says(text)
        now = texts(sam)
        questions = {t for t in now if t.endswith("?")}
        assert not (set(before) & set(now)) - questions, text
        assert sam.last.shown.choices, "there is always something to do"
        before = now


async def test_under_a_hold_the_words_change_and_nothing_is_asked(clinic: Clinic, sam: Patient) -> None:
    await alerts.act(clinic.house, clinic.service.id, sam.id, TakeOver(clinic.therapist.id))
    await sam.catches_up()
    said = []
    for _ in range(4):
        await sam.says(CRISIS)
        assert "999" in numbers(sam)
        said.append(texts(sam))
    assert all(set(one).isdisjoint(other) for one, other in itertools.pairwise(said))
    assert not any(text.endswith("?") for one in said for text in one)


async def test_ordinary_words_afterwards_are_answered_in_turns(sam: Patient) -> None:
    await sam.says(CRISIS)
    await sam.chooses("No")
    await sam.chooses("Either way")
    said = []
    for n in range(4):
        await sam.says(f"blue bicycle {n}")
        said += texts(sam)
    assert len(set(said)) == 3
    assert said[0] == said[3]


async def test_a_new_cue_after_a_no_is_asked_about_again(sam: Patient) -> None:
    await sam.says(GENTLE)
    await sam.chooses("No")
    await sam.says(GENTLE)
    assert await dialogue(sam) == ("gentle", "direct")


async def test_an_emergency_over_an_open_question_leaves_its_silence_to_count(
    clinic: Clinic, sam: Patient
) -> None:
    await sam.says(GENTLE)
    await sam.says("i have crushing pain in my chest and my left arm hurts")
    assert await dialogue(sam) == ("emergency", "after")
    await silence(clinic, sam)
    assert await levels(sam) == {"risk": "now", "emergency:heart": "now"}


async def test_an_answer_that_says_it_aloud_is_not_called_unclear(sam: Patient) -> None:
    await sam.says(CRISIS)
    await sam.says("yes i want to die")
    assert texts(sam)[0].startswith("Thank you for telling me. It takes courage")
    assert "999" in numbers(sam)


# -- help, whatever is going on -----------------------------------------------------------------------

FALLING_BACK = (
    "not understood",
    "an old button",
    "nothing fits",
    "an action that failed",
    "while an action runs",
)


async def _to_a_page_that_is_gone(sam: Patient) -> str:
    """A suggestion whose module was taken out of the library since: the wait still names it."""
    await sam.presses("menu:library")
    await sam.presses("menu:modules")
    key = next(c.id for c in sam.last.shown.choices if ".start:" in c.id)
    library = sam.clinic.house.shelf.library
    name = key.partition("start:")[2]
    modules = {k: m for k, m in library.modules.items() if not k.startswith(name)}
    fields = {field: getattr(library, field) for field in type(library).model_fields}
    await sam.clinic.house.shelf.publish(
        type(library)(**fields | {"modules": modules}), "tests", sam.clinic.clock.now()
    )
    return key


@pytest.mark.parametrize("how", FALLING_BACK)
async def test_help_is_under_every_fallback(clinic: Clinic, sam: Patient, how: str) -> None:
    from bot.core.errors import Unavailable
    from bot.ports import ActionAnswer

    class Failing:
        async def run(self, action: str, slots: object) -> ActionAnswer:
            if how == "while an action runs":
                import asyncio

                raise asyncio.CancelledError
            if how == "nothing fits":
                return ActionAnswer(())
            raise Unavailable("action")

    library = clinic.house.shelf.library
    actions, clinic.house.actions = clinic.house.actions, Failing()
    match how:
        case "not understood":
            await sam.says(ODD)
        case "an old button":
            gone = Inbound(clinic.service.id, sam.id, uuid4(), choice=await _to_a_page_that_is_gone(sam))
            await turn.hear(clinic.house, gone)
            await sam.catches_up()
        case "while an action runs":
            await sam.presses("menu:progress")
            await sam.says(ODD)
        case _:
            await sam.presses("menu:module")
    clinic.house.actions = actions
    if clinic.house.shelf.library is not library:
        await clinic.house.shelf.publish(library, "tests", clinic.clock.now())
    assert "Did I get that wrong? I need help" in labels(sam)
    await sam.presses("wrong")
    assert await dialogue(sam) == ("gentle", "direct")
    assert await levels(sam) == {"risk": "soon"}


async def test_help_counts_from_any_older_message_and_under_a_hold(clinic: Clinic, sam: Patient) -> None:
    await sam.says(ODD)
    await sam.presses("menu:check_in")
    await alerts.act(clinic.house, clinic.service.id, sam.id, TakeOver(clinic.therapist.id))
    await sam.catches_up()
    await sam.presses("wrong")
    assert "999" in numbers(sam)
    assert await levels(sam) == {"risk": "soon"}


# -- item 9 -------------------------------------------------------------------------------------------


async def test_item_9_is_followed_up_at_once_and_the_check_in_goes_on_only_after_asking(sam: Patient) -> None:
    await sam.presses("menu:check_in")
    await sam.fills_in(*[0] * 8, 2)
    assert texts(sam)[-1] == "Are you having thoughts of ending your life?"
    assert await levels(sam) == {"risk": "now"}
    await sam.chooses("Yes")
    assert texts(sam)[-1] == "Are you in danger right now, or have you already hurt yourself?"
    await sam.chooses("No")
    await sam.chooses("By phone")
    assert "Go on" in labels(sam)
    assert not any(shown.read_back for shown in sam.bot_said())
    await sam.chooses("Go on")
    assert sam.last.shown.read_back


@pytest.mark.parametrize("to", [0, 1, None])
async def test_an_answer_changed_from_2_to_less_stays_visible(
    clinic: Clinic, sam: Patient, to: int | None
) -> None:
    from bot.web.desk.evidence import reason_of

    await sam.presses("menu:check_in")
    await sam.fills_in(*[0] * 8, 2)
    await sam.chooses("No")
    await sam.chooses("Go on")
    await sam.presses("change.phq9.9")
    await sam.answers(to)
    (alert,) = await sam.alerts()
    whole = await clinic.house.record.ledger.one(clinic.service.id, alert.id, None)
    assert whole is not None
    told = [reason_of(piece, clinic.house.shelf.library).text for piece in whole.evidence]
    now = {0: "“Not at all” (0)", 1: "“Several days” (1)", None: "no answer"}[to]
    assert (
        f"PHQ-9 question 9 was first answered “More than half the days” (2) and then changed to {now}."
        in told
    )
    assert any("was answered “More than half the days”" in text for text in told)
    assert alert.level == "now"
