"""Ask for a goal in the patient's own words; the bot keeps the words, the action never sees them."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import propose
from bot.core.proposals import AskGoal


class SetGoal(Action):
    def name(self) -> str:
        return "action_set_goal"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any] | None
    ) -> list[dict[str, Any]]:
        propose(dispatcher, [AskGoal()])
        return [SlotSet("offered_goal", True)]
