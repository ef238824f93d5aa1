"""What can be wrong with files and with data, in a copy of the shipped folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from drafting import BYE, CONTENT, FRONT, TODAY
from few_pages import WITHOUT_COURSES

from bot.adapters.content_files import read_drafts
from bot.core.library.build import build
from bot.core.posts.content import GRAVEST

Change = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Without the safety rules, whose examples take long and are tested where they live."""
    for room in ("measures", "groups", "policy", "texts", "understanding"):
        shutil.copytree(CONTENT / room, tmp_path / room, ignore=WITHOUT_COURSES)
    return tmp_path


@pytest.fixture
def change(folder: Path) -> Change:
    def change(name: str, was: str, now: str) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert was in text
        (folder / name).write_text(text.replace(was, now, 1), encoding="utf-8")

    return change


def errors(folder: Path) -> list[str]:
    found = build(read_drafts(folder), today=TODAY).problems
    return [
        f"{p.file}:{p.line}:{p.column} {p.code}" for p in found if p.level == "error" and p.file != "safety"
    ]


def test_a_copy_of_the_shipped_data_has_no_errors(folder: Path) -> None:
    assert errors(folder) == []


def test_the_safety_files_are_missed(folder: Path) -> None:
    found = build(read_drafts(folder), today=TODAY).problems
    assert [(p.file, p.code) for p in found if p.level == "error"] == [("safety", "C018")]


@pytest.mark.parametrize(
    ("name", "was", "now", "code", "place"),
    [
        ("measures/gad7.yaml", "Not at all", "Not at all sure", "C405", "ba17b034"),
        ("measures/gad7.yaml", "{from: 5, to: 9", "{from: 6, to: 9", "C406", ""),
        ("measures/gad7.yaml", "{from: 15, to: 21", "{from: 15, to: 20", "C406", ""),
        ("measures/gad7.yaml", "range: [0, 21]", "range: [0, 22]", "C406", ""),
        ("measures/gad7.yaml", "case_at: 8", "case_at: 80", "C406", ""),
        ("measures/phq9.yaml", '{item: "9", at_least: 1', '{item: "10", at_least: 1', "C406", ""),
        ("measures/gad7.yaml", "case_at: 8", "case_at: eight", "C013", "eight"),
        ("measures/gad7.yaml", "case_at: 8", "case_att: 8", "C012", "case_att"),
        ("measures/gad7.yaml", "id: gad7", "id: gad8", "C013", "gad8"),
        ("policy/ladder.yaml", "repeat_last_minutes: 60\n", "", "C011", ""),
        ("policy/worsening.yaml", "  gad7:\n", "  gad8:\n", "C407", ""),
        ("policy/ladder.yaml", "  routine:\n    - ", "  routine: [] # ", "C408", ""),
        ("policy/worsening.yaml", "worse: soon", "worse: shortly", "C013", "shortly"),
        ("policy/check_ins.yaml", "flag_after_days: 4", "flag_after_days: 3", "C412", ""),
        ("texts/en.yaml", "Hello {name}.", "Hello {name.", "C020", '"Hello {name.'),
        ("texts/en.yaml", "Hello {name}.", "Hello {name.first}.", "C020", '"Hello {name.first}'),
        ("groups/copd.en.md", "hours:", "open:", "C011", ""),
        ("groups/copd.en.md", "for: [copd", "for: [lungs", "C015", "[lungs"),
        ("understanding/nlu.en.yml", "nlu:", "nlus:", "C019", ""),
        ("understanding/second_net.risk.en.yml", "intent: risk/", "intent: riks/", "C019", "intent: riks/"),
        (
            "understanding/posts.advice.en.yml",
            "intent: advice/",
            "intent: advise/",
            "C019",
            "intent: advise/",
        ),
    ],
)
def test_data(folder: Path, change: Change, name: str, was: str, now: str, code: str, place: str) -> None:
    """``place``: the words at which the problem stands."""
    change(name, was, now)
    before = (folder / name).read_text(encoding="utf-8").partition(place)[0] if place else ""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert f"{name}:{line}:{column} {code}" in errors(folder)


def test_a_key_that_is_slightly_wrong_gets_a_hint(folder: Path, change: Change) -> None:
    change("measures/gad7.yaml", "case_at: 8", "case_att: 8")
    found = build(read_drafts(folder), today=TODAY).problems
    assert "did you mean 'case_at'?" in [p.hint for p in found if p.code == "C012"]


def test_a_missing_policy_file(folder: Path) -> None:
    (folder / "policy/ladder.yaml").unlink()
    assert errors(folder) == ["policy/ladder.yaml:1:1 C018"]


def test_texts_in_another_language_fill_in_the_same_words(folder: Path) -> None:
    (folder / "texts/cy.yaml").write_text(
        'clinical-lead: unsigned\ntranslator: A. Davies\nwelcome: "Helo."\nnid_hwn: "Dim."\n',
        encoding="utf-8",
    )
    assert errors(folder) == ["texts/cy.yaml:3:10 C501", "texts/cy.yaml:4:10 C502"]


def test_a_broken_measure_is_said_once_and_not_by_every_page(folder: Path) -> None:
    (folder / "modules/copd").mkdir(parents=True)
    page = FRONT + "::: check-in gad7\n:::\n\n::: when gad7 is 3\nHm.\n:::" + BYE
    (folder / "modules/copd/page.en.md").write_text(page, encoding="utf-8")
    (folder / "measures/gad7.yaml").write_text("id: [", encoding="utf-8")
    assert {line.split(" ")[1] for line in errors(folder)} == {"C004"}


# -- files --------------------------------------------------------------------------------------------


def page(folder: Path, held: bytes, name: str = "modules/copd/page.en.md") -> list[str]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(held)
    return [line for line in errors(folder) if line.startswith("modules")]


GOOD = (FRONT + "Hello." + BYE).encode()


def test_a_file_that_is_not_utf_8(folder: Path) -> None:
    found = page(folder, GOOD.replace(b"Hello.", b"Caf\xe9."))
    assert found == ["modules/copd/page.en.md:26:4 C001"]


def test_a_character_that_cannot_be_seen(folder: Path) -> None:
    found = page(folder, GOOD.replace(b"Hello.", "Hello\u202e.".encode()))
    assert found == ["modules/copd/page.en.md:26:6 C001"]


def test_a_file_that_is_too_large(folder: Path) -> None:
    assert page(folder, GOOD + b"word\n" * 60_000) == ["modules/copd/page.en.md:1:1 C002"]


def test_a_line_that_is_too_long(folder: Path) -> None:
    assert page(folder, GOOD + b"[" * 20_000) == ["modules/copd/page.en.md:29:2001 C002"]


def test_a_file_with_an_odd_name(folder: Path) -> None:
    assert page(folder, GOOD, "modules/copd/Page.md") == ["modules/copd/Page.md:1:1 C006"]


def test_a_link_that_leads_out_of_the_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.md"
    outside.write_bytes(GOOD)
    (folder / "modules/copd").mkdir(parents=True)
    (folder / "modules/copd/page.en.md").symlink_to(outside)
    assert errors(folder) == ["modules/copd/page.en.md:1:1 C003"]


def test_a_picture_outside_the_folder_is_refused(folder: Path) -> None:
    held = GOOD.replace(b"Hello.", b"![A secret](../../../secret.svg)")
    assert page(folder, held) == ["modules/copd/page.en.md:26:1 C003", "modules/copd/page.en.md:26:1 C310"]


def test_a_folder_of_no_known_condition(folder: Path) -> None:
    name = "modules/lungs/page.en.md"
    assert page(folder, GOOD, name) == [f"{name}:1:1 C015"]


def test_a_link_that_leads_to_itself(folder: Path) -> None:
    (folder / "modules/copd").mkdir(parents=True)
    (folder / "modules/copd/page.en.md").symlink_to(folder / "modules/copd/page.en.md")
    assert errors(folder) == ["modules/copd/page.en.md:1:1 C003"]


def test_a_safety_rule_that_breaks_its_own_example(folder: Path) -> None:
    safety = read_drafts(CONTENT).safety
    assert safety
    first, *others = safety.content.rules
    examples = first.examples.model_copy(update={"miss": first.examples.hit[:1]})
    rules = (first.model_copy(update={"examples": examples}), *others)
    broken = replace(safety, content=safety.content.model_copy(update={"rules": rules}))
    found = build(replace(read_drafts(folder), safety=broken), today=TODAY).problems
    assert ("C601", safety.place(("rules", 0, "examples", "miss", 0)).line) in [
        (p.code, p.line) for p in found
    ]


def test_a_picture_that_is_not_there(folder: Path) -> None:
    held = GOOD.replace(b"Hello.", b"![Lungs](media/lungs.svg)")
    assert page(folder, held) == ["modules/copd/page.en.md:26:1 C311"]


def test_a_film_without_captions(folder: Path) -> None:
    (folder / "modules/copd/media").mkdir(parents=True)
    (folder / "modules/copd/media/walk.mp4").write_bytes(b"")
    held = GOOD.replace(b"Hello.", b"![A short walk](media/walk.mp4)")
    assert page(folder, held) == ["modules/copd/page.en.md:26:1 C312"]


def test_modules_link_to_one_another_by_their_files(folder: Path) -> None:
    page(folder, GOOD, "modules/copd/other.en.md")
    held = GOOD.replace(b"- [Finish]", b"- [Other](other.en.md)\n- [Finish]")
    assert page(folder, held) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    from bot.adapters.content_files import read_library

    built = read_library(tmp_path / "nowhere")
    assert (built.library, [p.code for p in built.problems]) == (None, ["C001"])


def test_examples_of_the_second_net_are_no_intents(folder: Path) -> None:
    drafts = read_drafts(folder)
    assert {name.partition("/")[0] for name in drafts.second_net} == {
        "risk",
        "emergency",
        "safeguarding",
        "ordinary",
    }
    assert not set(drafts.second_net) & set(drafts.understanding)
    assert sum(map(len, drafts.second_net.values())) >= 1_500


def test_examples_of_posts_are_neither_intents_nor_of_the_second_net(folder: Path) -> None:
    drafts = read_drafts(folder)
    assert {name.partition("/")[0] for name in drafts.posts} == {*GRAVEST, "good"}
    assert not set(drafts.posts) & (set(drafts.understanding) | set(drafts.second_net))
    assert sum(map(len, drafts.posts.values())) >= 2_000
