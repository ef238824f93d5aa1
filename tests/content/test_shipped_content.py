"""The content that is shipped: it builds, it is fast to read, and its release is its content."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

from drafting import CONTENT, TODAY

from bot.adapters.content_files import read_drafts, read_library
from bot.core.library import Do, Library
from bot.core.library.build import build
from bot.core.library.data_checks import helplines_without_source
from bot.core.library.drafts import Place, SafetyDraft
from bot.core.library.measures import text_hash

ACTIONS = CONTENT.parent / "actions"


@cache
def shipped() -> Library:
    built = read_library(CONTENT, today=TODAY)
    assert [p for p in built.problems if p.level == "error"] == []
    assert built.library
    return built.library


def test_the_shipped_content_has_no_error() -> None:
    assert shipped().modules


def test_every_shipped_page_says_that_it_is_unsigned() -> None:
    assert {module.signed for module in shipped().modules.values()} == {False}


def test_each_measure_has_its_registered_wording() -> None:
    for measure in shipped().measures.values():
        assert text_hash(measure) == measure.text_sha256


def test_patients_read_the_plain_words_of_a_band() -> None:
    band = shipped().measures["gad7"].band(15)
    assert (band.plain.startswith("many signs"), band.name) == (True, "severe")


def test_every_helpline_in_a_post_says_where_its_number_comes_from() -> None:
    content = shipped().safety
    assert content.posts is not None and content.posts.helplines
    assert [*helplines_without_source(SafetyDraft(content, Place("safety"), {}))] == []
    bare = [line.model_copy(update={"source": "", "checked": None}) for line in content.posts.helplines]
    without = content.model_copy(
        update={"posts": content.posts.model_copy(update={"helplines": tuple(bare)})}
    )
    found = [*helplines_without_source(SafetyDraft(without, Place("safety"), {}))]
    assert [(p.code, p.level) for p in found] == [("C410", "warning")] * len(bare)


def test_a_release_does_not_depend_on_the_order_of_files() -> None:
    drafts = read_drafts(CONTENT)
    turned = replace(
        drafts,
        modules=drafts.modules[::-1],
        groups=drafts.groups[::-1],
        measures=drafts.measures[::-1],
        understanding=dict(sorted(drafts.understanding.items(), reverse=True)),
        texts={
            lang: {key: held[key] for key in sorted(held, reverse=True)}
            for lang, held in drafts.texts.items()
        },
    )
    built = build(turned, today=TODAY).library
    assert built
    assert built.release == shipped().release


def test_of_line_ends_a_release_keeps_what_was_written_and_nobody_reads_another_word(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    for path in (path for path in folder.rglob("*") if path.suffix in (".md", ".yaml", ".yml")):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    built = read_library(folder, today=TODAY).library
    assert built
    assert built.files != shipped().files
    assert built.model_copy(update={"files": shipped().files}).release == shipped().release


def test_one_word_makes_another_release(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    page = folder / "modules/copd/breathlessness-and-worry.en.md"
    page.write_text(page.read_text(encoding="utf-8").replace("Hello", "Good day", 1), encoding="utf-8")
    built = read_library(folder, today=TODAY).library
    assert built
    assert built.release != shipped().release


def test_a_library_survives_being_stored() -> None:
    stored = Library.model_validate_json(shipped().model_dump_json())
    assert stored.release == shipped().release


def test_every_action_that_a_page_runs_is_there() -> None:
    """Actions are the site's own, so the checker cannot know them; those of our pages are ours."""
    ours = set(re.findall(r'return "(action_\w+)"', "".join(p.read_text() for p in ACTIONS.glob("*.py"))))
    parts = [p for m in shipped().modules.values() for step in m.steps for p in step.parts]
    run = {part.action for part in parts if isinstance(part, Do)}
    assert run
    assert run <= ours
