"""Each broken sample is found where its fault is, and nowhere else, in words that an editor understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broken_samples import PAGE, UNSIGNED, Sample, found_in, put, samples, told, whole_folder
from drafting import BYE, FRONT

from bot.adapters.content_files import write_signoff
from bot.adapters.content_files.files import File, read_bytes
from bot.adapters.content_files.pages import text_hash
from bot.core.library.problems import Problem
from bot.core.library.signoff import Signature, mark_of

ROOT = Path(__file__).parents[2]
CHECKED = "clinical-lead: A. Lead\nreview-by: 2027-11-01\ntranslator: A. Jones\n"
GOOD = (FRONT + "Hello." + BYE).encode()
OF_A_PARSER = re.compile(
    r"\btokens?\b|expected <|\bmappings?\b|\bscalars?\b|\bpydantic\b|\bregex|\bparse|\bnode\b|\bNone\b|\bdict\b"
    r"|\btuple\b|\bstr\b|\bint\b|\binput should\b|\bvalidation\b|\blark\b|\bruamel\b|[a-z]+[A-Z][a-z]+|[a-z]_[a-z]+\(",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole_folder(tmp_path_factory.mktemp("whole") / "content")


@pytest.fixture
def folder(whole: Path) -> Iterator[Path]:
    """As it was again afterwards, without being copied anew for each sample."""
    before = {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    yield whole
    for path in sorted(whole.rglob("*"), reverse=True):
        if path.is_symlink() or (path.is_file() and path not in before):
            path.unlink()
    for path, held in before.items():
        if not path.is_file() or path.read_bytes() != held:
            path.write_bytes(held)


def test_the_folder_around_the_samples_has_no_fault(folder: Path) -> None:
    assert [told(problem) for problem in found_in(folder)] == []


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_sample_is_found_where_its_fault_is(folder: Path, sample: Sample) -> None:
    put(sample, folder)
    found = found_in(folder)
    assert [told(problem) for problem in found] == list(sample.expected)
    assert [problem for problem in found if unclear(problem)] == []


def unclear(problem: Problem) -> bool:
    said = f"{problem.message} {problem.hint}"
    return not problem.message or not problem.hint or bool(OF_A_PARSER.search(_without_quotes(said)))


def _without_quotes(said: str) -> str:
    """What an editor wrote is theirs."""
    return re.sub(r"'[^']*'|“[^”]*”", "''", said)


# -- what cannot be written down in a text file of ours --------------------------------------------------


def not_utf_8(folder: Path) -> None:
    (folder / PAGE).write_bytes(GOOD.replace(b"Hello.", b"Caf\xe9."))


def an_unseen_turn_of_writing(folder: Path) -> None:
    (folder / PAGE).write_bytes(GOOD.replace(b"Hello.", "Hello\u200f.".encode()))


def a_nul(folder: Path) -> None:
    (folder / PAGE).write_bytes(GOOD.replace(b"Hello.", b"Hel\x00lo."))


def five_megabytes(folder: Path) -> None:
    (folder / PAGE).write_bytes(GOOD + b"word\n" * 1_000_000)


def a_line_without_end(folder: Path) -> None:
    (folder / PAGE).write_bytes(GOOD + b"[" * 20_000)


def a_large_picture(folder: Path) -> None:
    (folder / PAGE).write_bytes(GOOD.replace(b"Hello.", b"![A picture](media/picture.svg)"))
    (folder / "modules/copd/media/picture.svg").write_bytes(b"<svg>" + b" " * 300_000 + b"</svg>")


def a_link_to_a_page_outside(folder: Path) -> None:
    outside = folder.parent / "outside.md"
    outside.write_bytes(GOOD)
    (folder / PAGE).unlink()
    (folder / PAGE).symlink_to(outside)


def a_link_to_itself(folder: Path) -> None:
    (folder / PAGE).unlink()
    (folder / PAGE).symlink_to(folder / PAGE)


def a_picture_through_a_link_outside(folder: Path) -> None:
    outside = folder.parent / "outside.svg"
    outside.write_text("<svg/>", encoding="utf-8")
    (folder / "modules/copd/media/picture.svg").symlink_to(outside)
    (folder / PAGE).write_bytes(GOOD.replace(b"Hello.", b"![A picture](media/picture.svg)"))


def a_name_in_capitals(folder: Path) -> None:
    (folder / "modules/copd/Page.md").write_bytes(GOOD)


def no_ladder(folder: Path) -> None:
    (folder / "policy/ladder.yaml").unlink()


def a_policy_of_no_known_name(folder: Path) -> None:
    (folder / "policy/risk.yaml").write_text('version: "1"\n', encoding="utf-8")


def two_hundred_steps_and_one(folder: Path) -> None:
    steps = "".join(f"## Step {n}\n\nHello.\n\n- [Finish](#end)\n\n" for n in range(200))
    (folder / PAGE).write_text(f"{FRONT}Hello.{BYE}\n{steps}", encoding="utf-8")


def a_group_without_rules(folder: Path) -> None:
    path = folder / "groups/copd.en.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("## House rules")], encoding="utf-8")


def a_measure_that_nobody_has_but_the_policy(folder: Path) -> None:
    path = folder / "policy/outcomes.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  gad7: 8", "  gad8: 8"), encoding="utf-8")


def a_level_that_nobody_hears_of(folder: Path) -> None:
    path = folder / "policy/ladder.yaml"
    held = path.read_text(encoding="utf-8").replace("    - {who: [owner], minutes: 0}", "    []")
    path.write_text(held, encoding="utf-8")


def a_translation_with_another_blank(folder: Path) -> None:
    (folder / "texts/cy.yaml").write_text(CHECKED + 'welcome: "Helo."\n', encoding="utf-8")


def a_translation_of_nothing(folder: Path) -> None:
    (folder / "texts/cy.yaml").write_text(CHECKED + 'nid_hwn: "Dim."\n', encoding="utf-8")


def a_questionnaire_without_its_pack(folder: Path) -> None:
    page = FRONT.replace("[gad7]", "[who5]") + "::: check-in who5\n:::" + BYE
    (folder / PAGE).write_text(page, encoding="utf-8")


def words_that_only_a_pack_may_bring(folder: Path) -> None:
    path = folder / "measures/who5.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('  - {id: "1"}', '  - {id: "1", text: I slept well}', 1), encoding="utf-8")


def signed(folder: Path, file: str, body: bytes | None = None) -> None:
    """By one person, as it stands, or as ``body`` was."""
    mark = mark_of(file, body if body is not None else (folder / file).read_bytes())
    signature = Signature(
        file=file, sha256=mark, who="A. Lead", role="lead", on="2026-05-01", review_by="2027-05-01"
    )
    (folder / "SIGNOFF.toml").write_text(write_signoff([signature]), encoding="utf-8")


def another_text_than_the_signed_one(folder: Path) -> None:
    signed(folder, PAGE, b"as it was")


def a_signature_that_is_none(folder: Path) -> None:
    (folder / "SIGNOFF.toml").write_text("[[signd]]\n", encoding="utf-8")


def a_policy_that_one_person_signed(folder: Path) -> None:
    signed(folder, "policy/ladder.yaml")


def a_signed_page_that_says_it_is_not(folder: Path) -> None:
    (folder / PAGE).write_bytes(GOOD.replace(b"signed for this test", b"unsigned draft"))
    signed(folder, PAGE)


def in_welsh(folder: Path, **changed: tuple[str, str]) -> None:
    """The page in another language, checked and signed; with changes of its text, each (was, is)."""
    file = read_bytes(GOOD, PAGE)
    assert isinstance(file, File)
    made_from = f"translates: page.en.md@{text_hash(file)[:12]}\ntranslator: A. Jones\n"
    text = GOOD.decode().replace("language: en\n", f"language: cy\n{made_from}").replace("uses:", "uses:", 1)
    text = text.replace("## Welcome", "## Croeso {#welcome}").replace("Hello.", "Helo.")
    for was, now in changed.values():
        assert was in text
        text = text.replace(was, now, 1)
    (folder / "modules/copd/page.cy.md").write_text(text, encoding="utf-8")


def a_translation_of_nobody_knows_what(folder: Path) -> None:
    in_welsh(folder, source=("translates: page.en.md", "translates: pag.en.md"))


def a_translation_with_a_step_too_few(folder: Path) -> None:
    in_welsh(folder, step=("{#welcome}", "{#croeso}"))


def a_translation_with_a_block_too_many(folder: Path) -> None:
    in_welsh(folder, block=("Helo.", "Helo.\n\n::: ask sut, yes or no\nIawn?\n:::"))


def a_translation_older_than_its_source(folder: Path) -> None:
    in_welsh(folder)
    (folder / PAGE).write_bytes(GOOD.replace(b"Hello.", b"Good day."))


def advice_that_nobody_has_checked(folder: Path) -> None:
    in_welsh(folder, who=("A. Jones", "not reviewed"), advice=("**Call 999**", "**Ffoniwch 999**"))


def an_alias_bomb(folder: Path) -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30))]
    (folder / "texts/cy.yaml").write_text("\n".join(lines), encoding="utf-8")


MADE: dict[Callable[[Path], None], str] = {
    not_utf_8: f"{PAGE}:26:4 C001",
    an_unseen_turn_of_writing: f"{PAGE}:26:6 C001",
    a_nul: f"{PAGE}:26:4 C001",
    five_megabytes: f"{PAGE}:1:1 C002",
    a_line_without_end: f"{PAGE}:29:2001 C002",
    a_large_picture: "modules/copd/media/picture.svg:1:1 C002",
    a_link_to_a_page_outside: f"{PAGE}:1:1 C003",
    a_link_to_itself: f"{PAGE}:1:1 C003",
    a_picture_through_a_link_outside: f"{PAGE}:26:1 C003",
    a_name_in_capitals: "modules/copd/Page.md:1:1 C006",
    no_ladder: "policy/ladder.yaml:1:1 C018",
    a_policy_of_no_known_name: "policy/risk.yaml:1:1 C013",
    two_hundred_steps_and_one: f"{PAGE}:1224:1 C113",
    a_group_without_rules: "groups/copd.en.md:1:1 C210",
    a_measure_that_nobody_has_but_the_policy: "policy/outcomes.yaml:1:1 C407",
    a_level_that_nobody_hears_of: "policy/ladder.yaml:1:1 C408",
    a_translation_with_another_blank: "texts/cy.yaml:4:10 C501",
    a_translation_of_nothing: "texts/cy.yaml:4:10 C502",
    a_questionnaire_without_its_pack: f"{PAGE}:7:7 C219 + {PAGE}:26:14 C219",
    words_that_only_a_pack_may_bring: "measures/who5.yaml:10:15 C409",
    another_text_than_the_signed_one: f"{PAGE}:9:16 C420",
    a_signature_that_is_none: "SIGNOFF.toml:1:1 C421",
    a_policy_that_one_person_signed: "policy/ladder.yaml:1:1 C422",
    a_signed_page_that_says_it_is_not: f"{PAGE}:9:16 C423",
    a_translation_of_nobody_knows_what: "modules/copd/page.cy.md:5:13 C503",
    a_translation_with_a_step_too_few: "modules/copd/page.cy.md:1:1 C504 + modules/copd/page.cy.md:26:1 C504",
    a_translation_with_a_block_too_many: "modules/copd/page.cy.md:30:1 C505",
    a_translation_older_than_its_source: "modules/copd/page.cy.md:5:13 C506",
    advice_that_nobody_has_checked: "modules/copd/page.cy.md:22:1 C507",
    an_alias_bomb: "texts/cy.yaml:1:5 C005",
}


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_a_made_sample_is_found_where_its_fault_is(folder: Path, make: Callable[[Path], None]) -> None:
    make(folder)
    found = found_in(folder)
    assert [told(problem) for problem in found] == MADE[make].split(" + ")
    assert [problem for problem in found if unclear(problem)] == []


# -- altogether ------------------------------------------------------------------------------------------

NOT_BY_A_SAMPLE = {UNSIGNED: "all that is shipped here is unsigned: the samples stand among it"}


def test_every_code_that_an_editor_can_meet_has_a_sample() -> None:
    listed = set(
        re.findall(r"^\| (C\d{3}) \|", (ROOT / "docs/editors/reference.md").read_text(), re.MULTILINE)
    )
    expected = {told.split()[1] for sample in samples() for told in sample.expected}
    made = {told.split()[1] for each in MADE.values() for told in each.split(" + ")}
    assert listed - expected - made - NOT_BY_A_SAMPLE.keys() == set()


def test_there_are_many_samples_and_no_two_alike() -> None:
    assert len({sample.text for sample in samples()}) == len(samples()) >= 65


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("C101-no-such-step", "did you mean 'welcome'?"),
        ("C106-no-such-group", "did you mean 'copd'?"),
        ("C106-no-such-module", "did you mean 'copd/page'?"),
        ("C201-a-misspelt-block", "did you mean 'urgent'?"),
        ("C206-no-such-measure", "did you mean 'gad7'?"),
        ("C209-a-name-of-nothing", "did you mean 'first_name'?"),
        ("C216-no-answer-to-that", "did you mean 'at night'?"),
        ("C015-no-such-condition", "did you mean 'copd'?"),
        ("C012-a-misspelt-key", "did you mean 'summary'?"),
        ("C012-a-misspelt-key-of-a-rule", "did you mean 'guards'?"),
        ("C411-a-source-of-nothing", "did you mean 'max_characters'?"),
    ],
)
def test_a_slip_of_the_pen_is_guessed(folder: Path, name: str, hint: str) -> None:
    put(next(sample for sample in samples() if sample.name == name), folder)
    assert [problem.hint for problem in found_in(folder)] == [hint]


def test_a_misspelt_key_inside_a_rule_is_told_the_keys_that_may_stand_there(folder: Path) -> None:
    sample = next(sample for sample in samples() if sample.name == "C012-a-misspelt-key-of-a-rule")
    put(sample, folder)
    [found] = found_in(folder)
    assert found.hint.startswith("did you mean '"), found.hint
