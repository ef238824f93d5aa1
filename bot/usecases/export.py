"""A patient's whole record as files: for themselves, or for the team and the operator to hand over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from bot.core.errors import Refused
from bot.core.library import Library
from bot.core.record import Document, Told, bundle_of, document_of, page_of
from bot.core.values import LineId, ServiceId
from bot.ports import Looker
from bot.usecases.house import House
from bot.usecases.own_looks import own_looks

Form = Literal["html", "json", "fhir"]
FORMS: tuple[Form, ...] = ("html", "json", "fhir")
MOST_REMINDERS = 10_000
NAMES = {"html": "my-record.html", "json": "my-record.json", "fhir": "my-record.fhir.json"}
TYPES = {"html": "text/html", "json": "application/json", "fhir": "application/fhir+json"}


@dataclass(frozen=True)
class Exported:
    form: Form
    name: str
    type: str
    body: bytes = field(repr=False)


async def export(
    house: House,
    service: ServiceId,
    patient: LineId,
    by: Looker | None,
    forms: tuple[Form, ...] = FORMS,
) -> list[Exported]:
    """``by`` None: for the patient. For anybody else it is one look at all of it, and a safety plan that is not shared
    is left out. Raises Refused('not_found'), also where the record has been erased."""
    held = await house.record.holdings.of(service, patient, by)
    wrapped = (await house.record.reading.keys(service, [patient])).get(patient)
    if held is None or wrapped is None:
        raise Refused("not_found")
    key = house.vault.open_key(patient, *wrapped)
    looks = await own_looks(house, service, patient)
    reminders = await house.record.reminders.of(service, patient, most=MOST_REMINDERS)
    library = house.shelf.library
    told = Told(
        service=house.shelf.service(service).name,
        patient=patient,
        made_at=house.clock.now(),
        journal=held.journal,
        words={word.id: (word.kind, house.vault.unseal(key, word)) for word in held.words},
        looks=[f"{day.day}: {line}" for day in looks for line in day.lines],
        reminders=[
            {
                "what": r.what.partition(":")[0],
                "state": r.state,
                "due_at": r.due_at,
                "why": r.why,
                "ended_at": r.ended_at,
                "ways": [f"{sent.way}: {sent.state}" for sent in r.sent],
            }
            for r in reminders
        ],
        to_team=by is not None,
    )
    document = document_of(told, library)
    return [Exported(form, NAMES[form], TYPES[form], _made(form, document, library)) for form in forms]


def _made(form: Form, document: Document, library: Library) -> bytes:
    match form:
        case "html":
            return page_of(document, library).encode()
        case "json":
            return document.json()
        case "fhir":
            return msgspec.json.format(msgspec.json.encode(bundle_of(document, library)), indent=1)
