"""One file under an editor's hands: its text, what is wrong with it, its history, and signing it as it stands."""

from __future__ import annotations

from urllib.parse import quote

import aiohttp_jinja2
from aiohttp import web

from bot.core.errors import Refused
from bot.core.library.limits import CONDITIONS, FILE_BYTES
from bot.core.library.problems import Problem
from bot.core.library.signoff import mark_of, people_needed, signers
from bot.core.library.steps import MODULE_FOLDERS
from bot.usecases import editing
from bot.web.desk import words
from bot.web.desk.contents import title_of
from bot.web.desk.rehearsing import module_of
from bot.web.desk.seat import EDITORS, SIGNERS, Seat, go

MOST_BYTES = 4 * FILE_BYTES  # as a form writes it, a letter may take three bytes


async def show(seat: Seat) -> web.StreamResponse:
    file = seat.request.query.get("file", "")
    bench = await editing.bench_of(seat.house, seat.service.id)
    if not bench.editable(file):
        raise Refused("not_found")
    body = bench.text_of(file)
    text = body.decode() if body is not None else _new_page(seat, file)
    draft = bench.drafts.get(file)
    built = await editing.built_from(seat.house, bench, bench.with_drafts(typed={file: text.encode()}))
    history = await seat.house.record.drafts.history(seat.service.id, file)
    wanted = seat.request.query.get("version", "")
    earlier = next((d for d in history if wanted.isdigit() and d.n == int(wanted)), None)
    return seat.page(
        "writing",
        file=file,
        title=title_of(bench.library, file),
        text=earlier.body.decode() if earlier else text,
        earlier=earlier,
        draft=draft,
        in_force=bench.bodies[file].decode() if file in bench.bodies and draft else None,
        overtaken=bench.overtaken(file),
        history=history,
        over=history[0].n if history else 0,
        base=bench.library.files.get(file, ""),
        mark=mark_of(file, body) if body is not None else "",
        signed=sorted(signers(file, body or b"", (*bench.library.signatures, *bench.signatures))),
        needed=people_needed(file),
        problems=tuple(p for p in built.problems if p.file == file),
        played=module_of(built.library, file),
        colleagues=await seat.colleagues(),
        may_edit=seat.may(EDITORS),
        may_sign=seat.may(SIGNERS),
        is_module=file.startswith(MODULE_FOLDERS),
    )


def _new_page(seat: Seat, file: str) -> str:
    """A page to begin with, which passes the checks. For whom a group is stands beside its name, not in it."""
    folder, _, name = file.rpartition("/")
    asked = seat.request.query.get("for", "")
    rest, _, _ = name.rpartition(".")
    stem, _, language = rest.rpartition(".")
    return aiohttp_jinja2.render_string(
        f"desk/new/{'module' if file.startswith('modules/') else 'group'}.md",
        seat.request,
        {
            "title": stem.replace("-", " ").capitalize(),
            "language": language,
            "condition": asked if asked in CONDITIONS else folder.rpartition("/")[2],
            "author": seat.service.name,
            "review_by": (seat.house.clock.now().date() + editing.READ_AGAIN).isoformat(),
        },
    )


async def begin(seat: Seat) -> web.StreamResponse:
    """A name for a new module or group, then its page."""
    condition, name = seat.fields.get("condition", ""), seat.fields.get("name", "")
    what = "group" if seat.fields.get("what") == "group" else "module"
    slug = "-".join("".join(c if c.isalnum() and c.isascii() else " " for c in name.lower()).split())[:60]
    if condition not in CONDITIONS or not slug:
        return go(f"/desk/content#new-{what}", said="")
    if what == "group":
        return go(f"{_page_of(f'groups/{slug}.en.md')}&for={condition}")
    return go(_page_of(f"modules/{condition}/{slug}.en.md"))


async def check(seat: Seat) -> web.StreamResponse:
    """The problems of a text as it is being typed."""
    bench = await editing.bench_of(seat.house, seat.service.id)
    file = seat.fields.get("file", "")
    if not bench.editable(file):
        raise Refused("not_found")
    problems = await editing.problems_in(seat.house, bench, file, seat.fields.get("text", ""))
    return web.json_response(
        {"problems": [_told(p) for p in problems]}, headers={"Cache-Control": "no-store"}
    )


def _told(problem: Problem) -> dict[str, object]:
    return problem.model_dump(include={"line", "column", "code", "level", "message", "hint"})


async def save(seat: Seat) -> web.StreamResponse:
    bench = await editing.bench_of(seat.house, seat.service.id)
    file, over = seat.fields.get("file", ""), seat.fields.get("over", "")
    if not bench.editable(file) or not (over.isascii() and over.isdigit() and len(over) < 9):
        raise Refused("stale_form")
    base = seat.fields.get("base") or None
    await editing.save(seat.house, seat.member, file, seat.fields.get("text", ""), over=int(over), base=base)
    return go(_page_of(file), said="saved")


async def withdraw(seat: Seat) -> web.StreamResponse:
    file = seat.fields.get("file", "")
    await editing.withdraw(seat.house, seat.service.id, file)
    return go(_page_of(file), said="withdrawn")


async def sign(seat: Seat) -> web.StreamResponse:
    file = seat.fields.get("file", "")
    role = ", ".join(words.ROLES[r] for r in sorted(seat.member.roles & SIGNERS))
    if seat.fields.get("read") != "yes":
        raise Refused("stale_form")
    await editing.sign(seat.house, seat.member, role, file, seat.fields.get("mark", ""))
    return go(_page_of(file), said="signed")


def _page_of(file: str) -> str:
    return f"/desk/content/file?file={quote(file)}"
