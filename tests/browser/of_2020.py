"""Reads what patients' and staff's browsers are sent, and names what browsers of 2020 cannot do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tree_sitter_javascript
from newer import FILLED_IN, GUARDED, INTERFACES, LOST, STYLES
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_javascript.language()))

_BY_NODE = {
    "field_definition": "class fields",
    "private_property_identifier": "private names",
    "class_static_block": "static blocks",
    "import_attribute": "import attributes",
    "namespace_export": "export * as",
    "using_declaration": "using",
    "decorator": "decorators",
    "jsx_element": "JSX",
    "jsx_self_closing_element": "JSX",
    "html_comment": "not JavaScript",
}
_FUNCTIONS = {
    "function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "generator_function",
    "generator_function_declaration",
}


def newer_syntax(source: str) -> set[str]:
    """Names from ``newer.SYNTAX``."""
    root = _PARSER.parse(source.encode()).root_node
    found = {name for node in _nodes(root) for name in _newer(node)}
    return found | ({"not JavaScript"} if root.has_error else set())


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _newer(node: Node) -> Iterator[str]:
    text = node.text.decode() if node.text else ""
    if node.type in _BY_NODE:
        yield _BY_NODE[node.type]
    elif node.type in ("??=", "||=", "&&="):
        yield "logical assignment"
    elif node.type == "number" and "_" in text:
        yield "numeric separators"
    elif node.type in ("await_expression", "await") and not _in_function(node):
        yield "top-level await"
    elif node.type == "regex_pattern" and re.search(r"\(\?<[=!]", text):
        yield "lookbehind"
    elif node.type == "regex_flags":
        yield from (f"regex flag {flag}" for flag in "vd" if flag in text)


def _in_function(node: Node) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.type in _FUNCTIONS:
            return True
        parent = parent.parent
    return False


def newer_interfaces(file: str, source: str) -> set[str]:
    """Names from ``newer.INTERFACES`` that this file uses with nothing to fall back on."""
    used = {name for node in _nodes(_PARSER.parse(source.encode()).root_node) for name in _used(node)}
    return {
        newer.name for newer in INTERFACES if newer.name in used and not _provided(file, newer.name, source)
    }


def _used(node: Node) -> Iterator[str]:
    text = node.text.decode() if node.text else ""
    if node.type == "member_expression":
        thing, name = node.child_by_field_name("object"), node.child_by_field_name("property")
        if thing and name and thing.text and name.text:
            yield f"{thing.text.decode()}.{name.text.decode()}"
            called = node.parent is not None and node.parent.type == "call_expression"
            yield f".{name.text.decode()}()" if called else f".{name.text.decode()}"
    elif node.type == "pair" and (key := node.child_by_field_name("key")) and key.text:
        yield f"{{{key.text.decode()}}}"
    elif node.type == "identifier":
        yield text


def _provided(file: str, name: str, source: str) -> bool:
    return name in FILLED_IN or GUARDED.get((file, name), "\0") in source


_PLACES = {
    "overflow: clip": r"overflow: clip",
    "content: … / …": r"content: \"[^\"]*\" / ",
    "dvh, svh, lvh": r"[\d.](dvh|svh|lvh)\b",
    "color-mix()": r"color-mix\(",
    "oklch()": r"oklch\(",
    ":has()": r":has\(",
    ":is()": r":is\(",
    ":where()": r":where\(",
    ":not(a, b)": r":not\([^()]*,",
    ":focus-visible": r":focus-visible",
    "nesting": r"^\s*&",
    "@layer": r"@layer",
    "@container": r"@container",
    "@property": r"@property",
    "forced-colors": r"\(forced-colors",
    "prefers-reduced-data": r"prefers-reduced-data",
    "media range": r"@media[^{]*[<>]",
}


def newer_styles(sheet: str) -> set[str]:
    """Names from ``newer.STYLES`` that are neither decoration nor follow something older in the same rule.

    What stands under ``@supports`` is asked for first.
    """
    asked = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    asked = re.sub(r"@supports[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", asked)
    return {newer.name for newer in STYLES if newer.name not in LOST and _bare(newer.name, asked)}


def _bare(name: str, sheet: str) -> bool:
    if name not in _PLACES:
        return re.search(rf"^\s*{name}:", sheet, re.MULTILINE) is not None
    return any(not _older_before(found, sheet) for found in re.finditer(_PLACES[name], sheet, re.MULTILINE))


def _older_before(found: re.Match[str], sheet: str) -> bool:
    """Whether the same property stands in the same rule just before, with a value that was always understood."""
    before = sheet[: found.start()].rpartition("{")[2]
    line = sheet[sheet.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0]
    name = line.strip().partition(":")[0]
    return bool(
        re.search(rf"^\s*{re.escape(name)}:", before.rpartition("\n")[0] + "\n", re.MULTILINE)
    ) and bool(name)


def tokens(source: str) -> list[str]:
    """What a script says, without its comments and without the white space between."""
    leaves = (node for node in _nodes(_PARSER.parse(source.encode()).root_node) if not node.children)
    return [leaf.text.decode() for leaf in leaves if leaf.type != "comment" and leaf.text]
