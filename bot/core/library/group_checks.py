"""What a group says of its kind, and what a course leads through: does it fit together, and is it there?"""

from __future__ import annotations

from collections.abc import Container, Iterator

from bot.core.library.drafts import Drafts, GroupDraft, ModuleDraft, Place
from bot.core.library.headers import Front, did_you_mean
from bot.core.library.policy import Policy
from bot.core.library.problems import Problem
from bot.core.library.steps import is_quick, plain_id

_OF_ONE_KIND = {"meets": "session", "starts-with": "course", "weeks": "course"}
_NEEDED = {"session": "meets", "course": "weeks"}
_EVERYBODY = "everybody"
_FEWEST_WEEKS = 2


def group_problems(draft: GroupDraft, front: Front, drafts: Drafts) -> Iterator[Problem]:
    """Of the English page: a translation takes all this from it."""
    if draft.header is None or draft.language != "en":
        return
    yield from _kind_problems(draft, front)
    yield from _unknown_themes(draft, front, drafts)
    if "weeks" in front.values:
        yield from _week_problems(draft, front, drafts)


def theme_problems(policy: Policy, sentences: Container[str]) -> Iterator[Problem]:
    for theme in policy.groups.themes:
        key = f"group_theme_{theme}"
        if key not in sentences:
            hint = f"add to texts/en.yaml, and its translations: {key}: how patients call it"
            yield Place("policy/groups.yaml").problem("C415", f"the theme '{theme}' has no sentence", hint)


def _kind_problems(draft: GroupDraft, front: Front) -> Iterator[Problem]:
    assert draft.header is not None
    written = draft.header.values
    if "kind" in written and "kind" not in front.values:
        return  # which it should be is not known
    kind = front.text("kind") or "open"
    needed = _NEEDED.get(kind)
    if needed and needed not in written:
        yield draft.header.at.problem("C011", f"'{needed}' is missing", f"a {kind} needs it")
    for key, of in _OF_ONE_KIND.items():
        if key in written and kind != of:
            hint = f"write kind: {of}, or leave the line out"
            yield draft.header.names[key].problem("C023", f"only a {of} has '{key}'", hint)
    if draft.agenda and kind != "session":
        hint = "write kind: session, or leave the list out"
        yield draft.agenda[0].at.problem("C023", "only a session has an agenda", hint)
    size, begin = front.number("size"), front.number("starts-with")
    if size and begin > size:
        hint = f"begin with {size} or fewer, or make the room larger"
        yield written["starts-with"].at.problem("C023", "more begin together than one room takes", hint)


def _unknown_themes(draft: GroupDraft, front: Front, drafts: Drafts) -> Iterator[Problem]:
    if draft.header is None or drafts.policy is None:
        return
    known = drafts.policy.what.groups.themes
    for theme in front.texts("themes"):
        if theme not in known:
            at = draft.header.values["themes"].at
            hint = did_you_mean(theme, known, "add it to the themes of policy/groups.yaml")
            yield at.problem("C021", f"there is no theme '{theme}'", hint)


def _week_problems(draft: GroupDraft, front: Front, drafts: Drafts) -> Iterator[Problem]:
    assert draft.header is not None
    at = draft.header.values["weeks"].at
    modules = {
        m.id: m for m in drafts.modules if m.key == m.id and m.id == plain_id(m.id) and not is_quick(m.id)
    }
    if len(front.texts("weeks")) < _FEWEST_WEEKS:
        hint = "name a module for each week, in their order"
        yield at.problem("C115", f"a course takes {_FEWEST_WEEKS} weeks or more", hint)
    for week in front.texts("weeks"):
        if f"module:{week}" in drafts.broken:
            continue
        if week not in modules:
            yield at.problem("C115", f"there is no module '{week}'", did_you_mean(week, modules))
        elif left_out := _left_out(front.texts("for"), modules[week]):
            hint = f"take a module for {left_out} too, or leave them out of the group's 'for'"
            yield at.problem("C115", f"'{week}' is not for {left_out}", hint)


def _left_out(whose: tuple[str, ...], module: ModuleDraft) -> str:
    """Those of a group whom a module is not for; nobody where that is not known."""
    written = module.header.values.get("for") if module.header else None
    suits = written.what if written and isinstance(written.what, list) else None
    if suits is None or _EVERYBODY in suits:
        return ""
    return " and ".join(condition for condition in whose if condition not in suits)
