"""``python -m bot.understanding.learn intents|second_net|posts FILE``: a training in a process of its own.

Reads {"examples", "encoder"} from standard input, so that a server need not load what only learning needs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from bot.core.errors import Misuse
from bot.understanding.encoder import encoder
from bot.understanding.kept import Part, keep, mark_of
from bot.understanding.linear import Learned


def learned(
    part: Part,
    examples: Mapping[str, tuple[str, ...]],
    *,
    meaning: bool = True,
    told: Callable[[float], None] | None = None,
) -> Learned:
    """``told`` hears how far a long training is. Raises Misuse where there are too few examples, or no encoder."""
    if part == "adapted":
        from bot.understanding.adapting import adapt  # autograd

        held = encoder()
        if held is None:
            raise Misuse("the encoder that the second net adapts is not installed: see docs/operators.md")
        return adapt(examples, held, told=told).learned
    if part == "posts":
        from bot.understanding.post_training import train_posts  # scikit-learn, which takes a second

        return train_posts(examples, encoder() if meaning else None).learned
    from bot.understanding.training import train_intents, train_net  # as above

    if part == "second_net":
        return train_net(examples).learned
    return train_intents(examples, encoder() if meaning else None).learned


def main(part: Part, file: str) -> None:
    asked = json.load(sys.stdin)
    examples = {name: tuple(texts) for name, texts in asked["examples"].items()}
    made = learned(part, examples, meaning=asked["encoder"])
    keep(Path(file), mark_of(part, examples), made)


if __name__ == "__main__":
    which, where = sys.argv[1:]
    main(cast(Part, which), where)
