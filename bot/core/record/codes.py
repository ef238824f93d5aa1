"""What LOINC and SNOMED CT call the codes of our measures and of the diary. A form words its items in its own way."""

from __future__ import annotations

from collections.abc import Mapping

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
LOCAL = "https://bounceback.invalid/fhir/measures"
"""Of measures, items and answers that have no code elsewhere."""

_PHQ = "in last 2 weeks [Reported.PHQ]"
DISPLAY: Mapping[str, str] = {
    "44249-1": "PHQ-9 quick depression assessment panel [Reported.PHQ]",
    "44261-6": "Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]",
    "44250-9": "Little interest or pleasure in doing things in last 2 weeks",
    "44255-8": "Feeling down, depressed, or hopeless in last 2 weeks",
    "44259-0": f"Trouble falling or staying asleep, or sleeping too much {_PHQ}",
    "44254-1": f"Feeling tired or having little energy {_PHQ}",
    "44251-7": f"Poor appetite or overeating {_PHQ}",
    "44258-2": "Feeling bad about yourself - or that you are a failure or have let yourself or your family down "
    + _PHQ,
    "44252-5": f"Trouble concentrating on things, such as reading the newspaper or watching television {_PHQ}",
    "44253-3": "Moving or speaking so slowly that other people could have noticed. Or the opposite - being so fidgety "
    f"or restless that you have been moving around a lot more than usual {_PHQ}",
    "44260-8": f"Thoughts that you would be better off dead, or of hurting yourself in some way {_PHQ}",
    "69737-5": "Generalized anxiety disorder 7 item (GAD-7)",
    "70274-6": "Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]",
    "69725-0": "Feeling nervous, anxious or on edge",
    "68509-9": "Over the past 2 weeks have you not been able to stop or control worrying",
    "69733-4": "Worrying too much about different things",
    "69734-2": "Trouble relaxing",
    "69735-9": "Being so restless that it is hard to sit still",
    "69689-8": "Becoming easily annoyed or irritable",
    "69736-7": "Feeling afraid, as if something awful might happen",
    "LA6568-5": "Not at all",
    "LA6569-3": "Several days",
    "LA6570-1": "More than half the days",
    "LA6571-9": "Nearly every day",
    "55411-3": "Exercise duration",
    "72514-3": "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
    "14743-9": "Glucose [Moles/volume] in Capillary blood by Glucometer",
    "19935-6": "Maximum expiratory gas flow Respiratory system airway",
    "59408-5": "Oxygen saturation in Arterial blood by Pulse oximetry",
    "29463-7": "Body weight",
    "8310-5": "Body temperature",
}
"""As public FHIR examples give LOINC's names; a code that is not here goes without one."""
SNOMED_DISPLAY: Mapping[str, str] = {
    "720433000": "Patient Health Questionnaire Nine Item score",
    "445455005": "Generalized anxiety disorder 7 item score",
}


def loinc(code: str) -> dict[str, str]:
    named = {"display": DISPLAY[code]} if code in DISPLAY else {}
    return {"system": LOINC, "code": code, **named}


def snomed(code: str) -> dict[str, str]:
    named = {"display": SNOMED_DISPLAY[code]} if code in SNOMED_DISPLAY else {}
    return {"system": SNOMED, "code": code, **named}


def local(code: str, display: str = "") -> dict[str, str]:
    return {"system": LOCAL, "code": code, **({"display": display} if display else {})}
