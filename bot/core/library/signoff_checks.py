"""C4: is every text signed as it stands, and by enough people?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.core.library.drafts import Header, Place, Placed
from bot.core.library.problems import Problem
from bot.core.library.signoff import NAME, Signature, mark_of, people_needed, signers, unsigned


def signoff_problems(
    bodies: Mapping[str, bytes],
    signatures: Iterable[Placed[Signature]],
    pages: Mapping[str, Header | None],
    today: date,
) -> Iterator[Problem]:
    """All of them warnings: only production refuses. ``pages``: what people read, by its file, each told of alone."""
    known = tuple(signatures)
    plain = tuple(placed.what for placed in known)
    others = 0
    for file in unsigned(bodies, plain):
        late = [s for s in plain if s.file == file and s.sha256 != mark_of(file, bodies[file])]
        if late:
            said = f"this is not the text that {late[-1].who} signed on {late[-1].on}"
            yield _lead(file, pages).warning(
                "C420", said, "have it read and signed again, or put the words back"
            )
        elif file in pages:
            hint = f"sign it on the desk, or with: bounceback content sign {file} --who NAME --role ROLE"
            yield _lead(file, pages).warning("C402", "nobody has signed this off yet", hint)
        elif people_needed(file) == 2 and signers(file, bodies[file], plain):
            hint = "safety and policy files need two different people"
            yield Place(file).warning("C422", "one person has signed this, and it needs a second", hint)
        else:
            others += 1
    if others:
        said = f"{others} more files, such as measures, safety rules and texts, are not signed off yet"
        yield Place(NAME).warning(
            "C402",
            said,
            "sign them on the desk, or with: bounceback content sign FILE --who NAME --role ROLE",
        )
    yield from _entries(known, bodies, pages, today)


def _lead(file: str, pages: Mapping[str, Header | None]) -> Place:
    """Where a page names who answers for it."""
    header = pages.get(file)
    lead = header.values.get("clinical-lead") if header else None
    return lead.at if lead else Place(file)


def _entries(
    known: tuple[Placed[Signature], ...],
    bodies: Mapping[str, bytes],
    pages: Mapping[str, Header | None],
    today: date,
) -> Iterator[Problem]:
    for placed in known:
        signature, at = placed.what, placed.at
        if signature.file not in bodies:
            said = f"there is no file '{signature.file}' any more"
            yield at.warning("C421", said, "delete this entry, or correct the file's name")
            continue
        if date.fromisoformat(signature.review_by) < today:
            said = f"the review of {signature.file} was due on {signature.review_by}"
            yield at.warning("C401", said, "review it and sign it again")
        header = pages.get(signature.file)
        lead = header.values.get("clinical-lead") if header else None
        current = signature.sha256 == mark_of(signature.file, bodies[signature.file])
        if current and lead and "unsigned" in str(lead.what).lower():
            hint = "name the clinical lead on the page, then sign it again"
            yield lead.at.warning("C423", "the page is signed and still says that it is not", hint)
