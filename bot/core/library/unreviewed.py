"""Which files of a library are translations, or other words for a page, that nobody has signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.core.library.book import Library


def unreviewed(library: Library, signed: Callable[[str], bool]) -> tuple[str, ...]:
    """``signed`` knows files by their names in the content folder. Pages in English are not this function's business."""
    return tuple(file for file in sorted(variant_files(library)) if not signed(file))


def variant_files(library: Library) -> Iterator[str]:
    """The files of all translations and all pages in easier words."""
    for module in library.modules.values():
        if module.language != "en" or module.easy:
            yield f"modules/{module.id}.{module.language}.md"
    for group in library.groups.values():
        if group.language != "en":
            yield f"groups/{group.id}.{group.language}.md"
    for language in library.texts:
        if language != "en":
            yield f"texts/{language}.yaml"
