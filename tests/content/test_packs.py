"""Licensed wording comes from a folder of the service's own, and never lies among the content."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from drafting import BYE, CONTENT, FRONT, TODAY
from packed import PACK, PAGE, SKELETON, with_example

from bot.adapters.content_files import check, read_drafts
from bot.adapters.content_files.kept import folder_mark as mark_of
from bot.core.library import Measure, Problem
from bot.core.library.build import build


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Without the safety rules, whose examples take long and are tested where they live."""
    folder = with_example(tmp_path / "content")
    shutil.rmtree(folder / "safety")
    return folder


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "burden.yaml").write_text(PACK)
    return packs


def errors(folder: Path, packs: Path | None = None) -> list[Problem]:
    found = build(read_drafts(folder, packs), today=TODAY).problems
    return [p for p in found if p.level == "error" and p.file != "safety"]


def offered(folder: Path, packs: Path | None = None) -> dict[str, Measure]:
    drafts = read_drafts(folder, packs)
    assert [p for p in drafts.problems if p.level == "error" and p.file != "safety"] == []
    return {placed.what.id: placed.what for placed in drafts.measures}


def test_a_skeleton_without_its_pack_is_not_offered(folder: Path) -> None:
    assert not {"burden", "wsas"} & offered(folder).keys()


def test_a_page_that_uses_it_says_what_is_needed(folder: Path) -> None:
    found = errors(folder)
    assert [(p.code, p.message) for p in found] == [("C219", "'burden' needs your licensed pack")] * 3
    assert "BOUNCEBACK_MEASURE_PACKS" in found[0].hint
    assert {p.file for p in found} == {"modules/copd/burden.en.md"}


def test_check_in_wsas_says_so_too(tmp_path: Path) -> None:
    page = tmp_path / "work.en.md"
    page.write_text(FRONT.replace("[gad7]", "[wsas]") + "::: check-in wsas\n:::" + BYE)
    assert [p.code for p in check(page, around=CONTENT, today=TODAY) if p.level == "error"] == ["C219"] * 2


def test_with_its_pack_the_words_are_the_packs_and_the_numbers_the_skeletons(
    folder: Path, packs: Path
) -> None:
    burden = offered(folder, packs)["burden"]
    assert burden.items[0].text == "Carrying the shopping up the invented hill"
    assert burden.scale is not None and burden.scale.high_label == "far too heavy"
    assert burden.range == (0, 24)
    assert "Valley Clinic" in burden.licence
    assert burden.skeleton is False


def test_every_shipped_skeleton_can_be_completed(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    packs.mkdir()
    bare = [placed.what for placed in read_drafts(CONTENT).skeletons]
    for measure in bare:
        own = "answers: {" + ", ".join(f'"{n}": "words {n}"' for n in _points(measure)) + "}\n"
        lines = [f"id: {measure.id}\nlicence: {{holder: A, number: B}}\nstem: An invented stem\nitems:\n"]
        for item in measure.items:
            ends = ', answers: {"0": "one end", "5": "other end"}' if item.kinds else ""
            lines.append(f'  "{item.id}": {{text: "Item {item.id}"{ends}}}\n')
        (packs / f"{measure.id}.yaml").write_text("".join(lines) + (own if measure.kinds else ""))
    assert {m.id for m in bare} <= offered(CONTENT, packs).keys()


def _points(measure: Measure) -> list[int]:
    return (
        list(measure.scale.model_dump().values())[:2]
        if measure.scale
        else [o.points for o in measure.options]
    )


def test_a_pack_may_choose_a_threshold_only_where_the_skeleton_offers_it(tmp_path: Path, packs: Path) -> None:
    items = "".join(f'  "{n}": "Item number {n} of eleven"\n' for n in range(1, 12))
    answers = 'answers: {"0": a, "1": b, "2": c, "3": d}\n'
    text = f"id: cfq11\nlicence: {{holder: A, number: B}}\ncase_at: 19\nitems:\n{items}{answers}"
    (packs / "burden.yaml").unlink()
    (packs / "cfq11.yaml").write_text(text)
    assert offered(CONTENT, packs)["cfq11"].case_at == 19
    (packs / "cfq11.yaml").write_text(text.replace("19", "20"))
    [problem] = read_drafts(CONTENT, packs).problems
    assert (problem.code, problem.hint) == ("C406", "it can be 18 or 19")


@pytest.mark.parametrize(
    ("was", "now", "code", "message"),
    [
        ('"2": Climbing', '"9": Climbing', "C406", "burden has no item '9'"),
        ('"2": Climbing', '"two": Climbing', "C406", "burden has no item 'two'"),
        ("stem:", "range: [0, 40]\nstem:", "C406", "a pack cannot change 'range'"),
        ("stem:", "bands: []\nstem:", "C406", "a pack cannot change 'bands'"),
        ("stem:", "scoring: {method: mean}\nstem:", "C406", "a pack cannot change 'scoring'"),
        ("stem:", "options: []\nstem:", "C406", "a pack cannot change 'options'"),
        ("stem:", "colour: red\nstem:", "C012", "there is no key 'colour' here"),
        ("stem:", "case_at: 12\nstem:", "C406", "a pack cannot set this threshold of burden"),
        (
            "stem:",
            f"text_sha256: {'0' * 64}\nstem:",
            "C405",
            "the wording of burden is not the one that its hash",
        ),
        ('"8": far too heavy', '"7": far too heavy', "C406", "there is no answer of 7 points here"),
        ('"8": far too heavy', '"8": ""', "C011", "the words for the answer of 8 points are missing"),
        ("licence: {holder: Valley Clinic, number: VC-1}", "", "C011", "'licence' is missing"),
        ("id: burden", "id: gad7", "C013", "'gad7' stands in a file called 'burden'"),
        ("id: burden", "id: [", "C004", "this is not understood"),
    ],
)
def test_what_is_wrong_in_a_pack_is_said_with_its_place(
    folder: Path, packs: Path, was: str, now: str, code: str, message: str
) -> None:
    assert was in PACK
    (packs / "burden.yaml").write_text(PACK.replace(was, now, 1))
    found = [p for p in errors(folder, packs) if p.file == str(packs.resolve() / "burden.yaml")]
    assert any(p.code == code and p.message.startswith(message) for p in found), found
    assert all(p.line >= 1 for p in found)


def test_a_pack_of_something_else_names_the_skeletons(folder: Path, packs: Path) -> None:
    (packs / "burdens.yaml").write_text(PACK.replace("id: burden", "id: burdens"))
    found = [p for p in errors(folder, packs) if p.file.endswith("burdens.yaml")]
    assert [(p.code, p.line) for p in found] == [("C206", 2)]


def test_a_folder_that_is_not_there_is_said(folder: Path, tmp_path: Path) -> None:
    found = errors(folder, tmp_path / "nowhere")
    assert ("C001", "BOUNCEBACK_MEASURE_PACKS names it") in [(p.code, p.hint) for p in found]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('{id: "1"}', '{id: "1", text: "Carrying the shopping"}'),
        ("scale: {from: 0, to: 8}", "scale: {from: 0, to: 8, low: light, high: heavy}"),
        ("range:", "stem: How heavy?\nrange:"),
        ("scale: {from: 0, to: 8}", "options: [{label: light, points: 0}, {points: 8}]"),
    ],
)
def test_a_skeleton_that_holds_wording_is_refused(folder: Path, was: str, now: str) -> None:
    assert was in SKELETON
    (folder / "measures/burden.yaml").write_text(SKELETON.replace(was, now, 1))
    found = [p for p in errors(folder) if p.file == "measures/burden.yaml"]
    assert {p.code for p in found} == {"C409"}


def test_a_page_that_repeats_an_item_of_a_pack_is_refused_in_its_line(folder: Path, packs: Path) -> None:
    page = folder / "modules/copd/burden.en.md"
    said = "How was it? Carrying the shopping\nup the *invented* hill."
    page.write_text(PAGE.replace("Hello.", said))
    [problem] = errors(folder, packs)
    assert (problem.code, problem.file) == ("C409", "modules/copd/burden.en.md")
    assert page.read_text().split("\n")[problem.line - 1].startswith("How was it?")


def test_an_answer_that_anybody_might_say_is_nobodys_wording(folder: Path, packs: Path) -> None:
    page = folder / "modules/copd/burden.en.md"
    page.write_text(PAGE.replace("Hello.", "It may be far too heavy to carry."))
    (packs / "burden.yaml").write_text(PACK.replace("far too heavy", "far too heavy to carry"))
    assert errors(folder, packs) == []


def test_packs_inside_the_content_folder_are_refused(folder: Path) -> None:
    inside = folder / "packs"
    inside.mkdir()
    (inside / "burden.yaml").write_text(PACK)
    assert "C409" in [p.code for p in errors(folder, inside)]


def test_the_words_stay_out_of_the_content_folder(folder: Path, packs: Path) -> None:
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    offered(folder, packs)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_the_kept_library_is_of_these_packs_and_no_others(folder: Path, packs: Path) -> None:
    first, again = mark_of(folder, packs), mark_of(folder, packs)
    (packs / "burden.yaml").write_text(PACK.replace("invented hill", "made-up hill"))
    assert first == again
    assert len({first, mark_of(folder, packs), mark_of(folder, None)}) == 3
