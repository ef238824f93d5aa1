"""Browsers of 2020 can read what we send, and the chat works in one that has nothing newer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import test_widget_clinic as journeys
from newer import FILLED_IN, FLOOR, GUARDED, INTERFACES, LOST, STYLES, SYNTAX
from of_2020 import newer_interfaces, newer_styles, newer_syntax, tokens
from older import OLDER
from stage import WEB, Stage
from test_widget_clinic import Site
from visit import Visit

from bot.web.shipped import lean

STATIC = WEB / "static"
SCRIPTS = sorted(STATIC.rglob("*.js"))
OF_PATIENTS = [path for path in SCRIPTS if path.name == "widget.js" or path.parent.name == "widget"]
SHEETS = sorted((STATIC / "widget").glob("*.css"))


def named(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_every_script_that_we_ship_is_es2020(path: Path) -> None:
    assert newer_syntax(path.read_text()) == set()


@pytest.mark.parametrize("path", OF_PATIENTS, ids=named)
def test_no_newer_interface_is_used_with_nothing_to_fall_back_on(path: Path) -> None:
    assert newer_interfaces(path.name, path.read_text()) == set()


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_no_newer_style_is_needed_to_read_or_reach_anything(path: Path) -> None:
    assert newer_styles(path.read_text()) == set()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("let a; a ??= 1;", "logical assignment"),
        ("let a; a ||= 1;", "logical assignment"),
        ("let a; a &&= 1;", "logical assignment"),
        ("class A { x = 1; }", "class fields"),
        ("class A { #x() {} }", "private names"),
        ("class A { has(o) { return #x in o; } }", "private names"),
        ("class A { static { } }", "static blocks"),
        ("const n = 1_000;", "numeric separators"),
        ("await fetch('/');", "top-level await"),
        ("for await (const one of all) {}", "top-level await"),
        ("const r = /(?<=a)b/;", "lookbehind"),
        ("const r = /(?<!a)b/;", "lookbehind"),
        ("const r = /a/v;", "regex flag v"),
        ("const r = /a/gd;", "regex flag d"),
        ('import j from "./j.json" with { type: "json" };', "import attributes"),
        ('export * as ns from "./x.js";', "export * as"),
        ("using z = f();", "using"),
        ("@mark class A {}", "decorators"),
        ("const a = <p>hi</p>;", "JSX"),
        ("const = 1;", "not JavaScript"),
    ],
)
def test_newer_syntax_is_seen(source: str, name: str) -> None:
    assert name in newer_syntax(source)


def test_what_es2020_has_is_taken() -> None:
    source = """
      import { a } from "./a.js";
      export class A extends B { static get x() { return a?.b ?? 10n; } async *go() { for await (const c of d) yield c; } }
      const later = async () => { await import("./c.js"); try { x(); } catch { y(); } };
      const named = /(?<year>\\d{4})-\\p{L}/su, text = `a_1 ??= ${named}`;
    """
    assert newer_syntax(source) == set()


@pytest.mark.parametrize("name", [newer.name for newer in INTERFACES])
def test_newer_interfaces_are_seen(name: str) -> None:
    used = (
        f"f({name[:-1]}: 1}});"
        if name[0] == "{"
        else f"const x = all{name};"
        if name[0] == "."
        else f"f({name});"
    )
    assert (name in newer_interfaces("any.js", used)) == (name not in FILLED_IN)
    assert newer_interfaces("any.js", f"// {name} is too new\nconst s = '{name}';") == set()


@pytest.mark.parametrize(
    "rule",
    [
        "a { inset: 0; }",
        "a { overflow: clip; }",
        "a { height: 50dvh; }",
        "a:has(b) { color: red; }",
        "a:is(b, c) { color: red; }",
        "a:where(b) { color: red; }",
        "@container (width > 3rem) { a { color: red; } }",
        "a { aspect-ratio: 1; }",
        "a { color: color-mix(in srgb, red, blue); }",
        "@layer a { b { color: red; } }",
        'a::after { content: "x" / ""; }',
    ],
)
def test_newer_styles_are_seen(rule: str) -> None:
    lines = rule.replace("{ ", "{\n").replace("; ", ";\n")
    assert len(newer_styles(lines)) == 1


def test_a_style_with_something_older_before_it_is_taken() -> None:
    assert newer_styles("a {\n  height: 50vh;\n  height: 50dvh;\n}") == set()
    assert newer_styles("@supports (inset-inline-end: 0) {\n  a {\n    inset-inline-end: 0;\n  }\n}") == set()


def test_the_lists_are_of_what_is_newer_and_no_guard_is_left_over() -> None:
    for newer in (*INTERFACES, *STYLES):
        known = zip(newer.first, FLOOR, strict=True)
        assert any(first is None or first > floor for first, floor in known), newer.name
        assert re.fullmatch(r"[\w.-]+(\.[\w-]+)+", newer.key), newer.name
    assert set(LOST) <= {newer.name for newer in STYLES}
    assert len(SYNTAX) == 15
    sources = {path.name: path.read_text() for path in OF_PATIENTS}
    for (file, name), guard in GUARDED.items():
        assert guard in sources[file] and name.strip(".(){}") in sources[file], (file, name)
    for name, file in FILLED_IN.items():
        assert f'"{name[1:-2]}" in ' in sources[file]


@pytest.mark.parametrize("path", OF_PATIENTS, ids=named)
def test_what_travels_says_what_we_wrote(path: Path) -> None:
    """Without its comments."""
    source = path.read_text()
    assert tokens(lean(source)) == tokens(source)


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_a_sheet_that_travels_says_what_we_wrote(path: Path) -> None:
    def bare(sheet: str) -> str:
        return " ".join(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL).split())

    assert bare(lean(path.read_text())) == bare(path.read_text())


# -- the same journeys with all of that taken away

JOURNEYS = (
    journeys.test_an_invitation_becomes_a_conversation,
    journeys.test_a_whole_check_in_with_back_change_and_read_back,
    journeys.test_crisis_words_bring_help_at_once_and_an_alert,
    journeys.test_the_breathing_exercise_is_found_and_done,
)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
async def test_a_browser_of_2020_goes_all_the_way(
    there: Visit, site: Site, journey: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without axe, which needs newer browsers itself."""

    async def unasked() -> list[str]:
        return []

    monkeypatch.setattr(there, "findings", unasked)
    await there.page.add_init_script(OLDER)
    await journey(there, site)
    assert await there.page.evaluate("window.older") == []
    assert await there.page.evaluate("window.customElements.get('bounceback-chat') !== undefined")


async def test_a_browser_of_2020_shows_help_and_the_settings(visit: Visit, stage: Stage) -> None:
    await visit.page.add_init_script(OLDER)
    await visit.signed_in()
    await visit.chooses_in_menu("How this looks and sounds")
    await visit.page.get_by_label("Twice as large").check()
    await visit.page.locator(".frame[data-large]").wait_for()
    await visit.button("Get help now").click()
    await visit.page.get_by_role("dialog").get_by_role("link", name="Call 999").wait_for()
    await visit.page.keyboard.press("Escape")
    assert await visit.focused() == "Get help now"
