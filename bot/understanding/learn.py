"""``python -m bot.understanding.learn intents|second_net FILE``: a training in a process of its own.

Reads {"examples", "encoder"} from standard input, so that a server need not load what only learning needs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from bot.understanding.encoder import encoder
from bot.understanding.kept import keep, mark_of
from bot.understanding.linear import Learned

Part = Literal["intents", "second_net"]


def learned(part: Part, examples: Mapping[str, tuple[str, ...]], *, meaning: bool = True) -> Learned:
    """Raises Misuse where there are too few examples."""
    from bot.understanding.training import train_intents, train_net  # scikit-learn, which takes a second

    held = encoder() if meaning else None
    return train_intents(examples, held).learned if part == "intents" else train_net(examples, held).learned


def main(part: str, file: str) -> None:
    asked = json.load(sys.stdin)
    examples = {name: tuple(texts) for name, texts in asked["examples"].items()}
    made = learned("intents" if part == "intents" else "second_net", examples, meaning=asked["encoder"])
    keep(Path(file), mark_of(examples), made)


if __name__ == "__main__":
    main(*sys.argv[1:])
