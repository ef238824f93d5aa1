"""A whole content folder as drafts, and as a Library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from bot.adapters.content_files.data import header_of
from bot.adapters.content_files.files import File, Files, Folder, Held, read_bytes
from bot.adapters.content_files.measures import read_measure
from bot.adapters.content_files.media import media_problems, shown_by
from bot.adapters.content_files.names import content_name
from bot.adapters.content_files.packs import complete, repeated
from bot.adapters.content_files.pages import read_group, read_module
from bot.adapters.content_files.policy import read_policy
from bot.adapters.content_files.safety import read_safety
from bot.adapters.content_files.signoff import read_signoff
from bot.adapters.content_files.words import read_texts, read_understanding, sentences_in
from bot.adapters.content_files.writing import WRITING, read_writing
from bot.adapters.content_files.yaml import Document, read_yaml
from bot.core.library.build import Built, build
from bot.core.library.drafts import (
    Drafts,
    GroupDraft,
    ModuleDraft,
    Place,
    Placed,
    SafetyDraft,
    Sourced,
)
from bot.core.library.limits import MEDIA_BYTES
from bot.core.library.measures import Measure
from bot.core.library.problems import Problem
from bot.core.library.signoff import NAME as SIGNOFF

T = TypeVar("T")
Source = Path | Mapping[str, bytes]
"""A content folder, or its files by their names in it."""

TEXTS = (".md", ".yaml", ".yml")
_FOLDER = "give the folder that holds modules, measures, policy and so on"
_NAME_HINT = "name it like breathing.en.md, in lower case, with the language before .md"


def read_library(source: Source, *, today: date | None = None, packs: Path | None = None) -> Built:
    """Everything in the folder, checked; whatever is wrong becomes a problem, never an exception.

    ``packs``: the folder with the words of licensed questionnaires.
    """
    if isinstance(source, Path) and not source.is_dir():
        return Built(None, (Place(source.name).problem("C001", "there is no such content folder", _FOLDER),))
    try:
        drafts = read_drafts(source, packs)
    except OSError:  # it changes while it is read
        assert isinstance(source, Path)
        hint = "try again; see that you may read all of it"
        return Built(None, (Place(source.name).problem("C001", "the content folder cannot be read", hint),))
    return build(drafts, today=today or datetime.now(UTC).date())


def read_drafts(source: Source, packs: Path | None = None) -> Drafts:
    reader = _Reader(Folder(source) if isinstance(source, Path) else Held(source))
    reader.pages()
    made = complete(reader.measures(), packs, source if isinstance(source, Path) else None)
    reader.kept(None, made.problems)
    reader.broken.update(f"measure:{name}" for name in made.broken)
    spoken = {Path(d.at.file).stem: d for d in reader.documents("texts/*.yaml")}
    texts = {language: reader.kept(*read_texts(d)) for language, d in spoken.items()}
    heard = reader.kept(*_understanding(tuple(reader.documents("understanding/*.yml"))))
    policies = {Path(d.at.file).stem: d for d in reader.documents("policy/*.yaml")}
    style = reader.kept(*read_writing(policies.get(WRITING)))
    safeties = tuple(reader.files("safety/*.yaml"))
    signatures = reader.kept(*read_signoff(next(reader.files(SIGNOFF), None)))
    # A file that could not be read has been reported; that its content is missing would only be said twice.
    policy, safety = None, None
    if not reader.failed("policy/"):
        policy = reader.kept(*read_policy({n: d for n, d in policies.items() if n != WRITING}))
    if not reader.failed("safety/"):
        safety = reader.kept(*_safety(safeties))
    if made.licensed:
        reader.kept(None, tuple(repeated(reader.texts(), made.licensed)))
    return Drafts(
        modules=tuple(reader.modules),
        groups=tuple(reader.groups),
        measures=made.measures,
        skeletons=made.skeletons,
        texts=texts,
        translators={language: header_of(d) for language, d in spoken.items()},
        understanding=heard.intents,
        second_net=heard.second_net,
        posts=heard.posts,
        alike=heard.alike,
        safety=safety,
        policy=policy,
        style=style,
        sentences={language: sentences_in(d) for language, d in spoken.items()},
        governed=tuple(header_of(document) for document in policies.values()),
        signatures=signatures,
        bodies=reader.bodies,
        sourced=tuple(reader.sourced(policies.values())),
        broken=frozenset(reader.broken),
        files=tuple(reader.looked),
        problems=tuple(reader.problems),
    )


# One edit of a folder leaves its other files as they were.
_module = lru_cache(maxsize=1024)(read_module)
_group = lru_cache(maxsize=64)(read_group)
_understanding = lru_cache(maxsize=4)(read_understanding)


@lru_cache(maxsize=4)
def _safety(files: tuple[File, ...]) -> tuple[SafetyDraft | None, tuple[Problem, ...]]:
    documents = [read_yaml(file.text, Place(file.name)) for file in files]
    broken = tuple(document for document in documents if isinstance(document, Problem))
    if broken:
        return None, broken
    return read_safety({d.at.file: d for d in documents if isinstance(d, Document)})


@dataclass
class _Reader:
    folder: Files
    modules: list[ModuleDraft] = field(default_factory=list)
    groups: list[GroupDraft] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    looked: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def kept(self, held: T, problems: tuple[Problem, ...]) -> T:
        self.problems.extend(problems)
        return held

    def failed(self, under: str) -> bool:
        return any(problem.file.startswith(under) for problem in self.problems)

    def sourced(self, documents: Iterable[Document]) -> Iterator[Sourced]:
        """Those that were understood: a key that is wrong has been reported, and needs no source."""
        for document in documents:
            if isinstance(document.data, dict) and not self.failed(document.at.file):
                yield Sourced(document.at, document.data, document.names)

    def pages(self) -> None:
        for pattern in ("modules/**/*.md", "answers/**/*.md", "groups/*.md"):
            for file in self.files(pattern):
                name = content_name(file.name)
                if name is None:
                    self.problems.append(
                        Place(file.name).problem("C006", "the file's name is odd", _NAME_HINT)
                    )
                elif name.kind == "module":
                    module = self.kept(*_module(file, name))
                    self.modules.append(module)
                    self._media(module)
                else:
                    self.groups.append(self.kept(*_group(file, name)))

    def _media(self, module: ModuleDraft) -> None:
        strays = set()
        for name in shown_by(module):
            held = self.folder.held(name, MEDIA_BYTES + 1)
            if held is not None:
                self.bodies[name] = held
            elif self.folder.leads_out(name):
                strays.add(name)
        self.problems.extend(media_problems(module, self.bodies, strays))

    def measures(self) -> Iterator[Placed[Measure]]:
        for document in self.documents("measures/*.yaml"):
            measure = read_measure(document)
            if isinstance(measure, tuple):
                self.problems.extend(measure)
                self.broken.add(f"measure:{Path(document.at.file).stem}")
            else:
                yield measure

    def documents(self, pattern: str) -> Iterator[Document]:
        for file in self.files(pattern):
            document = read_yaml(file.text, Place(file.name))
            if isinstance(document, Document):
                yield document
            else:
                self._fail(document)

    def files(self, pattern: str) -> Iterator[File]:
        for name in self.folder.names(pattern):
            self.looked.append(name.file if isinstance(name, Problem) else name)
            file = name if isinstance(name, Problem) else self._read(name)
            if isinstance(file, File):
                yield file
            else:
                self._fail(file)

    def texts(self) -> Iterator[File]:
        """Every text that was read so far."""
        for name, body in self.bodies.items():
            file = read_bytes(body, name) if name.endswith(TEXTS) else None
            if isinstance(file, File):
                yield file

    def _read(self, name: str) -> File | Problem:
        held = self.folder.held(name)
        if held is None:
            hint = "see that it is a file that you may read"
            return Place(name).problem("C001", "this file cannot be opened", hint)
        self.bodies[name] = held
        return read_bytes(held, name)

    def _fail(self, problem: Problem) -> None:
        """What the file would have defined is still known by its name, so that one fault is said once."""
        self.problems.append(problem)
        name = content_name(problem.file)
        if name:
            self.broken.add(f"{name.kind}:{name.key}")
        elif problem.file.startswith("measures/"):
            self.broken.add(f"measure:{Path(problem.file).stem}")
