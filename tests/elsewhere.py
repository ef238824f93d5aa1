"""The outside as a test wants it to answer, and calendars that it may hand out."""

from __future__ import annotations

from bot.core.errors import Unavailable
from bot.ports import Answered, Call

URL = "https://rota.example/private-7f3a/on-call.ics"


def calendar(who: str, *days: str) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{day}\r\nSUMMARY:{who}\r\nDTSTART:{day}T170000Z\r\nDTEND:{day}T230000Z\r\nEND:VEVENT\r\n"
        for day in days
    )
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()


class Elsewhere:
    """``asked``: every call that came."""

    def __init__(self) -> None:
        self.says: Answered | Unavailable = Answered(404, b"")
        self.asked: list[Call] = []

    def bar(self, url: str, hosts: frozenset[str] | None) -> str | None:
        return None

    async def call(self, call: Call) -> Answered:
        self.asked.append(call)
        if isinstance(self.says, Unavailable):
            raise self.says
        return self.says
