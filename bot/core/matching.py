"""Which groups fit a person, and why: by what they live with and what they ask for. Never by who is in there or how lively
it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.library import Group, GroupKind, Stage

EVERYBODY = "everybody"
YOUR_LANGUAGE = "your_language"
_OF_ALL = frozenset({EVERYBODY, YOUR_LANGUAGE})
"""True of whoever reads it, so neither puts one group before another."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like to have in common, or how it goes on. Nothing asked for is a wish too."""

    theme: str = ""
    stage: Stage | None = None
    kind: GroupKind | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """``reasons``: codes in a fixed order, with an argument behind a colon: ``condition:diabetes``, ``theme:work``,
    ``stage:new``, ``kind:session``, ``everybody``, ``your_language``. ``foreign``: people there write in
    another language; such groups come last."""

    group: Group
    reasons: tuple[str, ...]
    foreign: bool = False

    def grants(self, wish: Wish) -> bool:
        """Whether all that was asked for is among the reasons."""
        return set(_granted(self.group, wish)) == set(_wished(wish))


def matched(
    groups: Iterable[Group], *, conditions: tuple[str, ...], language: str, wish: Wish | None = None
) -> tuple[Match, ...]:
    """Those for one of the conditions or for everybody, each in one form; the most reasons first, then by title.

    ``groups``: in all their languages. Whatever order they come in, the answer is the same.
    """
    fitting = [g for g in _forms(groups, language) if _suits(g, conditions)]
    several = len({g.language for g in fitting}) > 1
    wished = wish or Wish()
    found = [
        Match(
            g, _reasons(g, conditions, wished, own=several and g.language == language), g.language != language
        )
        for g in fitting
    ]
    return tuple(sorted(found, key=_rank))


def _forms(groups: Iterable[Group], language: str) -> Iterator[Group]:
    """Of each group the form in this language, or else the one that it was written in first."""
    forms: dict[str, list[Group]] = {}
    for group in groups:
        forms.setdefault(group.id, []).append(group)
    for held in forms.values():
        yield min(held, key=lambda g: (g.language != language, g.language != "en", g.language))


def _suits(group: Group, conditions: tuple[str, ...]) -> bool:
    return EVERYBODY in group.suits or not set(group.suits).isdisjoint(conditions)


def _reasons(group: Group, conditions: tuple[str, ...], wish: Wish, *, own: bool) -> tuple[str, ...]:
    shared = sorted({c for c in conditions if c in group.suits} - {EVERYBODY})
    return (
        *(f"condition:{condition}" for condition in shared),
        *_granted(group, wish),
        *((EVERYBODY,) if EVERYBODY in group.suits else ()),
        *((YOUR_LANGUAGE,) if own else ()),
    )


def _wished(wish: Wish) -> tuple[str, ...]:
    named = {"theme": wish.theme, "stage": wish.stage, "kind": wish.kind}
    return tuple([f"{what}:{name}" for what, name in named.items() if name])


def _granted(group: Group, wish: Wish) -> tuple[str, ...]:
    has = {
        *(f"theme:{theme}" for theme in group.themes),
        *(f"stage:{stage}" for stage in group.stages),
        f"kind:{group.kind}",
    }
    return tuple(reason for reason in _wished(wish) if reason in has)


def _rank(match: Match) -> tuple[bool, int, str, str]:
    many = sum(reason not in _OF_ALL for reason in match.reasons)
    return match.foreign, -many, match.group.title.casefold(), match.group.id
