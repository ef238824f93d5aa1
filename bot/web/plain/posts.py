"""Posts of a group as its pages show them: what each answers, what is folded for this reader, and what is new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from bot.core.facts import Reaction, ReportReason, Warning
from bot.usecases.own_rooms import OwnRoom
from bot.usecases.room_now import RoomNow
from bot.web.frames import Msg
from bot.web.plain.wording import Voice

KINDS: tuple[str, ...] = get_args(Reaction)
TOPICS: tuple[str, ...] = get_args(Warning)
REASONS: tuple[str, ...] = get_args(ReportReason)
FIRST_WORDS = 48


@dataclass(frozen=True)
class Post:
    """``fold``: why its words are not shown at once. ``gone``: what is said in their place. ``quote``: what it answers, and
    where that stands. ``root``: of its thread, as far as that is loaded."""

    said: Msg
    name: str
    fold: str = ""
    gone: str = ""
    quote: str = ""
    root: int = 0
    answers: int = 0
    new: bool = False

    @property
    def whole(self) -> bool:
        return not self.gone and not self.said.held

    @property
    def can_be_reported(self) -> bool:
        return not self.said.mine and not self.gone


def posts_shown(
    posts: Sequence[Msg], mine: OwnRoom, muted_words: Mapping[UUID, str], t: Voice
) -> tuple[Post, ...]:
    """In their order."""
    by_seq = {post.seq: post for post in posts}
    roots = {seq: _root_of(seq, by_seq) for seq in by_seq}
    answers: dict[int, int] = {}
    for seq, root in roots.items():
        if root != seq and not by_seq[seq].withdrawn:
            answers[root] = answers.get(root, 0) + 1
    muted = mine.membership.muted if mine.membership is not None else ()
    folds = {post.seq: _fold_of(post, muted, muted_words.values(), t) for post in posts}
    return tuple(
        [
            Post(
                said=post,
                name=name_in(post, t),
                fold=folds[post.seq],
                gone=_gone(post, t),
                quote=_quote(post, by_seq, folds, t),
                root=roots[post.seq],
                answers=answers.get(post.seq, 0),
                new=_is_new(post, mine.seen.read_at),
            )
            for post in posts
        ]
    )


def name_in(post: Msg, t: Voice) -> str:
    return post.name or t.text(f"widget_chat_from_{post.sender}")


def _root_of(seq: int, by_seq: Mapping[int, Msg]) -> int:
    while (to := by_seq[seq].reply_to) is not None and to < seq and to in by_seq:
        seq = to
    return seq


def _gone(post: Msg, t: Voice) -> str:
    if post.withdrawn:
        return t.text("widget_group_withdrawn_own" if post.mine else "widget_group_withdrawn")
    return t.text("widget_group_hidden") if post.hidden else ""


def _fold_of(post: Msg, muted: Sequence[UUID], words: Iterable[str], t: Voice) -> str:
    if post.mine or post.hidden or post.withdrawn:
        return ""
    if post.by in muted:
        return t.text("widget_group_muted_post", name=name_in(post, t))
    if any(holds(post.text, word) for word in words):
        return t.text("widget_group_muted_word_post")
    return topic_of(post, t) if post.warning else ""


def topic_of(post: Msg, t: Voice) -> str:
    return t.text("widget_group_about", topic=t.text(f"widget_group_{post.warning}"))


def holds(text: str, word: str) -> bool:
    """From the beginning of a word on: what it grows into counts too.

    >>> [holds("My diets failed", word) for word in ("diet", "iet", "my DIET")]
    [True, False, True]
    """
    return re.search(rf"(?<!\w){re.escape(word.lower())}", text.lower()) is not None


def _quote(post: Msg, by_seq: Mapping[int, Msg], folds: Mapping[int, str], t: Voice) -> str:
    if post.reply_to is None:
        return ""
    to = by_seq.get(post.reply_to)
    if to is None:
        return t.text("widget_group_answer_to_earlier")
    return t.text("widget_group_answer_to", name=name_in(to, t), words=first_words(to, folds[to.seq], t))


def first_words(post: Msg, fold: str, t: Voice) -> str:
    instead = _gone(post, t) or fold
    text = " ".join(post.text.split())
    if instead or len(text) <= FIRST_WORDS:
        return instead or text
    return f"{text[:FIRST_WORDS].rpartition(' ')[0] or text[:FIRST_WORDS]} …"


def _is_new(post: Msg, read_at: datetime | None) -> bool:
    if post.mine or post.hidden or post.withdrawn or read_at is None:
        return False
    return post.shown_at is not None and post.shown_at > read_at


# -- the sentences on top -----------------------------------------------------------------------------


def counted(t: Voice, name: str, count: int, **more: object) -> str:
    return t.text(f"widget_group_{name}_one" if count == 1 else f"widget_group_{name}", count=count, **more)


def digest_of(mine: OwnRoom, t: Voice) -> str:
    """Empty where nothing is new, and for whoever was never here: they missed nothing."""
    missed = mine.missed
    if not missed.posts or mine.seen.read_at is None:
        return ""
    what = [
        f"{counted(t, 'digest_posts', missed.posts)} {counted(t, 'digest_people', missed.people)}",
        counted(t, "digest_replies", missed.replies) if missed.replies else "",
        counted(t, "digest_mentions", missed.mentions) if missed.mentions else "",
    ]
    return t.text("widget_group_digest", what=", ".join(part for part in what if part))


def presence_of(now: RoomNow, *, closed: bool, t: Voice) -> str:
    """Never that somebody reads when nobody does."""
    hosts = "host_here" if now.host else "asleep" if now.asleep else "host_away"
    said = [
        t.text("widget_group_over") if now.over else "",
        t.text("widget_group_week", week=now.week) if now.week and not now.over else "",
        t.text("widget_group_open_until", time=t.moment(now.open_until)) if now.open_until else "",
        t.text("widget_group_opens_at", time=t.moment(now.opens_at))
        if now.opens_at and not now.open_until
        else "",
        t.text("widget_group_closed") if closed and not now.opens_at else "",
        t.text(f"widget_group_{hosts}") if not closed else "",
    ]
    return " ".join(part for part in said if part)
