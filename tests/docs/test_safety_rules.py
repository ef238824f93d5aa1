"""docs/safety: the walk of rules.md is walked, its tables are true, and the pages name what there is."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import get_args

import pytest
from few_pages import WITHOUT_COURSES
from papers import ROOT, examples, paper, rows_of
from test_operators import commands
from typer.testing import CliRunner

from bot.cli import app
from bot.core.library import Library
from bot.core.library.limits import CONDITIONS
from bot.core.safety import Context, Tier, Worry, example_problems, with_second_net
from bot.core.safety.content import Examples, Nation, Rule, SafetyContent

PAGE = "docs/safety/rules.md"
OURS = "content/safety/rules_ours.yaml"
NAMES = {"pain": "chronic pain", "unexplained": "symptoms without an explanation"}


def only(library: Library, pattern: str, *guards: str) -> SafetyContent:
    """The shipped content with one rule in place of all."""
    rule = Rule.model_validate(
        {
            "id": "the-rule",
            "category": "suicidal_active",
            "tier": "alert",
            "concern": "risk",
            "owner": "nobody",
            "review_by": "2027-01-01",
            "patterns": (pattern,),
            "guards": guards,
            "examples": Examples(hit=("I want to die",), miss=("my plants die",)),
        }
    )
    return library.safety.model_copy(update={"rules": (rule,)})


@pytest.mark.parametrize(("pattern", "means", "hears", "misses"), rows_of(PAGE, "phrases"))
def test_a_pattern_hears_what_the_table_says(
    library: Library, pattern: str, means: str, hears: str, misses: str
) -> None:
    screen = only(library, pattern).screen
    assert screen(hears, Context()).tier == Tier.ALERT, means
    assert screen(misses, Context()).tier == Tier.NONE, means


@pytest.mark.parametrize(("guard", "why", "text", "tier"), rows_of(PAGE, "guards"))
def test_a_guard_does_what_the_table_says(
    library: Library, guard: str, why: str, text: str, tier: str
) -> None:
    screen = only(library, "(want|wants|wanted) to die", guard).screen
    assert screen(text, Context()).tier == tier, why


@pytest.mark.parametrize(
    ("worry", "tier"),
    [
        (None, Tier.CHECK),
        (Worry(0.01, 0.01, 0.01), Tier.NONE),
        (Worry(0.5, 0.01, 0.01), Tier.CHECK),
        (Worry(0.99, 0.01, 0.01), Tier.ALERT),
    ],
)
def test_a_hint_asks_where_the_net_is_worried_too_or_cannot_be_asked(
    library: Library, worry: Worry | None, tier: Tier
) -> None:
    content = only(library, "want to die")
    (plain,) = content.rules
    weak = {
        "patterns": (),
        "hints": plain.patterns,
        "examples": Examples(hint=("I want to die",), miss=("no",)),
    }
    hinting = content.model_copy(update={"rules": (plain.model_copy(update=weak),)})
    heard = hinting.screen("I want to die", Context())
    assert heard.tier == Tier.NONE
    assert with_second_net(heard, worry, hinting.second_net).tier == tier


@pytest.mark.parametrize(("pattern", "said", "do"), rows_of(PAGE, "slips"))
def test_check_says_of_a_slip_what_the_table_says(library: Library, pattern: str, said: str, do: str) -> None:
    assert [problem.message for problem in example_problems(only(library, pattern))] == [said]
    assert do


def test_every_sign_and_guard_and_key_is_described() -> None:
    text = paper(PAGE)
    assert {key for key in Rule.model_fields if f"| `{key}` |" not in text} == set()
    guards = Rule.model_json_schema()["properties"]["guards"]["items"]["enum"]
    assert {guard for guard in guards if f"`{guard}`" not in text} == set()


def test_the_change_goes_from_beginning_to_end_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only the first answer differs, a rule of ours hears the sentence by now: tell of another one."""
    for room in ("safety", "texts", "policy", "measures", "groups", "understanding"):
        shutil.copytree(ROOT / "content" / room, tmp_path / "content" / room, ignore=WITHOUT_COURSES)
    (tmp_path / OURS).unlink(missing_ok=True)
    monkeypatch.chdir(tmp_path)
    for block in examples(PAGE, "walk"):
        if block.startswith("$ "):
            assert answered(block, tmp_path) == block
        else:
            (tmp_path / OURS).write_text(block + "\n", encoding="utf-8")


def answered(block: str, home: Path) -> str:
    """The block's commands, each with what it really answers."""
    told = []
    for line in re.findall(r"^\$ bounceback (.+)$", block, re.MULTILINE):
        said = CliRunner().invoke(app, shlex.split(line))
        assert not said.exception or isinstance(said.exception, SystemExit), said.exception
        told.append(f"$ bounceback {line}\n{said.output.replace(f'{home}/', '')}")
    return "".join(told).rstrip("\n")


@pytest.mark.parametrize("page", sorted((ROOT / "docs/safety").glob("*.md")), ids=lambda path: path.name)
def test_every_command_that_a_page_of_safety_names_exists(page: Path) -> None:
    said = set(re.findall(r"(?:`|^\$ )bounceback ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert said - {name.split()[0] for name in commands()} == set()


def test_the_intended_purpose_is_unsigned_and_names_everybody_it_is_for() -> None:
    text = paper("docs/safety/intended-purpose.md")
    assert "**Unsigned draft.**" in text
    assert text.count("| not signed |") == 3
    wanted = [NAMES.get(name, name) for name in CONDITIONS if name != "everybody"]
    wanted += [nation.replace("_", " ") for nation in get_args(Nation)]
    assert {name for name in wanted if name.lower() not in text.lower()} == set()


def test_every_hazard_that_a_page_of_safety_names_exists() -> None:
    known = set(re.findall(r"^  - id: (H\d+)$", paper("docs/safety/hazards.yaml"), re.MULTILINE))
    for page in (ROOT / "docs/safety").glob("*.md"):
        assert set(re.findall(r"\bH\d\d\b", page.read_text(encoding="utf-8"))) - known == set()
