"""Which pages answer a question, measured on questions by somebody who had not seen one title."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest
import yaml

from bot.core.flow.finding import offered, weighted
from bot.core.library import Library
from bot.understanding import Page, Passage, Search
from bot.understanding.encoder import encoder
from bot.understanding.searching import meant, search_over

QUESTIONS = Path(__file__).with_name("questions.yaml")


def page(key: str, title: str, asked: tuple[str, ...], *steps: str) -> Page:
    return Page(key, title, asked, tuple(Passage(f"{n}", "", text) for n, text in enumerate(steps, 1)))


PAGES = (
    page("flying", "Flying with COPD", ("Can I go on a plane?",), "Air in a cabin holds less oxygen."),
    page("stairs", "Stairs", ("I dread the stairs",), "Breathe out as you climb.", "Rest half-way."),
    page("tablets", "Which tablets when", (), "Your pharmacist knows. Keep a list of your medicines."),
)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("plane", "flying"),
        ("is there enough oxygen in the cabin?", "flying"),
        ("im dreading those stares", "stairs"),
        ("climbing", "stairs"),
        ("the pharmasist", "tablets"),
        ("my meds", "tablets"),
        ("planes", "flying"),
    ],
)
def test_a_page_is_found_by_what_is_asked_and_by_what_stands_on_it(question: str, wanted: str) -> None:
    search = Search(PAGES, (("medicines", "meds"),))
    assert search.find(question)[0].page == wanted


@pytest.mark.parametrize("question", ["", "   ", "?!", "what do I do about it", "who won the football"])
def test_what_no_page_has_a_word_of_finds_nothing(question: str) -> None:
    assert Search(PAGES).find(question) == ()


def test_without_pages_nothing_is_found() -> None:
    assert Search(()).find("planes") == ()


@pytest.mark.parametrize("question", ["flying", "flying flying flying", "flying and stairs", "x" * 4_000])
def test_a_score_is_a_share(question: str) -> None:
    assert all(0 < found.score <= 1 for found in Search(PAGES).find(question))


@pytest.mark.parametrize(
    ("question", "step"), [("climbing", "1"), ("where do i rest", "2"), ("stairs", "1"), ("", "1")]
)
def test_the_step_that_has_most_of_a_question_is_named(question: str, step: str) -> None:
    assert Search(PAGES).step_of("stairs", question) == step


# -- over the shipped library -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """``pages``: those that answer it, as somebody judged who did not write them; none for what we have nothing on."""

    ask: str
    conditions: tuple[str, ...]
    pages: frozenset[str]


@dataclass
class Tally:
    answered: int = 0
    first: int = 0
    three: int = 0
    others: int = 0
    wrongly: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        return (
            f"first {self.first / self.answered:.3f}, among three {self.three / self.answered:.3f} of {self.answered};"
            f" of {self.others} that we have nothing on {self.wrongly} were offered a page"
        )


def questions() -> Iterator[Asked]:
    for held in yaml.safe_load(QUESTIONS.read_text(encoding="utf-8")):
        yield Asked(held["ask"], tuple(held["conditions"]), frozenset(held["pages"]))


def tally(library: Library, *, meaning: bool) -> tuple[Tally, Tally]:
    """Of every other question, by which weights were chosen, and of the rest."""
    search, reads = search_over(library), encoder()
    if meaning:
        assert reads is not None and meant(search)
    halves = Tally(), Tally()
    for n, asked in enumerate(questions()):
        row = reads.meanings([asked.ask])[0] if meaning and reads else None
        best = [page for page, _ in offered(weighted(search.find(asked.ask, row), library, asked.conditions))]
        half = halves[n % 2]
        if asked.pages:
            half.answered += 1
            half.first += bool(asked.pages & {*best[:1]})
            half.three += bool(asked.pages & {*best})
        else:
            half.others += 1
            half.wrongly += bool(best)
    return halves


def test_every_page_that_a_question_is_answered_by_is_there(library: Library) -> None:
    assert {page for asked in questions() for page in asked.pages} <= set(library.modules)


@pytest.mark.parametrize(
    ("meaning", "first", "three", "wrongly"), [(True, 0.75, 0.88, 5), (False, 0.62, 0.76, 9)]
)
def test_questions_find_a_page_that_answers_them_and_the_others_none(
    library: Library,
    capsys: pytest.CaptureFixture[str],
    meaning: bool,
    first: float,
    three: float,
    wrongly: int,
) -> None:
    seen, unseen = tally(library, meaning=meaning)
    with capsys.disabled():
        print(
            f"\nsearch {'by words and meaning' if meaning else 'by words'}\n  chosen by: {seen}\n  the rest: {unseen}"
        )
    both = seen + unseen
    assert (both.answered, both.others) == (ANSWERED, OTHERS)
    assert both.first >= first * both.answered
    assert both.three >= three * both.answered
    assert both.wrongly <= wrongly


ANSWERED, OTHERS = 180, 30
