"""Content folders to publish: two editions that tell themselves apart in every sentence, and broken ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.core.library.limits import BUBBLE_WORDS, BUTTON_CHARACTERS, FILE_BYTES

EDITIONS = ("A", "B")
PAGE = "modules/copd/breathlessness-and-worry.en.md"
_TEXTS, _MEASURE = "texts/en.yaml", "measures/gad7.yaml"


def mark_of(edition: str) -> str:
    return f"Edition {edition}."


def make_edition(shipped: Path, folder: Path, edition: str) -> Path:
    """A copy of the shipped content: each paragraph, button and whole sentence bears the edition's mark."""
    shutil.copytree(shipped, folder)
    mark = mark_of(edition)
    for page in folder.glob("modules/**/*.md"):
        _, front, body = page.read_text("utf-8").split("---\n", 2)
        lines = "\n".join(_marked(line, mark) for line in body.split("\n"))
        page.write_text(f"---\n{front}---\n{lines}", "utf-8")
    texts = folder / _TEXTS
    sentences = texts.read_text("utf-8").split("\n")
    texts.write_text("\n".join(_marked_sentence(line, mark) for line in sentences), "utf-8")
    return folder


def _marked(line: str, mark: str) -> str:
    label, link, to = line.partition("](")
    if line.startswith("- [") and link:
        return f"{label} {mark}{link}{to}" if len(label) + len(mark) < BUTTON_CHARACTERS else line
    if line[:1].isalpha() or line.startswith("**"):
        return f"{line} {mark}" if len(line.split()) + 2 <= BUBBLE_WORDS else line
    return line


def _marked_sentence(line: str, mark: str) -> str:
    """Labels of buttons, which do not end like a sentence, stay as they are."""
    return f'{line[:-1]} {mark}"' if line.endswith(('."', '?"')) and ': "' in line else line


# -- broken -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """``says``: in the problem that the folder has to be refused with."""

    name: str
    harm: Callable[[Path], object]
    says: str

    def make(self, good: Path, folder: Path) -> Path:
        shutil.copytree(good, folder)
        self.harm(folder)
        return folder


def _swap(file: str, old: str, new: str) -> Callable[[Path], object]:
    def harm(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        if old not in text:
            raise ValueError(f"{file} does not hold {old!r}")
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")

    return harm


def _added(file: str, more: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes() + more)


def _no_urgent(folder: Path) -> None:
    before, _, rest = (folder / PAGE).read_text("utf-8").partition("::: urgent\n")
    (folder / PAGE).write_text(before + rest.partition(":::\n")[2], "utf-8")


def _led_out(folder: Path) -> None:
    outside = folder.parent / f"{folder.name}.md"
    (folder / PAGE).rename(outside)
    (folder / PAGE).symlink_to(Path("../../..") / outside.name)


BROKEN = (
    Broken(
        "a link to no step", _swap(PAGE, "(#breathe-with-me)", "(#nowhere)"), "there is no step '#nowhere'"
    ),
    Broken("a step taken out", _swap(PAGE, "## Getting help\n", ""), "there is no step '#getting-help'"),
    Broken("YAML that is none", _added(_MEASURE, b'\nhello: "never closed\n'), "this is not understood"),
    Broken(
        "an unknown measure", _swap(PAGE, "check-in gad7", "check-in gad77"), "there is no measure 'gad77'"
    ),
    Broken("no urgent block", _no_urgent, "the module has no 'urgent' block"),
    Broken(
        "two steps with one name",
        _added(PAGE, b"\n## Getting help\n\nAgain.\n\n- [Finish](#end)\n"),
        "there are two steps 'Getting help'",
    ),
    Broken("not UTF-8", _added(PAGE, b"\nCaf\xe9\n"), "this is not UTF-8 text"),
    Broken("an unseen character", _added(PAGE, b"\nA\x00b\n"), "that cannot be seen"),
    Broken("an empty file", lambda folder: (folder / PAGE).write_bytes(b""), "the front matter is missing"),
    Broken("a link out of the content", _swap(PAGE, "(#end)", "(../../../secret.md)"), "cannot be linked to"),
    Broken("a file that leads out", _led_out, "this leads out of the content folder"),
    Broken("an unknown block", _swap(PAGE, "::: goals", "::: shout"), "there is no block called 'shout'"),
    Broken(
        "a block never closed", _swap(PAGE, "somebody I like\n:::", "somebody I like\n"), "is never closed"
    ),
    Broken(
        "an unknown condition", _swap(PAGE, "for: [copd", "for: [plague"), "there is no condition 'plague'"
    ),
    Broken("an unknown answer", _swap(PAGE, "when alarm is", "when nobody is"), "no answer 'nobody'"),
    Broken("front matter with odd values", _swap(PAGE, "minutes: 12", "minutes: soon"), "a whole number"),
    Broken("front matter never closed", _swap(PAGE, "\n---\n", "\n"), "the front matter is never closed"),
    Broken("a huge file", _added(PAGE, b"\nOn and on." * (FILE_BYTES // 10)), "the file is larger than"),
    Broken("another wording of a measure", _swap(_MEASURE, "nervous", "jumpy"), "not the registered wording"),
    Broken(
        "a sentence with half a bracket", _swap(_TEXTS, "Hello {name}.", "Hello {name."), "curly brackets"
    ),
)
