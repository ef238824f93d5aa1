"""What the plain pages say: the service's own sentences in a reader's language, and the marks inside a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.core.flow import calendar
from bot.core.library import Library

UK = ZoneInfo("Europe/London")
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

# As in the widget: escapes first, so that `\*` is never a mark; emphasis may hold strong words and the other way round.
_MARK = re.compile(
    r"\\([!-/:-@\[-`{-~])"
    r"|\*\*(?=\S)((?:\\.|\*(?!\*)|[^\\*])+?)\*\*"
    r"|\*(?=\S)((?:\\.|\*\*(?:\\.|[^\\*])+\*\*|[^\\*])+?)\*"
)


def marked(text: str) -> Markup:
    """``**strong**``, ``*emphasis*``, escapes and line ends as HTML; everything else stays text, whatever it is.

    >>> marked("**Call** <b> now")
    Markup('<strong>Call</strong> &lt;b&gt; now')
    """
    return Markup("<br>").join(_marked(text).split("\n"))


def _marked(text: str) -> Markup:
    out, start = Markup(), 0
    for found in _MARK.finditer(text):
        out += text[start : found.start()]
        start = found.end()
        escaped, strong, emphasis = found.groups()
        if escaped:
            out += escaped
        else:
            tag = "strong" if strong else "em"
            out += Markup("<{0}>{1}</{0}>").format(Markup(tag), _marked(strong or emphasis))
    return out + text[start:]


def written(text: str) -> Markup:
    """Somebody's own words: no mark means anything, only their line ends."""
    return Markup("<br>").join(text.split("\n"))


def direction(language: str) -> str:
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True)
class Voice:
    """The sentences of one page. ``zone``: whose clock moments are told by."""

    library: Library
    language: str
    zone: ZoneInfo = UK

    def __call__(self, key: str, **values: object) -> Markup:
        """A sentence for the page; in a language of its own where the page's does not have it."""
        text, tongue = self.text(key, **values), self.library.tongue(key, self.language)
        return (
            escape(text)
            if tongue == self.language
            else Markup('<span lang="{}">{}</span>').format(tongue, text)
        )

    def text(self, key: str, **values: object) -> str:
        """The same for an attribute or a title, where there is no place for a language."""
        return self.library.say(key, self.language, {name: str(value) for name, value in values.items()})

    def lasting(self, seconds: int) -> str:
        """``45 seconds``, ``3 min``."""
        minutes, left = divmod(seconds, 60)
        said = [self.text("plain_minutes", minutes=minutes)] if minutes else []
        if left or not minutes:
            said.append(self.text("exercise_second" if left == 1 else "exercise_seconds", seconds=left))
        return " ".join(said)

    def day(self, on: str) -> str:
        """Of an ISO date: ``3 March 2026``."""
        then = date.fromisoformat(on)
        return f"{calendar.day(self.library, then, self.language)} {then.year}"

    def moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{calendar.day(self.library, local.date(), self.language)}, {local.hour}:{local.minute:02}"

    @property
    def direction(self) -> str:
        return direction(self.language)
