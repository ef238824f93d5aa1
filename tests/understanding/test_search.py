"""Which pages answer a question, measured on questions by somebody who had not seen one title."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.adapters.understanding_local import search_over
from bot.core.flow.finding import FITS, weighted
from bot.core.library import Library
from bot.understanding import Page, Search

QUESTIONS = Path(__file__).with_name("questions.yaml")
PAGES = (
    Page("flying", "Flying with COPD", ("Can I go on a plane?",), "Air in a cabin holds less oxygen."),
    Page("stairs", "Stairs", ("I dread the stairs",), "Breathe out as you climb. Rest half-way."),
    Page("tablets", "Which tablets when", (), "Your pharmacist knows. Keep a list of your medicines."),
)


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("plane", "flying"),
        ("is there enough oxygen in the cabin?", "flying"),
        ("im dreading those stares", "stairs"),
        ("climbing", "stairs"),
        ("the pharmasist", "tablets"),
        ("my meds", "tablets"),
    ],
)
def test_a_page_is_found_by_what_is_asked_and_by_what_stands_on_it(question: str, page: str) -> None:
    search = Search(PAGES, (("medicines", "meds"),))
    assert search.find(question)[0].page == page


@pytest.mark.parametrize("question", ["", "   ", "?!", "what do I do about it", "who won the football"])
def test_what_no_page_has_a_word_of_finds_nothing(question: str) -> None:
    assert Search(PAGES).find(question) == ()


def test_without_pages_nothing_is_found() -> None:
    assert Search(()).find("planes") == ()


@pytest.mark.parametrize("question", ["flying", "flying flying flying", "flying and stairs", "x" * 4_000])
def test_a_score_is_a_share(question: str) -> None:
    assert all(0 < found.score <= 1 for found in Search(PAGES).find(question))


# -- over the shipped library -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """``pages``: those that answer it, as somebody judged who did not write them; none for what we have nothing on."""

    ask: str
    conditions: tuple[str, ...]
    pages: frozenset[str]


@dataclass(frozen=True)
class Tally:
    answered: int
    first: int
    three: int
    others: int
    wrongly: int


def questions() -> Iterator[Asked]:
    for held in yaml.safe_load(QUESTIONS.read_text(encoding="utf-8")):
        yield Asked(held["ask"], tuple(held["conditions"]), frozenset(held["pages"]))


def tally(library: Library) -> Tally:
    search = search_over(library)
    answered = first = three = others = wrongly = 0
    for asked in questions():
        found = weighted(search.find(asked.ask), library, asked.conditions)
        best = [page for page, score in found if score >= FITS][:3]
        if asked.pages:
            answered += 1
            first += bool(asked.pages & {*best[:1]})
            three += bool(asked.pages & {*best})
        else:
            others += 1
            wrongly += bool(best)
    return Tally(answered, first, three, others, wrongly)


def test_every_page_that_a_question_is_answered_by_is_there(library: Library) -> None:
    assert {page for asked in questions() for page in asked.pages} <= set(library.modules)
    assert all(asked.pages or "nothing" for asked in questions())


def test_questions_find_a_page_that_answers_them_and_the_others_none(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    found = tally(library)
    with capsys.disabled():
        print(
            f"\nsearch: {found.answered} questions, first {found.first / found.answered:.3f},"
            f" among three {found.three / found.answered:.3f};"
            f" of {found.others} that we have nothing on {found.wrongly} were offered a page"
        )
    assert (found.answered, found.others) == (ANSWERED, OTHERS)
    assert found.first >= 0.55 * found.answered
    assert found.three >= 0.70 * found.answered
    assert found.wrongly <= 0.2 * found.others


ANSWERED, OTHERS = 180, 30
