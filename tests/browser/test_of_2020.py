"""Browsers of 2020 can read what we send, and the chat works in one that has nothing newer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from newer import FILLED_IN, FLOOR, GUARDED, INTERFACES, LOST, STYLES, SYNTAX
from of_2020 import newer_interfaces, newer_styles, newer_syntax
from stage import WEB

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
