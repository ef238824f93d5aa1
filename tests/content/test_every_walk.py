"""Every module and quick answer, played to every one of its ends."""

from __future__ import annotations

import pytest
from drafting import CONTENT, FRONT, page_as_it_runs

from bot.core.library import Library
from bot.report.walks import Walked, unsaid, walk

MODULES = sorted(
    path.relative_to(CONTENT).as_posix().removeprefix("modules/").removesuffix(".en.md")
    for room in ("modules", "answers")
    for path in (CONTENT / room).rglob("*.en.md")
)


@pytest.mark.parametrize("key", MODULES)
def test_every_way_through_leads_out_and_everything_is_said(library: Library, key: str) -> None:
    found = walk(library, key)
    assert not found.dead_ends, "somewhere nothing can be done"
    assert not found.trapped, "somewhere nothing leads out"
    assert not found.broken_ends, "too much in one breath, or lost"
    assert unsaid(library.modules[key], found) == []
    assert found.paths() >= 1
    assert all(many != 0 for many in found.follow_ups.values()), "a follow-up offers what to do"


# -- the walker finds what it is for -----------------------------------------------------------------------


def walked(library: Library, body: str) -> Walked:
    page = page_as_it_runs(body)
    return walk(library.model_copy(update={"modules": {**library.modules, page.id: page}}), page.id)


def never_said(library: Library, body: str) -> list[str]:
    return unsaid(page_as_it_runs(body), walked(library, body))


def test_a_choice_of_two_is_two_ways(library: Library) -> None:
    body = "Hello.\n\n- [One](#end)\n- [Two](#menu)\n"
    assert walked(library, body).paths() == 2


def test_answers_that_the_page_does_not_tell_apart_are_one_kind(library: Library) -> None:
    ask = "::: ask when, pick one\nWhen?\n\n- Now\n- Soon\n- Never\n:::\n\n"
    when = "::: when when is never\nOh.\n:::\n\n::: otherwise\nGood.\n:::\n\n- [Finish](#end)\n"
    assert walked(library, ask + when).paths() == 3, "never, any other, and skipped"


def test_a_loop_without_an_exit_is_found(library: Library) -> None:
    body = "Hello.\n\n- [Round](#round)\n- [Finish](#end)\n\n## Round\n\nAgain.\n\n- [Once more](#round)\n"
    found = walked(library, body)
    assert len(found.trapped) == 1 and not found.dead_ends


def test_a_loop_with_an_exit_is_none(library: Library) -> None:
    body = "Hello.\n\n- [Round](#round)\n\n## Round\n\nAgain.\n\n- [Once more](#round)\n- [Finish](#end)\n"
    found = walked(library, body)
    assert not found.trapped and found.paths() == 1


def test_what_can_never_be_said_is_found(library: Library) -> None:
    body = (
        "::: ask legs, 0 to 10\nHow tired?\n:::\n\n::: when legs is 3 or more\nTired.\n:::\n\n"
        "::: when legs is 5 or more\nVery tired.\n:::\n\n::: otherwise\nFine.\n:::\n\n- [Finish](#end)\n"
    )
    assert never_said(library, body) == ["welcome: Very tired."]


def test_scores_on_each_side_of_every_line_are_tried(library: Library) -> None:
    body = (
        "::: check-in gad7\n:::\n\n::: when gad7 rose by 4 or more\nMore.\n:::\n\n::: when gad7 is 15 or more\nMuch.\n:::\n\n"
        "::: when gad7 was skipped\nLater.\n:::\n\n::: otherwise\nThank you.\n:::\n\n- [Finish](#end)\n"
    )
    assert never_said(library, body) == []


def test_a_page_for_one_illness_is_walked_with_every_other_that_it_speaks_of(library: Library) -> None:
    assert "for: [copd]" in FRONT
    body = "::: when condition is diabetes\nCheck your sugar.\n:::\n\nSit down.\n\n- [Finish](#end)\n"
    assert never_said(library, body) == []


def test_a_follow_up_comes_and_its_way_back_in_is_walked(library: Library) -> None:
    body = (
        "Hello.\n\n::: later in 2 days\nHow was it?\n\n- [Good](#good)\n:::\n\n- [Finish](#end)\n\n"
        "## Good\n\nWell done.\n\n- [Round](#good)\n"
    )
    found = walked(library, body)
    assert list(found.follow_ups.values()) == [1]
    assert len(found.trapped) == 1
