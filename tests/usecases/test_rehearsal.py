"""A rehearsal plays a draft by the real rules, keeps its place when the text changes, and leaves no trace."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from clinic import Clinic, SeededIds, TestClock

from bot.core.errors import Refused
from bot.core.library import Choose, Library, Link, Module, Say, Step
from bot.core.shown import Shown
from bot.core.values import ServiceId
from bot.usecases.rehearsal import NOBODY, Rehearsal, Room
from bot.usecases.rehearsed import Place, Pretended
from bot.usecases.turn import Inbound
from bot.wiring import LaterActions

KEY = "copd/breathlessness-and-worry"
WORRY = Pretended(now=15, last=9)


@dataclass
class Sam:
    """Who plays the patient."""

    rehearsal: Rehearsal
    ids: SeededIds = field(default_factory=lambda: SeededIds("sam"))

    def says(self, text: str, client_id: UUID | None = None) -> int:
        return self._say(text=text, client_id=client_id)

    def answers(self, value: int | None) -> int:
        question = next(m.shown.question for m in reversed(self.rehearsal.messages) if m.shown.question)
        return self._say(item=question.item, value=value)

    def presses(self, label: str) -> int:
        choices = (c for m in reversed(self.rehearsal.messages) for c in m.shown.choices)
        return self._say(choice=next(c.id for c in choices if c.label == label))

    def _say(self, client_id: UUID | None = None, **said: object) -> int:
        inbound = Inbound(ServiceId(NOBODY), self.rehearsal.line, client_id or self.ids.new(), **said)  # type: ignore[arg-type]
        return self.rehearsal.say(inbound)

    def walks_to_the_check_in(self) -> None:
        self.answers(0)
        self.presses("Carry on")
        self.says("worse on the stairs")
        self.answers(1)

    def sees(self, words: str) -> bool:
        return any(words in text for text in self.texts)

    @property
    def texts(self) -> list[str]:
        return [m.shown.text for m in self.rehearsal.messages]

    @property
    def last(self) -> Shown:
        return self.rehearsal.messages[-1].shown


@pytest.fixture
def room() -> Room:
    return Room(TestClock(), SeededIds("rehearsal"))


@pytest.fixture
def sam(library: Library, room: Room) -> Sam:
    return Sam(Rehearsal(library, KEY, room=room))


def rewritten(library: Library, old: str, new: str) -> Library:
    """The same with other words on the page."""
    page = library.modules[KEY].model_dump_json()
    assert old in page
    module = Module.model_validate_json(page.replace(old, new))
    return library.model_copy(update={"modules": {**library.modules, KEY: module}})


def test_it_begins_as_the_module_does_for_a_patient(sam: Sam) -> None:
    assert sam.rehearsal.messages[0].shown.urgent is not None
    assert sam.sees("Hello Sam.")
    assert sam.rehearsal.place == Place(KEY, "a-safety-question-first")


def test_it_refuses_what_the_real_door_refuses_and_hears_a_message_once(sam: Sam) -> None:
    with pytest.raises(Refused):
        sam.rehearsal.say(
            Inbound(ServiceId(NOBODY), sam.rehearsal.line, SeededIds("x").new(), choice="99.nothing")
        )
    twice = SeededIds("twice").new()
    seq = sam.says("hello", twice)
    before = len(sam.rehearsal.messages)
    assert sam.says("hello", twice) == seq
    assert len(sam.rehearsal.messages) == before


def test_a_module_that_is_not_there_cannot_be_rehearsed(library: Library, room: Room) -> None:
    with pytest.raises(Refused):
        Rehearsal(library, "copd/nowhere", room=room)
    with pytest.raises(Refused):
        Rehearsal(library, KEY, "nowhere", room=room)


# -- pretending ---------------------------------------------------------------------------------------


def test_a_pretended_check_in_is_answered_through_its_own_dialogue(library: Library, room: Room) -> None:
    sam = Sam(Rehearsal(library, KEY, room=room, pretend={"gad7": WORRY}))
    sam.walks_to_the_check_in()
    mine = [m.shown.text for m in sam.rehearsal.messages if m.sender == "patient"]
    assert mine[-8:] == ["Nearly every day"] * 5 + ["Not at all"] * 2 + ["Send my answers"]
    assert sam.sees("came to 15 out of 21")
    assert sam.sees("Your answers show more worry than they did before.")
    assert sam.sees("shows many signs of worry")
    assert [(t.concern, t.level, t.again) for t in sam.rehearsal.told] == [
        ("worsening:gad7", "soon", False),
        ("worsening:gad7", "soon", True),
        ("worsening:gad7", "soon", True),
    ]


def test_other_scores_are_used_for_what_was_answered_already(sam: Sam) -> None:
    sam.walks_to_the_check_in()
    for points in (1, 0, 0):
        sam.answers(points)
    sam.rehearsal.pretend({"gad7": Pretended(now=3, last=9)})
    assert sam.sees("shows only some signs of worry")
    assert sam.rehearsal.told == []
    sam.rehearsal.pretend({"gad7": WORRY})
    assert sam.sees("shows many signs of worry")
    assert sam.sees("*worse on the stairs*")


def test_a_step_below_a_pretended_check_in_counts_it_as_answered(library: Library, room: Room) -> None:
    sam = Sam(Rehearsal(library, KEY, "what-you-told-us", room=room, pretend={"gad7": Pretended(now=9)}))
    assert sam.texts[0].startswith("What you told us shows quite a few signs of worry.")
    sam.rehearsal.pretend({"gad7": Pretended(now=15)})
    assert sam.texts[0].startswith("What you told us shows many signs of worry.")


def test_an_answer_that_is_itself_a_reason_to_look_is_one_here_too(library: Library, room: Room) -> None:
    """PHQ-9 at its highest answers its last question as well, and safety comes before the rest of the form."""
    steps = (
        Step(id="one", title="One", parts=(Choose(links=(Link(label="On", to="#two"),)),)),
        *library.modules[KEY].steps[6:7],
    )
    page = library.modules[KEY].model_copy(update={"steps": steps, "uses": ("phq9",)})
    text = page.model_dump_json().replace("gad7", "phq9").replace('"#two"', f'"#{steps[1].id}"')
    changed = library.model_copy(update={"modules": {KEY: Module.model_validate_json(text)}})
    sam = Sam(Rehearsal(changed, KEY, room=room, pretend={"phq9": Pretended(now=27)}))
    sam.presses("On")
    assert [t.evidence.rule for t in sam.rehearsal.told] == ["item:phq9.9"]
    assert sam.rehearsal.told[0].level == "now"


# -- jumping and skipping -----------------------------------------------------------------------------


def test_a_jump_begins_anew_at_the_step_with_the_answers_given_so_far(sam: Sam) -> None:
    sam.walks_to_the_check_in()
    before = sam.rehearsal.begun
    sam.rehearsal.jump("how-worry-and-breath-feed-each-other")
    assert sam.rehearsal.begun == before + 1
    assert sam.texts[0].startswith("You told me this: *worse on the stairs*")
    sam.rehearsal.restart()
    sam.rehearsal.jump("how-worry-and-breath-feed-each-other")
    assert "worse on the stairs" not in sam.texts[0]
    with pytest.raises(Refused):
        sam.rehearsal.jump("nowhere")


def test_an_exercise_is_skipped(sam: Sam) -> None:
    sam.rehearsal.jump("breathe-with-me")
    assert sam.rehearsal.waits_for == "exercise"
    assert sam.rehearsal.skip_wait()
    assert sam.texts[-2:] == ["I have done it", "How was that?"]
    assert not sam.rehearsal.skip_wait()


def test_a_follow_up_comes_now_and_dates_move_with_it(sam: Sam) -> None:
    sam.rehearsal.jump("choose-one-small-goal")
    sam.presses("Phone somebody I like")
    sam.presses("Finish for today")
    assert sam.rehearsal.place == Place()
    planned = sam.rehearsal.messages[-1].at
    assert sam.rehearsal.skip_wait()
    assert sam.texts[-1] == "Hello Sam. How is it going with your goal? Phone somebody I like"
    assert (sam.rehearsal.messages[-1].at - planned).days == 2
    sam.presses("It was too hard")
    assert sam.rehearsal.place.step == "when-it-was-hard"


def test_a_follow_up_stands_beside_a_questionnaire_that_was_left_days_ago(sam: Sam) -> None:
    sam.rehearsal.jump("until-next-time")
    sam.presses("Back to the menu")
    sam.presses("Check how I am")
    question = sam.last.question
    assert question is not None
    assert sam.rehearsal.skip_wait()
    assert sam.texts[-1] == "Hello Sam. How is it going with your goal?"
    sam.presses("Go on")
    assert sam.last.question == question


async def test_an_action_of_the_module_runs(library: Library) -> None:
    room = Room(TestClock(), SeededIds("acting"), LaterActions("actions"))
    sam = Sam(Rehearsal(library, KEY, "well-done", room=room, pretend={"gad7": WORRY}))
    await sam.rehearsal.settle()
    assert any(m.shown.charts for m in sam.rehearsal.messages)
    assert sam.last.choices[0].label == "Choose my next goal"
    before = sam.texts
    sam.rehearsal.renew(library.model_copy())
    assert sam.texts == before


async def test_without_actions_every_one_fails_kindly(sam: Sam) -> None:
    sam.rehearsal.jump("well-done")
    await sam.rehearsal.settle()
    assert sam.last.choices[0].label == "Choose my next goal"


def test_a_peer_group_is_joined_and_none_is_opened(sam: Sam) -> None:
    sam.rehearsal.jump("until-next-time")
    sam.presses("Talk with others")
    sam.presses("Join the group")
    sam.says("Bluebell")
    assert sam.sees("Bluebell")
    assert not any(m.shown.room for m in sam.rehearsal.messages)


# -- another text -------------------------------------------------------------------------------------


def test_another_text_keeps_the_place_and_the_answers(library: Library, sam: Sam) -> None:
    sam.walks_to_the_check_in()
    sam.answers(2)
    place = sam.rehearsal.place
    mine = [m.shown.text for m in sam.rehearsal.messages if m.sender == "patient"]
    assert sam.rehearsal.renew(rewritten(library, "We will come back to it in a moment.", "More of it soon."))
    assert sam.sees("Thank you for telling me. More of it soon.")
    assert sam.rehearsal.place == place
    assert [m.shown.text for m in sam.rehearsal.messages if m.sender == "patient"] == mine
    assert sam.last.question is not None
    assert sam.last.question.item == "gad7.2"


def test_a_button_with_other_words_is_still_the_one_that_was_pressed(library: Library, sam: Sam) -> None:
    sam.walks_to_the_check_in()
    sam.rehearsal.renew(rewritten(library, '"Carry on"', '"Go on"'))
    assert "Go on" in sam.texts
    assert sam.rehearsal.place.step == "how-worried-have-you-been"


def test_where_the_page_now_asks_something_else_the_step_begins_again(library: Library, sam: Sam) -> None:
    sam.walks_to_the_check_in()
    assert sam.rehearsal.renew(rewritten(library, '"name":"hardest"', '"name":"toughest"'))
    assert sam.rehearsal.place.step == "how-worried-have-you-been"
    sam.rehearsal.jump("how-worry-and-breath-feed-each-other")
    assert "worse on the stairs" in sam.texts[0]


def test_a_step_that_is_gone_leads_back_to_the_beginning(library: Library, sam: Sam) -> None:
    sam.rehearsal.jump("breathe-with-me")
    assert sam.rehearsal.renew(rewritten(library, "breathe-with-me", "breathe-now"))
    assert sam.rehearsal.place.step == "a-safety-question-first"


def test_a_module_that_is_gone_goes_on_as_it_was(library: Library, sam: Sam) -> None:
    before = sam.texts
    assert not sam.rehearsal.renew(library.model_copy(update={"modules": {}}))
    assert sam.texts == before


def test_a_translation_stands_where_its_source_stands(library: Library, room: Room, sam: Sam) -> None:
    welsh = f"{KEY}.cy"
    module = library.modules[KEY]
    first = module.steps[0].model_copy(update={"parts": (Say(text="Helo."), *module.steps[0].parts)})
    page = module.model_copy(update={"language": "cy", "steps": (first, *module.steps[1:])})
    both = library.model_copy(update={"modules": {**library.modules, welsh: page}})
    beside = Sam(Rehearsal(both, welsh, room=room))
    assert beside.sees("Helo.")
    sam.walks_to_the_check_in()
    beside.rehearsal.follow(sam.rehearsal)
    assert beside.rehearsal.place == Place(welsh, "how-worried-have-you-been")
    sam.rehearsal.jump("how-worry-and-breath-feed-each-other")
    beside.rehearsal.follow(sam.rehearsal)
    assert beside.texts[0].startswith("You told me this: *worse on the stairs*")


# -- safety -------------------------------------------------------------------------------------------


async def test_words_of_crisis_show_the_card_and_the_alert_and_nothing_is_written(
    clinic: Clinic, room: Room
) -> None:
    sam = Sam(Rehearsal(clinic.house.shelf.library, KEY, room=room))
    sam.says("i want to end my life")
    card = next(m.shown.urgent for m in sam.rehearsal.messages[-3:] if m.shown.urgent)
    assert card.kind == "crisis"
    assert any(line.number == "116 123" for line in card.lines)
    (told,) = sam.rehearsal.told
    assert (told.concern, told.level) == ("risk", "now")
    await clinic.settle()
    assert await clinic.alerts(open_only=False) == []
    assert await clinic.house.record.lines.load(clinic.service.id, sam.rehearsal.line) is None
    assert not clinic.letters(clinic.therapist) and not clinic.letters(clinic.duty)


def test_a_rehearsal_ends_somewhere(sam: Sam) -> None:
    with pytest.raises(Refused):
        for _ in range(1_000):
            sam.says("hello")
