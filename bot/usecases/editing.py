"""Editors at the desk: drafts over the release in force, checked, signed as they stand, and published as a release."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.errors import Refused
from bot.core.library import Library
from bot.core.library.build import Built
from bot.core.library.limits import CONDITIONS, FILE_BYTES
from bot.core.library.problems import Problem
from bot.core.library.signoff import NAME as SIGNOFF
from bot.core.library.signoff import Signature, mark_of, people_needed
from bot.core.values import ServiceId
from bot.ports import Draft, Pointer, StaffMember
from bot.usecases.house import House
from bot.usecases.publish import publish

READ_AGAIN = timedelta(days=365)
_TEXTS = (".md", ".yaml", ".yml")
_NEW = re.compile(
    rf"(?:modules/(?:{'|'.join(CONDITIONS)})|groups)/[a-z0-9][a-z0-9-]{{0,60}}(?:\.easy)?\.[a-z]{{2,3}}\.md"
)


@dataclass(frozen=True)
class Bench:
    """What lies before an editor: the release in force with its files, and the drafts over them by file."""

    library: Library
    bodies: Mapping[str, bytes] = field(repr=False)
    drafts: Mapping[str, Draft]
    signatures: tuple[Signature, ...]

    def text_of(self, file: str) -> bytes | None:
        """As an editor last saved it, or as it is in force."""
        draft = self.drafts.get(file)
        return draft.body if draft else self.bodies.get(file)

    def editable(self, file: str) -> bool:
        """A text of the content folder, or a page that could be one."""
        return file.endswith(_TEXTS) and (file in self.bodies or bool(_NEW.fullmatch(file)))

    def overtaken(self, file: str) -> bool:
        """Whether the file in force is another than the one that the draft was made over."""
        return file in self.drafts and self.drafts[file].base != self.library.files.get(file)

    def with_drafts(
        self, of: Collection[str] | None = None, typed: Mapping[str, bytes] | None = None
    ) -> dict[str, bytes]:
        """All files as they would be: with every draft, or those ``of`` some files, and what is being typed."""
        chosen = self.drafts if of is None else {file: self.drafts[file] for file in of}
        return {**self.bodies, **{file: draft.body for file, draft in chosen.items()}, **(typed or {})}

    def signed(self, bodies: Mapping[str, bytes]) -> list[Signature]:
        """The signatures that fit these files: of the release's own, and of those given at the desk."""
        given = {(s.file, s.who): s for s in (*self.library.signatures, *self.signatures)}
        return [s for s in given.values() if s.file in bodies and s.sha256 == mark_of(s.file, bodies[s.file])]

    def newly_signed(self, bodies: Mapping[str, bytes]) -> tuple[str, ...]:
        """The files whose signatures the release in force does not have yet."""
        known = set(self.library.signatures)
        return tuple(sorted({s.file for s in self.signed(bodies) if s not in known}))


async def bench_of(house: House, service: ServiceId) -> Bench:
    library = house.shelf.library
    drafts = await house.record.drafts.open(service)
    return Bench(
        library,
        await house.record.releases.files(library),
        {draft.file: draft for draft in drafts},
        tuple(await house.record.drafts.signatures(service)),
    )


async def built_from(house: House, bench: Bench, bodies: Mapping[str, bytes]) -> Built:
    """With the signatures that fit."""
    signatures = bench.signed(bodies)
    whole = {name: body for name, body in bodies.items() if name != SIGNOFF}
    if signatures:
        whole[SIGNOFF] = house.authoring.signoff(signatures)
    return await asyncio.to_thread(house.authoring.read, whole)


async def problems_in(house: House, bench: Bench, file: str, text: str) -> tuple[Problem, ...]:
    """What is wrong with a file, were it as somebody is typing it."""
    typed = {file: text.encode()}
    built = await built_from(house, bench, bench.with_drafts(typed=typed))
    return tuple(problem for problem in built.problems if problem.file == file)


async def save(
    house: House, member: StaffMember, file: str, text: str, *, over: int, base: str | None
) -> Draft:
    """A new version, whatever is wrong with it.

    ``over``: the version that the editor began with, 0 for none; ``base``: the hash of the file that was in force.
    Raises Refused('draft_moved') where somebody else saved a version meanwhile: theirs stays.
    """
    body = text.encode()
    if len(body) > FILE_BYTES:
        raise Refused("too_long")
    draft = Draft(file=file, n=over + 1, by=member.id, at=house.clock.now(), base=base, body=body)
    await house.record.drafts.save(member.service, draft)
    return draft


async def sign(house: House, member: StaffMember, role: str, file: str, mark: str) -> None:
    """Somebody read the text with this mark, word for word. Raises Refused('draft_moved') where it is another now."""
    bench = await bench_of(house, member.service)
    body = bench.text_of(file)
    if body is None or not people_needed(file) or mark_of(file, body) != mark:
        raise Refused("draft_moved")
    today = house.clock.now().date()
    signature = Signature(
        file=file,
        sha256=mark,
        who=member.name,
        role=role,
        on=today.isoformat(),
        review_by=(today + READ_AGAIN).isoformat(),
    )
    await house.record.drafts.sign(member.service, member.id, signature)


async def withdraw(house: House, service: ServiceId, file: str) -> None:
    """The draft stays in the history; the file in force is what counts again."""
    bench = await bench_of(house, service)
    if file in bench.drafts:
        await house.record.drafts.end(service, [bench.drafts[file]], "withdrawn")


async def proposed(house: House, bench: Bench, files: Iterable[str]) -> Built:
    """What publishing the drafts of these files would put in force."""
    return await built_from(house, bench, bench.with_drafts(of=[f for f in files if f in bench.drafts]))


async def publish_drafts(
    house: House, member: StaffMember, files: Collection[str], release: str, *, strict: bool
) -> Pointer:
    """Put the drafts in force that were shown as ``release``. ``strict``: only what is signed, as production wants it.

    Raises Refused: ``draft_moved`` where the drafts or the release under them are others than those that were shown,
    ``not_signed``, or ``content_broken`` where they do not build.
    """
    bench = await bench_of(house, member.service)
    built = await proposed(house, bench, files)
    if built.library is None:
        raise Refused("content_broken")
    if built.library.release != release or any(bench.overtaken(file) for file in files):
        raise Refused("draft_moved")
    if strict and built.library.unsigned:
        raise Refused("not_signed")
    pointer = await publish(
        house,
        built.library,
        by=f"{member.name}, at the desk",
        bodies=built.bodies,
        over=bench.library.release,
    )
    await house.record.drafts.end(
        member.service, [bench.drafts[f] for f in files if f in bench.drafts], "published"
    )
    return pointer
