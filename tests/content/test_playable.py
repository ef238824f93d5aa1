"""What a preview plays of pages with problems, and the map that it draws of their steps."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from drafting import BYE, CONTENT, FRONT, TODAY

from bot.adapters.content_files import manuscript
from bot.authoring import read_drafts
from bot.core.library import Choose, Library
from bot.core.library.build import build
from bot.core.library.drafts import Drafts
from bot.core.library.playable import playable
from bot.core.library.step_map import Stop, Way, step_map

PAGE = """## Start

Hello.

- [On](#middle)
- [A group](../../groups/copd.en.md)
- [Finish](#end)

## Middle

Here.

::: later in 2 days
How is it?

- [Well](#start)
:::

## Lost

Nobody comes here.

- [Finish](#end)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def with_page(folder: Path, body: str) -> Drafts:
    page = folder / "modules/copd/page.en.md"
    page.write_text(FRONT.replace("## Welcome\n\n", "") + body, encoding="utf-8")
    return read_drafts(folder)


def played(drafts: Drafts, last: Library | None = None) -> Library | None:
    return playable(drafts, build(drafts, today=TODAY), last)


def stops(drafts: Drafts) -> dict[str, Stop]:
    draft = next(m for m in drafts.modules if m.key == "copd/page")
    return {stop.id: stop for stop in step_map(draft)}


# -- the map ------------------------------------------------------------------------------------------


def test_the_map_says_where_steps_lead_and_who_comes_to_them(folder: Path) -> None:
    found = stops(with_page(folder, PAGE))
    assert found["start"].ways == (
        Way("middle", "choice", "On"),
        Way("group:copd", "choice", "A group"),
        Way("#end", "choice", "Finish"),
    )
    assert found["middle"].ways == (Way("start", "later", "Well"), Way("lost", "on"))
    assert found["start"].reached_from == ("middle",)
    assert all(stop.reachable for stop in found.values())


def test_the_map_marks_a_step_that_nobody_comes_to(folder: Path) -> None:
    closed = PAGE.replace("## Lost", "- [Finish](#end)\n\n## Lost")
    found = stops(with_page(folder, closed))
    assert {stop.id for stop in found.values() if not stop.reachable} == {"lost"}
    assert found["lost"].line == found["middle"].end + 1


# -- what is played -----------------------------------------------------------------------------------


def test_a_page_without_problems_is_played_as_it_would_be_published(folder: Path, library: Library) -> None:
    drafts = read_drafts(folder)
    found = played(drafts)
    assert found is not None
    assert found.release == library.release


def test_links_that_lead_nowhere_and_unknown_measures_are_left_out(folder: Path) -> None:
    page = "## Start\n\nHello.\n\n::: check-in gad8\n:::\n\n- [On](#nowhere)\n- [Finish](#end)\n"
    found = played(with_page(folder, page))
    assert found is not None
    (step,) = found.modules["copd/page"].steps
    assert [part.kind for part in step.parts] == ["say", "choose"]
    assert isinstance(step.parts[1], Choose)
    assert [link.to for link in step.parts[1].links] == ["#end"]


def test_a_page_without_steps_stays_as_it_was(folder: Path) -> None:
    before = played(with_page(folder, "## Start\n\nHello." + BYE))
    assert before is not None
    after = played(with_page(folder, "Nothing yet."), before)
    assert after is not None
    assert after.modules["copd/page"] == before.modules["copd/page"]


def test_a_broken_safety_file_leaves_the_last_one_in_place_and_the_pages_go_on(folder: Path) -> None:
    before = played(with_page(folder, "## Start\n\nHello." + BYE))
    (folder / "safety/answers.yaml").write_text("a: [", encoding="utf-8")
    after = played(with_page(folder, "## Start\n\nGood day." + BYE), before)
    assert before is not None
    assert after is not None
    assert after.safety == before.safety
    assert "Good day." in after.modules["copd/page"].model_dump_json()
    assert played(read_drafts(folder)) is None


# -- manuscripts --------------------------------------------------------------------------------------


def test_a_page_elsewhere_is_a_new_module_of_the_folder(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "elsewhere" / "mine.en.md"
    page.parent.mkdir()
    page.write_text(FRONT.replace("## Welcome\n\n", "") + "## Start\n\nHello." + BYE, encoding="utf-8")
    mine = manuscript(page, around=folder)
    drafts, built = mine.read()
    assert mine.shown == "everybody/mine"
    assert built.library is not None
    assert built.library.modules["everybody/mine"].steps[0].id == "start"
    draft = next(m for m in drafts.modules if m.key == mine.shown)
    assert mine.called(draft.at.file) == str(page)
    assert drafts.bodies[draft.at.file] == page.read_bytes()


def test_a_page_in_its_folder_is_the_one_that_is_shown(folder: Path) -> None:
    page = folder / "modules/copd/breathlessness-and-worry.en.md"
    assert manuscript(page).shown == "copd/breathlessness-and-worry"
    assert manuscript(folder).shown is None
    assert manuscript(folder / "measures").shown is None


def test_what_is_no_page_cannot_be_previewed(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        manuscript(tmp_path / "nothing")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("a")
    with pytest.raises(ValueError):
        manuscript(tmp_path / "other" / "a.txt", around=folder)


def test_a_week_of_a_course_that_is_not_there_is_left_out(folder: Path) -> None:
    (folder / "modules/copd/flare-ups-and-worry.en.md").unlink()
    held = played(read_drafts(folder))
    assert held is not None
    assert [week.partition("/")[2] for week in held.groups["breathing-course"].weeks] == [
        "breathlessness-and-worry",
        "paced-breathing-and-positions",
        "doing-more-in-small-steps",
    ]
