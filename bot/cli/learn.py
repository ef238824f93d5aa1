"""``bounceback learn``: what staff marked becomes examples, said again in other words by one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.authoring import add_to_net, add_to_rule, rules_in
from bot.cli.house import DATA, Data, service_named, with_house
from bot.core.anonymous import capitals, objection
from bot.core.errors import Misuse
from bot.core.safety.second_net import RULES
from bot.core.service import Service
from bot.ports import Mark, StaffMember
from bot.settings import Settings
from bot.usecases import learning
from bot.usecases.house import House
from bot.usecases.learning import MarkOpened

NO_EXAMPLE = "-"
CONCERNS = {
    "risk": "thoughts of suicide or self-harm",
    "emergency": "a medical emergency",
    "safeguarding": "safeguarding",
}


@dataclass(frozen=True)
class Terminal:
    """``ask`` answers what was typed on one line; both may be a script."""

    ask: Callable[[str], str]
    say: Callable[[str], None]

    async def asked(self, question: str) -> str:
        return (await asyncio.to_thread(self.ask, question)).strip()

    async def agreed(self, question: str) -> bool:
        return (await self.asked(f"{question} [yes/no]")).casefold() in ("y", "yes")


def learn(
    by: Annotated[
        str, typer.Option("--by", help="Your e-mail: each message shown is noted as your look at it.")
    ],
    service: Annotated[str | None, typer.Option("--service", help="The service's short name.")] = None,
    content: Annotated[Path, typer.Option(help="The content folder that learns.")] = Path("content"),
    data: Data = DATA,
) -> None:
    """Make examples of what staff marked as missed or as a false alarm. Nothing is written without your yes."""
    if not (content / "safety").is_dir():
        raise Misuse(f"{content} is no content folder: name one with --content")

    async def do(house: House, _: Settings) -> int:
        of = service_named(house, service)
        member = await _member(house, of, by)
        terminal = Terminal(
            lambda question: str(typer.prompt(question, default="", show_default=False)), typer.echo
        )
        return await go_through(house, of, member, content, terminal)

    with_house(data, do)


async def _member(house: House, service: Service, email: str) -> StaffMember:
    member = await house.record.staff.by_email(service.id, email.casefold())
    if member is None:
        raise Misuse(f"nobody in {service.slug} has that e-mail address")
    if not member.roles & learning.MAY_LEARN:
        raise Misuse("patients' messages are shown to a lead or a clinician only")
    return member


async def go_through(
    house: House, service: Service, member: StaffMember, folder: Path, terminal: Terminal
) -> int:
    """Mark by mark, oldest first; returns how many examples were written."""
    marks = await learning.waiting(house, service.id)
    terminal.say(f"{len(marks)} mark{'' if len(marks) == 1 else 's'} waiting.")
    written = 0
    for n, mark in enumerate(marks, 1):
        opened = await learning.open_mark(house, service.id, mark, member)
        terminal.say(f"\n{n} of {len(marks)}: {_told(mark)}")
        if opened is None:
            terminal.say(
                "Its words are not here: it was erased, or it was a post in a group. No example is made."
            )
            await learning.take_up(house, service.id, mark, member)
            continue
        text = await _in_other_words(opened, terminal)
        if text is None:
            continue
        if text != NO_EXAMPLE:
            file = await _written(mark, text, folder, terminal)
            if file is None:
                continue
            terminal.say(f"Written to {file}.")
            written += 1
        await learning.take_up(house, service.id, mark, member)
    if written:
        terminal.say(f"\nNow run `bounceback check {folder}`.")
    return written


def _told(mark: Mark) -> str:
    if mark.verdict == "missed":
        return f"missed, it should have rung for {CONCERNS[_concern(mark)]}"
    return f"a false alarm of the rule {mark.rule}"


def _concern(mark: Mark) -> str:
    return mark.concern.partition(":")[0]


async def _in_other_words(opened: MarkOpened, terminal: Terminal) -> str | None:
    """None: left for later. Asks again until nothing speaks against the text."""
    terminal.say(f"They wrote:\n\n    {opened.text}\n")
    terminal.say("Say the same in other words, with nothing in it that could name somebody.")
    while True:
        text = await terminal.asked(f"In other words (nothing: later; {NO_EXAMPLE}: no example)")
        if not text:
            return None
        if text == NO_EXAMPLE:
            return text
        if (why := objection(text, opened.text, opened.names)) is None:
            return text
        terminal.say(f"Not like this: {why}.")


async def _written(mark: Mark, text: str, folder: Path, terminal: Terminal) -> Path | None:
    """Where the person wants it; None where they say no."""
    rule = mark.rule if mark.verdict == "false_alarm" else await _which_rule(mark, folder, terminal)
    if perhaps := capitals(text):
        terminal.say(f"Perhaps somebody's name: {', '.join(perhaps)}. Say no if it is.")
    kind = "miss" if mark.verdict == "false_alarm" else "hit"
    if rule in rules_in(folder):
        if not await terminal.agreed(f"Write “{text}” as a {kind} of {rule}?"):
            return None
        return add_to_rule(folder, rule, "miss" if kind == "miss" else "hit", text)
    if kind == "miss" and rule not in RULES.values():
        terminal.say(f"{rule} is no rule with examples here: tell whoever owns it. The mark stays.")
        return None
    intent = "ordinary" if kind == "miss" else _concern(mark)
    if not await terminal.agreed(f"Write “{text}” as {intent}, for the second net?"):
        return None
    return add_to_net(folder, intent, text)


async def _which_rule(mark: Mark, folder: Path, terminal: Terminal) -> str:
    """Empty: none; the second net learns it."""
    rules = rules_in(folder)
    concern = _concern(mark)
    fitting = [name for name, found in rules.items() if found.concern.partition(":")[0] == concern]
    terminal.say(f"Rules for {CONCERNS[concern]}: {', '.join(fitting) or 'none'}.")
    while True:
        rule = await terminal.asked("Which rule should catch it? (nothing: none; the second net learns it)")
        if not rule or rule in rules:
            return rule
        terminal.say(f"There is no rule {rule}.")
