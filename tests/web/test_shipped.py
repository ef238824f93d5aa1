"""The widget's files: packed, for ever the same at one address, and never those of another release."""

from __future__ import annotations

import gzip
import json

import pytest
from clinic import Clinic
from talker import Door

from bot.web import shipped as shipping
from bot.web.shipped import STATIC, lean, shipped


async def test_a_file_of_this_release_is_packed_and_lasts(door: Door) -> None:
    raw = (STATIC / "widget" / "chat.js").read_text()
    answer = await door.get(f"{shipped().at}/widget/chat.js")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.raw == lean(raw)
    assert int(answer.headers["Content-Length"]) < len(raw) / 2


async def test_of_another_release_it_is_asked_for_each_time(door: Door) -> None:
    """In the middle of a deploy a page of the old one goes on, and nothing wrong is kept under its name."""
    answer = await door.get("/widget/0123456789ab/widget/chat.js")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
    for missing in ("/widget/none.js", "/settings.py", "/../app.py", "/widget/../../app.py"):
        assert (await door.get(f"{shipped().at}{missing}")).status == 404


async def test_the_address_that_others_name_leads_to_this_release(door: Door) -> None:
    answer = await door.get("/widget.js")
    assert answer.raw == f'import ".{shipped().at}/widget.js";\n'
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    page = (await door.get("/chat")).raw
    assert f'src="{shipped().at}/widget.js"' in page


async def test_the_worker_names_its_release_and_files(door: Door) -> None:
    answer = await door.get("/chat-worker.js")
    told, _, rest = answer.raw.partition("\n")
    named = json.loads(told.removeprefix("self.SHIPPED = ").removesuffix(";"))
    assert named["release"] == shipped().release
    assert {"widget.js", "widget/help.js", "widget/texts.js", "widget/plan.js"} <= set(named["files"])
    assert set(named["files"]) <= set(shipped().files)
    assert "importScripts(" in rest
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-cache"


async def test_what_has_not_changed_is_not_sent_again(door: Door) -> None:
    for path in ("/widget.js", "/chat-worker.js"):
        mark = (await door.get(path)).headers["Etag"]
        again = await door.client.get(door.url + path, headers={"If-None-Match": mark})
        assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize("name", sorted(shipped().files))
def test_packed_or_not_it_is_the_same(name: str) -> None:
    file = shipped().files[name]
    assert gzip.decompress(file.packed) == file.body


def test_the_release_changes_with_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shipped()
    shipped.cache_clear()
    monkeypatch.setattr(shipping, "lean", lambda source: source + " ")
    assert shipped().release != before.release
    shipped.cache_clear()
    monkeypatch.undo()
    assert shipped().release == before.release


async def test_pages_and_public_answers_are_packed_and_what_holds_a_secret_is_not(
    door: Door, clinic: Clinic
) -> None:
    patient = await clinic.join()
    for path in ("/chat", "/urgent", "/v1/texts/pl", "/v1/availability"):
        assert (await door.get(path, patient.token)).headers.get("Content-Encoding") == "gzip", path
    told = await door.get("/v1/messages", patient.token)
    assert "Content-Encoding" not in told.headers
    ticket = await door.post("/v1/ticket", {}, patient.token)
    assert "Content-Encoding" not in ticket.headers
