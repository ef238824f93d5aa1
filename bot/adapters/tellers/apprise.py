"""Whatever else apprise knows: chat rooms, text messages, pagers. Its addresses are the operator's, and hold secrets."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib.util
import logging
import re
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.errors import Misuse, Unavailable
from bot.ports import Gone, News, Nudge, Target

MOST_AT_ONCE = 4
NUMBER, EXAMPLE = "{number}", "+447700900123"
# As one writes it from abroad.
MOBILE = re.compile(r"\+[1-9][0-9]{7,14}")


class _Apart:
    """Each telling runs in a thread of its own, a daemon: one that never ends holds nothing but its place."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    async def tell(self, address: str, title: str, body: str, limit_s: float) -> None:
        """Raises Unavailable."""
        try:
            async with asyncio.timeout(limit_s):
                taken = await self._begun(address, title, body)
        except TimeoutError:
            raise Unavailable("silent") from None
        if not taken:
            raise Unavailable("not taken")

    async def _begun(self, address: str, title: str, body: str) -> bool:
        await self._room.acquire()
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[bool] = loop.create_future()

        def arrive(taken: bool) -> None:
            self._room.release()
            if not answered.done():
                answered.set_result(taken)

        def work() -> None:
            taken = _told(address, title, body)
            with contextlib.suppress(RuntimeError):  # the server's loop has ended meanwhile
                loop.call_soon_threadsafe(arrive, taken)

        threading.Thread(target=work, name="apprise", daemon=True).start()
        return await answered


class AppriseTeller:
    """Misuse where the package is missing, or does not know one of the addresses."""

    def __init__(self, addresses: Sequence[str]) -> None:
        _must_be_there("BOUNCEBACK_APPRISE_URLS")
        from apprise import Apprise

        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it would write addresses
        self._known = dict[str, str]()
        self._labels = dict[str, str]()
        for n, address in enumerate(addresses, 1):
            if not Apprise.instantiate(address, suppress_exceptions=True):
                raise Misuse(f"BOUNCEBACK_APPRISE_URLS: apprise does not know what its address {n} is")
            name = hashlib.sha256(address.encode()).hexdigest()[:16]
            self._known[name] = address
            self._labels[name] = f"{address.partition(':')[0]} ({n})"
        self._apart = _Apart()

    @property
    def places(self) -> Mapping[str, str]:
        return self._labels

    def bar(self, address: str) -> str | None:
        return None if address in self._known else "not set"

    async def tell(self, target: Target, news: News, at: datetime) -> None:
        address = self._known.get(target.address)
        if address is None:
            raise Unavailable("not set")
        await self._apart.tell(address, *words_of(news), target.limit_s)


class SmsNudger:
    """Text messages by whatever gateway apprise knows. ``pattern``: its address, with ``{number}`` in it.

    Misuse where the package is missing, or does not know the address.
    """

    def __init__(self, pattern: str) -> None:
        _must_be_there("BOUNCEBACK_SMS_URL")
        from apprise import Apprise

        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it would write addresses
        known = NUMBER in pattern and Apprise.instantiate(
            pattern.replace(NUMBER, EXAMPLE), suppress_exceptions=True
        )
        if not known:
            raise Misuse(f"BOUNCEBACK_SMS_URL needs an address that apprise knows, with {NUMBER} in it")
        self._pattern = pattern
        self._apart = _Apart()

    def bar(self, address: str) -> str | None:
        return None if MOBILE.fullmatch(address) else "not a number"

    async def nudge(self, target: Target, nudge: Nudge, at: datetime) -> None:
        """No title: gateways put it before the text, and a text message is short."""
        if self.bar(target.address) is not None:
            raise Gone("not a number")
        body = f"{nudge.title}: {nudge.text} {nudge.url} {nudge.stop_label}: {nudge.stop}"
        await self._apart.tell(self._pattern.replace(NUMBER, target.address), "", body, target.limit_s)


def _must_be_there(setting: str) -> None:
    if importlib.util.find_spec("apprise") is None:
        raise Misuse(f"{setting} needs the package apprise: install bounceback[apprise], or unset it")


def words_of(news: News) -> tuple[str, str]:
    if news.alert is None:
        return f"{news.title}: a test", "This is the daily test of a channel: nobody has to do anything."
    again = f", step {news.rung + 1}" if news.rung else ""
    return f"{news.title}: an alert {news.needs}{again}", f"Open it here, after signing in: {news.url}"


def _told(address: str, title: str, body: str) -> bool:
    from apprise import Apprise

    try:
        post = Apprise()
        post.add(address)
        return bool(post.notify(title=title, body=body))
    except BaseException:  # the edge of a foreign program, in a thread of its own
        return False
