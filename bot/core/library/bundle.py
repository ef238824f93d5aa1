"""Of a library what screens and signposts, to be kept outside the record."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.checked import Checked
from bot.core.library.book import Library
from bot.core.service import Service


class Bundle(Checked):
    """``library``: the safety content and the sentences of ``release``, without pages, measures and examples.

    ``services``: their nation decides where a patient is told to turn.
    """

    release: str
    library: Library
    services: tuple[Service, ...] = ()

    @classmethod
    def of(cls, library: Library, services: Iterable[Service] = ()) -> Bundle:
        alone = Library(
            modules={},
            measures={},
            groups={},
            texts=library.texts,
            understanding={},
            safety=library.safety,
            policy=library.policy,
        )
        return cls(
            release=library.release, library=alone, services=tuple(sorted(services, key=lambda s: s.slug))
        )
