"""What the models were taught, or are to be: as the package brings it, as it was kept, or learned now."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bot.understanding.adapted import Adapted
    from bot.understanding.linear import Learned
    from bot.understanding.reading import Encoders

NAME = "understanding.kept"
NET_NAME = "second_net.kept"
POSTS_NAME = "posts.kept"
_ROOT = Path(__file__).resolve().parents[3]
Examples = Mapping[str, tuple[str, ...]]
Part = Literal["intents", "second_net", "adapted", "posts"]
_Learns = Literal["intents", "second_net", "posts"]
_KEPT: dict[_Learns, str] = {"intents": NAME, "second_net": NET_NAME, "posts": POSTS_NAME}
_KINDS: dict[_Learns, int] = {"intents": 2, "second_net": 4, "posts": 8}
"""How many kinds of examples are needed to learn."""


def encoders_if(wanted: bool) -> Encoders:
    from bot.understanding.encoder import encoder  # numpy, which no server's start waits for

    return encoder if wanted else lambda: None


def adapted() -> Adapted | None:
    """As the package brings it, whatever the examples: no server teaches it, for it takes a quarter of an hour."""
    from bot.understanding.adapted import Adapted
    from bot.understanding.kept import DATA, read

    held = read(DATA / "adapted.npz")
    return None if held is None else Adapted.from_learned(held)


def taught(part: _Learns, examples: Examples, data: Path | None, *, meaning: bool) -> Learned | None:
    """As the package brings it, as it was kept, or learned now. None of too few examples."""
    from bot.understanding.kept import DATA, found, mark_of

    if not _enough(part, examples):
        return None
    mark = mark_of(part, examples)
    places = [DATA / f"{part}.npz", *([data / _KEPT[part]] if data else [])]
    for place in places:
        learned = found(place, mark, meaning=meaning)
        if learned is not None:
            return learned
    if data is not None and data.is_dir() and os.access(data, os.W_OK):
        _learn(part, examples, places[-1], meaning=meaning)
        return found(places[-1], mark, meaning=meaning)
    with tempfile.TemporaryDirectory(prefix="bounceback-") as folder:
        _learn(part, examples, Path(folder) / _KEPT[part], meaning=meaning)
        return found(Path(folder) / _KEPT[part], mark, meaning=meaning)


def _enough(part: _Learns, examples: Examples) -> bool:
    names = [name for name, texts in examples.items() if texts]
    return len(names if part == "intents" else {name.partition("/")[0] for name in names}) >= _KINDS[part]


def _learn(part: _Learns, examples: Examples, place: Path, *, meaning: bool) -> None:
    """In a process of its own: what learning loads would stay in the server for good."""
    asked = json.dumps({"examples": {n: list(t) for n, t in examples.items()}, "encoder": meaning})
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    subprocess.run(
        [sys.executable, "-m", "bot.understanding.learn", part, str(place)],
        input=asked.encode(),
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
