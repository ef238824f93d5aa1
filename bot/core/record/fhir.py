"""A record as a FHIR R4 Bundle: the questionnaires as they were worded, the answers, the totals, the goals and the diary.

An item that was skipped has no answer, which is never 0. Every reference is to something in the same bundle.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

from bot.core.library import Item, Library, Measure, Option
from bot.core.record.codes import LOCAL, UCUM, local, loinc, snomed
from bot.core.record.document import Document, Score

Resource = dict[str, Any]
_ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
_SURVEY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}]
}


def bundle_of(document: Document, library: Library) -> Resource:
    """A collection: the patient, then a Questionnaire for each measure and version, then what they answered and set."""
    return _Bundle(document, library).whole()


class _Bundle:
    def __init__(self, document: Document, library: Library) -> None:
        self._document, self._library = document, library
        self._entries: list[Resource] = []
        self._questionnaires: dict[tuple[str, str], str] = {}
        self._patient = self._url("patient")
        self._zone = ZoneInfo(document.state.profile.timezone)

    def whole(self) -> Resource:
        self._add(self._patient, self._person())
        for score in self._document.scores:
            self._score(score)
        for n, goal in enumerate(self._document.goals):
            self._goal(n, goal)
        for n, line in enumerate(self._document.diary):
            self._diary(n, line)
        return {
            "resourceType": "Bundle",
            "id": str(self._document.patient),
            "type": "collection",
            "timestamp": _moment(self._document.made_at),
            "entry": self._entries,
        }

    def _url(self, *names: object) -> str:
        return f"urn:uuid:{uuid5(self._document.patient, ':'.join(map(str, names)))}"

    def _add(self, url: str, resource: Resource) -> None:
        self._entries.append({"fullUrl": url, "resource": {**resource, "id": url.removeprefix("urn:uuid:")}})

    def _person(self) -> Resource:
        about = self._document.about
        person: Resource = {
            "resourceType": "Patient",
            "identifier": [{"system": f"{LOCAL}/record", "value": str(self._document.patient)}],
        }
        if about.get("name"):
            person["name"] = [{"use": "usual", "text": about["name"]}]
        if about.get("contact"):
            person["telecom"] = [{"system": "email", "value": about["contact"]}]
        person["communication"] = [
            {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": self._document.language}]}}
        ]
        return person

    # -- questionnaires and what was answered

    def _score(self, score: Score) -> None:
        measure = self._library.measures.get(score.measure)
        canonical = self._questionnaire(score, measure)
        response = self._url("response", score.id)
        answered = [self._answer(measure, item, text, given) for item, text, given, _ in score.answers]
        self._add(
            response,
            {
                "resourceType": "QuestionnaireResponse",
                "questionnaire": canonical,
                "status": "completed",
                "subject": {"reference": self._patient},
                "authored": _moment(score.at),
                "source": {"reference": self._patient},
                "item": answered,
            },
        )
        if score.total is not None:
            self._total(score, measure, response)

    def _questionnaire(self, score: Score, measure: Measure | None) -> str:
        key = (score.measure, score.version)
        canonical = f"{LOCAL}/Questionnaire/{score.measure}|{score.version}"
        if key in self._questionnaires:
            return canonical
        self._questionnaires[key] = canonical
        resource: Resource = {
            "resourceType": "Questionnaire",
            "url": canonical.partition("|")[0],
            "version": score.version,
            "name": score.measure,
            "title": measure.title if measure else score.title,
            "status": "active",
            "subjectType": ["Patient"],
            "code": [_panel(score.measure, measure)],
            "item": [self._asked(measure, item, text) for item, text, *_ in score.answers],
        }
        if measure is not None and measure.stem:
            resource["description"] = measure.stem
        if measure is not None and measure.licence:
            resource["copyright"] = measure.licence
        self._add(self._url("questionnaire", *key), resource)
        return canonical

    def _asked(self, measure: Measure | None, item_id: str, text: str) -> Resource:
        item = measure.item(item_id) if measure else None
        code = (
            loinc(item.loinc) if item and item.loinc else local(f"{measure.id if measure else ''}.{item_id}")
        )
        asked: Resource = {"linkId": item_id, "code": [code], "text": text, "type": _type(measure, item)}
        if measure is not None and item is not None and measure.answers(item).options:
            options = measure.answers(item).options
            asked["answerOption"] = [{"valueCoding": _option(measure, o)} for o in options]
        return asked

    def _answer(self, measure: Measure | None, item_id: str, text: str, given: object) -> Resource:
        row: Resource = {"linkId": item_id, "text": text}
        item = measure.item(item_id) if measure else None
        if given is None:
            return row
        if isinstance(given, str):
            return {**row, "answer": [{"valueCoding": local(given, given.replace("_", " "))}]}
        assert isinstance(given, int)
        options = measure.answers(item).options if measure and item else ()
        option = next((o for o in options if o.points == given), None)
        if measure is None or option is None:
            return {**row, "answer": [{"valueInteger": given}]}
        return {**row, "answer": [{"valueCoding": _option(measure, option)}]}

    def _total(self, score: Score, measure: Measure | None, response: str) -> None:
        codings = []
        if measure is not None and measure.loinc.total:
            codings.append(loinc(measure.loinc.total))
        if measure is not None and measure.snomed:
            codings.append(snomed(measure.snomed))
        if not codings:
            codings.append(local(f"{score.measure}.total"))
        observation: Resource = {
            "resourceType": "Observation",
            "status": "final",
            "category": [_SURVEY],
            "code": {"coding": codings, "text": f"{measure.title if measure else score.title}: total"},
            "subject": {"reference": self._patient},
            "effectiveDateTime": _moment(score.at),
            "valueQuantity": {
                "value": score.total,
                "unit": "{score}",
                "system": UCUM,
                "code": "{score}",
            },
            "derivedFrom": [{"reference": response}],
        }
        if score.band:
            observation["interpretation"] = [{"text": score.band}]
        if measure is not None and score.of is not None:
            observation["referenceRange"] = [
                {
                    "low": {"value": measure.range[0]},
                    "high": {"value": score.of},
                    "text": "The lowest and the highest that there can be",
                }
            ]
        self._add(self._url("total", score.id), observation)

    def _goal(self, n: int, goal: dict[str, Any]) -> None:
        if goal["text"] is None:
            return
        resource: Resource = {
            "resourceType": "Goal",
            "lifecycleStatus": _LIFE[goal["ended"]["how"]] if goal["ended"] else "active",
            "description": {"text": goal["text"]},
            "subject": {"reference": self._patient},
            "startDate": goal["at"].astimezone(self._zone).date().isoformat(),
            "expressedBy": {"reference": self._patient},
        }
        self._add(self._url("goal", n), resource)

    def _diary(self, n: int, line: dict[str, Any]) -> None:
        """What they measured themselves, each line an Observation; a line whose words were erased and that has no number is none."""
        if line["number"] is None and line["text"] is None:
            return
        diary = self._library.policy.diary
        kind = diary.kind(line["kind"]) if diary else None
        name = self._library.say(f"diary_{line['kind']}", self._document.language)
        code = loinc(kind.loinc) if kind and kind.loinc else local(f"diary.{line['kind']}", name)
        observation: Resource = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [code], "text": name},
            "subject": {"reference": self._patient},
            "effectiveDateTime": _moment(line["at"]),
            "performer": [{"reference": self._patient}],
        }
        if line["number"] is not None:
            unit = line["unit"] or (kind.ucum if kind else "")
            code_of_unit = kind.ucum if kind and kind.ucum else unit
            quantity = {"value": line["number"], "unit": unit, "system": UCUM, "code": code_of_unit}
            observation["valueQuantity"] = {name: value for name, value in quantity.items() if value != ""}
            if line["text"] is not None:
                observation["note"] = [{"text": line["text"]}]
        else:
            observation["valueString"] = line["text"]
        self._add(self._url("diary", n), observation)


_LIFE = {"done": "completed", "let_go": "cancelled"}


def _panel(name: str, measure: Measure | None) -> dict[str, str]:
    if measure is not None and measure.loinc.panel:
        return loinc(measure.loinc.panel)
    return local(name, measure.title if measure else "")


def _type(measure: Measure | None, item: Item | None) -> str:
    if measure is None or item is None:
        return "integer"
    return "choice" if measure.answers(item).options else "integer"


def _option(measure: Measure, option: Option) -> Resource:
    code = loinc(option.loinc) if option.loinc else local(f"{measure.id}:{option.points}", option.label)
    return {**code, "extension": [{"url": _ORDINAL, "valueDecimal": option.points}]}


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
