"""The service's own sentences, and examples of what people say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from bot.adapters.content_files.yaml import Document, Plain, read_yaml
from bot.core.errors import Misuse
from bot.core.library.drafts import Passage, Place, Placed
from bot.core.library.headers import TRANSLATOR_KEYS
from bot.core.library.problems import Problem
from bot.core.posts.content import GRAVEST

SECOND_NET = "second_net."  # how the name of a file with examples of the second net begins
POSTS = "posts."  # and of one with examples of its counterpart for posts
CONCERNS = ("risk", "emergency", "safeguarding", "ordinary")
KINDS = (*GRAVEST, "good")
_ENTITY = re.compile(r"\[([^\]\n]*)\](?:\([^)\n]*\)|\{[^}\n]*\})")


def read_texts(document: Document) -> tuple[dict[str, Placed[str]], tuple[Problem, ...]]:
    if not isinstance(document.data, dict):
        return {}, (
            document.at.problem("C013", "this file has no keys", 'write each sentence as name: "words"'),
        )
    texts: dict[str, Placed[str]] = {}
    problems: list[Problem] = []
    for key, value in document.data.items():
        if key in TRANSLATOR_KEYS:
            continue
        place = document.place((key,))
        if isinstance(value, str) and value.strip():
            texts[key] = Placed(value.strip(), place)
        else:
            problems.append(place.problem("C013", f"'{key}' should be text", "put it in quotation marks"))
    return texts, tuple(problems)


def sentences_in(document: Document) -> tuple[Passage, ...]:
    """Each sentence as it is written, without its quotation marks."""
    data = document.data if isinstance(document.data, dict) else {}
    lines = document.text.split("\n")
    return tuple(
        _sentence(document.place((key,)), lines) for key, value in data.items() if isinstance(value, str)
    )


def _sentence(at: Place, lines: list[str]) -> Passage:
    first = lines[at.line - 1][at.column - 1 :]
    more = list(takewhile(lambda line: line[:1].isspace(), lines[at.line :]))
    if first[:1] not in ('"', "'"):
        return Passage("\n".join([first, *more]), at)
    end = len(first) if more else max(first.rfind(first[0]), 1)
    return Passage("\n".join([first[1:end], *more]), Place(at.file, at.line, at.column + 1))


@dataclass(frozen=True)
class Spoken:
    """``intents``: what people say, by what they want. ``alike``: words that stand for one another.

    ``second_net``: messages by what there is to worry about in them. ``posts``: of a group, by what they may not hold.
    """

    intents: dict[str, tuple[str, ...]]
    alike: tuple[tuple[str, ...], ...]
    second_net: dict[str, tuple[str, ...]]
    posts: dict[str, tuple[str, ...]]


def read_understanding(documents: Iterable[Document]) -> tuple[Spoken, tuple[Problem, ...]]:
    """Rasa's nlu.yml: intents and synonyms with their examples; the marks of entities are taken out of the text."""
    intents: dict[str, tuple[str, ...]] = {}
    second_net: dict[str, tuple[str, ...]] = {}
    posts: dict[str, tuple[str, ...]] = {}
    alike: list[tuple[str, ...]] = []
    problems: list[Problem] = []
    for document in documents:
        file = Path(document.at.file).name
        of_the_net, of_posts = file.startswith(SECOND_NET), file.startswith(POSTS)
        kept = second_net if of_the_net else posts if of_posts else intents
        data = document.data if isinstance(document.data, dict) else {}
        held = data.get("nlu")
        if not isinstance(held, list):
            hint = "begin with nlu: and put '- intent: name' below it"
            problems.append(
                document.place(("nlu",)).problem("C019", "'nlu' should be a list of intents", hint)
            )
            continue
        for n, entry in enumerate(held):
            place = document.place(("nlu", n))
            name = entry.get("intent") if isinstance(entry, dict) else None
            word = entry.get("synonym") if isinstance(entry, dict) else None
            examples = _examples(entry.get("examples")) if isinstance(entry, dict) else ()
            if isinstance(word, str) and examples:
                alike.append((word, *examples))
                continue
            if not isinstance(name, str) or not examples:
                hint = "write 'intent: name' (or 'synonym: word') and 'examples: |' with a line of '- words' for each"
                problems.append(place.problem("C019", "this is not an intent with examples", hint))
                continue
            if of_the_net and name.partition("/")[0] not in CONCERNS:
                hint = f"begin its name with one of {', '.join(CONCERNS)}, as in risk/veiled"
                problems.append(place.problem("C019", "this is no concern of the second net", hint))
                continue
            if of_posts and name.partition("/")[0] not in KINDS:
                hint = f"begin its name with one of {', '.join(KINDS)}, as in advice/no_need_for_help"
                problems.append(place.problem("C019", "this is no kind of post", hint))
                continue
            kept[name] = (*kept.get(name, ()), *examples)
    return Spoken(intents, tuple(alike), second_net, posts), tuple(problems)


def read_nlu(file: Path) -> dict[str, tuple[str, ...]]:
    """The intents of one file, with no bound on its size. Raises Misuse with the first thing wrong in it."""
    try:
        read = read_yaml(file.read_text(encoding="utf-8"), Place(file.name))
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"{file} cannot be read as text") from None
    spoken, problems = (None, (read,)) if isinstance(read, Problem) else read_understanding((read,))
    for problem in problems:
        raise Misuse(f"{file}:{problem.line} {problem.message}: {problem.hint}")
    assert spoken is not None
    return spoken.second_net or spoken.posts or spoken.intents


def _examples(held: Plain) -> tuple[str, ...]:
    if isinstance(held, list):
        lines = [line for line in held if isinstance(line, str)]
    elif isinstance(held, str):
        lines = [
            line.strip().removeprefix("-").strip()
            for line in held.split("\n")
            if line.strip().startswith("-")
        ]
    else:
        return ()
    return tuple(_ENTITY.sub(r"\1", line).strip() for line in lines if line.strip())
