"""How long the programme takes, and what is offered how often. Versioned data, with its sources."""

from __future__ import annotations

from pydantic import Field

from bot.core.checked import Checked
from bot.core.library.steps import Module


class Programme(Checked):
    """``weeks``: after so many the chat looks back with them. ``not_again_days``: what they put aside is not offered before.
    ``goal_days``: after so many they are asked how a goal goes, where they want to be.

    ``bears_on``: by measure, the modules that are about what it asks, besides those that use it.
    ``only_found``: modules that are for some people alone, and are never offered by themselves.
    ``call_999``: by condition, the sentences of texts/en.yaml that stand on a flare-up plan whatever else does.
    """

    version: str
    weeks: int = Field(ge=1, le=104)
    not_again_days: int = Field(ge=1, le=92)
    goal_days: int = Field(ge=1, le=28)
    bears_on: dict[str, tuple[str, ...]] = {}
    only_found: tuple[str, ...] = ()
    call_999: dict[str, tuple[str, ...]] = {}

    def about(self, module: Module) -> tuple[str, ...]:
        """The measures that a module bears on."""
        named = [measure for measure, modules in self.bears_on.items() if module.id in modules]
        return tuple(dict.fromkeys((*module.uses, *named)))
