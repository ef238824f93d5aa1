"""A module as a page to read: what is published, and nothing of one person."""

from __future__ import annotations

import pytest

from bot.core.library import Library, Say
from bot.core.library.readable import readable


def test_a_module_reads_from_its_red_flags_to_its_end(library: Library) -> None:
    module = library.modules["copd/breathlessness-and-worry"]
    page = readable(module)
    assert (page.title, page.lang) == (module.title, "en")
    assert page.urgent is not None and page.urgent.text == module.urgent
    said = [line.text for section in page.sections for line in section.lines]
    published = [part.text for step in module.steps for part in step.parts if isinstance(part, Say)]
    assert [text for text in published if "{{" not in text] == [text for text in said if text in published]
    assert len(said) > 10


def test_of_every_module_there_is_something_to_read_and_nothing_to_fill_in(library: Library) -> None:
    for key, module in library.modules.items():
        page = readable(module)
        assert any(section.lines for section in page.sections), key
        assert "{{" not in page.json(), key


@pytest.mark.parametrize("kind", ["when", "choose", "check_in", "goals", "later", "tell"])
def test_what_hangs_on_an_answer_stays_in_the_chat(library: Library, kind: str) -> None:
    module = next(
        m for m in library.modules.values() if any(p.kind == kind for s in m.steps for p in s.parts)
    )
    kept = tuple(
        step.model_copy(update={"parts": tuple(part for part in step.parts if part.kind != kind)})
        for step in module.steps
    )
    assert readable(module).sections == readable(module.model_copy(update={"steps": kept})).sections
