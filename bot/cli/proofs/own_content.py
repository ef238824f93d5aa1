"""The content in force with some numbers of a group's house rules changed, for what takes an evening in minutes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from bot.cli.proofs.instance import environment
from bot.core.errors import Misuse
from bot.settings import PREFIX


def with_numbers(folder: Path, numbers: Mapping[str, str]) -> Path:
    """A copy in this folder; a group's own number gives way, too. Raises Misuse where the policy has no such number."""
    copy = folder / "content"
    if not copy.exists():
        shutil.copytree(Path(environment({})[f"{PREFIX}CONTENT"]), copy)
    policy = copy / "policy" / "groups.yaml"
    groups = sorted((copy / "groups").glob("*.md"))
    for name, number in numbers.items():
        line = re.compile(rf"(?m)^{name}: .*$")
        if not line.search(policy.read_text()):
            raise Misuse(f"policy/groups.yaml has no number '{name}'")
        for file in (policy, *groups):
            file.write_text(line.sub(f"{name}: {number}", file.read_text()))
    return copy
