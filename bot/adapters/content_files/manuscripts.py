"""What an editor works on: a content folder, or one page that lies elsewhere and is read as a new module of a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from watchfiles import Change, awatch

from bot.adapters.content_files.files import File, Folder, read_bytes
from bot.adapters.content_files.folder import read_drafts
from bot.adapters.content_files.names import Name, content_name
from bot.adapters.content_files.pages import read_module
from bot.core.library.build import Built, build
from bot.core.library.drafts import Drafts, Place

_SETTLE_MS = 30
_DESK = "modules/everybody"


@dataclass(frozen=True)
class FileManuscript:
    """``page``: a page that lies outside of ``folder``; its problems and drafts name it as ``file``."""

    folder: Path
    page: Path | None = None
    shown: str | None = None

    def read(self) -> tuple[Drafts, Built]:
        """Everything as it stands now. Raises OSError while it changes under our hands."""
        drafts = read_drafts(self.folder)
        if self.page is not None:
            drafts = _with_page(self.page, drafts)
        return drafts, build(drafts, today=datetime.now(UTC).date())

    def called(self, file: str) -> str:
        elsewhere = self.page is not None and file == f"{_DESK}/{self.page.name}"
        return str(self.page if elsewhere else self.folder / file)

    async def changes(self) -> AsyncIterator[None]:
        home = self.folder.resolve()
        places = [home]
        if self.page is not None:  # who knows what else lies below the folder that it is in
            places += [self.page.resolve().parent, *(p for p in home.rglob("*") if p.is_dir())]
        watched = awatch(
            *places,
            watch_filter=self._of_ours,
            debounce=_SETTLE_MS,
            step=10,
            recursive=self.page is None,
        )
        async for _ in watched:
            yield

    def _of_ours(self, _: Change, path: str) -> bool:
        """Editors write beside a page and then rename: what they leave behind begins with a dot or ends in ~."""
        name = Path(path).name
        own = self.page is None or name == self.page.name or Path(path).is_relative_to(self.folder.resolve())
        return own and not name.startswith(".") and not name.endswith("~")


def _with_page(page: Path, drafts: Drafts) -> Drafts:
    held = Folder(page.parent).held(page.name)
    name, file_name = name_elsewhere(page), f"{_DESK}/{page.name}"
    if held is None:
        problem = Place(file_name).problem("C001", "this file cannot be opened", "see that it is still there")
        return replace(drafts, problems=(*drafts.problems, problem))
    file = read_bytes(held, file_name)
    if not isinstance(file, File):
        return replace(drafts, problems=(*drafts.problems, file))
    draft, problems = read_module(file, name)
    return replace(
        drafts,
        modules=(*(m for m in drafts.modules if m.key != name.key), draft),
        bodies={**drafts.bodies, file_name: held},
        problems=(*drafts.problems, *problems),
    )


def name_elsewhere(page: Path) -> Name:
    stem, _, language = page.stem.rpartition(".")
    return Name("module", f"everybody/{stem or language}", language if stem else "en")


def manuscript_at(path: Path, folder: Path | None, around: Path) -> FileManuscript:
    """``folder``: the content folder that ``path`` is in, if any; ``around``: the one that a page elsewhere joins."""
    if folder is None:
        return FileManuscript(around, path, name_elsewhere(path).key)
    if path.is_dir():
        return FileManuscript(folder)
    name = content_name(path.resolve().relative_to(folder.resolve()).as_posix())
    return FileManuscript(folder, None, name.key if name and name.kind == "module" else None)
