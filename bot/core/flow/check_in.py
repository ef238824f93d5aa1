"""A measure, word for word: one question a screen, Back, skip, later, read back before sending."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.core.alerts import concern_raised
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
from bot.core.flow import safety_talk
from bot.core.flow.charts import told
from bot.core.flow.coming import plan_of, say_next
from bot.core.flow.dialogues import asked_about
from bot.core.flow.voice import (
    Talk,
    ask,
    fixed_label,
    language_of,
    library_of,
    offer_fixed,
    speak,
    wait_for_choice,
)
from bot.core.library import Given, Item, ItemRule, Level, Measure, Measuring
from bot.core.reading import read_given
from bot.core.scoring import Total, total_of
from bot.core.shown import Progress, ReadBack, Shown
from bot.core.state import CheckInRun, ForPatient, GuidedRun, Slot
from bot.core.worsening import Rules, Verdict, said_before, verdicts

KEPT_FOR = timedelta(days=14)
"""How long a half-done measure stays as it was begun."""
MEASURES = "en"  # their wording is registered, and no other wording of it is


def begin(pen: Talk, measures: tuple[str, ...], *, called: bool, release: str | None = None) -> None:
    """Start with the first of the measures. ``called``: a module, of ``release``, goes on by itself afterwards."""
    library = pen.moment.library
    if release is not None and measures[0] not in library.measures:
        library = library_of(pen, release)
    measure = library.measures[measures[0]]
    run = CheckInRun(
        measure=measure.id,
        measure_version=measure.version,
        release=library.release,
        then=measures[1:],
        called=called,
        began_at=pen.moment.now,
    )
    pen.write(RunStarted(run=run))
    speak(pen, "check_in_intro", name=measure.plain_name)


def measure_of(pen: Talk, run: CheckInRun) -> Measure:
    """The version that was shown (I9): that of the release the Run began with."""
    return library_of(pen, run.release).measures[run.measure]


def ask_next(pen: Talk) -> None:
    run = _run(pen)
    if _too_old(pen, run):
        _start_again(pen, run)
        return
    measure = measure_of(pen, run)
    if run.item >= len(measure.items):
        _read_back(pen, run, measure)
        return
    item = measure.items[run.item]
    question = library_of(pen, run.release).questions[run.measure][run.item]
    given = run.answers.get(item.id)
    if isinstance(given, int):
        question = question.but(given=given)
    keys = (("back",) if run.item else ()) + (*measure.asides(item), "skip", "later")
    ask(
        pen,
        question,
        lang=MEASURES,
        keys=keys,
        progress=Progress(at=run.item + 1, of=len(measure.items)),
        step=f"measure:{measure.id}.{item.id}",
        release=run.release,
    )


def _too_old(pen: Talk, run: CheckInRun) -> bool:
    """The answers are about weeks that have passed since: half of them and half new ones would fit no score."""
    return run.began_at is not None and pen.moment.now - run.began_at > KEPT_FOR


def _start_again(pen: Talk, run: CheckInRun) -> None:
    """With the measure as it is now; where it is gone, what called it goes on without."""
    pen.write(RunEnded(kind="check_in", name=run.measure, how="lost"))
    if run.answers:
        speak(pen, "check_in_started_again")
    known = pen.moment.library.measures
    left = tuple(m for m in (run.measure, *run.then) if m in known)
    if run.called and run.measure not in known:
        pen.write(ReplyGiven(name=run.measure, slot=Slot(skipped=True)))
    elif left:
        begin(pen, left, called=run.called)


def _read_back(pen: Talk, run: CheckInRun, measure: Measure) -> None:
    library, language = library_of(pen, run.release), language_of(pen)
    lang = library.tongue("check_in_read_back", language)
    foreign = None if lang == MEASURES else MEASURES
    lines = []
    for item, question in zip(measure.items, library.questions[measure.id], strict=True):
        given = run.answers.get(item.id)
        if isinstance(given, int):
            answer = measure.in_words(item, given)
        else:
            answer = library.say(given or "skipped", language)
        lines.append(ReadBack(item=question.item, text=question.text, answer=answer, lang=foreign))
    text = library.say("check_in_read_back", language)
    pen.show(
        Shown(text=text, lang=lang, read_back=tuple(lines)), step=f"measure:{measure.id}", release=run.release
    )
    fixed = ("send", "later")
    changes = tuple(f"change.{measure.id}.{item.id}" for item in measure.items)
    seq = offer_fixed(pen, *fixed)
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=(*fixed, *changes), since=pen.moment.now)))


# -- answers ------------------------------------------------------------------------------------------


def choose(pen: Talk, key: str) -> None:
    run = _run(pen)
    if key != "later" and _too_old(pen, run):
        _start_again(pen, run)
        return
    match key:
        case "back":
            pen.write(QuestionReached(item=max(run.item - 1, 0)))
        case "skip":
            _answered(pen, run, None)
        case "does_not_apply" | "not_sure":
            _answered(pen, run, key)
        case "later":
            speak(pen, "check_in_saved")
            wait_for_choice(pen, "resume", "leave", resume=True)
        case "send":
            _send(pen, run)
        case _:
            ids = [f"change.{run.measure}.{i.id}" for i in measure_of(pen, run).items]
            pen.write(QuestionReached(item=ids.index(key), changing=True))


def answer(pen: Talk, given: Given) -> None:
    """The answer to the question on the screen; None skips it."""
    run = _run(pen)
    if _too_old(pen, run):
        _start_again(pen, run)
    else:
        _answered(pen, run, given)


def read(pen: Talk, text: str) -> tuple[Given] | None:
    measure, item = _on_screen(pen)
    return read_given(text, measure, item)


def label_on_screen(pen: Talk, points: int | None) -> str:
    """An answer of the form in words. Raises Refused for one that the question does not offer."""
    measure, item = _on_screen(pen)
    if points is None:
        return fixed_label(pen, "skip")
    if not measure.answers(item).takes(points):
        raise Refused("not_an_option")
    return measure.in_words(item, points)


def _on_screen(pen: Talk) -> tuple[Measure, Item]:
    run = _run(pen)
    measure = measure_of(pen, run)
    return measure, measure.items[run.item]


def _answered(pen: Talk, run: CheckInRun, given: Given) -> None:
    measure = measure_of(pen, run)
    item = measure.items[run.item]
    before = run.answers.get(item.id)
    pen.write(
        QuestionAnswered(
            measure=measure.id,
            item=item.id,
            points=given,
            was=before,
            changed=item.id in run.answers and before != given,
        )
    )
    pen.write(QuestionReached(item=len(measure.items) if run.changing else run.item + 1))
    rules = [r for r in measure.item_rules if r.item == item.id]
    reached = [r for r in rules if isinstance(given, int) and given >= r.at_least]
    if isinstance(before, int) and (not isinstance(given, int) or given < before):
        _taken_back(pen, measure, [r for r in rules if before >= r.at_least], before, given)
    elif isinstance(given, int) and reached and (not isinstance(before, int) or given > before):
        _item_rang(pen, measure, reached, given)


def _taken_back(pen: Talk, measure: Measure, rules: list[ItemRule], before: int, given: Given) -> None:
    """An answer that rang and was changed to less: both stay visible to the team, whatever is sent in the end."""
    if not rules:
        return
    gravest = max(rules, key=lambda r: r.at_least)
    numbers = {"was": float(before)} | ({"points": float(given)} if isinstance(given, int) else {})
    rule = f"item_changed:{measure.id}.{gravest.item}"
    evidence = Evidence(rule=rule, version=measure.version, seq=pen.state.seq, numbers=numbers)
    concern_raised(pen, gravest.concern, "soon", evidence)


def _item_rang(pen: Talk, measure: Measure, rules: list[ItemRule], points: int) -> None:
    """An answer that is itself a reason to look: told with the answer, not when the form is sent (I3)."""
    gravest = max(rules, key=lambda r: r.at_least)
    last = pen.state.item_points.get(f"{measure.id}.{gravest.item}")
    rose = last is not None and points > last and any(r.now_if_rose for r in rules)
    level: Level = graver(gravest.level, "now") if rose else gravest.level
    numbers = {"points": float(points)} | ({"last": float(last)} if last is not None else {})
    evidence = Evidence(
        rule=f"item:{measure.id}.{gravest.item}", version=measure.version, seq=pen.state.seq, numbers=numbers
    )
    concern_raised(pen, gravest.concern, level, evidence)
    safety_talk.begin(pen, asked_about(gravest.concern), gravest.concern)


# -- sending ------------------------------------------------------------------------------------------


def _send(pen: Talk, run: CheckInRun) -> None:
    measure = measure_of(pen, run)
    score = record(pen, measure, run.measure_version, {i.id: run.answers.get(i.id) for i in measure.items})
    pen.write(RunEnded(kind="check_in", name=measure.id, how="finished"))
    if run.called:
        # What the module goes on to ask about is this answer, not an older score.
        slot = Slot(skipped=True) if score.total is None else Slot(number=score.total)
        pen.write(ReplyGiven(name=measure.id, slot=slot))
    worse = score.total is not None and judged(pen, measure.id)
    if score.total is None:
        speak(pen, "check_in_sent")
        if measure.scoring.method != "none":
            speak(pen, "check_in_skipped_some")
    else:
        speak(pen, "check_in_sent_higher" if worse else "check_in_sent")
        kept = pen.state.scores[measure.id][-1]
        shown = Shown(text=told(pen, measure, kept), lang=language_of(pen))
        pen.show(shown, step="texts:progress_sentence")
    plan = plan_of(pen)
    if plan is not None and left_safety_out(pen, plan) and not isinstance(pen.state.top, GuidedRun):
        _ask_plainly(pen, run)
    elif run.then:
        begin(pen, run.then, called=run.called)
    elif not pen.state.runs:
        say_next(pen)


def _ask_plainly(pen: Talk, sent: CheckInRun) -> None:
    """The item about safety was left out: the plain question comes next, and what was still to come after it."""
    now = pen.moment.now
    run = GuidedRun(release=pen.moment.library.release, forms=sent.then, phase="safety", began_at=now)
    pen.write(RunStarted(run=run))


def left_safety_out(pen: Talk, plan: Measuring) -> bool:
    """A form came with its item about safety unanswered, and nothing has been said about it since."""
    came = pen.state.measuring.left_out
    return came is not None and not safety_answered_since(pen, plan, came)


def safety_answered_since(pen: Talk, plan: Measuring, came: datetime) -> bool:
    """The plain question, or the full form with a number for its item about safety."""
    kept = pen.state.measuring
    full = [at for m in plan.full[:1] if (at := kept.sent.get(m)) is not None and at != kept.left_out]
    return any(at >= came for at in (kept.safety, *full) if at is not None)


def _asks_about_safety(measure: Measure) -> set[str]:
    return {rule.item for rule in measure.item_rules if rule.concern == safety_talk.GENTLE}


def record(
    pen: Talk, measure: Measure, version: str, items: Mapping[str, Given], *, corrects: bool = False
) -> Total:
    """Score what was answered, and keep it."""
    score = total_of(measure, items)
    left_out = any(not isinstance(items.get(item), int) for item in _asks_about_safety(measure))
    pen.write(
        ScoreRecorded(
            score_id=next(pen.ids),
            measure=measure.id,
            measure_version=version,
            items=dict(items),
            total=score.total,
            complete=score.complete,
            at=pen.moment.now,
            of=score.of if score.of != measure.range[1] and score.total is not None else None,
            corrects=True if corrects else None,
            left_out=True if left_out else None,
        )
    )
    return score


def judged(pen: Talk, measure: str) -> bool:
    """Raise what the service's rule set asks for; True if the team hears that something is worse."""
    rules = Rules.of(pen.moment.library, pen.moment.service.rule_set)
    histories = pen.state.scores
    found = verdicts(measure, histories, rules)
    for verdict in found:
        _add(pen, measure, verdict, rules)
    for other, verdict in said_before(measure, histories, rules):
        if f"worsening:{other}" in pen.state.alerts:
            _add(pen, other, verdict, rules)
    return any(v.level != "routine" for v in found)


def _add(pen: Talk, measure: str, verdict: Verdict, rules: Rules) -> None:
    evidence = Evidence(
        rule=f"worsening:{measure}:{verdict.rule}",
        version=rules.version,
        seq=pen.state.seq,
        numbers={name: float(number) for name, number in verdict.numbers.items()},
    )
    concern_raised(pen, f"worsening:{measure}", verdict.level, evidence)


def _run(pen: Talk) -> CheckInRun:
    run = pen.state.top
    assert isinstance(run, CheckInRun)
    return run
