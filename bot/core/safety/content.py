"""The clinical content of the screen, exactly as the files in `content/safety` hold it."""

import operator
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.core.posts.content import PostContent
from bot.core.safety.verdict import Tier

if TYPE_CHECKING:
    from bot.core.posts.held import HeldRules
    from bot.core.safety.examples import ExampleProblem
    from bot.core.safety.screen import Screener

Phrase = Annotated[str, Field(min_length=1, max_length=2000)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
Concern = Annotated[str, Field(pattern=r"^(risk|safeguarding|emergency:[a-z]+)$")]
Guard = Literal["negation", "past", "idiom", "information", "third_person", "self_only"]
Nation = Literal["england", "scotland", "wales", "northern_ireland"]
Kind = Literal[
    "glucose",
    "ketones",
    "urine_ketones",
    "temperature",
    "oxygen",
    "pulse",
    "blood_pressure",
    "blood_pressure_lower",
    "weight",
    "weight_gain",
    "weight_gain_week",
    "paracetamol",
    "tablets",
    "insulin",
]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Examples(Strict):
    """What a rule must catch, what it must at least take as a hint, and what it must leave alone (`miss`)."""

    hit: tuple[str, ...] = ()
    hint: tuple[str, ...] = ()
    miss: tuple[str, ...] = Field(min_length=1)


class Rule(Strict):
    id: Identifier
    category: Annotated[str, Field(pattern=r"^[a-z_0-9]+$")]
    tier: Tier
    concern: Concern
    owner: Annotated[str, Field(min_length=1)]
    review_by: date
    patterns: tuple[Phrase, ...] = ()
    hints: tuple[Phrase, ...] = ()
    """Too weak to speak alone: they ask the gentle question where the second net is worried too, or cannot be asked."""
    guards: tuple[Guard, ...] = ()
    conditions: tuple[str, ...] = ()
    """Speaks only for people with one of these (known, or named in the message). Empty: for everybody."""
    states: tuple[str, ...] = ()
    """Speaks only when one of these had just been asked. Empty: always."""
    says: str | None = None
    """The text that a patient reads first, where the concern's usual one does not fit."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,5}$")] = "en"
    """Of its words. An English word with a slip is not read as a short word of another language."""
    examples: Examples

    @model_validator(mode="after")
    def _says_and_shows_something(self) -> "Rule":
        shown = (
            ("patterns", self.patterns, "hit", self.examples.hit),
            ("hints", self.hints, "hint", self.examples.hint),
        )
        for name, phrases, under, examples in shown:
            if bool(phrases) != bool(examples):
                raise ValueError(f"{name} need an example under {under}, and such an example needs {name}")
        if not self.patterns and not self.hints:
            raise ValueError("a rule needs patterns, or hints")
        return self


class Guards(Strict):
    """Phrases that make a rule speak more softly, and those that take the softness back."""

    negation: tuple[Phrase, ...]
    negation_after: tuple[Phrase, ...]
    scope_breakers: tuple[Phrase, ...]
    clause_words: tuple[Phrase, ...]
    subjects: tuple[Phrase, ...]
    third_person: tuple[Phrase, ...]
    past: tuple[Phrase, ...]
    resolved: tuple[Phrase, ...]
    again: tuple[Phrase, ...]
    idioms: tuple[Phrase, ...]
    information: tuple[Phrase, ...]
    own_experience: tuple[Phrase, ...]
    retractions: tuple[Phrase, ...]
    distress: tuple[Phrase, ...]


class Wording(Strict):
    """How spellings and short forms are read, and the named word groups that patterns use as `<name>`."""

    read_as: Mapping[str, str]
    heard_as: Mapping[str, str] = {}
    """Real words that stand for others that sound alike ("I want to dye"): read so only where nothing else speaks."""
    fillers: tuple[str, ...]
    small_words: tuple[str, ...]
    """Words so short that a slip leaves no trace of them; inside a pattern any short non-word may stand for one."""
    groups: Mapping[str, tuple[Phrase, ...]]
    conditions: Mapping[str, tuple[Phrase, ...]]
    """Words by which a message names the writer's own condition."""


class Threshold(Strict):
    """A limit for one kind of reading. Exactly the limits that are set must all be met."""

    id: Identifier
    kind: Kind
    tier: Tier
    concern: Concern
    below: float | None = None
    at_least: float | None = None
    conditions: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    says: str | None = None
    owner: Annotated[str, Field(min_length=1)]
    review_by: date
    source: Annotated[str, Field(min_length=1)]


class Numbers(Strict):
    names: Mapping[Kind, tuple[Phrase, ...]]
    not_readings: tuple[Phrase, ...]
    """Words that show a number is a target, a limit or a question and not a reading."""
    beside: tuple[Phrase, ...] = ()
    """Words that add nothing to a reading: of a message with no others the limits alone judge."""
    thresholds: tuple[Threshold, ...]


class SecondNet(Strict):
    """From which chance on the second net asks its question, by concern, or (`hinted`) where a rule has hinted.

    It speaks only where no rule does."""

    risk: Annotated[float, Field(gt=0, le=1)]
    emergency: Annotated[float, Field(gt=0, le=1)]
    safeguarding: Annotated[float, Field(gt=0, le=1)]
    hinted: Annotated[float, Field(gt=0, le=1)]
    owner: Annotated[str, Field(min_length=1)]
    review_by: date


class Answers(Strict):
    """How typed answers are read where the question itself carries risk. A no may be said several times over, with
    what `said_with_no` lists beside it; more may be said before and after it, but nothing that is `unsure`."""

    not_at_all: tuple[str, ...]
    several_days: tuple[str, ...]
    plain_no: tuple[str, ...]
    said_with_no: tuple[str, ...] = ()
    unsure: Annotated[tuple[str, ...], Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    review_by: date


class SignpostLine(Strict):
    """One line a person can turn to."""

    text: Annotated[str, Field(min_length=1)]
    number: Annotated[str, Field(min_length=1)]
    coverage: str
    hours: str
    channel: Literal["phone", "text", "web"]
    source: Annotated[str, Field(min_length=1)]
    checked: date
    purpose: Literal["crisis", "emergency", "domestic_abuse", "no_voice", "under_18"] = "crisis"


class SignpostSet(Strict):
    nation: Nation | Literal["all"]
    language: str = "en"
    lines: tuple[SignpostLine, ...] = Field(min_length=1)


class RedFlag(Strict):
    """What to stop for, by condition, and what to do, in the patient's words."""

    id: Identifier
    condition: str
    signs: Annotated[str, Field(min_length=1)]
    act: Annotated[str, Field(min_length=1)]
    tier: Tier
    source: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    review_by: date


class SafetyContent(Strict):
    version: Annotated[str, Field(min_length=1)]
    rules: tuple[Rule, ...] = Field(min_length=1)
    guards: Guards
    wording: Wording
    ordinary_words: tuple[str, ...] = ()
    """Real words one slip away from a safety word: never corrected."""
    answers: Answers
    numbers: Numbers
    second_net: SecondNet
    signposting: tuple[SignpostSet, ...]
    red_flags: tuple[RedFlag, ...]
    posts: PostContent | None = Field(default=None, exclude_if=operator.not_)
    """What a peer group's post may not hold. None: numbers, addresses and links alone are found."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> "SafetyContent":
        """A copy is another content, so nothing that was worked out for this one goes with it."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return SafetyContent(**{**fields, **(update or {})})

    @cached_property
    def screen(self) -> "Screener":
        """Compiled once for all libraries that hold this very object. Raises PhraseError."""
        from bot.core.safety.screen import compile_screen  # which is written over this content

        return compile_screen(self)

    @cached_property
    def held(self) -> "HeldRules":
        """What a post is held for, compiled once like the screen. Raises PhraseError."""
        from bot.core.posts.held import HeldRules  # as above

        lines = (line.number for each in self.signposting for line in each.lines)
        wording = self.wording
        return HeldRules(self.posts, helplines=lines, read_as=wording.read_as, fillers=wording.fillers)

    def take_over(self, other: "SafetyContent") -> None:
        """Use what was compiled for another content that says the same, rather than compile it once more."""
        for made in ("screen", "held"):
            if made in other.__dict__ and self == other:
                self.__dict__[made] = other.__dict__[made]

    @cached_property
    def faults(self) -> "tuple[ExampleProblem, ...]":
        """See ``example_problems``; worked out once for all libraries that hold this very object."""
        from bot.core.safety.examples import example_problems  # as above

        return tuple(example_problems(self))


def gather(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Join the plain mappings of the safety files into one: lists of the same name follow each other, in file order.

    Raises ValueError with the name of a part that two files claim and that is no list.
    """
    whole: dict[str, Any] = {}
    for name in sorted(files):
        for part, held in files[name].items():
            if part not in whole:
                whole[part] = list(held) if isinstance(held, list) else held
            elif isinstance(held, list) and isinstance(whole[part], list):
                whole[part].extend(held)
            else:
                raise ValueError(f"{name}: {part} stands in two files")
    return whole
