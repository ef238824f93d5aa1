"""Which modules to offer next, and why each."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import propose, say
from actions.slots import EVERYBODY, ModuleSlot, Suggesting, shared
from bot.core.proposals import OfferModule

MOST_OFFERED = 3
LIKED = ("yes", "little")


class SuggestModule(Action):
    def name(self) -> str:
        return "action_suggest_module"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any] | None
    ) -> list[dict[str, Any]]:
        offers = best_modules(Suggesting.model_validate(tracker.current_slot_values()))
        if offers:
            propose(dispatcher, offers)
        else:
            say(dispatcher, "module_none")
        return [SlotSet("offered_modules", [offer.module for offer in offers])]


def best_modules(slots: Suggesting) -> tuple[OfferModule, ...]:
    """At most three: own conditions first, then not yet done, then what a high score asks for, then what goes on from
    something that they did, that helped, or that they set a goal in.

    Never what comes later in its series, what they have put aside, or what they did and found of no help.

    >>> modules = [{"id": "calm", "suits": ["everybody"]}, {"id": "air", "suits": ["copd"]}]
    >>> best_modules(Suggesting.model_validate({"conditions": ["copd"], "modules": modules}))[0].because
    'copd'
    """
    high = slots.high()
    # Python's sort is stable: what is equal stays in the library's order.
    ranked = sorted(
        [module for module in slots.modules if _may_be_offered(module, slots)],
        key=lambda m: (
            not shared(slots.conditions, m.suits),
            m.id in slots.done,
            high.isdisjoint(m.uses),
            not _goes_on(m, slots),
        ),
    )
    return tuple(OfferModule(module=m.id, because=_because(m, slots)) for m in ranked[:MOST_OFFERED])


def _may_be_offered(module: ModuleSlot, slots: Suggesting) -> bool:
    known = frozenset(m.id for m in slots.modules)
    waits = (frozenset(module.after) & known) - frozenset(slots.done)
    fits = shared(slots.conditions, module.suits) or EVERYBODY in module.suits
    no_help = slots.helped.get(module.id) == "no"
    return bool(fits) and not waits and module.id not in slots.declined and not no_help


def _because(module: ModuleSlot, slots: Suggesting) -> str:
    """The score that asks for it, the goal that it belongs to, what it follows, what helped, or whom it is for."""
    return (
        shared(module.uses, slots.high())
        or _goes_on(module, slots)
        or shared(slots.conditions, module.suits)
        or EVERYBODY
    )


def _goes_on(module: ModuleSlot, slots: Suggesting) -> str:
    """``goal:<module>``, ``helped:<module>`` or ``next:<module>``; nothing where it goes on from nothing."""
    around = (module.id, *module.after)
    if goal := shared(around, slots.goal_modules):
        return f"goal:{goal}"
    liked = [done for done, said in slots.helped.items() if said in LIKED]
    if helped := shared(around, liked):
        return f"helped:{helped}"
    follows = shared(module.after, slots.done)
    return f"next:{follows}" if follows else ""
