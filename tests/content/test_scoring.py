"""Every shipped questionnaire is added up as its source says: pen and paper, skeletons too."""

from __future__ import annotations

from functools import cache

import pytest
from drafting import CONTENT
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.content_files import read_drafts
from bot.core.library import Band, Given, Item, Measure, Option
from bot.core.library.measures import Count, Scoring
from bot.core.reading import read_given
from bot.core.scoring import Total, total_of

SKELETONS = {
    *("bpi_interference", "cat", "cfq11", "cfq11_bimodal", "dds17", "dds2", "paid", "who5", "wsas"),
}


@cache
def shipped() -> dict[str, Measure]:
    drafts = read_drafts(CONTENT)
    return {placed.what.id: placed.what for placed in (*drafts.measures, *drafts.skeletons)}


def added(name: str, *answers: Given) -> Total:
    measure = shipped()[name]
    return total_of(measure, {item.id: a for item, a in zip(measure.items, answers, strict=True)})


def band(total: Total) -> str:
    return total.band.name if total.band else ""


def test_the_skeletons_are_those_whose_words_are_not_ours() -> None:
    assert {m.id for m in shipped().values() if m.skeleton} == SKELETONS


@pytest.mark.parametrize(
    ("name", "answers", "total", "named"),
    [
        ("phq8", (1,) * 8, 8, "below the case threshold"),
        ("phq8", (2, 2, 1, 1, 1, 1, 1, 1), 10, "at or above the case threshold"),
        ("phq15", (0,) * 15, 0, "minimal"),
        ("phq15", (1,) * 15, 15, "high"),
        ("phq15", (2,) * 15, 30, "high"),
        ("mrc", (2,), 2, "grade 1 or 2"),
        ("mrc", (3,), 3, "grade 3 or more: offer pulmonary rehabilitation"),
        ("rate_pain", (7,), 7, ""),
        ("wsas", (2, 2, 2, 2, 1), 9, "low"),
        ("wsas", (4, 4, 4, 4, 4), 20, "significant"),
        ("wsas", (4, 4, 4, 4, 5), 21, "moderately severe or worse"),
        ("cat", (1, 1, 1, 1, 1, 1, 1, 2), 9, "low"),
        ("cat", (4, 4, 4, 4, 4, 4, 4, 3), 31, "very high"),
        ("dds17", (2,) * 16 + (1,), 1.9412, "little or no distress"),
        ("dds17", (2,) * 17, 2, "moderate distress"),
        ("dds17", (3,) * 16 + (2,), 2.9412, "moderate distress"),
        ("dds17", (3,) * 17, 3, "high distress"),
        ("dds2", (2, 3), 2.5, "moderate distress"),
        ("paid", (1,) * 19 + (0,), 23.75, "below the threshold"),
        ("paid", (2,) * 11 + (1,) * 9, 38.75, "below the threshold"),
        ("paid", (2,) * 12 + (1,) * 8, 40, "at or above the threshold"),
        ("bpi_interference", (5, 5, 5, 5, None, None, None), 5, "moderate"),
        ("bpi_interference", (4, 4, 5, 5, None, None, None), 4.5, "mild"),
        ("bpi_interference", (7,) * 7, 7, "severe"),
        ("cfq11", (1,) * 11, 11, ""),
        ("cfq11_bimodal", (1,) * 11, 0, "below the threshold"),
        ("cfq11_bimodal", (2, 3, 2, 3, 1, 1, 1, 0, 0, 0, 0), 4, "at or above the threshold"),
        ("who5", (1, 1, 1, 2, 2), 28, "very low: look further"),
        ("who5", (2, 2, 2, 3, 3), 48, "low"),
        ("who5", (2, 2, 3, 3, 3), 52, "not low"),
    ],
)
def test_a_score_and_its_band(name: str, answers: tuple[Given, ...], total: float, named: str) -> None:
    found = added(name, *answers)
    assert (found.total, band(found)) == (total, named)


def test_2_95_is_below_a_band_from_3() -> None:
    assert [b.name for b in (shipped()["dds17"].band(x) for x in (1.99, 2.95, 3.0)) if b] == [
        "little or no distress",
        "moderate distress",
        "high distress",
    ]


def test_a_whole_score_is_a_whole_number_however_it_came_about() -> None:
    assert [
        type(added(n, *a).total) for n, a in (("dds2", (2, 2)), ("dds2", (2, 3)), ("paid", (1,) * 20))
    ] == [
        int,
        float,
        int,
    ]


@pytest.mark.parametrize(
    "name", ["phq8", "phq9", "phq15", "gad7", "wsas", "cat", "dds17", "paid", "who5", "cfq11"]
)
def test_a_skipped_item_leaves_no_total_and_is_never_0(name: str) -> None:
    n = len(shipped()[name].items)
    found = added(name, *[1] * (n - 1), None)
    assert (found.total, found.complete, found.band) == (None, False, None)


def test_a_pain_inventory_with_three_answers_of_seven_has_no_total() -> None:
    assert added("bpi_interference", 9, 9, 9, None, None, None, None).total is None


@pytest.mark.parametrize(("name", "of", "item"), [("phq15", 28, 3), ("wsas", 32, 0)])
def test_an_item_that_does_not_apply_lowers_the_highest_score(name: str, of: int, item: int) -> None:
    n = len(shipped()[name].items)
    top = shipped()[name].answers(shipped()[name].items[0]).bounds[1]
    answers: list[Given] = [top] * n
    answers[item] = "does_not_apply"
    found = added(name, *answers)
    assert (found.total, found.of, found.complete) == (of, of, True)


def test_only_that_item_may_not_apply() -> None:
    assert [item.id for m in ("phq15", "wsas") for item in shipped()[m].items if item.may_not_apply] == [
        "4",
        "1",
    ]
    with pytest.raises(ValueError, match="cannot be answered"):
        added("wsas", 1, "does_not_apply", 1, 1, 1)


def test_counts_are_not_added_up_and_not_sure_is_neither_0_nor_skipped() -> None:
    found = added("service_use", 3, 0, "not_sure", 0, 0)
    assert (found.total, found.complete) == (None, True)
    assert added("service_use", 3, 0, None, 0, 0).complete is False
    with pytest.raises(ValueError, match="0 to 99"):
        added("service_use", 100, 0, 0, 0, 0)


@given(st.data())
def test_a_total_lies_in_its_range_and_in_one_band(data: st.DataObject) -> None:
    measure = shipped()[data.draw(st.sampled_from(sorted(set(shipped()) - {"service_use"})))]
    answers: dict[str, Given] = {}
    for item in measure.items:
        low, high = measure.answers(item).bounds
        asides: list[Given] = list(measure.asides(item))
        answers[item.id] = (
            data.draw(st.integers(low, high) | st.sampled_from(asides))
            if asides
            else data.draw(st.integers(low, high))
        )
    total = total_of(measure, answers)
    assert total.total is not None
    assert measure.range[0] <= total.total <= total.of <= measure.range[1]
    assert (total.band is not None) == bool(measure.bands)


# -- what no shipped questionnaire uses ---------------------------------------------------------------


def invented(*, items: int = 3, **more: object) -> Measure:
    fields: dict[str, object] = {
        "id": "burden",
        "version": "1",
        "title": "Example Burden Scale",
        "plain_name": "An example",
        "options": tuple(Option(label=f"answer {n}", points=n) for n in range(4)),
        "items": tuple(Item(id=str(n), text=f"Item {n}") for n in range(1, items + 1)),
        "scoring": Scoring(method="sum"),
        "range": (0, 9),
        "bands": (Band(low=0, high=9, name="any", plain="any"),),
        "licence": "ours",
        "source": "invented",
        **more,
    }
    return Measure.model_validate(fields)


def test_a_reversed_item_counts_from_the_other_end() -> None:
    measure = invented(scoring=Scoring(method="sum", reverse=("2",)))
    assert total_of(measure, {"1": 0, "2": 0, "3": 0}).total == 3
    assert measure.limits() == (0, 9)


def test_a_prorated_sum_counts_the_missing_item_as_the_mean_of_the_others() -> None:
    measure = invented(scoring=Scoring(method="sum", least_answered=2, prorating_source="invented"))
    found = total_of(measure, {"1": 3, "2": 2, "3": None})
    assert (found.total, found.complete) == (7.5, False)
    assert total_of(measure, {"1": 3, "2": None, "3": None}).total is None


def test_a_count_that_one_is_not_sure_of_leaves_no_sum() -> None:
    measure = invented(options=(), count=Count(most=3))
    assert total_of(measure, {"1": 3, "2": "not_sure", "3": 0}).total is None


# -- typed answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "item", "text", "wanted"),
    [
        ("phq9", "1", "Several days", (1,)),
        ("phq9", "1", "2", (2,)),
        ("phq9", "1", "not sure", None),
        ("phq9", "1", "does not apply", None),
        ("phq15", "4", "does not apply to me", ("does_not_apply",)),
        ("phq15", "4", "N/A", ("does_not_apply",)),
        ("phq15", "5", "N/A", None),
        ("rate_pain", "1", "7", (7,)),
        ("rate_pain", "1", "seven out of 10", (7,)),
        ("rate_pain", "1", "7/10", (7,)),
        ("rate_pain", "1", "no pain", (0,)),
        ("rate_pain", "1", "11", None),
        ("service_use", "gp", "3", (3,)),
        ("service_use", "gp", "three times", (3,)),
        ("service_use", "gp", "twice", (2,)),
        ("service_use", "gp", "None", (0,)),
        ("service_use", "gp", "I'm not sure", ("not_sure",)),
        ("service_use", "gp", "don't know", ("not_sure",)),
        ("service_use", "gp", "100", None),
        ("service_use", "gp", "about three", None),
        ("service_use", "gp", "2 or 3", None),
        ("service_use", "gp", "2.5", None),
        ("service_use", "nights", "4 nights", (4,)),
        ("mrc", "1", "too breathless to leave the house, or breathless when dressing or undressing", (5,)),
    ],
)
def test_a_typed_answer(name: str, item: str, text: str, wanted: tuple[Given] | None) -> None:
    measure = shipped()[name]
    asked = measure.item(item)
    assert asked is not None
    assert read_given(text, measure, asked) == wanted
