"""Frames as values: what goes in is parsed or refused, what goes out is JSON without empty fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refused
from bot.core.shown import Choice, Signpost, Urgent
from bot.web.frames import Ack, Msg, Nack, PostFrame, SayFrame, dump, id_and_words, parse

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

ID = UUID("0b8f6f1e-3a70-4d0e-9c58-6d1f0a6f2a11")

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
names = st.sampled_from(
    ["type", "id", "text", "choice", "answer", "re", "after", "token", "group", "seq", "rooms"]
)
kinds = st.sampled_from(["say", "hello", "post", "report", "read", "typing", "msg"])


@given(st.text() | anything.map(json.dumps) | st.binary())
def test_anything_is_a_frame_or_refused(raw: str | bytes) -> None:
    try:
        parse(raw)
    except Refused as refused:
        assert refused.code == "bad_frame"


@given(kinds, st.dictionaries(names, anything))
def test_a_frame_of_wrong_fields_is_refused_and_never_an_error(kind: str, fields: dict[str, object]) -> None:
    try:
        parse(json.dumps({**fields, "type": kind}))
    except Refused as refused:
        assert refused.code == "bad_frame"


@given(st.text() | anything.map(json.dumps))
def test_a_refused_frame_gives_up_its_words_and_nothing_else(raw: str) -> None:
    known, words = id_and_words(raw)
    assert known is None or isinstance(known, UUID)
    assert words is None or isinstance(words, str)


@given(st.text(min_size=1, max_size=4000))
def test_words_come_out_as_they_were_typed(text: str) -> None:
    frame = parse(json.dumps({"type": "say", "id": str(ID), "text": text}))
    assert frame == SayFrame(id=ID, text=text)


def test_a_refusal_says_nothing_of_what_was_in_the_frame() -> None:
    with pytest.raises(Refused) as refused:
        parse('{"type":"say","id":"xylophone"}')
    assert "xylophone" not in repr(refused.value)
    assert refused.value.__cause__ is None


def test_frames_keep_their_words_out_of_errors_but_not_out_of_themselves() -> None:
    frame = parse(json.dumps({"type": "post", "id": str(ID), "group": str(ID), "text": "hello"}))
    assert frame == PostFrame(id=ID, group=ID, text="hello")


def test_an_acknowledgement_is_three_fields() -> None:
    assert json.loads(dump(Ack(id=ID, seq=7))) == {"type": "ack", "id": str(ID), "seq": 7}


def test_a_message_says_from_whom_it_is() -> None:
    message = Msg(seq=1, sender="bot", text="Hello", at=NOON)
    frame = json.loads(dump(message))
    assert (frame["from"], "sender" in frame, "urgent" in frame) == ("bot", False, False)


def test_a_message_has_its_buttons_by_id_and_label() -> None:
    choices = (Choice(id="1.send", label="Send"),)
    frame = json.loads(dump(Msg(seq=1, sender="bot", text="", at=NOON, choices=choices)))
    assert frame["choices"] == [{"id": "1.send", "label": "Send"}]


def test_a_refusal_carries_where_to_turn() -> None:
    urgent = Urgent(kind="crisis", lines=(Signpost(text="Samaritans", number="116 123"),))
    frame = json.loads(dump(Nack(id=ID, code="unavailable", text="", urgent=urgent)))
    assert frame["urgent"]["lines"] == [{"text": "Samaritans", "number": "116 123"}]
