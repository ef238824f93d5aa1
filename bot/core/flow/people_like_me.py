"""People like me: the groups that fit, why each is shown, and when it meets. Never who is in there, nor how many."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.core.flow import calendar
from bot.core.flow.voice import Talk, language_of, offer, sentence, speak, titled
from bot.core.library import STAGES, Group, Stage
from bot.core.matching import EVERYBODY, YOUR_LANGUAGE, Match, Wish, matched
from bot.core.pen import Button
from bot.core.shown import Shown

KEYS = "people:"
ASK, NOT_NOW = "people:else", "people:no"
MOST_SHOWN = 4
_MORE, _THEME, _STAGE = "more", "theme", "stage"


def choose(pen: Talk, key: str) -> None:
    """A button of this file: ``people:theme:work``, ``people:more:theme:work:4``."""
    _, what, *rest = key.split(":")
    if what == _MORE:
        show(pen, _wish(pen, *rest[:-1]), int(rest[-1]))
    elif key == ASK:
        ask(pen)
    else:
        show(pen, _wish(pen, what, *rest))


def show(pen: Talk, wish: Wish | None = None, start: int = 0) -> None:
    """The best few, from ``start`` on. With a wish only what grants it."""
    wish = wish or Wish()
    every = _matches(pen, wish)
    found = [m for m in every if m.grants(wish)]
    shown = found[start : start + MOST_SHOWN]
    if not shown:
        _none(pen, wish, some=bool(every))
        return
    speak(pen, "people_intro" if len(shown) > 1 else "people_intro_one")
    for match in shown:
        _show(pen, match)
    buttons = titled(pen, "group", *(m.group.id for m in shown))
    if len(found) > start + MOST_SHOWN:
        buttons += (_button(pen, f"{KEYS}{_MORE}{_asked(wish)}:{start + MOST_SHOWN}"),)
    offer(pen, buttons, *_fixed(every))


def ask(pen: Talk) -> None:
    """What they would like to share: only what leads somewhere."""
    themes, stages = in_common(pen, _matches(pen, Wish()))
    keys = (*(f"{KEYS}{_STAGE}:{s}" for s in stages), *(f"{KEYS}{_THEME}:{t}" for t in themes))
    speak(pen, "people_ask")
    offer(pen, tuple(_button(pen, key) for key in keys), NOT_NOW)


def in_common(pen: Talk, every: Iterable[Match]) -> tuple[tuple[str, ...], tuple[Stage, ...]]:
    """The themes and the stages that lead somewhere, in the order of the content."""
    groups = [m.group for m in every]
    themes = pen.moment.library.policy.groups.themes
    return (
        tuple(t for t in themes if any(t in g.themes for g in groups)),
        tuple(s for s in STAGES if any(s in g.stages for g in groups)),
    )


def label(pen: Talk, key: str) -> str:
    """A theme may be gone with its sentence since the button was offered."""
    text = _label(key)
    return sentence(pen, text) if text in pen.moment.library.texts["en"] else key


def _label(key: str) -> str:
    _, what, *rest = key.split(":")
    return "people_more" if what == _MORE else f"group_{what}_{rest[0]}"


def _button(pen: Talk, key: str) -> Button:
    return Button(key, label(pen, key), pen.moment.library.tongue(_label(key), language_of(pen)))


def _wish(pen: Talk, what: str = "", name: str = "") -> Wish:
    """None of what there is no more."""
    match what:
        case "theme" if name in pen.moment.library.policy.groups.themes:
            return Wish(theme=name)
        case "stage":
            return Wish(stage=next((s for s in STAGES if s == name), None))
        case _:
            return Wish()


def _asked(wish: Wish) -> str:
    if wish.theme:
        return f":{_THEME}:{wish.theme}"
    return f":{_STAGE}:{wish.stage}" if wish.stage else ""


def _fixed(every: tuple[Match, ...]) -> tuple[str, ...]:
    asks = any(m.group.themes or m.group.stages for m in every)
    return (*((ASK,) if asks else ()), NOT_NOW)


def fitting(pen: Talk, wish: Wish | None = None) -> tuple[Match, ...]:
    """Of the groups that have a room here, those that they are in as well."""
    return _matched(pen, wish, lambda _: True)


def _matches(pen: Talk, wish: Wish) -> tuple[Match, ...]:
    """Of the groups that have a room here and that they are not in yet."""
    return _matched(pen, wish, lambda g: not _is_in(pen, g))


def _matched(pen: Talk, wish: Wish | None, which: Callable[[Group], bool]) -> tuple[Match, ...]:
    groups, rooms = pen.moment.library.groups.values(), pen.moment.service.rooms
    there = [g for g in groups if g.id in rooms and which(g)]
    return matched(there, conditions=pen.state.profile.conditions, language=language_of(pen), wish=wish)


def _is_in(pen: Talk, group: Group) -> bool:
    membership = pen.state.rooms.get(group.id)
    return membership is not None and membership.status == "member"


def _none(pen: Talk, wish: Wish, *, some: bool) -> None:
    if wish.theme or wish.stage:
        speak(pen, "people_none_such", what=wished(pen, wish))
        offer(pen, (), *((ASK,) if some else ()), "menu:group", "menu:menu")
        return
    joined = any(m.status == "member" for m in pen.state.rooms.values())
    speak(pen, "people_joined_all" if joined else "people_none")
    offer(pen, (), "menu:menu")


def wished(pen: Talk, wish: Wish) -> str:
    return sentence(pen, f"group_theme_{wish.theme}" if wish.theme else f"group_stage_{wish.stage}")


# -- one of them --------------------------------------------------------------------------------------


def _show(pen: Talk, match: Match) -> None:
    """What it is, as its page says; why it is shown and when it meets, in their own language."""
    group = match.group
    about = f"**{group.title}**\n{group.summary}"
    why = "\n".join((because(pen, match), rhythm(pen, group), *foreign(pen, match)))
    tongue = pen.moment.library.tongue("people_see", language_of(pen))
    step = f"group:{group.id}"
    if tongue == group.language:
        pen.show(Shown(text=f"{about}\n{why}", lang=tongue), step=step)
    else:
        pen.show(Shown(text=about, lang=group.language), step=step)
        pen.show(Shown(text=why, lang=tongue), step=step)


def because(pen: Talk, match: Match) -> str:
    *first, last = [_reason(pen, reason) for reason in match.reasons]
    reasons = last
    if first:
        reasons = sentence(pen, "people_and", first=", ".join(first), last=last)
    return sentence(pen, "people_see", reasons=reasons)


def _reason(pen: Talk, reason: str) -> str:
    what, _, name = reason.partition(":")
    match what:
        case "condition":
            return sentence(pen, f"because_{name}")
        case "theme" | "stage" | "kind":
            return sentence(pen, "people_because_chose", what=sentence(pen, f"group_{what}_{name}"))
        case _:
            return sentence(pen, _PLAIN[reason])


_PLAIN = {
    EVERYBODY: "people_because_everybody",
    YOUR_LANGUAGE: "people_because_language",
}


def rhythm(pen: Talk, group: Group) -> str:
    """When people are there: ``Meets on Thursdays, 6pm to 7pm.``"""
    library, language = pen.moment.library, language_of(pen)
    if group.kind == "course" and group.weeks:
        count, weeks = f"{library.begins_with(group)}", f"{len(group.weeks)}"
        return sentence(pen, "people_course", count=count, weeks=weeks)
    if group.meets is None:
        return sentence(pen, "people_open")
    day = f"weekday_each_{group.meets.day + 1}"
    tongue = library.tongue(day, language)
    opens, closes = (calendar.clock(at, tongue) for at in (group.meets.opens, group.meets.closes))
    told = sentence(pen, "people_session", day=library.say(day, language), opens=opens, closes=closes)
    elsewhere = pen.state.profile.timezone != pen.moment.service.timezone
    return f"{told} {sentence(pen, 'people_clock')}" if elsewhere else told


def foreign(pen: Talk, match: Match) -> tuple[str, ...]:
    if not match.foreign:
        return ()
    name = pen.moment.library.say("language_name", match.group.language)
    return (sentence(pen, "people_other_language", name=name),)
