"""What is offered next, why, and what is kept at hand: against the rules alone."""

from __future__ import annotations

from msgspec.structs import replace
from presser import Talker

from bot.core.facts import ModuleDeclined, PageKept, PageLetGo
from bot.core.flow.choosing import measures_of
from bot.core.inputs import ActionReturned, Said
from bot.core.library import Library
from bot.core.proposals import OfferModule
from bot.core.state import ForAction, ForNothing, ScoreKept

FIRST, SECOND = "copd/breathlessness-and-worry", "copd/paced-breathing-and-positions"
CALM = "everybody/relaxing-and-grounding"
MOOD = "everybody/low-mood-and-small-steps"


def offers(talker: Talker, *proposals: OfferModule) -> str:
    talker.offered(*proposals)
    return talker.shown[-1].text


def answers_the_call(talker: Talker, *proposals: OfferModule) -> None:
    assert isinstance(talker.state.wait, ForAction)
    talker.does(ActionReturned(talker.state.wait.call, proposals))


def test_each_offer_says_why(library: Library) -> None:
    text = offers(
        Talker(library),
        OfferModule(module=FIRST, because="copd"),
        OfferModule(module=CALM, because="everybody"),
    )
    assert "**Breathlessness and worry**, because you live with COPD." in text
    assert "because it is for anybody" in text


def test_a_reason_that_is_not_true_of_them_is_not_said(library: Library) -> None:
    for untrue in ("diabetes", "phq9", f"next:{CALM}", f"helped:{CALM}", f"goal:{CALM}", "no such reason"):
        text = offers(Talker(library), OfferModule(module=FIRST, because=untrue))
        assert "because you live with COPD" in text, untrue


def test_a_score_is_a_reason_while_it_is_high(library: Library) -> None:
    talker = Talker(library)
    score = ScoreKept(total=15, at=library_day())
    talker.state = talker.state.but(scores={"phq9": (score,)})
    text = offers(talker, OfferModule(module=MOOD, because="phq9"))
    assert "because of what your last check-in said about" in text
    low = Talker(library)
    low.state = low.state.but(scores={"phq9": (score, score.but(total=2))})
    assert "last check-in" not in offers(low, OfferModule(module=MOOD, because="phq9"))


def library_day():  # type: ignore[no-untyped-def]
    from datetime import UTC, datetime

    return datetime(2026, 3, 1, tzinfo=UTC)


def test_what_helped_and_what_follows_are_reasons(library: Library) -> None:
    talker = Talker(library)
    talker.state = talker.state.but(done=(FIRST,), helped={FIRST: "yes"})
    assert "because it follows “Breathlessness and worry”" in offers(
        talker, OfferModule(module=SECOND, because=f"next:{FIRST}")
    )
    talker = Talker(library)
    talker.state = talker.state.but(done=(FIRST,), helped={FIRST: "yes"})
    assert "because you said that “Breathlessness and worry” helped" in offers(
        talker, OfferModule(module=SECOND, because=f"helped:{FIRST}")
    )


def test_what_comes_later_in_its_series_is_never_offered(library: Library) -> None:
    talker = Talker(library)
    talker.offered(OfferModule(module=SECOND, because="copd"))
    assert f"start:{SECOND}" not in talker.labels()
    talker.state = talker.state.but(done=(FIRST,))
    talker.offered(OfferModule(module=SECOND, because="copd"))
    assert f"start:{SECOND}" in talker.labels()


def test_what_is_put_aside_is_not_offered_again_for_some_days(library: Library) -> None:
    talker = Talker(library)
    talker.offered(OfferModule(module=FIRST, because="copd"))
    talker.presses("menu:not_this")
    [declined] = [f for f in talker.facts if isinstance(f, ModuleDeclined)]
    assert (declined.module, (declined.until - declined.at).days) == (FIRST, 14)
    answers_the_call(talker, OfferModule(module=FIRST, because="copd"), OfferModule(module=CALM))
    assert f"start:{FIRST}" not in talker.labels()
    assert f"start:{CALM}" in talker.labels()
    talker.presses("menu:menu")
    talker.state = talker.state.but(declined={FIRST: declined.at})
    talker.offered(OfferModule(module=FIRST, because="copd"))
    assert f"start:{FIRST}" in talker.labels()


def test_none_of_several_is_said_with_one_button(library: Library) -> None:
    talker = Talker(library)
    talker.offered(OfferModule(module=FIRST), OfferModule(module=CALM))
    talker.presses("menu:not_these")
    assert set(talker.state.declined) == {FIRST, CALM}
    answers_the_call(talker)
    assert isinstance(talker.state.wait, ForNothing)


def test_what_was_put_aside_does_not_pile_up(library: Library) -> None:
    talker = Talker(library)
    for n in range(30):
        fact = ModuleDeclined(module=f"m/{n}", at=library_day(), until=library_day().replace(year=2027))
        from bot.core.fold import apply

        talker.state = apply(talker.state, fact)
    assert len(talker.state.declined) == 12


def test_a_page_is_kept_and_let_go(library: Library) -> None:
    talker = Talker(library)
    answer = library.answers_for(("copd",))[0].id
    talker.state = replace(talker.state, wait=ForNothing(seq=1, keys=(f"start:{answer}",)))
    talker.does(Said(talker_id(), choice=f"1.start:{answer}"))
    while talker.state.runs:
        talker.presses("enough")
    assert "menu:keep" in talker.labels()
    talker.presses("menu:keep")
    assert talker.state.kept == (answer,)
    assert "menu:keep" not in talker.labels()
    talker.presses("menu:more")
    talker.presses("menu:kept")
    assert f"start:{answer}" in talker.labels()
    talker.presses("menu:let_go")
    talker.presses(f"unkeep:{answer}")
    assert talker.state.kept == ()
    assert [type(f) for f in talker.facts if isinstance(f, PageKept | PageLetGo)] == [PageKept, PageLetGo]


def talker_id():  # type: ignore[no-untyped-def]
    from uuid import UUID

    return UUID(int=99)


def test_the_library_can_be_looked_through_by_subject(library: Library) -> None:
    talker = Talker(library)
    talker.presses("menu:library")
    talker.presses("menu:about")
    assert next(iter(talker.labels())) == "about:copd", "their own come first"
    talker.presses("about:diabetes")
    pages = [key.removeprefix("start:") for key in talker.labels() if key.startswith("start:")]
    assert pages and all("diabetes" in library.modules[page].suits for page in pages)
    talker.presses("menu:menu")
    talker.presses("menu:library")
    talker.presses("menu:about")
    talker.presses("about:phq9")
    pages = [key.removeprefix("start:") for key in talker.labels() if key.startswith("start:")]
    assert pages and all("phq9" in measures_of(library, library.modules[page]) for page in pages)


def test_every_module_that_the_programme_names_is_there(library: Library) -> None:
    programme = library.policy.programme
    assert programme is not None
    named = {module for modules in programme.bears_on.values() for module in modules}
    assert named <= set(library.modules)
    assert set(programme.bears_on) <= set(library.measures)
    said = {key for keys in programme.call_999.values() for key in keys}
    assert said <= set(library.texts["en"])
