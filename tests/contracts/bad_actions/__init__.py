"""Actions that fail, hang, lie and pry."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

Events = list[dict[str, Any]]


class Raises(Action):
    def name(self) -> str:
        return "action_raises"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        raise ValueError("secret of the action")


class Hangs(Action):
    def name(self) -> str:
        return "action_hangs"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        await asyncio.sleep(60)
        return []


class Blocks(Action):
    """Not async, and in nobody's way but its own."""

    def name(self) -> str:
        return "action_blocks"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:  # type: ignore[override]
        time.sleep(3)
        return []


class Leaves(Action):
    def name(self) -> str:
        return "action_leaves"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        sys.exit(3)


class Garbage(Action):
    """Says what ``garbage`` tells it to: one message as the protocol would carry it."""

    def name(self) -> str:
        return "action_garbage"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        slots = tracker.current_slot_values()
        for message in slots.get("messages", []):
            dispatcher.utter_message(**message)
        events: Events = slots.get("events", [])
        return events


class Meddles(Action):
    """Changes the slots it was given."""

    def name(self) -> str:
        return "action_meddles"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        tracker.slots["conditions"].append("meddled")
        dispatcher.utter_message(response="menu_prompt")
        return []


class Pries(Action):
    """Answers only when it sees the slots and nothing else."""

    def name(self) -> str:
        return "action_pries"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        state = tracker.current_state()
        seen = (state["latest_message"], state["events"], state["sender_id"], state["user_id"], domain)
        if seen == ({}, [], "bounceback", None, None) and state["slots"] == {"conditions": ["copd"]}:
            dispatcher.utter_message(json_message={"proposals": [{"type": "ask_goal"}]})
        return []
