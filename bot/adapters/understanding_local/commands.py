"""For commands, which may take their time: the models and the search without a server, taught, read and written."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.adapters.understanding_local.taught import Examples, Part, adapted, encoders_if, taught
from bot.core.errors import Misuse
from bot.core.inputs import Found, Understood
from bot.core.library import Library
from bot.core.posts import Suspicion
from bot.core.safety import Worry

if TYPE_CHECKING:
    from bot.understanding import Classifier


class Finder(NamedTuple):
    """``step_of``: the step of a page that answers a question best."""

    find: Callable[[str], tuple[Found, ...]]
    step_of: Callable[[str, str], str]


def finder_over(library: Library, *, encoder: bool = True) -> Finder:
    """For commands, which may take their time."""
    from bot.understanding import Reading
    from bot.understanding.searching import meant, search_over, work_out

    search, encoders = search_over(library), encoders_if(encoder)
    reads = encoders()
    if reads is not None and not meant(search):
        work_out(search, reads)
    reading = lru_cache(maxsize=1)(lambda question: Reading(question, encoders))
    return Finder(
        lambda question: search.find(question, reading(question).meaning),
        lambda page, question: search.step_of(page, question, reading(question).meaning),
    )


def ship_vectors(library: Library) -> Path:
    """The file that the search is shipped with, written anew for a library. Raises Misuse where there is no encoder."""
    from bot.understanding.encoder import encoder
    from bot.understanding.searching import build

    return build(library, encoder())


def examples_to_adapt(library: Library) -> Examples:
    """What people ask for is ordinary."""
    asked = tuple(text for texts in library.understanding.values() for text in texts)
    return {**library.second_net, "ordinary/asked": asked}


def reader_taught_by(examples: Examples, *, encoder: bool = True) -> Callable[[str], Understood]:
    """Raises Misuse where there are too few examples."""
    from bot.understanding import Classifier

    meaning = encoders_if(encoder)() is not None
    learned = taught("intents", examples, None, meaning=meaning)
    if learned is None:
        raise Misuse("to tell intents apart there must be two of them, with examples")
    return _asking(Classifier.from_learned(learned), encoder=encoder)


def reader_kept_in(file: Path, *, encoder: bool = True) -> Callable[[str], Understood]:
    """What ``train_into`` made. Raises Misuse where it is no such file."""
    import numpy as np

    from bot.understanding import Classifier

    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as held:
            return _asking(Classifier.from_learned(dict(held)), encoder=encoder)
    except (OSError, ValueError, KeyError, EOFError):
        raise Misuse(f"{file} is no model. Make one with `bounceback train --nlu FILE --out FILE`") from None


def train_into(
    part: Part,
    examples: Examples,
    file: Path,
    *,
    encoder: bool = True,
    told: Callable[[float], None] | None = None,
) -> None:
    """In this process; ``told`` hears how far a long training is. Raises Misuse where there are too few examples."""
    from bot.understanding.kept import keep, mark_of
    from bot.understanding.learn import learned

    made = learned(part, examples, meaning=encoder, told=told)
    try:
        keep(file, mark_of(part, examples), made)
    except OSError as error:
        raise Misuse(f"{file} cannot be written: {error.strerror}") from None


def fits(part: Part, examples: Examples, file: Path) -> bool:
    """Whether that is what these examples would teach."""
    from bot.understanding.kept import found, mark_of

    return found(file, mark_of(part, examples), meaning=part in ("intents", "posts")) is not None


def shipped_models() -> Path:
    from bot.understanding.kept import DATA

    return DATA


def worry_taught_by(examples: Examples, *, encoder: bool = True) -> Callable[[str], Worry] | None:
    """The second net; None of too few examples."""
    from bot.understanding import Net, Reading

    encoders = encoders_if(encoder)
    learned = taught("second_net", examples, None, meaning=False)
    if learned is None:
        return None
    net = Net.from_learned(learned, adapted())
    return lambda text: net.worry(Reading(text, encoders))


def suspicion_taught_by(examples: Examples, *, encoder: bool = True) -> Callable[[str], Suspicion] | None:
    """The second net of posts; None of too few examples."""
    from bot.understanding import PostNet, Reading

    encoders = encoders_if(encoder)
    learned = taught("posts", examples, None, meaning=encoders() is not None)
    if learned is None:
        return None
    net = PostNet.from_learned(learned)
    return lambda text: net.suspicion(Reading(text, encoders))


def _asking(classifier: Classifier, *, encoder: bool) -> Callable[[str], Understood]:
    from bot.understanding import Reading

    encoders = encoders_if(encoder)
    return lambda text: classifier.predict(Reading(text, encoders))
