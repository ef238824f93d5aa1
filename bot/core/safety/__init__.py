"""The screen that reads every patient text first. Pure; see docs for clinicians in `content/safety`."""

from bot.core.safety.content import SafetyContent, SignpostLine, gather
from bot.core.safety.examples import ExampleProblem, example_problems
from bot.core.safety.phrases import PhraseError
from bot.core.safety.screen import Screener, compile_screen
from bot.core.safety.second_net import with_second_net
from bot.core.safety.signposts import Signposting, signposting
from bot.core.safety.verdict import Context, Hit, Reading, Screen, Tier, Worry

__all__ = [
    "Context",
    "ExampleProblem",
    "Hit",
    "PhraseError",
    "Reading",
    "SafetyContent",
    "Screen",
    "Screener",
    "SignpostLine",
    "Signposting",
    "Tier",
    "Worry",
    "compile_screen",
    "example_problems",
    "gather",
    "signposting",
    "with_second_net",
]
