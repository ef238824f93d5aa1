"""Which modules to offer next."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import propose, say
from actions.slots import EVERYBODY, ModuleSlot, Suggesting, shared
from bot.core.proposals import OfferModule

MOST_OFFERED = 3


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
    """At most three that suit: own conditions first, then not yet done, then those whose turn in a series it is,
    then what a high score asks for.

    >>> modules = [{"id": "calm", "suits": ["everybody"]}, {"id": "air", "suits": ["copd"]}]
    >>> best_modules(Suggesting.model_validate({"conditions": ["copd"], "modules": modules}))[0].because
    'copd'
    """
    high = slots.high()

    def own(module: ModuleSlot) -> bool:
        return bool(shared(slots.conditions, module.suits))

    suiting = [module for module in slots.modules if own(module) or EVERYBODY in module.suits]
    # Python's sort is stable: what is equal stays in the library's order.
    ranked = sorted(
        suiting,
        key=lambda m: (
            not own(m),
            m.id in slots.done,
            not frozenset(m.after) <= frozenset(slots.done),
            high.isdisjoint(m.uses),
        ),
    )
    return tuple(
        OfferModule(
            module=module.id,
            because=shared(module.uses, high) or shared(slots.conditions, module.suits) or EVERYBODY,
        )
        for module in ranked[:MOST_OFFERED]
    )
