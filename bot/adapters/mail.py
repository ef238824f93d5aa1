"""E-mail: over SMTP, or into a folder where no mail server is set (development only)."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.core.errors import Misuse, Unavailable
from bot.ports import Letter

TIMEOUT_S = 10.0


def message_of(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    message["Date"] = formatdate()
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(letter.text)
    return message


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
        try:
            await aiosmtplib.send(
                message_of(letter, self._sender),
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                start_tls=None if not self._tls else False,
                timeout=TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            # The server's own text may repeat the address: only that it failed is told.
            raise Unavailable("mail") from None


class FolderMail:
    """Each letter becomes a file, to be read by whoever tries the service out. Production refuses it."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def send(self, letter: Letter) -> None:
        name = "".join(c if c.isalnum() or c in "-." else "_" for c in letter.message_id.strip("<>"))[:150]
        content = bytes(message_of(letter, self._sender))
        await asyncio.to_thread((self._folder / f"{name}.eml").write_bytes, content)
