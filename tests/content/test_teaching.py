"""One example more is one line more: comments, order and every other byte of the file stay."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest
import yaml

from bot.authoring import CONTENT_SHIPPED, add_to_net, add_to_rule, rules_in
from bot.core.errors import Misuse

RULES = """\
# Read and signed by nobody yet.
rules:
  - id: one   # the first
    concern: risk
    examples:
      hit:
        - "it's over"  # said often
        - |
          two lines
          of text

      # what must stay quiet
      miss: ["fine", 'all "well"']
  - id: two
    concern: emergency:heart
    examples:
      hit:
      - flush with its key
      miss:
      - last of all"""

NET = """\
version: "3.1"
nlu:
- intent: risk
  examples: |
    - one
    - two

# between
- intent: ordinary
  examples: |
      - deeper
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "safety").mkdir()
    (tmp_path / "understanding").mkdir()
    (tmp_path / "safety" / "rules_a.yaml").write_text(RULES)
    (tmp_path / "understanding" / "second_net.en.yml").write_text(NET)
    return tmp_path


def added(before: str, after: str) -> list[str]:
    """The lines that are new; none may be gone."""
    change = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert [line for line in change if line[0] == "-"] == []
    return [line[2:] for line in change]


def test_the_rules_of_a_folder_are_found(folder: Path) -> None:
    found = rules_in(folder)
    assert {name: f.concern for name, f in found.items()} == {"one": "risk", "two": "emergency:heart"}


@pytest.mark.parametrize(
    ("rule", "kind", "line"),
    [
        ("one", "hit", '        - "say: “no” # really"'),
        ("two", "hit", '      - "say: “no” # really"'),
        ("two", "miss", '      - "say: “no” # really"'),
    ],
)
def test_an_example_is_a_line_behind_the_last(folder: Path, rule: str, kind: str, line: str) -> None:
    file = add_to_rule(folder, rule, kind, "say: “no” # really")  # type: ignore[arg-type]
    assert added(RULES, file.read_text()) == [line]
    held = {r["id"]: r for r in yaml.safe_load(file.read_text())["rules"]}
    assert held[rule]["examples"][kind][-1] == "say: “no” # really"


def test_a_list_in_brackets_grows_inside_them(folder: Path) -> None:
    file = add_to_rule(folder, "one", "miss", 'a "quoted" word')
    assert """miss: ["fine", 'all "well"', "a \\"quoted\\" word"]""" in file.read_text()
    assert "# what must stay quiet" in file.read_text()


def test_many_in_a_row_keep_their_order(folder: Path) -> None:
    for n in range(5):
        file = add_to_rule(folder, "two", "hit", f"number {n}")
    held = yaml.safe_load(file.read_text())["rules"][1]["examples"]["hit"]
    assert held == ["flush with its key", *(f"number {n}" for n in range(5))]


def test_shipped_rules_can_take_an_example_of_each_kind(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(CONTENT_SHIPPED / "safety", folder / "safety")
    names = rules_in(folder)
    assert len(names) > 20
    for name in sorted(names)[::8]:  # reading a file again for each takes its time
        before = names[name].file.read_text()
        for kind in ("hit", "miss"):
            file = add_to_rule(folder, name, kind, "zzz example zzz")  # type: ignore[arg-type]
        assert len(file.read_text()) > len(before)
        file.write_text(before)


@pytest.mark.parametrize("wrong", ["three", ""])
def test_a_rule_that_there_is_not_changes_nothing(folder: Path, wrong: str) -> None:
    with pytest.raises(Misuse):
        add_to_rule(folder, wrong, "hit", "text")
    assert (folder / "safety" / "rules_a.yaml").read_text() == RULES


def test_an_example_for_the_second_net_stands_in_its_intent(folder: Path) -> None:
    file = add_to_net(folder, "risk", "three: a colon")
    assert added(NET, file.read_text()) == ["    - three: a colon"]
    assert yaml.safe_load(file.read_text())["nlu"][0]["examples"].splitlines()[:3] == [
        "- one",
        "- two",
        "- three: a colon",
    ]
    add_to_net(folder, "ordinary", "deeper too")
    assert yaml.safe_load(file.read_text())["nlu"][1]["examples"] == "- deeper\n- deeper too\n"


def test_an_intent_that_is_missing_is_begun(folder: Path) -> None:
    file = add_to_net(folder, "safeguarding", "he takes my money")
    assert yaml.safe_load(file.read_text())["nlu"][2] == {
        "intent": "safeguarding",
        "examples": "- he takes my money\n",
    }


def test_the_file_is_begun_where_it_is_missing(tmp_path: Path) -> None:
    add_to_net(tmp_path, "risk", "one")
    file = add_to_net(tmp_path, "risk", "two")
    assert yaml.safe_load(file.read_text())["nlu"] == [{"intent": "risk", "examples": "- one\n- two\n"}]


def test_a_file_of_another_shape_is_left_alone(folder: Path) -> None:
    file = folder / "understanding" / "second_net.en.yml"
    odd = "nlu:\n- intent: risk\n  examples: [one, two]\n"
    file.write_text(odd)
    with pytest.raises(Misuse):
        add_to_net(folder, "risk", "three")
    assert file.read_text() == odd
