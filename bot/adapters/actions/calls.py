"""The action server's protocol: what a call holds, and what an answer may hold. Anything else is Unavailable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.core.errors import Misuse, Unavailable
from bot.core.proposals import Proposal
from bot.ports import ActionAnswer

PATIENCE_S = 2.0
LARGEST_ANSWER = 64 * 1024  # bytes
PROTOCOL = "3.21.0"  # the rasa-sdk line whose protocol this is; the server warns where it differs
NOBODY = "bounceback"  # the protocol wants a sender; an action is not told who it works for

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_./:-]{1,120}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class _Custom(_Strict):
    proposals: Annotated[tuple[Proposal, ...], Field(max_length=20)] = ()


class _Response(_Strict):
    """One message as rasa-sdk writes it. An action has no words, pictures or buttons of its own."""

    text: Literal["", None] = None
    image: Literal["", None] = None
    attachment: Literal["", None] = None
    buttons: Annotated[tuple[Any, ...], Field(max_length=0)] = ()
    elements: Annotated[tuple[Any, ...], Field(max_length=0)] = ()
    custom: _Custom = _Custom()
    template: _Id | None = None
    response: _Id | None = None


class _SlotSet(_Strict):
    event: Literal["slot"]
    name: _Id
    value: Any = None
    timestamp: float | None = None


class _Answer(_Strict):
    events: Annotated[tuple[_SlotSet, ...], Field(max_length=50)]
    responses: Annotated[tuple[_Response, ...], Field(max_length=20)]


def call_for(action: str, slots: Mapping[str, Any]) -> bytes:
    """One call as JSON: the action's name and the slots. No message, no history, nobody's id."""
    tracker = {
        "sender_id": NOBODY,
        "slots": dict(slots),
        "latest_message": {},
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": None,
    }
    call = {
        "version": PROTOCOL,
        "next_action": action,
        "sender_id": NOBODY,
        "tracker": tracker,
        "domain": {},
    }
    try:
        return json.dumps(call, allow_nan=False).encode()
    except (TypeError, ValueError):
        # The error would show the slots.
        raise Misuse(f"the slots for {action} are not plain JSON values") from None


def answer_from(body: bytes) -> ActionAnswer:
    """The proposals and text ids of one answer. Raises Unavailable for anything that is not exactly such an answer."""
    if len(body) > LARGEST_ANSWER:
        raise Unavailable("actions")
    try:
        said = _Answer.model_validate_json(body)
    except ValidationError:
        raise Unavailable("actions") from None
    texts = (one.response or one.template for one in said.responses)
    return ActionAnswer(
        proposals=tuple(proposal for one in said.responses for proposal in one.custom.proposals),
        texts=tuple(text for text in texts if text),
    )
