"""The environment, read once into frozen, checked settings. Nothing else reads it."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.core.errors import Misuse

PREFIX = "BOUNCEBACK_"
# Where Chrome, Edge, Firefox and Safari keep what is to be pushed.
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "web.push.apple.com",
    "*.notify.windows.com",
)
LOOPBACK = ("127.0.0.1", "localhost")


class Limits(BaseModel):
    """What one client may do. Benches raise them for their own run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    frame_bytes: int = Field(default=64 * 1024, description="largest WebSocket frame and HTTP body")
    frames_per_s: float = Field(default=30, description="frames a second that one socket may keep up")
    frames_burst: int = Field(default=100, description="frames at once before a socket is slowed down")
    sockets_per_patient: int = Field(default=4, description="open sockets of one patient")
    sockets_per_address: int = Field(default=64, description="open sockets of one address")
    waiting_frames: int = Field(default=256, description="unsent frames after which a slow reader is closed")
    drain_s: float = Field(default=30, description="seconds that a socket may take to read what waits for it")
    sign_ins_per_minute: int = Field(default=10, description="sign-ins, joinings and returns of one address")
    exports_per_hour: int = Field(
        default=12, description="copies of the whole record that one patient may take"
    )


class Settings(BaseSettings):
    """Every setting of an instance. What a service sets for itself is in the record, never here."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    env: Literal["development", "production"] = Field(
        default="development",
        description="`production` refuses default secrets, the demo and development adapters",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql:// URL of your own record; unset: PostgreSQL is started in the data folder",
    )
    redis_url: SecretStr | None = Field(
        default=None, description="redis:// URL of your own bus; unset: Valkey is started in the data folder"
    )
    action_endpoint: str | None = Field(
        default=None,
        description="URL of a rasa-sdk action server's /webhook; unset: actions run in the process",
    )
    actions_package: str = Field(default="actions", description="importable package with the site's actions")
    smtp_url: SecretStr | None = Field(
        default=None,
        description="smtp://user:password@host:port (smtps:// for TLS); unset: mail is kept in the data folder",
    )
    mail_from: str = Field(default="bounceback@localhost", description="sender of every e-mail")
    canary_address: str | None = Field(
        default=None,
        description="mailbox of a machine that gets the letter of each day's canary; unset: none is sent",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="where patients and staff reach this instance"
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="origins of pages that may embed the widget, separated by commas"
    )
    master_keys: SecretStr | None = Field(
        default=None,
        description="id:base64 keys of 32 bytes, the current one first; unset: made in the data folder",
    )
    proxies: int = Field(
        default=0,
        ge=0,
        description="how many proxies of yours stand in front; their X-Forwarded-For is believed",
    )
    content: Path = Field(
        default=Path("content"), description="folder with the content that is published at start"
    )
    measure_packs: Path | None = Field(
        default=None,
        description="folder with your licensed questionnaires' words, outside the project; unset: their skeletons are not offered",
    )
    encoder: bool = Field(
        default=True,
        description="whether messages are also read for what they mean (90 MB a process); false: by their words alone",
    )
    webhook_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="hosts to which webhooks may go, separated by commas: name, name:port or *.name; unset: none are called",
    )
    push_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=PUSH_HOSTS,
        description="push services of browsers that may be called, separated by commas; empty: nobody is told by push",
    )
    apprise_urls: SecretStr | None = Field(
        default=None,
        description="addresses for apprise, separated by white space, that hear of every service's alerts; unset: none",
    )
    sms_url: SecretStr | None = Field(
        default=None,
        description="apprise address of a gateway for text messages to patients, with {number} where the number goes; unset: none are sent",
    )
    docs: bool | None = Field(
        default=None,
        description="whether /docs, /openapi.json and /asyncapi.json are served; unset: in development only",
    )
    limits: Limits = Limits()

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, values: Any) -> Any:
        if isinstance(values, dict) and isinstance(values.get("allowed_origins"), str):
            origins = (o.strip().rstrip("/") for o in values["allowed_origins"].split(","))
            values["allowed_origins"] = tuple(o for o in origins if o)
        for name in ("webhook_hosts", "push_hosts"):
            if isinstance(values, dict) and isinstance(values.get(name), str):
                hosts = (h.strip().rstrip(".").lower() for h in values[name].split(","))
                values[name] = tuple(h for h in hosts if h)
        for name in ("measure_packs", "canary_address", "docs", "sms_url"):
            if isinstance(values, dict) and values.get(name) == "":
                values[name] = None
        return values

    @model_validator(mode="after")
    def _strict_in_production(self) -> Settings:
        if self.env != "production":
            return self
        missing = [
            n for n in ("database_url", "redis_url", "smtp_url", "master_keys") if getattr(self, n) is None
        ]
        if missing:
            names = ", ".join(f"{PREFIX}{n.upper()}" for n in missing)
            raise ValueError(f"production needs {names}")
        if not self.public_url.startswith("https://"):
            raise ValueError(f"production needs {PREFIX}PUBLIC_URL to begin with https://")
        return self

    @property
    def shows_docs(self) -> bool:
        return self.env == "development" if self.docs is None else self.docs

    @property
    def origins(self) -> frozenset[str]:
        """Exact origins that may open a socket: our own pages' and those that embed the widget."""
        own = urlsplit(self.public_url)
        names = {own.netloc}
        if self.env == "development" and own.hostname in LOOPBACK:
            # One machine, two names: whichever of them somebody types into the address bar.
            names |= {f"{name}:{own.port}" if own.port else name for name in LOOPBACK}
        return frozenset({*(f"{own.scheme}://{name}" for name in names), *self.allowed_origins})

    def key_ring(self) -> tuple[dict[str, bytes], str] | None:
        """Master keys by id, and the id of the current one; None where none are set."""
        if self.master_keys is None:
            return None
        ring: dict[str, bytes] = {}
        for part in self.master_keys.get_secret_value().split(","):
            key_id, colon, encoded = part.strip().partition(":")
            try:
                ring[key_id] = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                colon = ""
            if not colon or not key_id or len(ring.get(key_id, b"")) != 32:
                raise Misuse(
                    f"{PREFIX}MASTER_KEYS needs id:base64 of 32 bytes, separated by commas: make one with `bounceback key`"
                )
        return ring, next(iter(ring))


def read_settings(**overrides: Any) -> Settings:
    """From the environment; a variable NAME_FILE names a file that holds NAME's value. Raises Misuse."""
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}"
        path = os.environ.get(f"{variable}_FILE")
        if path and name not in overrides and variable not in os.environ:
            try:
                overrides[name] = Path(path).read_text().strip()
            except OSError:
                raise Misuse(f"{variable}_FILE names a file that cannot be read: {path}") from None
    try:
        return Settings(**overrides)
    except ValidationError as error:
        problems = "; ".join(
            f"{_where(e['loc'])}{e['msg'].removeprefix('Value error, ')}" for e in error.errors()
        )
        raise Misuse(f"the settings are not right: {problems}. See .env.example") from None


def _where(loc: tuple[int | str, ...]) -> str:
    return f"{PREFIX}{'__'.join(str(part).upper() for part in loc)}: " if loc else ""


def env_example() -> str:
    """.env.example, made from the model."""
    lines = ["# Every setting of an instance. Add _FILE to a name to read its value from a file.", ""]
    for name, field in Settings.model_fields.items():
        if name == "limits":
            continue
        lines += [f"# {field.description}", _example(f"{PREFIX}{name.upper()}", field.default), ""]
    for name, field in Limits.model_fields.items():
        lines += [f"# {field.description}", _example(f"{PREFIX}LIMITS__{name.upper()}", field.default), ""]
    return "\n".join(lines)


def _example(variable: str, default: Any) -> str:
    shown = ",".join(default) if isinstance(default, tuple) else default
    return f"#{variable}={'' if shown is None else shown}"
