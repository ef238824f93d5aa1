"""A patient in the terminal: the same use cases as every other door."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.house import DATA, Data, with_house
from bot.core.errors import Misuse, Refused, Unavailable
from bot.core.shown import Shown
from bot.core.values import LineId
from bot.ports import Session
from bot.settings import Settings
from bot.usecases import turn, ways_in
from bot.usecases.conversation import messages_since
from bot.usecases.house import House
from bot.web.frames import ItemAnswer, SayFrame
from bot.web.refusals import nack_for

console = Console(highlight=False)


def chat(
    invite: Annotated[str | None, typer.Option(help="The code of an invitation.")] = None,
    token: Annotated[
        str | None, typer.Option(help="A token, to go on where you left.", envvar="BOUNCEBACK_TOKEN")
    ] = None,
    name: Annotated[str | None, typer.Option(help="First name, for joining.")] = None,
    data: Data = DATA,
) -> None:
    """Talk to the service as a patient. Type a number to press a button; an empty line to leave."""
    if (invite is None) == (token is None):
        raise Misuse("give an invitation with --invite CODE, or a token with --token TOKEN")

    async def do(house: House, _: Settings) -> None:
        known = token or await _join(house, invite or "", name)
        session = await ways_in.who_is(house, known, "patient")
        await Terminal(house, session).talk()

    with_house(data, do)


async def _join(house: House, code: str, name: str | None) -> str:
    consents = {"care": True, "groups": True, "evaluation": False}
    token = await ways_in.join(house, ways_in.Joining(code=code, adult=True, consents=consents, name=name))
    console.print(f"Joined. To go on another time: bounceback chat --token {token}", style="dim")
    return token


class Terminal:
    def __init__(self, house: House, session: Session) -> None:
        self._house, self._session = house, session
        self._patient = LineId(session.subject)
        self._seq = 0
        self._screen: Shown = Shown(text="")

    async def talk(self) -> None:
        await self._show()
        while (line := await asyncio.to_thread(sys.stdin.readline)) and line.strip():
            await self._say(line.strip())
            await self._house.afterwards.settle()
            await self._show()

    async def _say(self, line: str) -> None:
        frame = self._frame(line)
        inbound = turn.Inbound(
            self._session.service,
            self._patient,
            frame.id,
            text=frame.text,
            choice=frame.choice,
            item=frame.answer.item if frame.answer else None,
            value=frame.answer.value if frame.answer else None,
        )
        try:
            await turn.hear(self._house, inbound)
        except (Refused, Unavailable) as error:
            nack = nack_for(
                self._house,
                error,
                text=frame.text,
                service=self._session.service,
                language=self._session.language,
            )
            console.print(nack.text, style="red")

    def _frame(self, line: str) -> SayFrame:
        """A number presses what is on the screen: first the question's answers, then the buttons.

        Where the question asks for a number, it is the answer.
        """
        new, question = self._house.ids.new(), self._screen.question
        if question is not None and question.kind in ("scale", "count") and line.isascii() and line.isdigit():
            return SayFrame(id=new, text=line)
        options = question.options if question else ()
        at = int(line) - 1 if line.isascii() and line.isdigit() and len(line) < 4 else -1
        if question is not None and 0 <= at < len(options):
            return SayFrame(id=new, answer=ItemAnswer(item=question.item, value=options[at].value))
        at -= len(options)
        if 0 <= at < len(self._screen.choices):
            return SayFrame(id=new, choice=self._screen.choices[at].id)
        return SayFrame(id=new, text=line)

    async def _show(self) -> None:
        for message in await messages_since(self._house, self._session.service, self._patient, self._seq):
            self._seq = message.seq
            if message.sender != "patient":
                self._screen = message.shown
                self._print(message.shown)

    def _print(self, shown: Shown) -> None:
        console.print()
        if shown.progress:
            console.print(f"Question {shown.progress.at} of {shown.progress.of}", style="dim")
        console.print(shown.text)
        for line in shown.urgent.lines if shown.urgent else ():
            console.print(f"  {line.text} {line.number}", style="bold red")
        for answer in shown.read_back:
            console.print(f"  {answer.text}: {answer.answer}")
        for chart in shown.charts:
            console.print(f"  {chart.title}: {chart.sentence}")
        if (asked := shown.question) is not None and asked.kind in ("scale", "count"):
            ends = [
                " ".join(filter(None, (str(n), f"({label})" if label else "")))
                for n, label in ((asked.min, asked.min_label), (asked.max, asked.max_label))
            ]
            console.print(f"  {ends[0]} to {ends[1]}")
        options = shown.question.options if shown.question else ()
        labels = [o.label for o in options] + [c.label for c in shown.choices]
        for n, label in enumerate(labels, 1):
            console.print(f"  {n}. {label}")
