"""Which groups to offer: those that suit and that the patient is not in yet."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import propose, say
from actions.slots import EVERYBODY, Grouping, shared
from bot.core.proposals import OfferGroup


class FindGroup(Action):
    def name(self) -> str:
        return "action_find_group"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any] | None
    ) -> list[dict[str, Any]]:
        offers = fitting_groups(Grouping.model_validate(tracker.current_slot_values()))
        if offers:
            propose(dispatcher, offers)
        else:
            say(dispatcher, "group_none")
        return [SlotSet("offered_groups", [offer.group for offer in offers])]


def fitting_groups(slots: Grouping) -> tuple[OfferGroup, ...]:
    """Groups for one of the patient's conditions first, then those for everybody."""
    open_to = [group for group in slots.groups if group.id not in slots.joined]
    own = [group for group in open_to if shared(slots.conditions, group.suits)]
    rest = [group for group in open_to if group not in own and EVERYBODY in group.suits]
    return tuple(OfferGroup(group=group.id) for group in (*own, *rest))
