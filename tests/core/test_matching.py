"""Which groups fit somebody, and why: nothing counts but what they live with and what they ask for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.library import Group, Library
from bot.core.library.limits import CONDITIONS
from bot.core.matching import Match, Wish, matched

THEMES = ("work", "sleep", "food")
IDS = ("air", "heart", "work", "quiet", "carers")


def group(id_: str = "air", **more: object) -> Group:
    held = {
        "id": id_,
        "language": "en",
        "title": id_.title(),
        "summary": "A room.",
        "suits": ("copd",),
        "hours": "Mon-Fri 08:00-20:00",
        "host": "A host",
        "welcome": "Welcome.",
        "rules": ("Be kind.",),
        "clinical_lead": "unsigned draft",
        "review_by": "2027-11-01",
        "licence": "CC-BY-4.0",
    }
    return Group.model_validate({**held, **more})


def found(groups: list[Group], *conditions: str, language: str = "en", **wish: object) -> list[Match]:
    asked = Wish(**wish)  # type: ignore[arg-type]
    return list(matched(groups, conditions=conditions, language=language, wish=asked))


def reasons(*args: object, **more: object) -> dict[str, tuple[str, ...]]:
    return {m.group.id: m.reasons for m in found(*args, **more)}  # type: ignore[arg-type]


# -- each reason --------------------------------------------------------------------------------------


def test_a_group_for_a_condition_says_which() -> None:
    both = group("air", suits=("copd", "asthma", "heart"))
    assert reasons([both], "heart", "copd") == {"air": ("condition:copd", "condition:heart")}


def test_a_group_for_everybody_says_so() -> None:
    assert reasons([group("work", suits=("everybody",))]) == {"work": ("everybody",)}


def test_what_was_asked_for_is_a_reason_and_what_was_not_is_none() -> None:
    full = group(
        suits=("everybody", "copd"),
        themes=("work", "sleep"),
        stages=("new", "after"),
        kind="session",
    )
    asked = reasons([full], "copd", theme="work", stage="new", kind="session")
    assert asked == {"air": ("condition:copd", "theme:work", "stage:new", "kind:session", "everybody")}
    assert reasons([full], "copd") == {"air": ("condition:copd", "everybody")}
    assert reasons([full], "copd", theme="food", kind="course") == {"air": ("condition:copd", "everybody")}


def test_a_group_in_another_language_comes_last_and_says_so() -> None:
    here = group("heart", language="pl", title="Serce")
    seen = found([group("air"), here], "copd", language="pl")
    assert [(m.group.id, m.foreign, m.reasons) for m in seen] == [
        ("heart", False, ("condition:copd", "your_language")),
        ("air", True, ("condition:copd",)),
    ]


def test_where_all_are_in_one_language_that_is_no_reason() -> None:
    assert reasons([group("air"), group("heart")], "copd") == {
        "air": ("condition:copd",),
        "heart": ("condition:copd",),
    }


def test_a_group_is_shown_once_in_their_language() -> None:
    forms = [group("air"), group("air", language="pl", title="Oddech")]
    assert [m.group.title for m in found(forms, "copd", language="pl")] == ["Oddech"]
    assert [m.group.title for m in found(forms, "copd", language="cy")] == ["Air"]


# -- the order ----------------------------------------------------------------------------------------


def test_what_is_for_them_comes_before_what_is_for_all() -> None:
    groups = [group("carers", suits=("everybody",)), group("heart", suits=("copd",))]
    assert [m.group.id for m in found(groups, "copd")] == ["heart", "carers"]


def test_more_reasons_come_first_then_the_title() -> None:
    groups = [group("work"), group("heart", suits=("copd", "asthma")), group("air")]
    assert [m.group.id for m in found(groups, "copd", "asthma")] == ["heart", "air", "work"]


def test_neither_the_size_nor_the_kind_moves_a_group_that_was_not_asked_for() -> None:
    plain, other = group("air"), group("air", size=1000, kind="session", themes=("work",), stages=("new",))
    beside = group("heart")
    assert [m.group.id for m in found([plain, beside], "copd")] == [
        m.group.id for m in found([other, beside], "copd")
    ]


# -- whatever groups there are ------------------------------------------------------------------------

some_groups = st.lists(
    st.builds(
        group,
        st.sampled_from(IDS),
        language=st.sampled_from(("en", "pl")),
        title=st.sampled_from(("Air", "air", "Together")),
        suits=st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3, unique=True).map(tuple),
        themes=st.lists(st.sampled_from(THEMES), max_size=2, unique=True).map(tuple),
        stages=st.lists(st.sampled_from(("new", "living", "after")), max_size=2, unique=True).map(tuple),
        kind=st.sampled_from(("open", "session", "course")),
        size=st.sampled_from((None, 12, 60)),
    ),
    max_size=8,
    unique_by=lambda g: (g.id, g.language),
)
somebody = st.lists(st.sampled_from(CONDITIONS[1:]), max_size=3, unique=True).map(tuple)
some_wish = st.builds(
    Wish,
    theme=st.sampled_from(("", *THEMES)),
    stage=st.sampled_from((None, "new", "living", "after")),
    kind=st.sampled_from((None, "open", "session", "course")),
)


@given(some_groups, somebody, some_wish, st.sampled_from(("en", "pl", "cy")))
def test_every_group_that_is_shown_has_a_reason_that_is_true(
    groups: list[Group], conditions: tuple[str, ...], wish: Wish, language: str
) -> None:
    for match in matched(groups, conditions=conditions, language=language, wish=wish):
        assert match.reasons
        for reason in match.reasons:
            what, _, name = reason.partition(":")
            assert {
                "condition": name in conditions and name in match.group.suits,
                "theme": name == wish.theme and name in match.group.themes,
                "stage": name == wish.stage and name in match.group.stages,
                "kind": name == wish.kind == match.group.kind,
                "everybody": "everybody" in match.group.suits,
                "your_language": match.group.language == language,
            }[what]


@given(some_groups, somebody, some_wish)
def test_nobody_sees_a_group_for_what_they_do_not_live_with(
    groups: list[Group], conditions: tuple[str, ...], wish: Wish
) -> None:
    for match in matched(groups, conditions=conditions, language="en", wish=wish):
        assert {*conditions, "everybody"} & {*match.group.suits}


@given(some_groups, somebody, some_wish, st.data())
def test_the_order_is_total_and_does_not_hang_on_how_they_came(
    groups: list[Group], conditions: tuple[str, ...], wish: Wish, data: st.DataObject
) -> None:
    first = matched(groups, conditions=conditions, language="pl", wish=wish)
    mixed = data.draw(st.permutations(groups))
    assert matched(mixed, conditions=conditions, language="pl", wish=wish) == first
    assert len({m.group.id for m in first}) == len(first)
    assert [m.foreign for m in first] == sorted(m.foreign for m in first)


@given(some_groups, somebody, some_wish)
def test_a_wish_hides_nothing_and_only_adds_reasons(
    groups: list[Group], conditions: tuple[str, ...], wish: Wish
) -> None:
    plain = {m.group.id: m for m in matched(groups, conditions=conditions, language="en")}
    asked = {m.group.id: m for m in matched(groups, conditions=conditions, language="en", wish=wish)}
    assert plain.keys() == asked.keys()
    assert all(set(plain[g].reasons) <= set(asked[g].reasons) for g in plain)
    assert all(m.grants(Wish()) for m in plain.values())


# -- the groups that are shipped ----------------------------------------------------------------------


def test_everybody_finds_a_group_of_their_own(library: Library) -> None:
    for condition in CONDITIONS[1:]:
        first = matched(library.groups.values(), conditions=(condition,), language="en")[0]
        assert f"condition:{condition}" in first.reasons


def test_every_theme_and_stage_that_a_group_has_is_found_by_it(library: Library) -> None:
    for held in library.groups.values():
        for theme in held.themes:
            seen = matched([held], conditions=held.suits, language="en", wish=Wish(theme=theme))
            assert [m.grants(Wish(theme=theme)) for m in seen] == [True]
