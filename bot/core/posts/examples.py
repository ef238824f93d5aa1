"""Content check C6 for posts: every rule finds what it promises to find, and leaves alone what it promises to leave."""

from collections.abc import Iterator

from bot.core.posts.content import PostContent
from bot.core.posts.held import HeldRules, held_for

Path = tuple[str | int, ...]


def broken_promises(posts: PostContent, rules: HeldRules) -> Iterator[tuple[str, str, str, Path]]:
    """Each as the rule, what is wrong, what to do, and where in the content it stands."""
    seen: set[str] = set()
    for n, rule in enumerate(posts.rules):
        path: Path = ("posts", "rules", n)
        if rule.id in seen:
            yield rule.id, "two rules have this name", "give one of them another id", (*path, "id")
        seen.add(rule.id)
        for m, example in enumerate(rule.examples.hit):
            if rule.id not in {found.rule for found in held_for(example, rules)}:
                hint = "widen a pattern or take a guard away"
                yield rule.id, f"should hold “{example}” and does not", hint, (*path, "examples", "hit", m)
        for m, example in enumerate(rule.examples.miss):
            if rule.id in {found.rule for found in held_for(example, rules)}:
                hint = "narrow a pattern or add a guard"
                yield rule.id, f"should let “{example}” pass", hint, (*path, "examples", "miss", m)
