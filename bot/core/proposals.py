"""What an action may ask for. Actions propose; the bot checks against the library, and commits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from bot.core.checked import Checked

_Id = Annotated[str, StringConstraints(max_length=120)]


class OfferModule(Checked):
    """``because``: the condition, measure or reason id that led to it."""

    type: Literal["offer_module"] = "offer_module"
    module: _Id
    because: _Id = ""


class OfferGroup(Checked):
    type: Literal["offer_group"] = "offer_group"
    group: _Id


class ShowProgress(Checked):
    type: Literal["show_progress"] = "show_progress"
    measures: tuple[_Id, ...] = Field(max_length=8)


class AskGoal(Checked):
    """Ask the patient for a goal in their own words."""

    type: Literal["ask_goal"] = "ask_goal"


Proposal = Annotated[OfferModule | OfferGroup | ShowProgress | AskGoal, Field(discriminator="type")]
PROPOSAL: TypeAdapter[Proposal] = TypeAdapter(Proposal)
