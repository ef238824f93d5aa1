"""Which measures have something to show."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import propose, say
from actions.slots import Looking
from bot.core.proposals import ShowProgress as Show

MOST_SHOWN = 8


class ShowProgress(Action):
    def name(self) -> str:
        return "action_show_progress"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any] | None
    ) -> list[dict[str, Any]]:
        measures = measures_with_scores(Looking.model_validate(tracker.current_slot_values()))
        if measures:
            propose(dispatcher, [Show(measures=measures)])
        else:
            say(dispatcher, "progress_none")
        return [SlotSet("shown_measures", list(measures))]


def measures_with_scores(slots: Looking) -> tuple[str, ...]:
    return tuple(measure for measure in slots.measures if slots.scores.get(measure))[:MOST_SHOWN]
