"""The example of docs/editors.md, played: what the page says that patients get is what they get."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from clinic import SeededIds, TestClock
from papers import ROOT, examples, paper

from bot.authoring import shipped_library
from bot.core.library import Library
from bot.core.values import ServiceId
from bot.usecases.rehearsal import NOBODY, Rehearsal, Room
from bot.usecases.rehearsed import Pretended
from bot.usecases.turn import Inbound

PAGE = "docs/editors.md"
KEY = "pain/a-short-walk"


@pytest.fixture(scope="module")
def walking(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped content and the example, in a folder that was not there."""
    folder = Path(shutil.copytree(ROOT / "content", tmp_path_factory.mktemp("walking") / "content"))
    (folder / "modules/pain").mkdir(exist_ok=True)
    (module,) = examples(PAGE, "module")
    (folder / f"modules/{KEY}.en.md").write_text(module + "\n", encoding="utf-8")
    return shipped_library(folder)


class Sam:
    """Who plays the patient."""

    def __init__(self, library: Library, at: str, pretend: dict[str, Pretended] | None = None) -> None:
        self.ids = SeededIds("sam")
        self.rehearsal = Rehearsal(
            library, KEY, at, room=Room(TestClock(), SeededIds("walk")), pretend=pretend
        )

    def skips(self) -> None:
        self.presses("Skip this one")

    def answers(self, value: int) -> None:
        question = next(m.shown.question for m in reversed(self.rehearsal.messages) if m.shown.question)
        self._say(item=question.item, value=value)

    def presses(self, label: str) -> None:
        buttons = (c for m in reversed(self.rehearsal.messages) for c in m.shown.choices)
        self._say(choice=next(c.id for c in buttons if c.label == label))

    def _say(self, **said: object) -> None:
        self.rehearsal.say(Inbound(ServiceId(NOBODY), self.rehearsal.line, self.ids.new(), **said))  # type: ignore[arg-type]

    @property
    def texts(self) -> list[str]:
        return [m.shown.text for m in self.rehearsal.messages]

    @property
    def labels(self) -> list[str]:
        return [c.label for m in self.rehearsal.messages for c in m.shown.choices]

    @property
    def alerts(self) -> list[tuple[str, str]]:
        return [(t.concern, t.level) for t in self.rehearsal.told]


def test_the_urgent_block_and_the_draft_notice_come_first(walking: Library) -> None:
    sam = Sam(walking, "welcome")
    assert sam.rehearsal.messages[0].shown.urgent is not None
    assert sam.texts[1] == walking.texts["en"]["draft_notice"]
    assert sam.texts[1] in paper(PAGE)


def test_whoever_skips_everything_reads_no_sentence_with_a_hole(walking: Library) -> None:
    sam = Sam(walking, "the-door")
    for _ in range(3):
        sam.skips()
    assert "We can find a good time as we go." in sam.texts
    assert sam.texts[-1] == "You do not have to say."
    sam.presses("Choose a small goal")
    sam.skips()
    assert not [text for text in sam.texts if "{{" in text or "**" in text or "You said" in text]


def test_an_answer_is_filled_in_and_a_branch_taken(walking: Library) -> None:
    sam = Sam(walking, "the-door")
    sam.answers(0)
    sam.answers(4)
    sam.answers(0)
    sam.skips()
    assert "You said: *In the morning*. That is a good time for a few steps." in sam.texts
    assert sam.texts[-1].startswith("Thank you for being honest.")


def test_the_buttons_that_the_service_adds_are_called_so(walking: Library) -> None:
    door, goal, breath = (Sam(walking, step) for step in ("the-door", "a-small-goal", "breathe-with-me"))
    assert "Skip this one" in door.labels
    assert {"A goal of my own", "Skip this one"} <= set(goal.labels)
    assert {"I have done it", "Stop the exercise"} <= set(breath.labels)
    for label in {*goal.labels, *breath.labels} - {"Walk to the gate", "Stand at the open door for a minute"}:
        assert f'"{label}"' in paper(PAGE)


def test_a_check_in_with_a_question_left_out_was_skipped(walking: Library) -> None:
    sam = Sam(walking, "how-are-you")
    for _ in range(4):
        sam.skips()
    sam.presses("Send my answers")
    assert "That is fine. Let us talk about the door." in sam.texts
    assert sam.alerts == []


@pytest.mark.parametrize(
    ("now", "last", "said", "alerts"),
    [
        (2, None, "Thank you for checking in.", []),
        (7, 3, "That is harder than before, so I am letting your team know.", [("worsening:phq4", "soon")]),
        (9, 3, "That is a lot to carry. Go gently today.", [("worsening:phq4", "soon")]),
        (9, None, "That is a lot to carry. Go gently today.", [("worsening:phq4", "routine")]),
    ],
)
def test_the_team_is_told_once_and_the_patient_too(
    walking: Library, now: int, last: int | None, said: str, alerts: list[tuple[str, str]]
) -> None:
    sam = Sam(walking, "how-are-you", {"phq4": Pretended(now=now, last=last)})
    assert said in sam.texts
    assert sam.alerts == alerts
    told = [text for text in sam.texts if "letting your team know" in text]
    assert len(told) == sum(level == "soon" for _, level in alerts)


async def test_the_follow_up_begins_the_module_again_with_its_urgent_block(walking: Library) -> None:
    sam = Sam(walking, "a-small-goal")
    sam.skips()
    await sam.rehearsal.settle()
    sam.rehearsal.skip_wait()
    assert "How did your small steps go?" in sam.texts
    assert sam.labels[-3:] == ["I did it", "Not yet", "Go on"]
    before = sum(m.shown.urgent is not None for m in sam.rehearsal.messages)
    sam.presses("I did it")
    assert sum(m.shown.urgent is not None for m in sam.rehearsal.messages) == before + 1
    assert "That is good to hear." in sam.texts
    assert sam.alerts == [(f"content:{KEY}", "routine")]
