"""What there is to read, as editors see it: files, their drafts, who signed them, and what would be published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from bot.core.library import Library
from bot.core.library.problems import Problem
from bot.core.library.signoff import people_needed, signers
from bot.ports import Draft
from bot.usecases import editing
from bot.usecases.publish import touched_by
from bot.web.desk.rule_change import rule_change
from bot.web.desk.seat import EDITORS, Seat, go
from bot.web.keys import SETTINGS

KINDS = {
    "modules": "Modules",
    "answers": "Quick answers",
    "groups": "Peer groups",
    "texts": "The service's own sentences",
    "measures": "Questionnaires",
    "policy": "Policy: when a score worries us, and who hears",
    "safety": "Safety rules and signposting",
    "understanding": "Examples of what people say",
}
MOST_RELEASES = 12
SIGNING = ("C402", "C420", "C422")  # told beside each file in words of their own


@dataclass(frozen=True)
class FileShown:
    """``needed``: how many people have to sign it; ``signed``: those who signed its text as it is now."""

    file: str
    title: str
    draft: Draft | None
    overtaken: bool
    needed: int
    signed: tuple[str, ...]
    errors: int
    warnings: int


async def show_list(seat: Seat) -> web.StreamResponse:
    bench = await editing.bench_of(seat.house, seat.service.id)
    bodies = bench.with_drafts()
    built = await editing.built_from(seat.house, bench, bodies)
    counted = Counter((p.file, str(p.level)) for p in built.problems if p.code not in SIGNING)
    shown = [_shown(bench, bodies, file, counted) for file in sorted(bodies) if bench.editable(file)]
    return seat.page(
        "content",
        kinds={name: [f for f in shown if f.file.startswith(f"{kind}/")] for kind, name in KINDS.items()},
        drafts=[f for f in shown if f.draft],
        newly_signed=bench.newly_signed(bodies),
        general=[p for p in built.problems if p.file not in bodies],
        colleagues=await seat.colleagues(),
        releases=(await seat.house.record.releases.list())[:MOST_RELEASES],
        in_force=bench.library.release,
        may_edit=seat.may(EDITORS),
        kept=bool(bench.bodies),
    )


def _shown(
    bench: editing.Bench, bodies: dict[str, bytes], file: str, counted: Counter[tuple[str, str]]
) -> FileShown:
    signed = signers(file, bodies[file], (*bench.library.signatures, *bench.signatures))
    return FileShown(
        file=file,
        title=title_of(bench.library, file),
        draft=bench.drafts.get(file),
        overtaken=bench.overtaken(file),
        needed=people_needed(file),
        signed=tuple(sorted(signed)),
        errors=counted[file, "error"],
        warnings=counted[file, "warning"],
    )


def title_of(library: Library, file: str) -> str:
    """As people call it; the file's own name where it has no title yet."""
    kind, _, name = file.partition("/")
    key = name.removesuffix(".md").removesuffix(".yaml").removesuffix(".en")
    match kind:
        case "modules" if key in library.modules:
            return library.modules[key].title
        case "answers" if f"{kind}/{key}" in library.modules:
            return library.modules[f"{kind}/{key}"].title
        case "groups" if key in library.groups:
            return library.groups[key].title
        case "measures" if key in library.measures:
            return library.measures[key].title
        case _:
            return name


# -- publishing ---------------------------------------------------------------------------------------


async def show_publish(seat: Seat) -> web.StreamResponse:
    """What would change, and whom it touches, before anything does."""
    bench = await editing.bench_of(seat.house, seat.service.id)
    files = sorted(bench.drafts)
    if not files and not bench.newly_signed(bench.bodies):
        return go("/desk/content")
    built = await editing.proposed(seat.house, bench, files)
    library = built.library
    strict = seat.request.app[SETTINGS].env == "production"
    return seat.page(
        "publish",
        files=files,
        title_of=lambda file: title_of(bench.library, file),
        newly_signed=bench.newly_signed(bench.with_drafts()),
        overtaken=[file for file in files if bench.overtaken(file)],
        errors=list(_errors(built.problems)),
        library=library,
        unsigned=library.unsigned if library else (),
        strict=strict,
        touched=await touched_by(seat.house, library) if library else None,
        rules=await rule_change(seat, files, library),
    )


def _errors(problems: tuple[Problem, ...]) -> Iterator[Problem]:
    return (problem for problem in problems if problem.level == "error")


async def publish(seat: Seat) -> web.StreamResponse:
    files = [file for file in seat.fields.get("files", "").split("\n") if file]
    strict = seat.request.app[SETTINGS].env == "production"
    release = seat.fields.get("release", "")
    await editing.publish_drafts(seat.house, seat.member, files, release, strict=strict)
    return go("/desk/content", said="published")
