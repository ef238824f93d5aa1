"""Putting content in force: a library with an error never replaces the last good one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.core.errors import Misuse
from bot.core.library import Library, plain_id
from bot.core.library.difference import Change, differences
from bot.ports import Pointer
from bot.usecases.house import House

SHORTEST = 6  # characters of a release's name that are enough, where no other begins so


@dataclass(frozen=True)
class Touched:
    """``inside``: patients in the middle of a module that changes; ``planned``: follow-ups of it. By module. ``members``:
    people in the rooms of a group that changes, by group; ``left_behind``: of one that is taken away."""

    changes: tuple[Change, ...]
    inside: dict[str, int]
    planned: dict[str, int]
    members: dict[str, int] = field(default_factory=dict)
    left_behind: dict[str, int] = field(default_factory=dict)


async def publish(
    house: House,
    library: Library,
    by: str,
    *,
    bodies: Mapping[str, bytes] | None = None,
    over: str | None = None,
    urgent: bool = False,
) -> Pointer:
    """One pointer flips, in one transaction; this process swaps one reference, the others follow within a second.

    ``bodies``: the files that it was built from, by their names; those of an earlier release are kept already.
    ``over``: the release that it was made over. Raises Refused('draft_moved') where another is in force by now.
    """
    await house.understanding.prepare(library)
    pointer = await house.shelf.publish(
        library, by, house.clock.now(), bodies=bodies, over=over, urgent=urgent
    )
    for service in house.shelf.services():
        house.bus.hint(service.id, "release", {"n": pointer.n})
    return pointer


def refuse_unsigned(library: Library) -> None:
    """Production serves only what enough people signed as it stands. Raises Misuse with the first files that are not."""
    if library.unsigned:
        first = ", ".join(library.unsigned[:3])
        more = f" and {len(library.unsigned) - 3} more" if len(library.unsigned) > 3 else ""
        raise Misuse(
            f"production refuses what is not signed off as it stands: {first}{more}. "
            "See `bounceback content sign --help`"
        )


async def touched_by(house: House, library: Library) -> Touched:
    """What putting it in force would change, and for how many people."""
    changes = differences(house.shelf.library, library)
    modules = {change.id for change in changes if change.kind == "module"}
    inside: Counter[str] = Counter()
    planned: Counter[str] = Counter()
    for service in house.shelf.services():
        for opened in await house.record.releases.open_modules(service.id):
            if opened.module in modules:
                (planned if opened.release is None else inside)[opened.module] += 1
    groups = {plain_id(change.id) for change in changes if change.kind == "group"}
    there = {plain_id(key) for key in library.groups}
    members = await _members_of(house, groups)
    return Touched(
        changes,
        dict(inside),
        dict(planned),
        {group: count for group, count in members.items() if group in there},
        {group: count for group, count in members.items() if group not in there},
    )


async def _members_of(house: House, groups: Collection[str]) -> dict[str, int]:
    """None of a group in which nobody is."""
    found: Counter[str] = Counter()
    for service in house.shelf.services() if groups else ():
        for room in await house.record.peers.rooms(service.id):
            if room.group in groups:
                found[room.group] += len(await house.record.peers.members_of(service.id, room.id))
    return {group: count for group, count in sorted(found.items()) if count}


async def release_named(house: House, name: str) -> Library:
    """The kept release whose hash begins so. Raises Misuse where there is none, or more than one."""
    found = [r.release for r in await house.record.releases.list() if r.release.startswith(name.lower())]
    if len(name) < SHORTEST or len(found) != 1:
        raise Misuse(
            f"no one release begins with '{name}': give at least {SHORTEST} characters of a line of `bounceback releases`"
        )
    library = await house.record.releases.load(found[0])
    if library is None:
        raise Misuse(f"release {found[0][:12]} is not kept any more")
    return library
