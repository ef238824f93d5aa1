"""What a group says of its kind, and what a course leads through: does it fit together, and is it there?"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from bot.core.library.drafts import Drafts, GroupDraft, ModuleDraft, Place
from bot.core.library.group_hours import Meets, read_hours
from bot.core.library.headers import Front, did_you_mean
from bot.core.library.policy import Policy
from bot.core.library.problems import Problem
from bot.core.library.steps import is_quick, plain_id

_OF_ONE_KIND = {"meets": "session", "starts-with": "course", "weeks": "course"}
_NEEDED = {"session": "meets", "course": "weeks"}
_EVERYBODY = "everybody"
_FEWEST_WEEKS = 2
HELP = "get_help_now"
"""What the button is called, in texts/en.yaml."""


def group_problems(draft: GroupDraft, front: Front, drafts: Drafts) -> Iterator[Problem]:
    """Of the English page: a translation takes all this from it."""
    if draft.header is None or draft.language != "en":
        return
    yield from _kind_problems(draft, front)
    yield from _never_begins(draft, front, drafts)
    yield from _nobody_there(draft, front)
    yield from _unknown_themes(draft, front, drafts)
    yield from _no_way_to_help(draft, drafts)
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


def _never_begins(draft: GroupDraft, front: Front, drafts: Drafts) -> Iterator[Problem]:
    """Of a course more than fit would have to wait for one another."""
    assert draft.header is not None
    numbers = drafts.policy.what.groups if drafts.policy else None
    size = front.number("size") or (numbers.size if numbers else 0)
    begin = front.number("starts-with") or (numbers.enough_to_open if numbers else 0)
    if not size or begin <= size or (front.text("kind") != "course" and "starts-with" not in front.values):
        return
    written = draft.header.values
    placed = written.get("starts-with") or written.get("size")
    at = placed.at if placed else draft.header.at
    where = "" if "starts-with" in front.values else f" ({begin}, of policy/groups.yaml)"
    hint = f"write starts-with: {size} or fewer, or make the room larger"
    yield at.problem("C023", f"more begin together{where} than one room takes", hint)


def _nobody_there(draft: GroupDraft, front: Front) -> Iterator[Problem]:
    """A session is led: it lies within the hours of its host."""
    assert draft.header is not None
    meets, hosted = front.values.get("meets"), read_hours(front.text("hours"))
    if not isinstance(meets, Meets) or hosted is None:
        return
    if meets.day not in hosted.days or meets.opens < hosted.opens or meets.closes > hosted.closes:
        written = draft.header.values["meets"]
        hint = f'write hours that take it in, such as hours: "{written.what}", or let it meet at another time'
        yield written.at.problem("C023", "it meets when no host looks in, by its 'hours'", hint)


def _no_way_to_help(draft: GroupDraft, drafts: Drafts) -> Iterator[Problem]:
    """A group is where somebody may first say it: the rules name the emergency number, and the button that is always there."""
    button = drafts.texts.get("en", {}).get(HELP)
    named = button.what if button else ""
    if draft.rules and not any("999" in rule.what and named in rule.what for rule in draft.rules):
        message = "no house rule says what to do in an emergency"
        hint = (
            f"write a rule such as: This is not a crisis service. If you are in danger, call 999. You can press *{named}* "
            "at any time"
        )
        yield draft.rules[0].at.problem("C403", message, hint)


def title_problems(groups: Sequence[GroupDraft]) -> Iterator[Problem]:
    """Patients choose by the title alone."""
    held: dict[tuple[str, str], GroupDraft] = {}
    for draft in sorted(groups, key=lambda group: group.key):
        written = draft.header.values.get("title") if draft.header else None
        if written is None or not isinstance(written.what, str):
            continue
        first = held.setdefault((draft.language, written.what.casefold().strip()), draft)
        if first is not draft:
            message = f"{first.at.file} has the same title"
            yield written.at.problem("C110", message, "say in the title what is different, or delete one")


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
