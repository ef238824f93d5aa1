"""What an action proposed, checked against the library and carried out by the bot."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.facts import ActionAnswered, PartReached, RunStarted, TimerCleared, WaitBegan
from bot.core.flow import choosing, home
from bot.core.flow.charts import chart_of
from bot.core.flow.leaving import leave_all
from bot.core.flow.questions import ask_own_goal
from bot.core.flow.voice import Talk, language_of, offer_fixed, sentence, speak, titled
from bot.core.inputs import ActionReturned
from bot.core.library import plain_id
from bot.core.pen import Button
from bot.core.proposals import AskGoal, OfferGroup, OfferModule, Proposal, ShowProgress
from bot.core.shown import Shown
from bot.core.state import ForAction, ForNothing, ForPatient, GroupRun, ModuleRun

MOST_OFFERED = 3


def returned(pen: Talk, answer: ActionReturned) -> None:
    """Only the call that the conversation waits for counts: a late one changes nothing."""
    wait = pen.state.wait
    if not isinstance(wait, ForAction) or wait.call != answer.call:
        return
    pen.write(TimerCleared(kind="action", key=str(answer.call)))
    accepted = tuple(p for p in answer.proposals or () if _fits(pen, p))
    pen.write(
        ActionAnswered(call=answer.call, proposals=tuple(p.type for p in accepted), failed=not accepted)
    )
    module = pen.state.top
    if isinstance(module, ModuleRun):
        pen.write(PartReached(at=module.at + 1))
    else:
        pen.write(WaitBegan(wait=ForNothing()))
    known = [text for text in answer.texts if text in pen.moment.library.texts["en"]]
    for text in known:
        speak(pen, text)
    if not accepted and not known:
        speak(pen, "action_failed" if answer.proposals is None else "module_none")
    _carry_out(pen, accepted)


def _fits(pen: Talk, proposal: Proposal) -> bool:
    library = pen.moment.library
    match proposal:
        case OfferModule(module=module):
            return choosing.may_be_offered(pen, module)
        case OfferGroup(group=group):
            return group in library.groups and plain_id(group) in pen.moment.service.rooms
        case ShowProgress(measures=measures):
            return all(m in library.measures for m in measures)
        case AskGoal():
            return True


def _carry_out(pen: Talk, accepted: tuple[Proposal, ...]) -> None:
    offers = _of_modules(accepted)
    modules = titled(pen, "start", *offers)
    groups = titled(pen, "group", *_first(p.group for p in accepted if isinstance(p, OfferGroup)))
    for proposal in accepted:
        if isinstance(proposal, ShowProgress):
            _progress(pen, proposal.measures)
    if modules:
        choosing.say_offers(pen, tuple(offers.values()))
        _offer(pen, modules, choosing.NOT_THESE if len(modules) > 1 else choosing.NOT_THIS)
    elif groups:
        speak(pen, "group_offer", group=groups[0].label)
        _offer(pen, groups)
    elif any(isinstance(p, AskGoal) for p in accepted):
        ask_own_goal(pen)


def _of_modules(accepted: tuple[Proposal, ...]) -> dict[str, OfferModule]:
    """Each once, whatever its form, by its plain id."""
    offers: dict[str, OfferModule] = {}
    for proposal in accepted:
        if isinstance(proposal, OfferModule):
            offers.setdefault(plain_id(proposal.module), proposal)
    return dict(list(offers.items())[:MOST_OFFERED])


def _first(ids: Iterable[str]) -> tuple[str, ...]:
    """Each once, whatever its form."""
    return tuple(dict.fromkeys(plain_id(i) for i in ids))[:MOST_OFFERED]


def _offer(pen: Talk, buttons: tuple[Button, ...], *others: str) -> None:
    """Inside a module the offer waits, with a button that goes on with the module. ``others``: at rest alone."""
    seq = pen.offer(*buttons)
    keys = tuple(button.key for button in buttons)
    if pen.state.runs:
        offer_fixed(pen, "on")
        pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=(*keys, "on"))))
    else:
        offer_fixed(pen, *others, "menu:menu")
        pen.write(WaitBegan(wait=ForNothing(seq=seq, keys=(*keys, *others, "menu:menu"))))


def chosen(pen: Talk, key: str) -> None:
    """A button of an offer."""
    kind, _, name = key.partition(":")
    if kind == "group":
        leave_all(pen)
        pen.write(RunStarted(run=GroupRun(group=name, release=pen.moment.library.release)))
    elif key == "on":
        pen.write(WaitBegan(wait=ForNothing()))
    else:
        home.choose(pen, key)


def _progress(pen: Talk, measures: tuple[str, ...]) -> None:
    charts = tuple(c for m in measures if (c := chart_of(pen, m)) is not None)
    if not charts:
        speak(pen, "progress_none")
        return
    lang = pen.moment.library.tongue("progress_intro", language_of(pen))
    shown = Shown(text=sentence(pen, "progress_intro"), charts=charts, lang=lang)
    pen.show(shown, step="texts:progress_intro")
