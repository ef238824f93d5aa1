"""What stands in a post for which it waits for a host. A false hold costs a wait; a missed phone number can cost a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.posts import addresses
from bot.core.posts.content import GRAVEST, HeldKind, PostContent, WordList, listed
from bot.core.posts.figures import figures_of, reachable_by
from bot.core.posts.letters import as_seen, closed_up
from bot.core.posts.persons import Persons
from bot.core.posts.wording import Wording

_PLACE_OF = {kind: place for place, kind in enumerate(GRAVEST)}


@dataclass(frozen=True)
class Found:
    """`rule`: of `posts.yaml`, or the name of a finder in code."""

    kind: HeldKind
    rule: str


class HeldRules:
    """Compiled once for one content. Without a file of rules numbers, addresses and links are found all the same.

    Raises PhraseError for a phrase that cannot be read.
    """

    def __init__(
        self,
        posts: PostContent | None = None,
        *,
        helplines: Iterable[str] = (),
        read_as: Mapping[str, str] | None = None,
        fillers: Sequence[str] = (),
    ) -> None:
        named = [*helplines, *(line.number for line in posts.helplines)] if posts else [*helplines]
        self.helplines = figures_of(named)
        self.wording = Wording(posts, read_as or {}, fillers) if posts else None
        names = posts.names if posts else None
        self.persons = (
            Persons(
                _words(names.first),
                _words(names.last),
                frozenset(names.public),
                _words(names.not_names),
                frozenset(names.big_places),
            )
            if names
            else None
        )


def held_for(text: str, rules: HeldRules) -> tuple[Found, ...]:
    """Everything that a member's post may not hold, each rule once, gravest first."""
    cased = as_seen(text)
    plain = cased.lower()
    found = [*_reached(cased, plain, rules)]
    if rules.wording:
        found += [Found(rule.kind, rule.id) for rule in rules.wording.found(plain)]
    if rules.persons and (sort := rules.persons.named(cased, plain)):
        found.append(Found("private_name", sort))
    if addresses.link(plain):
        found.append(Found("link", "site-address"))
    return tuple(sorted(dict.fromkeys(found), key=lambda each: _PLACE_OF[each.kind]))


def _reached(cased: str, plain: str, rules: HeldRules) -> Iterable[Found]:
    closed = closed_up(plain)
    number = reachable_by(plain, rules.helplines)
    if not number and closed != plain:
        number = reachable_by(closed, rules.helplines)
    if number:
        yield Found("contact", f"number-{number}")
    if addresses.email(closed):
        yield Found("contact", "email-address")
    if addresses.handle(cased, plain):
        yield Found("contact", "handle")
    if addresses.postcode(cased, plain):
        yield Found("contact", "postcode")
    if addresses.house(cased, plain):
        yield Found("contact", "house-address")


def _words(lists: WordList) -> frozenset[str]:
    return frozenset(word for each in lists for word in listed(each))
