"""Whatever else apprise knows: chat rooms, text messages, pagers. Its addresses are the operator's, and hold secrets."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib.util
import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.errors import Misuse, Unavailable
from bot.ports import News, Target

MOST_AT_ONCE = 4


class AppriseTeller:
    """Each telling runs in a thread of its own, a daemon: one that never ends holds nothing but its place.

    Misuse where the package is missing, or does not know one of the addresses.
    """

    def __init__(self, addresses: Sequence[str]) -> None:
        if importlib.util.find_spec("apprise") is None:
            raise Misuse(
                "BOUNCEBACK_APPRISE_URLS needs the package apprise: install bounceback[apprise], or unset it"
            )
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
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    @property
    def places(self) -> Mapping[str, str]:
        return self._labels

    def bar(self, address: str) -> str | None:
        return None if address in self._known else "not set"

    async def tell(self, target: Target, news: News, at: datetime) -> None:
        address = self._known.get(target.address)
        if address is None:
            raise Unavailable("not set")
        try:
            async with asyncio.timeout(target.limit_s):
                taken = await self._apart(address, *words_of(news))
        except TimeoutError:
            raise Unavailable("silent") from None
        if not taken:
            raise Unavailable("not taken")

    async def _apart(self, address: str, title: str, body: str) -> bool:
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
