"""The templates of the pages, compiled once for the process, however many applications it holds."""

from __future__ import annotations

from types import CodeType

import aiohttp_jinja2
from aiohttp import web
from jinja2 import BytecodeCache, FileSystemLoader
from jinja2.bccache import Bucket

from bot.web.pages import TEMPLATES


class _Compiled(BytecodeCache):
    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def add_templates(app: web.Application) -> None:
    aiohttp_jinja2.setup(app, loader=FileSystemLoader(TEMPLATES), autoescape=True, bytecode_cache=_COMPILED)
