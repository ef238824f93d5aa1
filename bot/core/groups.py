"""What a peer group asks of a post, before its room hears of it."""

from __future__ import annotations

from typing import Literal

from bot.core.library import Library
from bot.core.posts import Suspicion, held_for, suspected
from bot.core.safety import Screen, Tier

Verdict = Literal["pass", "hold", "refuse"]
SUSPECTED = "suspected_"
"""How the reason begins where no rule found anything and the second net of posts suspects a kind."""


def verdict_on(
    text: str,
    screen: Screen | None,
    library: Library,
    suspicion: Suspicion | None = None,
    *,
    first_post: bool = False,
) -> tuple[Verdict, str]:
    """What a group does with a post, and why: the kind of what it holds. A host decides on what is held.

    ``suspicion`` is None where the second net was late, absent or not asked: then the rules alone decide.
    """
    if not text.strip():
        return "refuse", "empty"
    if len(text) > library.policy.groups.max_characters:
        return "refuse", "too_long"
    if screen is None:
        return "hold", "unscreened"
    if screen.tier > Tier.NONE:
        return "hold", "distress"
    found = held_for(text, library.safety.held)
    if found:
        return "hold", found[0].kind
    posts = library.safety.posts
    if posts and (kind := suspected(suspicion, posts.suspected_from)):
        return "hold", f"{SUSPECTED}{kind}"
    return ("hold", "first_post") if first_post else ("pass", "")
