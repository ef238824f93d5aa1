"""One patient, one Line, one commit, one alert."""

from clinic import Clinic

CRISIS = "i want to die"


async def test_a_patient_joins_and_is_greeted(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    assert [m.seq for m in patient.seen] == list(range(1, len(patient.seen) + 1))
    assert "Sam" in patient.seen[0].shown.text
    assert "Check how I am" in [c.label for c in patient.last.shown.choices]


async def test_who_gave_no_name_is_called_by_none(clinic: Clinic) -> None:
    patient = await clinic.join("copd", name=None)
    assert patient.seen[0].shown.text.startswith("Hello. I am Bounceback")


async def test_crisis_words_raise_one_alert_and_the_therapist_gets_a_letter(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    assert any(m.urgent and m.urgent.kind == "crisis" for m in patient.bot_said())
    (alert,) = await patient.alerts()
    assert (alert.concern, alert.level, alert.state) == ("risk", "now", "open")
    (letter,) = clinic.letters(clinic.therapist)
    assert letter["X-Alert-Id"] == str(alert.id)
    assert CRISIS not in letter.as_string()


async def test_a_whole_measure_is_scored_and_the_module_goes_on(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Check how I am")
    await patient.fills_in(1, 1, 1, 1, 1, 1, 1, 1, 0)
    await patient.chooses("Send my answers")
    await patient.fills_in(1, 1, 1, 1, 1, 1, 1)
    await patient.chooses("Send my answers")
    state = await patient.state()
    assert {m: s[-1].total for m, s in state.scores.items()} == {"phq9": 8, "gad7": 7}
    assert state.runs == ()
