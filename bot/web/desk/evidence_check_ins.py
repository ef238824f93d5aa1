"""Why the team hears that a check-in did not come, with the days it goes by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth")


def told(why: str, numbers: Mapping[str, float], zone: tzinfo) -> str:
    if why == "came":
        return "They have sent a check-in since. The alert stays until a person closes it."
    due, heard, reminded = (_moment(numbers, name) for name in ("due", "heard", "reminded"))
    said = [
        f"A check-in was due on {_day(due, zone)} and has not come." if due else "A check-in has not come."
    ]
    if reminded is not None:
        said.append(f"They were reminded in the chat on {_day(reminded, zone)}.")
    if "open" in numbers:
        said.append("Something they had begun lies open in the chat.")
    if heard is not None:
        since = ", after it was due" if due is not None and heard > due else ""
        said.append(f"Last heard from on {_day(heard, zone)}{since}.")
    in_a_row = int(numbers.get("in_a_row", 1))
    if in_a_row > 1:
        said.append(f"It is the {_nth(in_a_row)} in a row that did not come.")
    return " ".join(said)


def _moment(numbers: Mapping[str, float], name: str) -> datetime | None:
    return datetime.fromtimestamp(numbers[name], UTC) if name in numbers else None


def _day(moment: datetime, zone: tzinfo) -> str:
    then = moment.astimezone(zone)
    return f"{then.day} {then:%B %Y}"


def _nth(n: int) -> str:
    if n < len(ORDINALS):
        return ORDINALS[n]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th") if n % 100 not in (11, 12, 13) else "th"
    return f"{n}{ending}"
