"""A measure, word for word: one question a screen, Back, skip, later, read back before sending."""

from __future__ import annotations

from datetime import timedelta

from bot.core.concerns import concern_raised
from bot.core.errors import Refused
from bot.core.escalation import graver
from bot.core.facts import (
    Evidence,
    QuestionAnswered,
    QuestionReached,
    ReplyGiven,
    RunEnded,
    RunStarted,
    ScoreRecorded,
    WaitBegan,
)
from bot.core.flow import calendar, safety_talk
from bot.core.flow.voice import (
    Talk,
    ask,
    language_of,
    library_of,
    offer_fixed,
    speak,
    wait_for_choice,
)
from bot.core.library import ItemRule, Level, Measure
from bot.core.reading import read_points
from bot.core.scoring import total_of
from bot.core.shown import Progress, ReadBack, Shown
from bot.core.state import CheckInRun, ForPatient, ScoreKept, Slot
from bot.core.worsening import judge

MEASURES = "en"  # their wording is registered, and no other wording of it is


def begin(pen: Talk, measures: tuple[str, ...], *, called: bool) -> None:
    """Start with the first of the measures. ``called``: a module goes on by itself afterwards."""
    library = pen.moment.library
    measure = library.measures[measures[0]]
    run = CheckInRun(
        measure=measure.id,
        measure_version=measure.version,
        release=library.release,
        then=measures[1:],
        called=called,
    )
    pen.write(RunStarted(run=run))
    speak(pen, "check_in_intro", name=measure.plain_name)


def measure_of(pen: Talk, run: CheckInRun) -> Measure:
    """The version that was shown (I9): that of the release the Run began with."""
    return library_of(pen, run.release).measures[run.measure]


def ask_next(pen: Talk) -> None:
    run = _run(pen)
    measure = measure_of(pen, run)
    if run.item >= len(measure.items):
        _read_back(pen, run, measure)
        return
    item = measure.items[run.item]
    question = library_of(pen, run.release).questions[run.measure][run.item]
    given = run.answers.get(item.id)
    if given is not None:
        question = question.but(given=given)
    keys = (("back",) if run.item else ()) + ("skip", "later")
    ask(
        pen,
        question,
        lang=MEASURES,
        keys=keys,
        progress=Progress(at=run.item + 1, of=len(measure.items)),
        step=f"measure:{measure.id}.{item.id}",
        release=run.release,
    )


def _read_back(pen: Talk, run: CheckInRun, measure: Measure) -> None:
    labels = {o.points: o.label for o in measure.options}
    library, language = library_of(pen, run.release), language_of(pen)
    skipped, lang = library.say("skipped", language), library.tongue("check_in_read_back", language)
    foreign = None if lang == MEASURES else MEASURES
    lines = []
    for item in measure.items:
        points = run.answers.get(item.id)
        answer = skipped if points is None else labels[points]
        lines.append(ReadBack(item=f"{measure.id}.{item.id}", text=item.text, answer=answer, lang=foreign))
    text = library.say("check_in_read_back", language)
    pen.show(
        Shown(text=text, lang=lang, read_back=tuple(lines)), step=f"measure:{measure.id}", release=run.release
    )
    fixed = ("send", "later")
    changes = tuple(f"change.{measure.id}.{item.id}" for item in measure.items)
    seq = offer_fixed(pen, *fixed)
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=(*fixed, *changes))))


# -- answers ------------------------------------------------------------------------------------------


def choose(pen: Talk, key: str) -> None:
    run = _run(pen)
    match key:
        case "back":
            pen.write(QuestionReached(item=max(run.item - 1, 0)))
        case "skip":
            _answered(pen, run, None)
        case "later":
            speak(pen, "check_in_saved")
            wait_for_choice(pen, "resume", "leave", resume=True)
        case "send":
            _send(pen, run)
        case _:
            ids = [f"change.{run.measure}.{i.id}" for i in measure_of(pen, run).items]
            pen.write(QuestionReached(item=ids.index(key), changing=True))


def answer(pen: Talk, points: int | None) -> None:
    """Points for the question on the screen; None skips it."""
    run = _run(pen)
    if points is not None and points not in {o.points for o in measure_of(pen, run).options}:
        raise Refused("not_an_option")
    _answered(pen, run, points)


def read(pen: Talk, text: str) -> int | None:
    return read_points(text, measure_of(pen, _run(pen)).options)


def _answered(pen: Talk, run: CheckInRun, points: int | None) -> None:
    measure = measure_of(pen, run)
    item = measure.items[run.item]
    before = run.answers.get(item.id)
    pen.write(
        QuestionAnswered(
            measure=measure.id,
            item=item.id,
            points=points,
            was=before,
            changed=item.id in run.answers and before != points,
        )
    )
    pen.write(QuestionReached(item=len(measure.items) if run.changing else run.item + 1))
    rules = [
        r for r in measure.item_rules if r.item == item.id and points is not None and points >= r.at_least
    ]
    if rules and points is not None and (before is None or points > before):
        _item_rang(pen, measure, rules, points)


def _item_rang(pen: Talk, measure: Measure, rules: list[ItemRule], points: int) -> None:
    """An answer that is itself a reason to look: told with the answer, not when the form is sent (I3)."""
    gravest = max(rules, key=lambda r: r.at_least)
    last = pen.state.item_points.get(f"{measure.id}.{gravest.item}")
    rose = last is not None and points > last
    level: Level = graver(gravest.level, "now") if rose else gravest.level
    numbers = {"points": float(points)} | ({"last": float(last)} if last is not None else {})
    evidence = Evidence(
        rule=f"item:{measure.id}.{gravest.item}", version=measure.version, seq=pen.state.seq, numbers=numbers
    )
    concern_raised(pen, gravest.concern, level, evidence)
    safety_talk.begin(pen, "item", gravest.concern)


# -- sending ------------------------------------------------------------------------------------------


def _send(pen: Talk, run: CheckInRun) -> None:
    measure = measure_of(pen, run)
    items = {i.id: run.answers.get(i.id) for i in measure.items}
    score = total_of(measure, items)
    earlier = pen.state.scores.get(measure.id, ())
    pen.write(
        ScoreRecorded(
            score_id=next(pen.ids),
            measure=measure.id,
            measure_version=run.measure_version,
            items=items,
            total=score.total,
            complete=score.complete,
            at=pen.moment.now,
        )
    )
    pen.write(RunEnded(kind="check_in", name=measure.id, how="finished"))
    if run.called:
        # What the module goes on to ask about is this answer, not an older score.
        slot = Slot(skipped=True) if score.total is None else Slot(number=score.total)
        pen.write(ReplyGiven(name=measure.id, slot=slot))
    worse = score.total is not None and _judged(pen, measure, score.total, earlier)
    if score.total is None or score.band is None:
        speak(pen, "check_in_sent")
        speak(pen, "check_in_skipped_some")
    else:
        speak(pen, "check_in_sent_higher" if worse else "check_in_sent")
        speak(
            pen,
            "progress_sentence",
            name=measure.plain_name,
            date=calendar.day(pen.moment.library, pen.moment.now.date(), language_of(pen)),
            total=str(score.total),
            max=str(measure.range[1]),
            band=score.band.plain,
        )
    if run.then:
        begin(pen, run.then, called=run.called)


def _judged(pen: Talk, measure: Measure, total: int, earlier: tuple[ScoreKept, ...]) -> bool:
    """Raise what the worsening policy asks for; True if the team hears that something is worse."""
    policy = pen.moment.library.policy.worsening
    limits = policy.measures.get(measure.id)
    if limits is None:
        return False
    new = ScoreKept(total=total, at=pen.moment.now)
    verdicts = judge(new, earlier, limits, timedelta(weeks=policy.look_back_weeks))
    for verdict in verdicts:
        evidence = Evidence(
            rule=f"worsening:{measure.id}:{verdict.rule}",
            version=policy.version,
            seq=pen.state.seq,
            numbers=dict(verdict.numbers),
        )
        concern_raised(pen, f"worsening:{measure.id}", verdict.level, evidence)
    return any(v.level != "routine" for v in verdicts)


def _run(pen: Talk) -> CheckInRun:
    run = pen.state.top
    assert isinstance(run, CheckInRun)
    return run
