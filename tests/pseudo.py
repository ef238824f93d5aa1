"""Made-up languages for tests: ``eo`` is English with accents, a good deal longer and in brackets; ``he`` runs from right to left.

What is in neither stands in the code and not in the content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.core.library import (
    Ask,
    Branch,
    Choose,
    Exercise,
    Goals,
    Later,
    Library,
    Link,
    Module,
    Part,
    Say,
    When,
)

_ACCENTS = str.maketrans("aceinosuyACEINOSUY", "áçéíñöšüýÁÇÉÍÑÖŠÜÝ")
_HEBREW = str.maketrans(dict(zip("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתאבגד", strict=True)))
_KEPT = re.compile(r"(\{\{.*?\}\}|\{.*?\})")
LONGER = 1.4

Spoken = Callable[[str], str]


def accented(text: str) -> str:
    """``[Ñéxt one two]``: what is cut off lacks its bracket."""
    longer = (" øñé ţŵö ťĥřéé ƒöüř ƒíṽé šíẋ šéṽéñ éíĝĥţ" * (len(text) // 60 + 1))[
        : max(2, round(len(text) * (LONGER - 1)))
    ]
    return f"[{_each(text, lambda piece: piece.translate(_ACCENTS))}{longer.rstrip()}]"


def hebrew(text: str) -> str:
    return _each(text, lambda piece: piece.lower().translate(_HEBREW))


def _each(text: str, say: Spoken) -> str:
    """All but what is filled in."""
    return "".join(piece if _KEPT.fullmatch(piece) else say(piece) for piece in _KEPT.split(text))


LANGUAGES: Mapping[str, Spoken] = {"eo": accented, "he": hebrew}


def with_language(library: Library, language: str, *modules: str) -> Library:
    """The library with all its sentences in a made-up language, and these modules. A test is no crisis."""
    say = LANGUAGES[language]
    texts = {key: say(text) for key, text in library.texts["en"].items()}
    pages = {f"{key}.{language}": in_language(library.modules[key], language) for key in modules}
    return library.model_copy(
        update={"texts": {**library.texts, language: texts}, "modules": {**library.modules, **pages}}
    )


def in_language(module: Module, made_up: str, **more: object) -> Module:
    """The same steps in other words."""
    say = LANGUAGES[made_up]
    steps = tuple(
        step.model_copy(
            update={"title": say(step.title), "parts": tuple(_part(part, say) for part in step.parts)}
        )
        for step in module.steps
    )
    own = {"language": made_up, "title": say(module.title), "urgent": say(module.urgent), "steps": steps}
    return module.model_copy(update={**own, **more})


def _part(part: Part, say: Spoken) -> Part:
    match part:
        case Say() | Ask():
            # The options stay: conditions name them, and a page in one language names its own.
            return part.model_copy(update={"text": say(part.text)})
        case Choose():
            return Choose(links=_links(part.links, say))
        case When():
            return When(branches=tuple(_branch(branch, say) for branch in part.branches))
        case Later():
            fresh = {"says": _says(part.says, say), "links": _links(part.links, say)}
            return part.model_copy(update=fresh)
        case Exercise():
            moves = tuple(move.model_copy(update={"do": say(move.do)}) for move in part.moves)
            return part.model_copy(update={"moves": moves})
        case Goals():
            return part.model_copy(update={"options": tuple(say(option) for option in part.options)})
        case _:
            return part


def _branch(branch: Branch, say: Spoken) -> Branch:
    return branch.model_copy(update={"says": _says(branch.says, say), "links": _links(branch.links, say)})


def _says(held: tuple[Say, ...], say: Spoken) -> tuple[Say, ...]:
    return tuple(one.model_copy(update={"text": say(one.text)}) for one in held)


def _links(held: tuple[Link, ...], say: Spoken) -> tuple[Link, ...]:
    return tuple(link.model_copy(update={"label": say(link.label)}) for link in held)
