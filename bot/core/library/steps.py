"""A module as it runs: steps, and the parts that a step is made of."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from bot.core.checked import Checked

Level = Literal["now", "soon", "routine"]
AskKind = Literal["in your own words", "yes or no", "0 to 10", "a number", "a date", "pick one", "pick any"]


# A field that earlier releases did not have: where it says nothing it is not written, so that they keep their hashes.
_LEFT_OUT = Field(default="", exclude_if=operator.not_)


# -- conditions ---------------------------------------------------------------------------------------


class Compare(Checked):
    """``gad7 is 15 or more``: one comparison. ``low``/``high`` bound a number; ``word`` names an option."""

    kind: Literal["compare"] = "compare"
    subject: str
    how: Literal["is", "between", "at_least", "at_most", "rose", "fell", "skipped"]
    low: float | None = None
    high: float | None = None
    word: str | None = None


class AllOf(Checked):
    kind: Literal["and"] = "and"
    parts: tuple[Condition, ...]


class AnyOf(Checked):
    kind: Literal["or"] = "or"
    parts: tuple[Condition, ...]


Condition = Annotated[Compare | AllOf | AnyOf, Field(discriminator="kind")]


# -- parts --------------------------------------------------------------------------------------------


class Link(Checked):
    """A button. ``to``: ``#step``, ``#end``, ``#menu``, ``module:<id>`` or ``group:<id>``. ``lang``: see Say."""

    label: str
    to: str
    lang: str = _LEFT_OUT


class Say(Checked):
    """One bubble. Inline marks that survive: ``**strong**`` and ``*emphasis*``; ``{{ name }}`` is filled in.

    ``lang``: where it is not in the module's language: what a translation left as it was.
    """

    kind: Literal["say"] = "say"
    text: str
    lang: str = _LEFT_OUT


class Picture(Checked):
    kind: Literal["picture"] = "picture"
    source: str
    description: str
    captions: str | None = None


class Choose(Checked):
    kind: Literal["choose"] = "choose"
    links: tuple[Link, ...]


class Ask(Checked):
    """Wait for a reply and keep it as ``name``. ``options``: what can be picked, or the two end labels. ``lang``: see Say."""

    kind: Literal["ask"] = "ask"
    name: str
    how: AskKind
    text: str
    options: tuple[str, ...] = ()
    when: Condition | None = None
    lang: str = _LEFT_OUT


class CheckIn(Checked):
    kind: Literal["check_in"] = "check_in"
    measure: str
    when: Condition | None = None


class Branch(Checked):
    """``when`` is None for ``otherwise``. ``tell`` raises an alert of that level with the condition as its reason."""

    when: Condition | None
    reason: str = ""
    tell: Level | None = None
    says: tuple[Say, ...] = ()
    links: tuple[Link, ...] = ()


class When(Checked):
    """The first branch that holds is taken; none may hold."""

    kind: Literal["when"] = "when"
    branches: tuple[Branch, ...]


class Tell(Checked):
    kind: Literal["tell"] = "tell"
    level: Level
    reason: str


class Move(Checked):
    do: str
    seconds: int


class Exercise(Checked):
    """Rows repeated until ``seconds`` have passed, in the widget; the conversation waits for the patient."""

    kind: Literal["exercise"] = "exercise"
    seconds: int
    moves: tuple[Move, ...]
    when: Condition | None = None


class Goals(Checked):
    kind: Literal["goals"] = "goals"
    options: tuple[str, ...]
    many: bool = False


class Later(Checked):
    """A follow-up: a relative delay in seconds, or an RFC 5545 rule in the patient's time zone."""

    kind: Literal["later"] = "later"
    after_s: int | None = None
    rule: str | None = None
    at: str | None = None  # "09:00", the patient's own clock
    says: tuple[Say, ...] = ()
    links: tuple[Link, ...] = ()
    when: Condition | None = None


class Do(Checked):
    kind: Literal["do"] = "do"
    action: str
    when: Condition | None = None


Part = Annotated[
    Say | Picture | Choose | Ask | CheckIn | When | Tell | Exercise | Goals | Later | Do,
    Field(discriminator="kind"),
]


class Step(Checked):
    id: str
    title: str
    parts: tuple[Part, ...]


class Source(Checked):
    title: str
    by: str
    licence: str


ANSWERS = "answers/"
MODULE_FOLDERS = ("modules/", ANSWERS)
"""Where the files of modules lie."""


def is_quick(key: str) -> bool:
    """Whether a module is a quick answer: one short page that is looked up and walked past."""
    return key.startswith(ANSWERS)


def plain_id(key: str) -> str:
    """What a module or a group is called in whatever language or words: ``copd/breathing.easy.pl`` is ``copd/breathing``."""
    return key.partition(".")[0]


class Module(Checked):
    """``id`` is ``<condition>/<name>``, ``answers/<condition>/<name>`` for a quick answer; with ``.easy`` behind it for the
    simple-words variant. ``urgent_lang``: see Say.
    """

    id: str
    language: str
    title: str
    summary: str
    suits: tuple[str, ...]
    minutes: int
    uses: tuple[str, ...] = ()
    author: str
    clinical_lead: str
    signed: bool = False
    review_by: str
    licence: str
    sources: tuple[Source, ...] = ()
    urgent: str = ""
    urgent_lang: str = _LEFT_OUT
    asked: tuple[str, ...] = Field(default=(), exclude_if=operator.not_)
    """How people ask for it, in their own words; only the search reads them."""
    comes_after: tuple[str, ...] = Field(default=(), exclude_if=operator.not_)
    """The modules that are suggested before this one."""
    steps: tuple[Step, ...]

    @property
    def quick(self) -> bool:
        return is_quick(self.id)

    @property
    def file(self) -> str:
        """Its name in the content folder."""
        return f"{'' if self.quick else 'modules/'}{self.id}.{self.language}.md"

    @property
    def easy(self) -> bool:
        return self.id.endswith(".easy")

    @property
    def partly_foreign(self) -> bool:
        """Whether something of it stands in another language: what a translation left as it was."""
        return bool(self.urgent_lang) or any(_foreign(part) for step in self.steps for part in step.parts)

    def step(self, step_id: str) -> Step | None:
        return next((s for s in self.steps if s.id == step_id), None)

    def after(self, step_id: str) -> Step | None:
        """The step that this one falls through to."""
        ids = [s.id for s in self.steps]
        at = ids.index(step_id) + 1
        return self.steps[at] if at < len(ids) else None


def texts_of(part: Part) -> Iterator[str]:
    """Each bubble and question of it, whoever gets to read it; what is said on another day is not among them."""
    match part:
        case Say(text=text) | Ask(text=text):
            yield text
        case When(branches=branches):
            yield from (say.text for branch in branches for say in branch.says)


def _foreign(part: Part) -> bool:
    match part:
        case Say() | Ask():
            return bool(part.lang)
        case When():
            return any(say.lang for branch in part.branches for say in branch.says)
        case _:
            return False
