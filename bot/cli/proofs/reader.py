"""A patient of the publish experiment: walks through a module by the use cases, again and again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.core.errors import Refused, Unavailable
from bot.core.shown import Question
from bot.core.values import LineId, ServiceId
from bot.usecases.conversation import messages_since
from bot.usecases.house import House
from bot.usecases.hub import Delivered, News
from bot.usecases.turn import Inbound, hear

MODULE = "copd/breathlessness-and-worry"
ANSWERED_WITHIN_S = 20.0
_FIRST = (f"start:{MODULE}", "send", "menu:module", "not_now", "menu:menu")
_LEADS_AWAY = ("menu:", "later", "leave", "change", "wrong", "start:")


@dataclass
class Reader:
    """``stuck``: why the conversation could not go on; a class or a code, never a text."""

    house: House
    service: ServiceId
    id: LineId
    chance: random.Random
    seen: list[Delivered] = field(default_factory=list)
    turns: int = 0
    stuck: str = ""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self, pause_s: float, until: asyncio.Event) -> None:
        """Read until then, and once more: whoever stands on an older release must still get on."""
        self.seen += await messages_since(self.house, self.service, self.id, 0)
        with self.house.hub.listening(self.service, self.id, self._told):
            while not self.stuck:
                last = until.is_set()
                await self._turn()
                if last:
                    return
                await asyncio.sleep(self.chance.uniform(0.5, 1.5) * pause_s)

    def _told(self, news: News) -> None:
        self.seen += news.messages
        self._news.set()

    async def _turn(self) -> None:
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                said = Inbound(self.service, self.id, self.house.ids.new(), **self._reply())
                sent = await hear(self.house, said)
                self.turns += 1
                while not any(m.seq > sent.seq and _waits(m) for m in self.seen[-12:]):
                    self._news.clear()
                    await self._news.wait()
        except (Refused, Unavailable) as error:
            self.stuck = f"{type(error).__name__} {error}"
        except TimeoutError:
            self.stuck = "no answer"

    def _reply(self) -> dict[str, Any]:
        shown = next(m.shown for m in reversed(self.seen) if m.sender == "bot" and _waits(m))
        if shown.question is not None:
            return _answer(shown.question, self.chance)
        ids = {choice.id.partition(".")[2]: choice.id for choice in shown.choices}
        return {"choice": ids[_picked(ids, self.chance)]}


def _waits(message: Delivered) -> bool:
    return message.sender == "bot" and bool(message.shown.choices or message.shown.question)


def _picked(keys: Iterable[str], chance: random.Random) -> str:
    """What leads into the module, and in it any button."""
    offered = list(keys)
    first = next((key for key in _FIRST if key in offered), None)
    inside = [key for key in offered if not key.startswith(_LEADS_AWAY)]
    return first or chance.choice(inside or offered)


def _answer(question: Question, chance: random.Random) -> dict[str, Any]:
    """Low and calm: no emergency, no score that rises."""
    match question.kind:
        case "options" if {o.value for o in question.options} == {0, 1}:
            return {"item": question.item, "value": 0}
        case "options":
            return {"item": question.item, "value": chance.choice(question.options[:4]).value % 2}
        case "pick_any":
            return {"item": question.item, "value": (question.options[0].value,)}
        case "scale" | "number" | "count":
            return {"item": question.item, "value": 3}
        case _:
            return {"text": "It is hard on the stairs."}
