"""Pictures, sounds and films that a module shows: are they there, inside the folder, and harmless?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from bot.adapters.content_files.svg import svg_problems
from bot.core.library.drafts import ModuleDraft, Placed
from bot.core.library.limits import MEDIA_BYTES
from bot.core.library.problems import Problem
from bot.core.library.steps import Picture


def shown_by(module: ModuleDraft) -> Iterator[str]:
    """Names of the files that it shows, and of films' captions; whether they are there or not."""
    for picture in _pictures(module):
        yield picture.what.source
        if picture.what.captions:
            yield picture.what.captions


def media_problems(
    module: ModuleDraft, bodies: Mapping[str, bytes], strays: Collection[str]
) -> Iterator[Problem]:
    """``bodies``: of the files that are there, by their names in the content folder; ``strays`` lie outside it."""
    for picture in _pictures(module):
        if picture.what.source in strays:
            hint = "put the file beside the module"
            yield picture.at.problem("C003", "this leads out of the content folder", hint)
        else:
            yield from _file(picture, bodies)


def _file(picture: Placed[Picture], bodies: Mapping[str, bytes]) -> Iterator[Problem]:
    source, captions, at = picture.what.source, picture.what.captions, picture.at
    if source not in bodies:
        hint = "check its name, and that it lies in the folder media beside the module"
        yield at.problem("C311", f"there is no file '{source}'", hint)
    elif len(bodies[source]) > MEDIA_BYTES:
        yield at.problem("C002", f"the file is larger than {MEDIA_BYTES >> 20} MiB", "make it smaller")
    elif captions and captions not in bodies:
        hint = "put a .vtt file of the same name beside it"
        yield at.problem("C312", "the film has no captions", hint)
    elif source.lower().endswith(".svg"):
        yield from svg_problems(bodies[source], source)


def _pictures(module: ModuleDraft) -> Iterator[Placed[Picture]]:
    for part in (part for step in module.steps for part in step.parts):
        if isinstance(part.part, Picture) and ":" not in part.part.source:
            yield Placed(part.part, part.at)
