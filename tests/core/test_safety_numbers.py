"""Measurements in a message: what is read, in which unit, and past which limit the screen speaks."""

import pytest
from safety_files import screener

from bot.core.safety import Context, Reading, Tier


def readings(text: str, state: str = "none") -> tuple[Reading, ...]:
    return screener()(text, Context(state)).readings


def tier(text: str, state: str = "none", *conditions: str) -> Tier:
    return screener()(text, Context(state, frozenset(conditions))).tier


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("sugar 2.9", "glucose", 2.9, "mmol/L"),
        ("bm is 14", "glucose", 14, "mmol/L"),
        ("blood sugar 2,9", "glucose", 2.9, "mmol/L"),
        ("sugar two point nine", "glucose", 2.9, "mmol/L"),
        ("blood sugar 54 mg/dl", "glucose", 3.0, "mmol/L"),
        ("ketones 3.2", "ketones", 3.2, "mmol/L"),
        ("urine ketones 3+", "urine_ketones", 3, "plus"),
        ("ketones ++", "urine_ketones", 2, "plus"),
        ("temp 38.5", "temperature", 38.5, "°C"),
        ("temperature of 101", "temperature", 38.3, "°C"),
        ("my sats are 84", "oxygen", 84, "%"),
        ("sats are eighty five", "oxygen", 85, "%"),
        ("pulse 140", "pulse", 140, "per minute"),
        ("put on 3kg in two days", "weight_gain", 3, "kg"),
        ("plus 3 kilos in two days", "weight_gain", 3, "kg"),
        ("gained half a stone since monday", "weight_gain", 3.2, "kg"),
        ("up by 5 lbs since yesterday", "weight_gain", 2.3, "kg"),
        ("took 30 paracetamol", "paracetamol", 30, "tablets"),
        ("my bm is four hundred mg/dl", "glucose", 22.2, "mmol/L"),
        ("glucose 2.9mmol/L", "glucose", 2.9, "mmol/L"),
        ("sugar 2 point 9", "glucose", 2.9, "mmol/L"),
        ("ketones nought point two", "ketones", 0.2, "mmol/L"),
        ("ketones nought point 2", "ketones", 0.2, "mmol/L"),
        ("bm 2·9", "glucose", 2.9, "mmol/L"),
        ("bm 30+", "glucose", 30, "mmol/L"),
        ("ketones were plus plus plus", "urine_ketones", 3, "plus"),
        ("temp is 104 fahrenheit", "temperature", 40, "°C"),
        ("temp 39.5°C", "temperature", 39.5, "°C"),
        ("sats in the 70s", "oxygen", 70, "%"),
        ("sats in the eighties", "oxygen", 80, "%"),
        ("spo2 of 79", "oxygen", 79, "%"),
        ("o2 at 83", "oxygen", 83, "%"),
        ("hr 180", "pulse", 180, "per minute"),
        ("heart rate one eighty", "pulse", 180, "per minute"),
        ("injected 100units of novorapid", "insulin", 100, "units"),
    ],
)
def test_a_number_is_read_in_its_canonical_unit(text: str, kind: str, value: float, unit: str) -> None:
    assert Reading(kind, value, unit) in readings(text)


@pytest.mark.parametrize(
    ("text", "upper", "lower"),
    [
        ("bp 210 over 120", 210, 120),
        ("bp two hundred over one ten", 200, 110),
        ("my little machine reads 78/41", 78, 41),
    ],
)
def test_blood_pressure_is_said_with_over(text: str, upper: float, lower: float) -> None:
    assert [reading.value for reading in readings(text)] == [upper, lower]


def test_blood_pressure_has_two_numbers() -> None:
    assert readings("bp 190/125") == (
        Reading("blood_pressure", 190, "mmHg"),
        Reading("blood_pressure_lower", 125, "mmHg"),
    )


@pytest.mark.parametrize(
    ("state", "text", "kind"),
    [
        ("ask:number:glucose", "2.9", "glucose"),
        ("ask:number:ketones", "about 1.7", "ketones"),
        ("ask:number:temperature", "38,2", "temperature"),
        ("ask:number:oxygen", "84", "oxygen"),
        ("ask:number:weight", "11 stone 4", "weight"),
    ],
)
def test_a_bare_number_answers_the_question_that_was_asked(state: str, text: str, kind: str) -> None:
    assert [reading.kind for reading in readings(text, state)] == [kind]


def test_a_bare_number_means_nothing_when_nothing_was_asked() -> None:
    assert readings("2.9") == ()


@pytest.mark.parametrize(
    ("text", "state", "spoken"),
    [
        ("2.9", "ask:number:glucose", Tier.ALERT),
        ("4.0", "ask:number:glucose", Tier.NONE),
        ("6.2", "ask:number:glucose", Tier.NONE),
        ("22", "ask:number:glucose", Tier.CHECK),
        ("0.4", "ask:number:ketones", Tier.NONE),
        ("0.6", "ask:number:ketones", Tier.CHECK),
        ("1.6", "ask:number:ketones", Tier.ALERT),
        ("91", "ask:number:oxygen", Tier.ALERT),
        ("96", "ask:number:oxygen", Tier.NONE),
        ("75", "ask:number:weight", Tier.NONE),
    ],
)
def test_limits_speak_for_the_number_that_was_asked(text: str, state: str, spoken: Tier) -> None:
    assert tier(text, state) is spoken


def test_the_usual_oxygen_of_somebody_with_copd_is_no_alarm() -> None:
    assert tier("sats 90") is Tier.ALERT
    assert tier("sats 90", "none", "copd") is Tier.NONE
    assert tier("sats 86", "none", "copd") is Tier.ALERT


def test_a_mild_fever_matters_on_cancer_treatment() -> None:
    assert tier("temp 37.8") is Tier.NONE
    assert tier("temp 37.8", "none", "cancer") is Tier.ALERT


def test_sudden_weight_matters_with_heart_failure() -> None:
    assert tier("put on 2kg in three days") is Tier.NONE
    assert tier("put on 2kg in three days", "none", "heart") is Tier.ALERT
    assert tier("put on 2kg in two months", "none", "heart") is Tier.NONE


@pytest.mark.parametrize(
    "text",
    [
        "what do I do if my sugar drops below 4?",
        "my target is 4 to 7",
        "I take 12 tablets a day",
        "sugar was 2.9 last year, fine now",
        "at 3 pm I had 2 biscuits",
    ],
)
def test_a_number_that_is_no_reading_of_today_is_left_alone(text: str) -> None:
    assert tier(text) is Tier.NONE


def test_a_reading_that_has_recovered_is_asked_about_gently() -> None:
    assert tier("sugar was 3.1 but now 6.4, feeling fine now") is Tier.CHECK


@pytest.mark.parametrize(
    "text",
    ["blood sugar 54 mg/dl over 40 minutes", "sugar 54 over 40 minutes", "sugar 14/16", "bm was 2.9/3.1"],
)
def test_two_sugars_beside_each_other_are_no_pressure(text: str) -> None:
    """Two readings of sugar are never both as high as a pressure."""
    assert any(reading.kind == "glucose" for reading in readings(text))


def test_a_pressure_on_a_machine_is_no_sugar() -> None:
    assert {reading.kind for reading in readings("my little machine reads 78/41")} == {
        "blood_pressure",
        "blood_pressure_lower",
    }
    assert tier("my little machine reads 78/41") is Tier.ALERT
