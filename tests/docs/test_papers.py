"""What holds for every document: links lead somewhere, commands exist, named tests exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from papers import ROOT, all_tests, named_tests_in, paper, papers

TARGETS = set(re.findall(r"^([a-z.]+):", paper("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("path", papers(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"(`{3,}).*?\1", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        there = (path.parent / target).resolve() if target else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(link)
    assert lost == []


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", papers(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_make_command_is_in_the_makefile(path: Path) -> None:
    said = set(re.findall(r"(?:`|^ {4})make ([a-z]\w*)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert said - TARGETS == set()


def test_the_readme_names_the_two_commands() -> None:
    assert "    make run" in paper("README.md")
    assert "    make test" in paper("README.md")


def test_the_readme_says_that_nobody_has_signed() -> None:
    assert "unsigned draft" in paper("README.md")
    assert "Not for patients yet" in paper("README.md")


@pytest.mark.parametrize("path", papers(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_test_that_a_document_names_exists(path: Path) -> None:
    assert named_tests_in(path.read_text(encoding="utf-8")) - all_tests() == set()


@pytest.mark.parametrize("path", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda p: p.name)
def test_a_decision_fits_on_a_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"\d{4}-[a-z-]+\.md$", path.name)
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert len(text) <= 3_000
    for part in ("**Decided.**", "**Why.**", "**Costs.**", "**Held by**"):
        assert part in text


def test_the_licence_is_the_one_that_the_package_names() -> None:
    licence = paper("LICENSE")
    assert "Apache License" in licence.splitlines()[1]
    assert licence.rstrip().endswith("limitations under the License.")
    assert 'license = "Apache-2.0"' in paper("pyproject.toml")
