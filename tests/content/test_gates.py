"""The two gates before an exercise: signs that need 999, and blood sugar, which feels like worry when it is low."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from drafting import CONTENT

from bot.core.library import Ask, Branch, Choose, Exercise, Library, Module, Part, Tell, When, texts_of

EXERCISES = sorted(
    path.relative_to(CONTENT / "modules").as_posix().removesuffix(".en.md")
    for path in (CONTENT / "modules").rglob("*.en.md")
    if "\n::: exercise" in path.read_text(encoding="utf-8")
)
BREATH = {"copd", "asthma", "heart"}


def before_the_exercise(module: Module) -> Iterator[Part]:
    for step in module.steps:
        for part in step.parts:
            if isinstance(part, Exercise):
                return
            yield part


def texts(parts: Iterator[Part]) -> Iterator[str]:
    for part in parts:
        yield from texts_of(part)
        if isinstance(part, Choose):
            yield from (link.label for link in part.links)


def tells_now(part: Part) -> bool:
    branches: tuple[Branch, ...] = part.branches if isinstance(part, When) else ()
    return (isinstance(part, Tell) and part.level == "now") or any(b.tell == "now" for b in branches)


@pytest.mark.parametrize("key", EXERCISES)
def test_before_an_exercise_blood_sugar_is_spoken_of(library: Library, key: str) -> None:
    assert any("sugar" in text.lower() for text in texts(before_the_exercise(library.modules[key])))


@pytest.mark.parametrize("key", EXERCISES)
def test_before_an_exercise_for_lungs_or_heart_the_red_flags_are_asked(library: Library, key: str) -> None:
    module = library.modules[key]
    if BREATH & set(module.suits):
        parts = list(before_the_exercise(module))
        assert any(isinstance(p, Ask) and p.how == "yes or no" for p in parts) or any(
            isinstance(p, Choose) for p in parts
        )
        assert any(tells_now(p) for p in parts)


def test_there_are_exercises_to_hold_to_it() -> None:
    assert len(EXERCISES) >= 10
