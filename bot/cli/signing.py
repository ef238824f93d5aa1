"""``bounceback content``: signing a file as it stands, and writing a release out as files."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.authoring import check, read_drafts, write_signoff
from bot.cli.house import DATA, Data, with_house
from bot.cli.library import table
from bot.core.errors import Misuse
from bot.core.library.signoff import NAME, Signature, mark_of, people_needed, signers
from bot.settings import Settings, read_settings
from bot.usecases.house import House
from bot.usecases.publish import release_named

content_app = typer.Typer(
    help="Files of content: who signed them, and those of a release.", no_args_is_help=True
)
content_app.command()(table)


@content_app.command()
def sign(
    files: Annotated[list[str], typer.Argument(help="Names in the content folder, as `check` prints them.")],
    who: Annotated[str, typer.Option(help="Your name. You have read the file, word for word.")],
    role: Annotated[str, typer.Option(help="What you answer for it as, such as clinical lead.")],
    review_by: Annotated[
        str | None, typer.Option(help="When it is to be read again, like 2027-11-01. Left out: in a year.")
    ] = None,
    content: Annotated[Path, typer.Option(help="The content folder.")] = Path("content"),
) -> None:
    """Put your name to files as they stand, in SIGNOFF.toml. An edit undoes it."""
    today = datetime.now(UTC).date()
    until = _day(review_by) if review_by else today + timedelta(days=365)
    packs = read_settings().measure_packs
    drafts = read_drafts(content, packs)
    wrong = [p for p in check(content, packs=packs) if p.level == "error" and p.file in (*files, NAME)]
    if wrong:
        raise Misuse(f"{wrong[0].file}:{wrong[0].line} has an error; correct it first: {wrong[0].message}")
    kept = [placed.what for placed in drafts.signatures]
    for name in files:
        file = name.removeprefix(f"{content.as_posix()}/")
        body = drafts.bodies.get(file)
        if body is None or not people_needed(file):
            raise Misuse(
                f"there is nothing to sign at '{file}' in {content}: see `bounceback check {content}`"
            )
        if _says_unsigned(file, body):
            raise Misuse(
                f"{file} still calls itself unsigned: name who answers for it at clinical-lead, then sign"
            )
        for earlier in (s for s in kept if s.file == file and s.sha256 != mark_of(file, body)):
            typer.echo(f"{file} was signed by {earlier.who} on {earlier.on}, as another text.")
        kept = [s for s in kept if (s.file, s.who) != (file, who)]
        kept.append(
            Signature(
                file=file,
                sha256=mark_of(file, body),
                who=who,
                role=role,
                on=today.isoformat(),
                review_by=until.isoformat(),
            )
        )
        missing = people_needed(file) - len(signers(file, body, kept))
        typer.echo(f"{file} is signed by {who}{'; it needs a second person' if missing > 0 else ''}.")
    (content / NAME).write_text(write_signoff(kept), encoding="utf-8")


def _says_unsigned(file: str, body: bytes) -> bool:
    """A page's own word, in its front matter."""
    front = body.decode().partition("\n---")[0] if file.endswith(".md") else ""
    return any(line.startswith("clinical-lead:") and "unsigned" in line.lower() for line in front.split("\n"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misuse(f"'{text}' is not a date: write it like 2027-11-01") from None


@content_app.command()
def pull(
    folder: Annotated[
        Path, typer.Argument(help="Where the files go, such as the content folder of a repository.")
    ],
    release: Annotated[
        str | None, typer.Option(help="The first characters of a release's name; left out: the one in force.")
    ] = None,
    data: Data = DATA,
) -> None:
    """Write a release out as files, byte for byte. Files that it does not have are named and left alone."""

    async def do(house: House, _: Settings) -> list[str]:
        library = house.shelf.library if release is None else await release_named(house, release)
        bodies = await house.record.releases.files(library)
        if bodies.keys() != library.files.keys() or not bodies:
            raise Misuse(
                f"release {library.release[:12]} was made without its files, so it cannot be written out"
            )
        changed = [name for name, body in bodies.items() if _write(folder, name, body)]
        known = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        strange = sorted(known - bodies.keys())
        return [
            *(f"written: {name}" for name in changed),
            *(f"not in the release: {name}" for name in strange),
            f"Release {library.release[:12]}: {len(bodies)} files, {len(changed)} of them written.",
        ]

    for line in with_house(data, do):
        typer.echo(line)


def _write(folder: Path, name: str, body: bytes) -> bool:
    """Whether it was another before."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Misuse(f"'{name}' leads out of {folder}: nothing is written there")
    if path.is_file() and path.read_bytes() == body:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.half")
    half.write_bytes(body)
    half.replace(path)
    return True
