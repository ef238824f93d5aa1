"""A whole content folder as drafts, and as a Library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from bot.adapters.content_files.data import header_of
from bot.adapters.content_files.files import File, files_in
from bot.adapters.content_files.measures import read_measure
from bot.adapters.content_files.media import media_problems
from bot.adapters.content_files.names import content_name
from bot.adapters.content_files.pages import read_group, read_module
from bot.adapters.content_files.policy import read_policy
from bot.adapters.content_files.safety import read_safety
from bot.adapters.content_files.words import read_texts, read_understanding, sentences_in
from bot.adapters.content_files.writing import WRITING, read_writing
from bot.adapters.content_files.yaml import Document, read_yaml
from bot.core.library.build import Built, build
from bot.core.library.drafts import Drafts, GroupDraft, ModuleDraft, Place, Placed, Sourced
from bot.core.library.measures import Measure
from bot.core.library.problems import Problem

T = TypeVar("T")
_FOLDER = "give the folder that holds modules, measures, policy and so on"
_NAME_HINT = "name it like breathing.en.md, in lower case, with the language before .md"


def read_library(folder: Path, *, today: date | None = None) -> Built:
    """Everything in the folder, checked; whatever is wrong becomes a problem, never an exception."""
    if not folder.is_dir():
        return Built(None, (Place(folder.name).problem("C001", "there is no such content folder", _FOLDER),))
    try:
        drafts = read_drafts(folder)
    except OSError:  # it changes while it is read
        return Built(
            None, (Place(folder.name).problem("C001", "the content folder cannot be read", _FOLDER),)
        )
    return build(drafts, today=today or datetime.now(UTC).date())


def read_drafts(folder: Path) -> Drafts:
    reader = _Reader(folder)
    reader.pages()
    measures = tuple(reader.measures())
    written = {Path(d.at.file).stem: d for d in reader.documents("texts/*.yaml")}
    texts = {language: reader.kept(*read_texts(d)) for language, d in written.items()}
    understanding = reader.kept(*read_understanding(reader.documents("understanding/*.yml")))
    policies = {Path(d.at.file).stem: d for d in reader.documents("policy/*.yaml")}
    style = reader.kept(*read_writing(policies.get(WRITING)))
    safeties = {d.at.file: d for d in reader.documents("safety/*.yaml")}
    # A file that could not be read has been reported; that its content is missing would only be said twice.
    policy, safety = None, None
    if not reader.failed("policy/"):
        policy = reader.kept(*read_policy({n: d for n, d in policies.items() if n != WRITING}))
    if not reader.failed("safety/"):
        safety = reader.kept(*read_safety(safeties))
    return Drafts(
        modules=tuple(reader.modules),
        groups=tuple(reader.groups),
        measures=measures,
        texts=texts,
        understanding=understanding,
        safety=safety,
        policy=policy,
        style=style,
        sentences={language: sentences_in(d) for language, d in written.items()},
        governed=tuple(header_of(document) for document in policies.values()),
        sourced=tuple(reader.sourced(policies.values())),
        broken=frozenset(reader.broken),
        files=tuple(reader.files),
        problems=tuple(reader.problems),
    )


@dataclass
class _Reader:
    folder: Path
    modules: list[ModuleDraft] = field(default_factory=list)
    groups: list[GroupDraft] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
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
        for pattern in ("modules/**/*.md", "groups/*.md"):
            for file in self._files(pattern):
                name = content_name(file.name)
                if name is None:
                    self.problems.append(
                        Place(file.name).problem("C006", "the file's name is odd", _NAME_HINT)
                    )
                elif name.kind == "module":
                    module = self.kept(*read_module(file, name))
                    self.modules.append(module)
                    self.problems.extend(media_problems(module, self.folder))
                else:
                    self.groups.append(self.kept(*read_group(file, name)))

    def measures(self) -> Iterator[Placed[Measure]]:
        for document in self.documents("measures/*.yaml"):
            measure = read_measure(document)
            if isinstance(measure, tuple):
                self.problems.extend(measure)
                self.broken.add(f"measure:{Path(document.at.file).stem}")
            else:
                yield measure

    def documents(self, pattern: str) -> Iterator[Document]:
        for file in self._files(pattern):
            document = read_yaml(file.text, Place(file.name))
            if isinstance(document, Document):
                yield document
            else:
                self._fail(document)

    def _files(self, pattern: str) -> Iterator[File]:
        for file in files_in(self.folder, pattern):
            self.files.append(file.name if isinstance(file, File) else file.file)
            if isinstance(file, File):
                yield file
            else:
                self._fail(file)

    def _fail(self, problem: Problem) -> None:
        """What the file would have defined is still known by its name, so that one fault is said once."""
        self.problems.append(problem)
        name = content_name(problem.file)
        if name:
            self.broken.add(f"{name.kind}:{name.key}")
        elif problem.file.startswith("measures/"):
            self.broken.add(f"measure:{Path(problem.file).stem}")
