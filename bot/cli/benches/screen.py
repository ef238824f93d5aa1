"""How long the safety screen reads a text: short and long ones, and such as are made to keep it busy."""

from __future__ import annotations

import random
import time
from string import ascii_lowercase

from bot.authoring import CONTENT_SHIPPED, shipped_library
from bot.cli.benches.ground import Ground
from bot.cli.proofs.findings import Bar, Findings, percentile
from bot.core.safety import Context, SafetyContent, Screener

LENGTHS = (20, 200, 400, 4000)
TEXTS, QUICK_TEXTS = 300, 20
LONGEST = LENGTHS[-1]
WITHIN_US = 5_000.0
STEEPEST = 12.0
"""A text ten times as long may take so many times as long."""


async def bench_screen(ground: Ground) -> Findings:
    content = shipped_library(CONTENT_SHIPPED).safety
    count = QUICK_TEXTS if ground.quick else TEXTS
    said = [text for rule in content.rules for text in rule.examples.miss]
    dice = random.Random(1)  # noqa: S311
    texts = {
        f"{length} characters": [_long(dice.choices(said, k=LONGEST), length) for _ in range(count)]
        for length in LENGTHS
    }
    texts.update({name: [text] * (count // 10) for name, text in hostile(content, dice).items()})
    spent = {}
    for done, (name, each) in enumerate(texts.items()):
        ground.tell(name, done, len(texts))
        spent[name] = _times_us(content.screen, each)
    ratio = spent[f"{LONGEST} characters"]["p50"] / spent["400 characters"]["p50"]
    bars = [] if ground.quick else _bars(spent, ratio)
    return Findings("screen", {"cpu_us": spent, "ratio_4000_to_400": round(ratio, 1)}, bars)


def _bars(spent: dict[str, dict[str, float]], ratio: float) -> list[Bar]:
    ordinary = f"{LONGEST} characters"
    return [
        Bar(f"{ordinary}, p99 in us", spent[ordinary]["p99"], WITHIN_US),
        Bar("4,000 characters against 400", ratio, STEEPEST),
    ]


def _long(sentences: list[str], length: int) -> str:
    return ". ".join(sentence.rstrip(".!?") for sentence in sentences)[:length]


def hostile(content: SafetyContent, dice: random.Random) -> dict[str, str]:
    """4,000 characters each."""
    words = [word for rule in content.rules for text in rule.examples.hit for word in text.lower().split()]
    near = [text.rstrip(".!?") for rule in content.rules for text in rule.examples.miss]
    long = [word for word in words if len(word) > 4 and word.isalpha()]
    slipped = (word[:-2] + dice.choice(ascii_lowercase) + word[-1] for word in dice.choices(long, k=LONGEST))
    strange = ("".join(dice.choices(ascii_lowercase, k=dice.randint(2, 9))) for _ in range(LONGEST))
    made = {
        "random words": " ".join(strange),
        "misspelt words": " ".join(slipped),
        "one long word": "".join(dice.choices(ascii_lowercase, k=LONGEST)),
        "figures": "7" * LONGEST,
        "numbers": "3 17 2.9 " * LONGEST,
        "negations": "not never no without " * LONGEST,
        "denials": "i do not want to die " * LONGEST,
        "no full stops": " ".join(dice.choices(words, k=LONGEST)),
        "near misses without full stops": " ".join(dice.choices(near, k=LONGEST)),
        "marks over letters": "k\u0301i\u0308ll my\u0301self " * LONGEST,
        "kill kill": "kill " * LONGEST,
        "spaced letters": "k i l l m y s e l f " * LONGEST,
    }
    return {name: text[:LONGEST] for name, text in made.items()}


def _times_us(screen: Screener, texts: list[str]) -> dict[str, float]:
    """Of the processor, so that what else the machine does counts little."""
    times = []
    for text in texts:
        began = time.thread_time_ns()
        screen(text, Context())
        times.append((time.thread_time_ns() - began) / 1000)
    return {"p50": round(percentile(times, 0.5)), "p99": round(percentile(times, 0.99))}
