"""How long the programme takes, and what is offered how often. Versioned data, with its sources."""

from __future__ import annotations

from pydantic import Field

from bot.core.checked import Checked


class Programme(Checked):
    """``weeks``: after so many the chat looks back with them. ``not_again_days``: what they put aside is not offered before.
    ``goal_days``: after so many they are asked how a goal goes, where they want to be.

    ``call_999``: by condition, the sentences of texts/en.yaml that stand on a flare-up plan whatever else does.
    """

    version: str
    weeks: int = Field(ge=1, le=104)
    not_again_days: int = Field(ge=1, le=92)
    goal_days: int = Field(ge=1, le=28)
    call_999: dict[str, tuple[str, ...]] = {}
