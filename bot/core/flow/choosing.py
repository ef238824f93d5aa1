"""What is offered next, and why: each reason is said only where it is true of this person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.core.facts import ModuleDeclined, PageKept, PageLetGo
from bot.core.flow.voice import Talk, module_for, offer, sentence, speak, titled
from bot.core.library import Library, Module, plain_id
from bot.core.pen import Button
from bot.core.proposals import OfferModule
from bot.core.state import Conversation

EVERYBODY = "everybody"
NOT_THIS, NOT_THESE = "menu:not_this", "menu:not_these"
_DAYS = 14


def may_be_offered(pen: Talk, module_id: str) -> bool:
    """Not before what comes before it in its series, and not what they have put aside for now."""
    module, state = pen.moment.library.modules.get(module_id), pen.state
    if module is None:
        return False
    name = plain_id(module_id)
    until = state.declined.get(name)
    put_aside = until is not None and until > pen.moment.now
    library = pen.moment.library
    if put_aside or name in only_found(library):
        return False
    return not still_before(module, state, library.modules)


def only_found(library: Library) -> tuple[str, ...]:
    return library.policy.programme.only_found if library.policy.programme else ()


def still_before(module: Module, state: Conversation, known: Iterable[str]) -> bool:
    """Something else of its series is to be done first; browsing is free."""
    held = frozenset(known)
    return any(name in held and name not in state.done for name in module.comes_after)


def say_offers(pen: Talk, offers: tuple[OfferModule, ...]) -> None:
    lines = [_line(pen, each) for each in offers]
    speak(pen, "module_offers" if len(lines) > 1 else "module_offer_one", offers="\n\n".join(lines))


def _line(pen: Talk, offered: OfferModule) -> str:
    module = module_for(pen, offered.module)
    assert module is not None
    return sentence(
        pen, "module_offer_line", title=module.title, because=because(pen, module, offered.because)
    )


def because(pen: Talk, module: Module, reason: str) -> str:
    """The reason that was given, where it holds; else the first that does."""
    kind, _, of = reason.partition(":")
    state, library = pen.state, pen.moment.library
    other = module_for(pen, of) if of else None
    match kind:
        case "goal" if any(plain_id(g.module) == of for g in state.goals if g.module):
            return sentence(pen, "because_goal")
        case "next" if other and of in state.done and of in module.comes_after:
            return sentence(pen, "because_next", title=other.title)
        case "helped" if other and state.helped.get(of) in ("yes", "little"):
            return sentence(pen, "because_helped", title=other.title)
        case measure if measure in measures_of(library, module) and _is_high(pen, measure):
            return sentence(pen, "because_score", name=library.measures[measure].plain_name)
        case condition if condition in state.profile.conditions and condition in module.suits:
            return sentence(pen, f"because_{condition}")
    own = next((c for c in state.profile.conditions if c in module.suits), EVERYBODY)
    return sentence(pen, f"because_{own}")


def measures_of(library: Library, module: Module) -> tuple[str, ...]:
    programme = library.policy.programme
    return programme.about(module) if programme else module.uses


def _is_high(pen: Talk, measure_id: str) -> bool:
    measure, kept = pen.moment.library.measures.get(measure_id), pen.state.scores.get(measure_id)
    return bool(measure and kept and measure.case_at is not None and kept[-1].total >= measure.case_at)


def put_aside(pen: Talk, keys: Iterable[str]) -> None:
    """``keys``: the buttons that stood beside "not this one"."""
    programme = pen.moment.library.policy.programme
    until = pen.moment.now + timedelta(days=programme.not_again_days if programme else _DAYS)
    for key in keys:
        kind, _, module = key.partition(":")
        if kind == "start":
            pen.write(ModuleDeclined(module=plain_id(module), at=pen.moment.now, until=until))


# -- what they keep at hand ---------------------------------------------------------------------------


def to_keep(pen: Talk) -> tuple[str, ...]:
    """The button, under the menu that follows a page that is not kept yet."""
    page = pen.state.last_page
    return ("menu:keep",) if page and page not in pen.state.kept and module_for(pen, page) else ()


def keep(pen: Talk) -> None:
    page = pen.state.last_page
    if page and module_for(pen, page):
        pen.write(PageKept(page=page))
        speak(pen, "kept_now")
    else:
        speak(pen, "old_question")


def look_at_kept(pen: Talk) -> None:
    buttons = titled(pen, "start", *pen.state.kept)
    speak(pen, "kept_here" if buttons else "kept_none")
    offer(pen, buttons, *(("menu:let_go",) if buttons else ()), "menu:library", "menu:menu")


def ask_which_to_let_go(pen: Talk) -> None:
    started = titled(pen, "start", *pen.state.kept)
    buttons = tuple(Button(f"unkeep:{key.partition(':')[2]}", label, lang) for key, label, lang in started)
    speak(pen, "kept_which")
    offer(pen, buttons, "menu:kept", "menu:menu")


def let_go(pen: Talk, page: str) -> None:
    pen.write(PageLetGo(page=page))
    look_at_kept(pen)
