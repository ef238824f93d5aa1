"""What the file `content/safety/posts.yaml` holds: what a group's post may not hold, said in phrases and lists."""

import operator
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

HeldKind = Literal["contact", "link", "private_name", "method", "advice", "selling", "unkind"]
GRAVEST: tuple[HeldKind, ...] = (
    "method",
    "contact",
    "unkind",
    "advice",
    "selling",
    "private_name",
    "link",
)

Phrase = Annotated[str, Field(min_length=1, max_length=2000)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
WordList = tuple[str, ...]
"""Words in small letters; one entry may hold many, with spaces between."""


def listed(words: str) -> list[str]:
    """Words with spaces between, one by one."""
    return words.split()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PostExamples(_Strict):
    """Posts that the rule must find, and such as it must leave alone."""

    hit: tuple[str, ...] = Field(min_length=1)
    miss: tuple[str, ...] = Field(min_length=1)


class PostGuard(_Strict):
    """What makes a rule silent: it stands at most `before` words in front of what was found, or, where that is left
    out, anywhere near it in the same sentence."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    before: Annotated[int, Field(ge=0, le=12)] | None = None
    phrases: tuple[Phrase, ...] = Field(min_length=1)


class PostRule(_Strict):
    id: Identifier
    kind: HeldKind
    owner: Annotated[str, Field(min_length=1)]
    review_by: date
    patterns: tuple[Phrase, ...] = Field(min_length=1)
    guards: tuple[str, ...] = ()
    examples: PostExamples


class Helpline(_Strict):
    """A number that anybody may name in a post. ``source``: whose it is by what; ``checked``: when the two were compared.
    Both are missing in a release from before they were kept."""

    name: Annotated[str, Field(min_length=1)]
    number: Annotated[str, Field(pattern=r"^[0-9 ]{3,20}$")]
    source: str = ""
    checked: date | None = None


class PostNames(_Strict):
    """First names alone may stand; with a surname, or a title and a surname, a post waits."""

    first: WordList = ()
    last: WordList = ()
    """Surnames that are no ordinary words: known in small letters, too."""
    public: tuple[str, ...] = ()
    """Names that anybody may say, such as of charities and of people on television."""
    not_names: WordList = ()
    """What may follow a first name or a title with a capital and is no surname."""
    big_places: tuple[str, ...] = ()
    """Employers so large that they tell nobody who somebody is."""


class PostContent(_Strict):
    owner: Annotated[str, Field(min_length=1)]
    """Of the lists; each rule has its own."""
    review_by: date
    helplines: tuple[Helpline, ...] = ()
    read_as: Mapping[str, str] = {}
    """Beside that of `wording.yaml`."""
    groups: Mapping[str, tuple[Phrase, ...]] = {}
    guards: tuple[PostGuard, ...] = ()
    rules: tuple[PostRule, ...] = Field(min_length=1)
    names: PostNames = PostNames()
    suspected_from: Mapping[HeldKind, Annotated[float, Field(gt=0, le=1)]] = Field(
        default={}, exclude_if=operator.not_
    )
    """From which chance on the second net lets a post wait, by kind; a kind without a bar is never suspected."""
