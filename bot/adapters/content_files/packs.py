"""Packs: the words of licensed questionnaires, in a folder of the service's own, outside the content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.content_files.data import fit
from bot.adapters.content_files.files import File, Folder, read_bytes
from bot.adapters.content_files.yaml import Document, Plain, read_yaml
from bot.core.library.drafts import Place, Placed
from bot.core.library.headers import did_you_mean
from bot.core.library.measures import Measure, told_by_items
from bot.core.library.packs import FIXED, Pack, completed
from bot.core.library.problems import Problem

_LEAST_WORDS = 4
"""A shorter item may be anybody's own words."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Completed:
    """``licensed``: those whose words came from a pack. ``broken``: those whose pack has a problem."""

    measures: tuple[Placed[Measure], ...]
    skeletons: tuple[Placed[Measure], ...]
    licensed: tuple[Measure, ...] = ()
    broken: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def complete(read: Iterable[Placed[Measure]], folder: Path | None, content: Path | None) -> Completed:
    """``read``: every measure of the content. Skeletons get the words of the packs in ``folder``.

    ``content``: the content's own folder, where it has one.
    """
    every = tuple(read)
    ready = [placed for placed in every if not placed.what.skeleton]
    bare = {placed.what.id: placed for placed in every if placed.what.skeleton}
    problems: list[Problem] = []
    licensed: list[Measure] = []
    broken: set[str] = set()
    for found in _packs(folder, content) if folder else ():
        made = found if isinstance(found, Problem) else _made(found, bare)
        if isinstance(made, Measure):
            licensed.append(made)
            ready.append(Placed(made, bare.pop(made.id).at))
        elif isinstance(made, Problem):
            problems.append(made)
            broken.add(Path(made.file).stem)
        else:
            problems += made
            broken.add(Path(made[0].file).stem)
    return Completed(tuple(ready), tuple(bare.values()), tuple(licensed), frozenset(broken), tuple(problems))


def _packs(folder: Path, content: Path | None) -> Iterator[Document | Problem]:
    """Their problems are placed by whole paths: they lie outside the content."""
    if not folder.is_dir():
        hint = "BOUNCEBACK_MEASURE_PACKS names it"
        yield Place(str(folder)).problem("C001", "there is no such folder of measure packs", hint)
        return
    home = folder.resolve()
    if content is not None and home.is_relative_to(content.resolve()):
        hint = "move it out of the content folder, and never publish it with the project"
        yield Place(str(home)).problem("C409", "licensed wording lies inside the content folder", hint)
        return
    for name in Folder(folder).names("*.yaml"):
        file = name if isinstance(name, Problem) else read_bytes(Folder(folder).held(name) or b"", name)
        if isinstance(file, File):
            yield read_yaml(file.text, Place(str(home / file.name)))
        else:
            yield file.model_copy(update={"file": str(home / file.file)})


def _made(document: Document, skeletons: dict[str, Placed[Measure]]) -> Measure | tuple[Problem, ...]:
    pack = _read(document)
    if isinstance(pack, tuple):
        return pack
    placed = skeletons.get(pack.id)
    if placed is None:
        hint = did_you_mean(pack.id, skeletons) or f"the skeletons are {', '.join(sorted(skeletons))}"
        at = document.place(("id",))
        return (at.problem("C206", f"there is no skeleton '{pack.id}' to put these words into", hint),)
    made = completed(placed.what, pack)
    if isinstance(made, Measure):
        return made
    return tuple(document.name_place(w.path).problem(w.code, w.message, w.hint) for w in made)


def _read(document: Document) -> Pack | tuple[Problem, ...]:
    data = document.data
    if not isinstance(data, dict):
        return (document.at.problem("C013", "this file has no keys", "begin it with id: and licence:"),)
    fixed = [key for key in data if key in FIXED]
    if fixed:
        hint = "a pack brings words only: numbers and ids stand in the skeleton"
        return tuple(
            document.name_place((key,)).problem("C406", f"a pack cannot change '{key}'", hint)
            for key in fixed
        )
    pack = fit(Pack, {**data, "items": _items(data.get("items", {}))}, document)
    if isinstance(pack, Pack) and f"{pack.id}.yaml" != Path(document.at.file).name:
        message = f"'{pack.id}' stands in a file called '{Path(document.at.file).stem}'"
        return (document.place(("id",)).problem("C013", message, "make them the same"),)
    return pack


def _items(held: Plain) -> Plain:
    """An item may be its text alone."""
    if not isinstance(held, dict):
        return held
    return {name: {"text": words} if isinstance(words, str) else words for name, words in held.items()}


def repeated(files: Iterable[File], licensed: Iterable[Measure]) -> Iterator[Problem]:
    """Where a file of the content says what only a pack may say."""
    phrases = [
        (measure, words)
        for measure in licensed
        for text in told_by_items(measure)
        if len(words := _WORD.findall(text.casefold())) >= _LEAST_WORDS
    ]
    for file in files if phrases else ():
        lines = [
            (word, n)
            for n, line in enumerate(file.text.split("\n"), 1)
            for word in _WORD.findall(line.casefold())
        ]
        whole = " ".join(word for word, _ in lines)
        for measure, words in phrases:
            at = f" {whole} ".find(f" {' '.join(words)} ")
            if at >= 0:
                line = lines[whole[:at].count(" ")][1]
                hint = "take it out: a service shows these words through its pack alone"
                yield Place(file.name, line).problem(
                    "C409", f"this is licensed wording of {measure.id}", hint
                )
