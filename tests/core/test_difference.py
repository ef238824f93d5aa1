"""What an editor reads about two releases."""

from __future__ import annotations

from bot.core.library import Library, Say
from bot.core.library.difference import differences

MODULE = "copd/breathlessness-and-worry"


def told(before: Library, after: Library) -> list[str]:
    return [change.told() for change in differences(before, after)]


def test_between_a_release_and_itself_there_is_nothing(library: Library) -> None:
    assert told(library, library) == []


def test_a_module_that_went_and_one_that_came(library: Library) -> None:
    fewer = library.model_copy(update={"modules": {k: m for k, m in library.modules.items() if k != MODULE}})
    assert told(library, fewer) == [f"module {MODULE} removed"]
    assert told(fewer, library) == [f"module {MODULE} added"]


def test_steps_are_named_as_links_name_them(library: Library) -> None:
    module = library.modules[MODULE]
    first, second, *rest = module.steps
    longer = first.model_copy(update={"parts": (*first.parts, Say(text="More."))})
    changed = module.model_copy(update={"title": "Breath", "steps": (longer, *rest)})
    after = library.model_copy(update={"modules": {**library.modules, MODULE: changed}})
    gone, other = sorted([(second.id, "removed"), (first.id, "changed")])
    assert told(library, after) == [
        f"module {MODULE} changed: title, #{gone[0]} {gone[1]}, #{other[0]} {other[1]}"
    ]


def test_steps_in_another_order(library: Library) -> None:
    module = library.modules[MODULE]
    turned = module.model_copy(update={"steps": tuple(reversed(module.steps))})
    after = library.model_copy(update={"modules": {**library.modules, MODULE: turned}})
    assert told(library, after) == [f"module {MODULE} changed: steps in another order"]


def test_a_questionnaire_says_its_versions(library: Library) -> None:
    newer = library.measures["phq9"].model_copy(update={"version": "2", "severe_at": 19})
    after = library.model_copy(update={"measures": {**library.measures, "phq9": newer}})
    assert told(library, after) == ["measure phq9 changed: version 1 to 2, severe_at"]


def test_sentences_examples_and_numbers(library: Library) -> None:
    english = {**library.texts["en"], "welcome": "Hello.", "one_more": "One more."}
    intent = next(iter(library.understanding))
    after = library.model_copy(
        update={
            "texts": {**library.texts, "en": english},
            "understanding": {**library.understanding, intent: ("only this",)},
            "policy": library.policy.model_copy(
                update={"ladder": library.policy.ladder.model_copy(update={"gentle_question_minutes": 99})}
            ),
        }
    )
    assert told(library, after) == [
        "text en changed: one_more, welcome",
        "policy policy changed: ladder",
        f"understanding examples changed: {intent}",
    ]
