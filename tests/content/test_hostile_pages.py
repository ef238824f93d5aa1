"""No input may crash the reader or hold it up."""

from __future__ import annotations

import time

import pytest
from drafting import BYE, FRONT, read
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.content_files.blocks import read_block_line
from bot.adapters.content_files.yaml import read_yaml
from bot.core.library.drafts import Place

_PIECES = st.sampled_from(
    [
        *(
            "::: urgent",
            "::: when gad7 is 3",
            "::: otherwise",
            ":::",
            "::: ask a, pick one",
            "::: goals, pick one",
        ),
        *("::: later in 2 days", "::: exercise for 3 minutes", "::: tell-therapist now", "  ::: do this"),
        *(
            "- [a](#b)",
            "- [ ] c",
            "- d",
            "  - e",
            "1. x",
            "> q",
            "## Step",
            "# Page",
            "### Deep",
            "---",
            "===",
        ),
        *("| a | b |", "|---|---|", "| c | 4 seconds |", "{{ a }}", "{{", "}}", "**b**", "*", "`", "```"),
        *(
            "[",
            "]",
            "(",
            "![",
            "![x](y.svg)",
            "<b>",
            "&amp;",
            "\\",
            "\t",
            "\x00",
            "\ud800",
            "\u2028",
            "\ufeff",
        ),
        *("é", " ", "\n", "\n\n", "\r\n", "\r"),
    ]
)
_PAGES = st.lists(_PIECES, max_size=40).map(lambda pieces: "\n".join(pieces))
_LINE = (
    "urgent ask when check-in otherwise , a is 15 or more and less between rose by tell-therapist soon "
    'later every monday at 09:00 for 6 weeks in 2 days do pick one " “ ” ٣ .'
)
_WORDS = st.lists(st.sampled_from(_LINE.split()), min_size=1, max_size=14).map(" ".join)
_YAML = st.text(alphabet="ab1:-[]{}&*!|>'\"#%@`,?~ \n\t.<", max_size=80)


@settings(max_examples=150, deadline=None)
@given(_PAGES)
def test_any_page_is_read(body: str) -> None:
    for text in (body, FRONT + body + BYE):
        assert all(p.line >= 1 and p.column >= 1 for p in read(text.encode("utf-8", "surrogatepass")))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(held: bytes) -> None:
    assert read(held)


@settings(max_examples=150, deadline=None)
@given(_WORDS)
def test_any_block_line_is_read(words: str) -> None:
    assert read_block_line(words, Place("page.en.md"), 5)


@settings(max_examples=200, deadline=None)
@given(_YAML)
def test_any_yaml_is_read(text: str) -> None:
    assert read_yaml(text, Place("file.yaml"))


@pytest.mark.parametrize(
    "body",
    [
        ("[" * 1_900 + "\n") * 40,
        ("*a " * 600 + "\n") * 40,
        ("> " * 900 + "\n") * 40,
        ("- " * 900 + "\n") * 40,
        ("`" * 1_900 + "\n") * 40,
        ("![" * 900 + "\n\n") * 40,
        "::: when gad7 is 3\n" * 4_000,
        "::: when gad7 is 3\n\n" * 4_000,
        "- [a](#b)\n" * 8_000,
        "{{" * 900 + "\n",
        "| a " * 450 + "\n" + "|---" * 450 + "\n" + ("| b " * 450 + "\n") * 30,
        "::: when " + "gad7 is 3 or " * 150 + "\n:::\n",
        "## a\n" * 12_000,
        "".join(f"## s{n}\n\n::: ask a{n}, yes or no\nHm?\n:::\n\n" for n in range(2_000)),
        "".join(f"## s{n}\n\n::: ask a{n}, yes or no\nHm {{{{ a{n} }}}}?\n:::\n\n" for n in range(199)),
    ],
    ids=lambda body: body[:12].strip(),
)
def test_a_hostile_page_is_read_within_seconds(body: str) -> None:
    start = time.process_time()
    read((FRONT + body).encode())
    assert time.process_time() - start < 8


@pytest.mark.parametrize("text", ["[" * 20_000, "{a: " * 5_000, "- " * 9_000, "a: &x [*x]", "? " * 2_000])
def test_hostile_front_matter_is_refused(text: str) -> None:
    found = read(f"---\n{text}\n---\n".encode())
    assert {"C002", "C004", "C005"} & {problem.code for problem in found}
