"""The map is whole: every room, port, fact and invariant stands in ARCHITECTURE.md."""

from __future__ import annotations

import inspect
import re
import typing

import pytest
from papers import ROOT, named_tests_in, paper, row_of

from bot import ports
from bot.core import facts

TEXT = paper("ARCHITECTURE.md")
INVARIANTS = [f"I{n}" for n in range(1, 12)]


def test_every_room_is_on_the_map() -> None:
    rooms = {
        f"bot/{p.name}{'/' if p.is_dir() else ''}"
        for p in (ROOT / "bot").iterdir()
        if (p.is_dir() and (p / "__init__.py").is_file()) or (p.suffix == ".py" and p.name != "__init__.py")
    }
    assert {room for room in rooms if f"\n{room} " not in TEXT} == set()


def test_every_port_is_named() -> None:
    named = {
        name
        for name, kind in inspect.getmembers(ports, inspect.isclass)
        if getattr(kind, "_is_protocol", False) and kind.__module__.startswith("bot.ports")
    }
    assert len(named) > 15
    assert {name for name in named if f"`{name}`" not in TEXT} == set()


def test_every_fact_is_named() -> None:
    named = {kind.__name__ for kind in typing.get_args(facts.Fact)}
    said = re.findall(r"`(\w+)`", TEXT[TEXT.index("## Facts") : TEXT.index("## Errors")])
    assert sorted(said) == sorted(named), "each once"


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_every_invariant_is_held_by_a_test(invariant: str) -> None:
    """That the tests exist is looked up for every document in test_papers."""
    assert named_tests_in(row_of("ARCHITECTURE.md", invariant)[2])
