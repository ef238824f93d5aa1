"""Pictures, sounds and films that a module shows: are they there, inside the folder?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def media_problems(module: ModuleDraft, bodies: Mapping[str, bytes]) -> Iterator[Problem]:
    """``bodies``: of the files that are there, by their names in the content folder."""
    for picture in _pictures(module):
        source, at = picture.what.source, picture.at
        if source.startswith(".."):
            yield at.problem("C003", "this leads out of the content folder", "put the file beside the module")
        elif source not in bodies:
            yield at.problem("C311", f"there is no file '{source}'", "check its name")
        elif len(bodies[source]) > MEDIA_BYTES:
            yield at.problem("C002", f"the file is larger than {MEDIA_BYTES >> 20} MiB", "make it smaller")
        elif picture.what.captions and picture.what.captions not in bodies:
            yield at.problem("C312", "the film has no captions", "put a .vtt file of the same name beside it")


def _pictures(module: ModuleDraft) -> Iterator[Placed[Picture]]:
    for part in (part for step in module.steps for part in step.parts):
        if isinstance(part.part, Picture) and ":" not in part.part.source:
            yield Placed(part.part, part.at)
