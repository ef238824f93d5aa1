"""E-mail: over SMTP, or into a folder where no mail server is set (development only)."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import policy
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.utils import formatdate
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.core.errors import Misuse, Unavailable
from bot.ports import Letter, Link, Uncertain

STEP_S = 3.0  # a mail server that is silent for so long is not there
LAST_WORD_S = (
    20.0  # but it may look through a letter before it says that it has it, and others stand before ours
)

_BUTTON = (
    "display:inline-block;padding:12px 20px;border:2px solid currentColor;border-radius:6px;"
    "color:inherit;font-weight:bold;text-decoration:none"
)
_ADDRESS = "font-size:14px;word-break:break-all"
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:16px">
<div style="max-width:34em;font:16px/1.5 sans-serif">
<h1 style="font-size:20px;line-height:1.3">{title}</h1>
{body}
</div>
</body>
</html>
"""


class AsItIs(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # as the library itself mixes them
    """An address that is longer than a line: a mail programme does not look for it in an encoded word."""

    def fold(self, *, policy: policy.Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", AsItIs)
_RULES = policy.default.clone(header_factory=_HEADERS)


def message_of(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage(policy=_RULES)
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    message["Date"] = formatdate()
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(_plain(letter))
    message.add_alternative(_html(letter), subtype="html")
    return message


def _plain(letter: Letter) -> str:
    return "\n\n".join(_paragraph(part) for part in letter.parts) + "\n"


def _paragraph(part: str | Link) -> str:
    if isinstance(part, str):
        return part
    return f"{part.label}:\n{part.url}" if part.label else part.url


def _html(letter: Letter) -> str:
    """Readable in the light and in the dark, since it names no colour; nothing in it is fetched from anywhere."""
    body = "\n".join(_block(part, letter.subject) for part in letter.parts if part)
    return _PAGE.format(language=escape(letter.language), title=escape(letter.subject), body=body)


def _block(part: str | Link, subject: str) -> str:
    if isinstance(part, str):
        return f"<p>{escape(part)}</p>"
    url = escape(part.url)
    button = f'<p><a href="{url}" style="{_BUTTON}">{escape(part.label or subject)}</a></p>'
    return f'{button}\n<p style="{_ADDRESS}"><a href="{url}" style="color:inherit">{url}</a></p>'


class SmtpMail:
    """``url``: smtp://user:password@host:port, or smtps:// for TLS from the first byte."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise Misuse("BOUNCEBACK_SMTP_URL needs smtp://host:port or smtps://host:port")
        self._host, self._port = parts.hostname, parts.port or (465 if parts.scheme == "smtps" else 587)
        self._tls = parts.scheme == "smtps"
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        server = self._server()
        try:
            with _troubles():
                await server.connect()
                await self._address(server, letter)
            await _hand_over(server, message_of(letter, self._sender))
            with suppress(aiosmtplib.SMTPException, OSError):
                await server.quit()  # it has the letter: what comes now changes nothing
        finally:
            server.close()

    def _server(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            local_hostname=socket.gethostname() or "localhost",  # never a look-up of names
            use_tls=self._tls,
            start_tls=None if not self._tls else False,
            timeout=STEP_S,
        )

    async def _address(self, server: aiosmtplib.SMTP, letter: Letter) -> None:
        plain = letter.to.isascii() and self._sender.isascii()
        options = [] if plain else ["SMTPUTF8"]
        encoding = "ascii" if plain else "utf-8"
        await server.mail(self._sender, options=options, encoding=encoding)
        await server.rcpt(letter.to, encoding=encoding)


async def _hand_over(server: aiosmtplib.SMTP, message: EmailMessage) -> None:
    """Raises Uncertain from the moment on at which the whole letter may have reached the server."""
    rules = policy.SMTP.clone(cte_type="7bit", utf8=not str(message["To"]).isascii())
    lines = re.sub(rb"(?m)^\.", b"..", message.as_bytes(policy=rules))
    with _troubles():
        answer = await server.execute_command(b"DATA")
        if answer.code != aiosmtplib.SMTPStatus.start_input:
            raise aiosmtplib.SMTPDataError(answer.code, "")
        connection = server.protocol
        if connection is None:
            raise aiosmtplib.SMTPServerDisconnected("")
    try:
        connection.write(lines + b".\r\n")
        answer = await connection.read_response(timeout=LAST_WORD_S)
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        raise Uncertain("mail no answer") from None
    if answer.code != aiosmtplib.SMTPStatus.completed:
        raise Unavailable(f"mail {answer.code}")


@contextmanager
def _troubles() -> Iterator[None]:
    """A server's own text may repeat the address: only its code, or what kind of trouble it was, is told."""
    try:
        yield
    except aiosmtplib.SMTPResponseException as refused:
        raise Unavailable(f"mail {refused.code}") from None
    except (aiosmtplib.SMTPTimeoutError, TimeoutError):
        raise Unavailable("mail silent") from None
    except (aiosmtplib.SMTPException, OSError, UnicodeError, ValueError):
        # ValueError: an address that no server could be told, such as one with a line break in it.
        raise Unavailable("mail not connected") from None


class FolderMail:
    """Each letter becomes a file, to be read by whoever tries the service out. Production refuses it."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def send(self, letter: Letter) -> None:
        name = "".join(c if c.isalnum() or c in "-." else "_" for c in letter.message_id.strip("<>"))[:150]
        content = bytes(message_of(letter, self._sender))
        await asyncio.to_thread((self._folder / f"{name}.eml").write_bytes, content)
