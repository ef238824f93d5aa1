"""How an action answers: proposals in ``custom``, a sentence by its text id."""

from __future__ import annotations

from collections.abc import Iterable

from rasa_sdk.executor import CollectingDispatcher

from bot.core.proposals import Proposal


def propose(dispatcher: CollectingDispatcher, proposals: Iterable[Proposal]) -> None:
    dispatcher.utter_message(json_message={"proposals": [one.model_dump(mode="json") for one in proposals]})


def say(dispatcher: CollectingDispatcher, text_id: str) -> None:
    """One of the service's own sentences; an action has no words of its own."""
    dispatcher.utter_message(response=text_id)
