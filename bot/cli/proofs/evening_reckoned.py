"""What an evening's room should hold and what its screens should show, beside what they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.cli.proofs.screens import Act, Device


@dataclass(frozen=True)
class PostKept:
    """``author``: a member's number; None of a host. ``text``: as it is kept, also of what is hidden. ``seen``: by others,
    once. ``at_once``: since it was placed. ``reactions``: which members pressed what."""

    seq: int
    post: str
    author: int | None
    text: str
    status: str = "shown"
    seen: bool = True
    at_once: bool = True
    reactions: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def told_to(self, reader: int) -> bool:
        return self.author == reader or (self.status != "held" and self.seen)

    @property
    def open(self) -> bool:
        return self.status in ("shown", "held")


@dataclass(frozen=True)
class Kept:
    """``offered``: the post's id by the message's, of each author in the order in which their Line took them up. ``reported``: by whom, which. ``told``: posts that an alert is about.

    ``paused``: members who were, at some time. ``cases``: those that the room's state holds open; ``case_rows``: those that
    stand at the desk.
    """

    posts: Mapping[int, PostKept]
    offered: Mapping[str, str] = field(default_factory=dict)
    not_placed: Mapping[str, str] = field(default_factory=dict)
    reported: Mapping[tuple[int, int], int] = field(default_factory=dict)
    told: frozenset[int] = frozenset()
    paused: frozenset[int] = frozenset()
    cases: Mapping[int, Any] = field(default_factory=dict)
    case_rows: frozenset[int] = frozenset()


def reckon_screen(kept: Kept, device: Device) -> Counter[str]:
    """One screen beside the record, from the first post of its window on."""
    slips: Counter[str] = Counter()
    theirs = [seq for seq, post in kept.posts.items() if post.told_to(device.member)]
    slips["missing on a screen"] = sum(seq >= device.first and seq not in device.posts for seq in theirs)
    for seq, seen in device.posts.items():
        if (post := kept.posts.get(seq)) is None or not post.told_to(device.member):
            slips["not there for this reader"] += 1
        elif not post.open:
            slips["hidden and still shown"] += bool(seen["text"]) or not (
                seen.get("hidden") or seen.get("withdrawn")
            )
        else:
            slips["words differ"] += seen["text"] != post.text or bool(seen.get("hidden"))
            pressed = {kind: len(who) for kind, who in post.reactions.items() if who}
            slips["reactions differ"] += seen.get("reactions", {}) != pressed
    return slips


def reckon_past(kept: Kept, device: Device) -> Counter[str]:
    """What one device showed on earlier connections and has let go of since. Whatever is not held comes in its order, so
    from the beginning of a connection to the last post that it showed none of those may be missing."""
    slips: Counter[str] = Counter()
    slips["missing on a screen"] = len(_before_the_window(kept, device) - device.ever.keys())
    for seq, seen in device.ever.items():
        if (post := kept.posts.get(seq)) is None or not post.told_to(device.member):
            slips["not there for this reader"] += seq < device.first
        elif seq < device.first and not (seen.get("hidden") or seen.get("withdrawn")):
            slips["words differ"] += seen["text"] != post.text
    return slips


def _before_the_window(kept: Kept, device: Device) -> set[int]:
    """What this device must have shown above its window."""
    return {
        seq
        for seq, post in kept.posts.items()
        if seq < device.first
        and post.at_once
        and post.told_to(device.member)
        and any(first <= seq <= last for first, last in device.stretches)
    }


def reckon_acts(kept: Kept, devices: Sequence[Device], did: Mapping[int, str]) -> Counter[str]:
    """What was acknowledged to members and to the host, beside the record."""
    slips: Counter[str] = Counter()
    in_room = {post.post: post for post in kept.posts.values()}
    pressed: dict[tuple[int, int, str], bool] = {}
    for device in devices:
        for act in device.sent:
            if act.seq is None:
                continue
            match act.kind:
                case "post":
                    post = kept.offered.get(act.id)
                    if post is None or (post not in in_room and post not in kept.not_placed):
                        slips["posts lost"] += 1
                    elif post in in_room:
                        slips["words lost"] += in_room[post].text != act.frame["text"]
                    else:
                        slips["posts not placed"] += not _turned_away(kept, post, device.member)
                case "report":
                    seq = act.frame["seq"]
                    slips["reports lost"] += (device.member, seq) not in kept.reported
                    slips["reports without an alert"] += seq not in kept.told
                case "react":
                    key = (device.member, act.frame["seq"], act.frame["kind"])
                    pressed[key] = act.frame.get("on", True)
    for (member, seq, kind), on in pressed.items():
        there = member in kept.posts[seq].reactions.get(kind, ())
        slips["reactions missing"] += on and not there
        slips["reactions not taken back"] += there and not on
    for seq, do in did.items():
        slips["decisions lost"] += (kept.posts[seq].status == "hidden") != (do == "hide")
    return slips


def _turned_away(kept: Kept, post: str, member: int) -> bool:
    """By the reports of others, and by nothing else: nobody leaves, the room is open all day, and there is no limit."""
    return kept.not_placed[post] == "paused" and member in kept.paused


def reckon_record(kept: Kept, devices: Sequence[Device], wrote: Sequence[str]) -> Counter[str]:
    """The record by itself: each thing once, no number left out, and whatever waits is known to the desk."""
    slips: Counter[str] = Counter()
    texts = Counter(post.text for post in kept.posts.values())
    slips["posts twice"] = sum(n - 1 for n in Counter(p.post for p in kept.posts.values()).values())
    for device in devices:
        slips["posts twice"] += sum(texts[act.frame["text"]] > 1 for act in device.sent if act.kind == "post")
    slips["host's posts lost"] = sum(texts[text] == 0 for text in wrote)
    slips["host's posts twice"] = sum(texts[text] > 1 for text in wrote)
    slips["reports twice"] = sum(n - 1 for n in kept.reported.values())
    slips["posts of a device out of order"] = sum(
        not act.overtook for act in before_an_earlier_one(kept, devices)
    )
    slips["posts not in the order of their author's Line"] = not_as_offered(kept)
    slips["gaps in the room"] = len(set(range(1, max(kept.posts, default=0) + 1)) - kept.posts.keys())
    slips["cases without a row"] = len(kept.cases.keys() - kept.case_rows)
    slips["rows without a case"] = len(kept.case_rows - kept.cases.keys())
    waiting = {case.seq for case in kept.cases.values()}
    slips["held without a case"] = sum(
        post.status == "held" and post.seq not in waiting for post in kept.posts.values()
    )
    return slips


def figures_of(kept: Kept, devices: Sequence[Device]) -> dict[str, Any]:
    acts = [act for device in devices for act in device.sent]
    acknowledged = Counter(act.kind for act in acts if act.seq is not None)
    return {
        "sent": len(acts),
        "acknowledged": dict(acknowledged),
        "refused": dict(Counter(f"{a.kind}: {a.refused}" for a in acts if a.refused)),
        "not_placed": dict(Counter(kept.not_placed.values())),
        **compared(kept, devices),
        "posts": dict(Counter(post.status for post in kept.posts.values())),
        "overtaken_by_the_other_device": sum(act.overtook for act in before_an_earlier_one(kept, devices)),
    }


def compared(kept: Kept, devices: Sequence[Device]) -> dict[str, int]:
    """``posts_for_screens``: each post, once for every device whose member may see it. ``posts_on_screens_compared``: those
    that stand, or must have stood, where that device looked."""
    theirs = {
        device: {seq for seq, post in kept.posts.items() if post.told_to(device.member)} for device in devices
    }
    looked_at = {
        device: {seq for seq in seqs if seq >= device.first or seq in device.ever}
        | _before_the_window(kept, device)
        for device, seqs in theirs.items()
    }
    return {
        "posts_for_screens": sum(map(len, theirs.values())),
        "posts_on_screens_compared": sum(map(len, looked_at.values())),
    }


def before_an_earlier_one(kept: Kept, devices: Sequence[Device]) -> Iterator[Act]:
    """Posts that stand before one which the same device wrote, and had acknowledged, earlier."""
    place = {post.post: seq for seq, post in kept.posts.items()}
    for device in devices:
        last = 0
        for act in device.sent:
            if act.kind == "post" and act.seq is not None:
                seq = place.get(kept.offered.get(act.id, ""), last)
                if seq < last:
                    yield act
                last = max(last, seq)


def not_as_offered(kept: Kept) -> int:
    """Posts that stand before one which their author's own Line had taken up earlier."""
    place = {post.post: (post.author, seq) for seq, post in kept.posts.items()}
    last: dict[int | None, int] = {}
    found = 0
    for author, seq in [place[post] for post in kept.offered.values() if post in place]:
        found += seq < last.get(author, 0)
        last[author] = max(last.get(author, 0), seq)
    return found
