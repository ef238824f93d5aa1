"""Files that nobody would write on purpose, and a few that somebody might: one for each number, always the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple

PAGE = "modules/copd/page.en.md"
PICTURE = "modules/copd/media/picture.svg"
_SIZE = 20_000

_SOUP = (
    *(
        "::: urgent",
        "::: when gad7 is 3",
        "::: when walked is yes, tell-therapist now",
        "::: otherwise",
        ":::",
    ),
    *(
        "::: ask walked, yes or no",
        "::: ask a, pick one",
        "::: goals, pick any",
        "::: later in 2 days",
        "::::",
    ),
    *(
        "::: exercise for 3 minutes",
        "::: check-in gad7",
        "::: do this",
        ":::when",
        "> ::: otherwise",
        "- ::: do x",
    ),
    *(
        "## Step",
        "# Page",
        "### Deep",
        "## a {#b}",
        "- [a](#b)",
        "- [ ] c",
        "- d",
        "  - e",
        "1. x",
        "> q",
        "---",
    ),
    *(
        "| a | b |",
        "|---|---|",
        "| c | 4 seconds |",
        "{{ walked }}",
        "{{",
        "}}",
        "**b**",
        "*",
        "`",
        "```",
        "\\",
    ),
    *(
        "![x](y.svg)",
        "![](../../../z.svg)",
        "[x](../../../../etc/passwd)",
        "<b>",
        "<!--",
        "&#x41;",
        "&amp;",
        "",
    ),
    *(
        "committed",
        "suicide",
        "two",
        "A sentence. And another: one; more!",
        "\u202e",
        "\ufeff",
        "é",
        "\u00a0",
        "😀",
    ),
)
_ROWS = (
    *(
        "[",
        "]",
        "![",
        "*",
        "**",
        "_",
        "`",
        "<",
        "&",
        "\\",
        "(",
        "|",
        "{{",
        "}}",
        "> ",
        "- ",
        "1. ",
        "#",
        ":::",
        "~",
    ),
    *(
        "*a ",
        "[a](",
        "![a](b",
        "<a ",
        "**a* ",
        "`a ",
        "| a ",
        "::: when a is ",
        "a. ",
        "A",
        "é",
        "\u0301",
        "&#",
        "  ",
    ),
    *(
        "- [a](#b)\n",
        "::: otherwise\n",
        "::: urgent\n\n",
        "## a\n",
        "> > ",
        "- - ",
        "|---",
        "{{ a }} ",
        "[ ] ",
        "\t",
    ),
)
_YAML = (
    *(
        "a: &a [*a]",
        "<<: *a",
        "? x",
        "- - - - x",
        "{a: {a: {a: 1}}}",
        "a: !!python/object:os.system x",
        "'",
        '"',
    ),
    *(
        "a: 1e999",
        f"a: {'9' * 400}",
        "a: 0x1F",
        "a: 2026-99-99",
        "a: |",
        "  b",
        ": ",
        "%TAG ! x",
        "---",
        "...",
        "a: ~",
    ),
    *(
        "a: [",
        "a: }",
        "a: *b",
        "a: yes",
        "a: .nan",
        "a: \u202e",
        "title: x",
        "for: [copd]",
        "measures:",
        "\t",
    ),
)
_BYTES = (
    b"\x00",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xe2\x80\x8f",
    b"\xef\xbb\xbf",
    b"\r",
    b"\r\n",
    b"\x1b[2J",
)
_TAGS = (
    "<svg>",
    "</svg>",
    "<g onclick='x'>",
    "<script>",
    "<![CDATA[",
    "<!ENTITY a 'b'>",
    "<style>url(",
    "&a;",
    "<!--",
)


class Hostile(NamedTuple):
    kind: str
    name: str
    held: bytes


Kind = Callable[[random.Random, Mapping[str, bytes]], tuple[str, bytes]]


def hostile(number: int, shipped: Mapping[str, bytes]) -> Hostile:
    """``shipped``: good files by their names, to be spoilt."""
    chance = random.Random(number)  # noqa: S311
    kind = list(KINDS)[number % len(KINDS)]
    name, held = KINDS[kind](chance, shipped)
    return Hostile(kind, name, held)


def _some(chance: random.Random, shipped: Mapping[str, bytes], ending: str) -> tuple[str, bytes]:
    name = chance.choice([name for name in sorted(shipped) if name.endswith(ending)])
    return name, shipped[name]


def _head(shipped: Mapping[str, bytes]) -> bytes:
    """A page down to its first step."""
    held = next(held for name, held in sorted(shipped.items()) if name.startswith("modules"))
    return held[: held.index(b"\n## ")] + b"\n## Welcome\n\n"


def _rows(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    piece = chance.choice(_ROWS)
    width = chance.choice((40, 400, 1_900))
    line = piece * max(width // len(piece), 1)
    return PAGE, _head(shipped) + "\n".join([line] * (_SIZE // len(line))).encode()


def _soup(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    ends = chance.choice(("\n", "\n\n", "\r\n", "\r"))
    body = ends.join(chance.choices(_SOUP, k=chance.randint(1, 400))).encode("utf-8", "surrogatepass")
    return PAGE, (_head(shipped) if chance.random() < 0.8 else b"") + body


def _lines(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    _, held = _some(chance, shipped, ".md")
    lines = held.split(b"\n")
    for _ in range(chance.randint(1, 8)):
        a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                lines[a : a + chance.randint(1, 5)] = []
                lines = lines or [b""]
            case 1:
                lines[a:a] = lines[b : b + chance.randint(1, 10)]
            case 2:
                lines[a], lines[b] = lines[b], lines[a]
            case _:
                lines[a] = lines[a][: chance.randint(0, len(lines[a]))]
    return PAGE, b"\n".join(lines)


def _cut(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    name, held = _some(chance, shipped, chance.choice((".md", ".yaml")))
    return (PAGE if name.startswith("modules") else name), held[: chance.randint(0, len(held))]


def _spliced(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    _, one = _some(chance, shipped, ".md")
    _, other = _some(chance, shipped, ".md")
    a, b = chance.randrange(len(one)), chance.randrange(len(other))
    return PAGE, one[:a] + other[b : b + chance.randint(1, 2_000)] + one[a:]


def _bytes(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    name, held = _some(chance, shipped, chance.choice((".md", ".yaml")))
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(held))
        held = held[:at] + chance.choice(_BYTES) + held[at + chance.randint(0, 2) :]
    return (PAGE if name.startswith("modules") else name), held


def _front_matter(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    lines = "\n".join(chance.choices(_YAML, k=chance.randint(1, 12)))
    return PAGE, f"---\n{lines}\n---\n\n# A page\n".encode()


def _data(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    name, held = _some(chance, shipped, ".yaml")
    lines = held.split(b"\n")
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(lines))
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        match chance.randrange(4):
            case 0:
                lines[at] = indent + chance.choice(_YAML).encode()
            case 1:
                lines[at] = b"  " + lines[at]
            case 2:
                lines[at : at + 1] = []
                lines = lines or [b""]
            case _:
                key, colon, _ = lines[at].partition(b":")
                lines[at] = key + colon + b" " + chance.choice(_YAML).encode()
    return name, b"\n".join(lines)


def _bomb(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    name, _ = _some(chance, shipped, ".yaml")
    depth = chance.choice((20, 200, 5_000))
    held = chance.choice(
        (
            "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, depth))]),
            "\n".join("[" * 1_000 for _ in range(depth // 50 + 1)),
            "\n".join(" " * min(n, 1_500) + "a:" for n in range(depth)),
            "\n".join("{a: " * 400 for _ in range(depth // 50 + 1)),
            "\n".join("- " * 900 for _ in range(depth // 50 + 1)),
            "\n".join(f"k{n}: {n}" for n in range(depth)),
            "\n".join(["? a"] * depth),
        )
    )
    return name, held.encode()


def _large(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    piece = chance.choice((b"word\n", b"## a\n", b"a: 1\n", b"[", b"\x00", b"- [a](#b)\n", b"::: do x\n"))
    size = chance.choice((250_000, 262_144, 262_145, 5_000_000))
    return PAGE, _head(shipped) + piece * (size // len(piece))


def _picture(chance: random.Random, shipped: Mapping[str, bytes]) -> tuple[str, bytes]:
    body = "".join(chance.choices(_TAGS, k=chance.randint(1, 40)))
    held = f"<svg xmlns='http://www.w3.org/2000/svg'>\n{body}".encode()
    return PICTURE, held * chance.choice((1, 1, 200)) + chance.choice((b"", b"</svg>", *_BYTES))


KINDS: Mapping[str, Kind] = {
    "rows of one sign": _rows,
    "soup of blocks": _soup,
    "lines moved about": _lines,
    "cut anywhere": _cut,
    "pages spliced": _spliced,
    "odd bytes": _bytes,
    "front matter": _front_matter,
    "data spoilt": _data,
    "bombs": _bomb,
    "far too large": _large,
    "pictures": _picture,
}
