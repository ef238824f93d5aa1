"""All published content at one version."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, get_args

from pydantic import Field

from bot.core.checked import Checked
from bot.core.errors import Misuse
from bot.core.library.group_hours import HostHours, Meets
from bot.core.library.measures import Item, Measure
from bot.core.library.policy import Policy
from bot.core.library.signoff import Signature
from bot.core.library.steps import Module, plain_id
from bot.core.safety import SafetyContent, Screener
from bot.core.shown import Answer, Question


def _question(measure: Measure, item: Item) -> Question:
    answers = measure.answers(item)
    low, high = answers.bounds
    kind: Literal["options", "scale", "count"] = (
        "scale" if answers.scale else "count" if answers.count else "options"
    )
    return Question(
        item=f"{measure.id}.{item.id}",
        text=item.text or measure.lead,
        kind=kind,
        stem=measure.stem,
        options=tuple(Answer(value=o.points, label=o.label) for o in answers.options),
        min=None if answers.options else low,
        max=None if answers.options else high,
        min_label=answers.scale.low_label if answers.scale else "",
        max_label=answers.scale.high_label if answers.scale else "",
    )


_TEXTS = (".md", ".yaml", ".yml", ".toml")


def file_hash(body: bytes) -> str:
    """SHA-256 of the very bytes, by which a release's files are kept."""
    return hashlib.sha256(body).hexdigest()


GroupKind = Literal["open", "session", "course"]
GROUP_KINDS: tuple[GroupKind, ...] = get_args(GroupKind)
Stage = Literal["new", "living", "after"]
STAGES: tuple[Stage, ...] = get_args(Stage)


def _is_open(kind: str) -> bool:
    return kind == "open"


class Group(Checked):
    """A peer group as content describes it; who is in it stands in its Line.

    ``kind``: always there, an hour a week (``meets``, with its ``agenda``), or so many who begin together
    (``starts_with``) and do a module a week (``weeks``). ``stages``: none for any. ``size``: what one room takes, None for
    what the policy says. ``hosted``: ``hours``, read; None of a release that was published before they were.
    """

    id: str
    language: str
    title: str
    summary: str
    suits: tuple[str, ...]
    hours: str
    host: str
    welcome: str
    rules: tuple[str, ...]
    clinical_lead: str
    review_by: str
    licence: str
    kind: GroupKind = Field(default="open", exclude_if=_is_open)
    themes: tuple[str, ...] = Field(default=(), exclude_if=operator.not_)
    stages: tuple[Stage, ...] = Field(default=(), exclude_if=operator.not_)
    size: int | None = Field(default=None, exclude_if=operator.not_)
    meets: Meets | None = Field(default=None, exclude_if=operator.not_)
    agenda: tuple[str, ...] = Field(default=(), exclude_if=operator.not_)
    starts_with: int | None = Field(default=None, exclude_if=operator.not_)
    weeks: tuple[str, ...] = Field(default=(), exclude_if=operator.not_)
    hosted: HostHours | None = Field(default=None, exclude_if=operator.not_)


class Library(Checked):
    """Served truth. Its id is the hash of its own content, so equal content is one release."""

    modules: dict[str, Module]
    measures: dict[str, Measure]
    groups: dict[str, Group]
    texts: dict[str, dict[str, str]]
    understanding: dict[str, tuple[str, ...]]
    alike: tuple[tuple[str, ...], ...] = Field(default=(), exclude_if=operator.not_)
    """Words that stand for one another in a search."""
    second_net: dict[str, tuple[str, ...]] = Field(default={}, exclude_if=operator.not_)
    """What the second net learns from: messages by their concern, and by what kind of it."""
    posts: dict[str, tuple[str, ...]] = Field(default={}, exclude_if=operator.not_)
    """What the second net of posts learns from: posts by the kind of what they may not hold, and good ones."""
    safety: SafetyContent
    policy: Policy
    signatures: tuple[Signature, ...] = ()
    unsigned: tuple[str, ...] = ()
    """The files that too few people signed as they are."""
    files: dict[str, str] = {}
    """What it was built from: each file's name in the content folder, and the hash of its bytes."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Library:
        """A copy is another content, so nothing that was worked out for this one goes with it."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**{**fields, **(update or {})})

    @classmethod
    def as_kept(cls, text: bytes) -> Library:
        """From the text that its hash was taken over, which stays its id whatever fields this version adds."""
        library = cls.model_validate_json(text)
        library.__dict__["release"] = hashlib.sha256(text).hexdigest()
        return library

    @cached_property
    def release(self) -> str:
        """SHA-256 of the canonical JSON, as 64 hex digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @cached_property
    def media(self) -> Mapping[str, str]:
        """Pictures, sounds, films and captions: the name of each file, by the hash of its bytes."""
        return {mark: name for name, mark in self.files.items() if not name.endswith(_TEXTS)}

    def address_of(self, file: str) -> str:
        """Where a browser finds a picture, sound or film; nothing for a file that is not there."""
        mark = self.files.get(file)
        return f"/media/{mark}/{file.rpartition('/')[2]}" if mark else ""

    @property
    def screen(self) -> Screener:
        return self.safety.screen

    @cached_property
    def questions(self) -> dict[str, tuple[Question, ...]]:
        """Each measure's items as they are put on the screen."""
        return {m.id: tuple(_question(m, item) for item in m.items) for m in self.measures.values()}

    def say(self, key: str, language: str = "en", values: Mapping[str, str] | None = None) -> str:
        """One of the service's own sentences, in ``language`` or else in English."""
        texts = self.texts.get(language, {})
        text = texts.get(key) or self.texts["en"].get(key)
        if text is None:
            raise Misuse(f"texts/en.yaml has no sentence '{key}'")
        return text.format_map(values) if values else text

    def tongue(self, key: str, language: str) -> str:
        """The language in which ``say`` says it."""
        return language if self.texts.get(language, {}).get(key) else "en"

    def speaks(self, language: str) -> str:
        """``language`` where the service has sentences in it, else English."""
        return language if language in self.texts else "en"

    def module_key(self, key: str, language: str = "en", *, easy: bool = False) -> str:
        """Of all the forms of a module the one for somebody who reads ``language``, in easier words if they like them.

        Their own language comes before easier words. Where there is none at all, the key of the English page.
        """
        name = plain_id(key)
        own = name if language == "en" else f"{name}.{language}"
        easier = f"{name}.easy" if language == "en" else f"{name}.easy.{language}"
        wanted = (easier, own) if easy else (own,)
        last = (f"{name}.easy",) if easy else ()
        return next((k for k in (*wanted, *last) if k in self.modules), name)

    def has_easier(self, key: str, language: str = "en") -> bool:
        """Whether the module has a form in easier words in the language in which it is shown."""
        shown = self.modules.get(self.module_key(key, language))
        easier = self.modules.get(self.module_key(key, language, easy=True))
        return shown is not None and easier is not None and easier.easy and easier.language == shown.language

    def module(self, key: str, language: str = "en", *, easy: bool = False) -> Module | None:
        return self.modules.get(self.module_key(key, language, easy=easy))

    def group(self, key: str, language: str = "en") -> Group | None:
        """In ``language``, or else as it was written first."""
        name = plain_id(key)
        return self.groups.get(f"{name}.{language}") or self.groups.get(name)

    def modules_for(self, conditions: tuple[str, ...]) -> tuple[Module, ...]:
        """Those that suit any of the conditions, or everybody, in the order of their ids; no variants or translations."""
        return tuple(m for m in self._suiting(conditions) if not m.quick)

    def answers_for(self, conditions: tuple[str, ...]) -> tuple[Module, ...]:
        """The quick answers, as ``modules_for`` gives the modules."""
        return tuple(m for m in self._suiting(conditions) if m.quick)

    def _suiting(self, conditions: tuple[str, ...]) -> Iterator[Module]:
        wanted = {*conditions, "everybody"}
        plain = (m for key, m in sorted(self.modules.items()) if key == m.id and not m.easy)
        return (m for m in plain if wanted & set(m.suits))

    def places_in(self, group: Group) -> int:
        """How many one room takes before the next one opens."""
        return group.size or self.policy.groups.size

    def begins_with(self, group: Group) -> int:
        """How many begin a course together."""
        return group.starts_with or self.policy.groups.enough_to_open

    def groups_for(self, conditions: tuple[str, ...]) -> tuple[Group, ...]:
        wanted = {*conditions, "everybody"}
        plain = (g for key, g in sorted(self.groups.items()) if key == g.id)
        return tuple(g for g in plain if wanted & set(g.suits))
