"""A quick answer is looked up and walked past: what was open goes on behind it."""

from __future__ import annotations

import pytest
from presser import Talker

from bot.core.facts import RunStarted
from bot.core.inputs import Found, Understood
from bot.core.library import Branch, Choose, Compare, Library, Link, Module, Say, Step, When
from bot.core.state import ForNothing

FLYING, CABIN, HILLS = "answers/copd/on-a-plane", "answers/copd/in-the-cabin", "copd/hills"


def page(key: str, *steps: Step) -> Module:
    return Module(
        id=key,
        language="en",
        title=key.rpartition("/")[2],
        summary="",
        suits=("copd",),
        minutes=1,
        author="A",
        clinical_lead="B",
        signed=True,
        review_by="2027-11-01",
        licence="CC-BY-4.0",
        steps=steps,
    )


def links(**to: str) -> Choose:
    return Choose(links=tuple(Link(label=label, to=where) for label, where in to.items()))


@pytest.fixture(scope="module")
def looked_up(library: Library) -> Library:
    pages = (
        page(FLYING, Step(id="answer", title="Plane", parts=(Say(text="Many people fly."),))),
        page(
            CABIN,
            Step(
                id="answer",
                title="Cabin",
                parts=(
                    When(
                        branches=(
                            Branch(
                                when=Compare(subject="condition", how="is", word="asthma"),
                                says=(Say(text="For asthma."),),
                            ),
                            Branch(when=None, says=(Say(text="For the rest."),)),
                        )
                    ),
                    links(plane=f"module:{FLYING}", hills=f"module:{HILLS}"),
                ),
            ),
        ),
        page(
            HILLS,
            Step(
                id="up",
                title="Up",
                parts=(
                    Say(text="A hill."),
                    links(cabin=f"module:{CABIN}", plane=f"module:{FLYING}", end="#end"),
                ),
            ),
        ),
    )
    return library.model_copy(update={"modules": {**library.modules, **{p.id: p for p in pages}}})


@pytest.fixture
def on_the_hill(looked_up: Library) -> Talker:
    talker = Talker(looked_up)
    talker.begins(HILLS)
    return talker


def said(talker: Talker) -> list[str]:
    return [shown.text for shown in talker.shown]


def test_behind_it_the_same_choices_stand_again(on_the_hill: Talker) -> None:
    on_the_hill.presses("1")
    assert said(on_the_hill) == ["Many people fly."]
    assert on_the_hill.labels() == {"0": "cabin", "1": "plane", "2": "end"}
    assert on_the_hill.run.module == HILLS


def test_its_own_links_wait_with_a_way_back(on_the_hill: Talker) -> None:
    on_the_hill.presses("0")
    assert on_the_hill.labels() == {"0": "plane", "1": "hills", "enough": "That is what I needed"}
    on_the_hill.presses("enough")
    assert on_the_hill.labels() == {"0": "cabin", "1": "plane", "2": "end"}
    assert on_the_hill.run.module == HILLS


def test_one_takes_the_place_of_another(on_the_hill: Talker) -> None:
    on_the_hill.presses("0")
    on_the_hill.presses("0")
    assert said(on_the_hill) == ["Many people fly."]
    assert len(on_the_hill.state.runs) == 1


def test_from_it_into_a_module_everything_open_is_left(on_the_hill: Talker) -> None:
    on_the_hill.presses("0")
    on_the_hill.presses("1")
    assert len(on_the_hill.state.runs) == 1 and on_the_hill.run.module == HILLS
    assert HILLS not in on_the_hill.state.done


def test_from_it_into_a_module_an_open_questionnaire_is_left_too(looked_up: Library) -> None:
    talker = Talker(looked_up)
    talker.presses("menu:check_in")
    talker.types("the cabin", Understood(intent="out_of_scope", confidence=0.9, found=(Found(CABIN, 0.9),)))
    talker.presses(f"start:{CABIN}")
    talker.presses("1")
    assert len(talker.state.runs) == 1 and talker.run.module == HILLS


def test_at_rest_the_menu_stands_behind_it(looked_up: Library) -> None:
    talker = Talker(looked_up)
    talker.begins(FLYING)
    assert said(talker)[-1] == "Many people fly."
    assert isinstance(talker.state.wait, ForNothing) and "menu:module" in talker.labels()


def test_it_is_no_module_that_was_done_or_counted_and_nobody_is_asked_about_it(looked_up: Library) -> None:
    talker = Talker(looked_up)
    talker.begins(FLYING)
    assert talker.state.done == () and talker.state.runs == ()
    assert [fact.run.began for fact in talker.facts if isinstance(fact, RunStarted)] == [0]


@pytest.mark.parametrize(
    ("conditions", "text"), [(("asthma", "copd"), "For asthma."), (("copd",), "For the rest.")]
)
def test_its_text_depends_on_the_patients_own_conditions(
    looked_up: Library, conditions: tuple[str, ...], text: str
) -> None:
    talker = Talker(looked_up, conditions=conditions)
    talker.begins(CABIN)
    assert text in said(talker)


def test_lists_of_modules_leave_answers_out(looked_up: Library) -> None:
    modules, answers = looked_up.modules_for(("copd",)), looked_up.answers_for(("copd",))
    assert {FLYING, CABIN} <= {m.id for m in answers} and not any(m.quick for m in modules)
    assert HILLS in {m.id for m in modules}
