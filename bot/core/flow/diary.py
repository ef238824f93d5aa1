"""The diary: a number with its unit, words of their own, or both, in two taps. Not watched: only what rings is told."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, get_args

from bot.core.facts import DiaryBegun, DiaryKept, RunEnded, RunStarted
from bot.core.flow import calendar, rating
from bot.core.flow.leaving import leave_top, room_for_another
from bot.core.flow.questions import escaped
from bot.core.flow.their_clock import zone_of
from bot.core.flow.voice import Talk, ask, fixed_label, language_of, offer, sentence, speak, wait_for_choice
from bot.core.inputs import Said
from bot.core.library import Diary, DiaryKind, DiaryName, said
from bot.core.reading import plain, read_number
from bot.core.shown import Chart, Point, Question, Shown
from bot.core.state import DiaryEntry, DiaryRun

ENTRIES: tuple[DiaryName, ...] = get_args(DiaryName)
MOST_OFFERED = 5
_WITH_UNIT = re.compile(r"(?P<number>-?\d+(?:[.,]\d+)?)\s*(?P<unit>\D+)")


def diary_of(pen: Talk) -> Diary | None:
    return pen.moment.library.policy.diary


def open_it(pen: Talk, *, every: bool = False) -> None:
    """What can be written down: what suits their conditions first, and a way to all the rest."""
    diary = diary_of(pen)
    if diary is None:
        speak(pen, "diary_none")
        offer(pen, (), "menu:menu")
        return
    held: tuple[str, ...] = tuple(diary.kinds) if every else diary.offered_to(pen.state.profile.conditions)
    shown = held if every else held[:MOST_OFFERED]
    speak(pen, "diary_intro")
    more = () if every or len(shown) == len(diary.kinds) else ("diary:more",)
    look = ("diary:list",) if pen.state.diary else ()
    offer(pen, (), *(f"diary:{entry}" for entry in shown), *more, *look, "menu:menu")


def choose(pen: Talk, name: str) -> None:
    """``diary:<name>``: a kind of line, or one of the two ways on."""
    if name == "more":
        open_it(pen, every=True)
    elif name == "list":
        look_back(pen)
    elif (diary := diary_of(pen)) is not None and diary.kind(name) is not None:
        rating.pass_over(pen)
        while isinstance(pen.state.top, DiaryRun):
            leave_top(pen)  # a line that was begun and left is not asked for behind the next one
        room_for_another(pen)
        pen.write(RunStarted(run=DiaryRun(entry=name, release=pen.moment.library.release)))
    else:
        speak(pen, "old_question")
        offer(pen, (), "menu:diary", "menu:menu")


def go_on(pen: Talk) -> None:
    """Ask for what is missing of the line, or keep it."""
    run, kind = _run(pen), kind_of(pen)
    if kind is None:
        _ended(pen, "lost")
        speak(pen, "resume_changed")
    elif kind.words and run.word is None:
        _ask(pen, run, f"diary_ask_{run.entry}", "text")
    elif kind.possible is not None and run.number is None:
        _ask(pen, run, "diary_ask_minutes" if kind.words else f"diary_ask_{run.entry}", "number")
    elif run.number is not None and not kind.is_usual(run.number):
        speak(pen, "diary_sure", number=with_unit(kind, run.number))
        wait_for_choice(pen, "diary.sure", "diary.again", "diary.leave")
    else:
        keep(pen)


def _ask(pen: Talk, run: DiaryRun, key: str, asked: str) -> None:
    kind = kind_of(pen)
    assert kind is not None
    library, language = pen.moment.library, language_of(pen)
    ends = kind.possible if kind.scale and asked == "number" else None
    question = Question(
        item=f"diary.{run.entry}",
        text=library.say(key, language),
        kind="text" if asked == "text" else "scale" if ends else "number",
        min=int(ends[0]) if ends else None,
        max=int(ends[1]) if ends else None,
        min_label=sentence(pen, "diary_scale_low") if ends else "",
        max_label=sentence(pen, "diary_scale_high") if ends else "",
    )
    ask(pen, question, lang=library.tongue(key, language), keys=("diary.leave",), step=f"texts:{key}")


# -- answers ------------------------------------------------------------------------------------------


def kind_of(pen: Talk) -> DiaryKind | None:
    diary = diary_of(pen)
    return diary.kind(_run(pen).entry) if diary else None


def wants_words(pen: Talk) -> bool:
    kind = kind_of(pen)
    return kind is not None and kind.words and _run(pen).word is None


def number_in(kind: DiaryKind, said: Said) -> float | None:
    """Typed alone, typed with the diary's unit, or with another that the screen knows how to read; or from the form."""
    if said.text is None:
        return float(said.value) if isinstance(said.value, int) else None
    alone = read_number(said.text)
    if alone is not None:
        return alone
    written = _WITH_UNIT.fullmatch(said.text.strip())
    if written and plain(written["unit"]) in {plain(unit) for unit in (kind.unit, *kind.units)}:
        return float(written["number"].replace(",", "."))
    read = [r.value for r in said.screen.readings if r.kind == kind.reading] if said.screen else []
    return read[-1] if read else None


def heard(pen: Talk, said: Said) -> bool:
    """What they gave. False: it is neither the words nor the number that was asked for."""
    run, kind = _run(pen), kind_of(pen)
    if kind is None:
        return False
    if wants_words(pen):
        pen.write(DiaryBegun(word=pen.keep("diary", (said.text or "").strip())))
        return True
    number = number_in(kind, said)
    if number is None:
        return False
    if kind.can_be(number):
        pen.write(DiaryBegun(word=run.word, number=number))
    else:
        assert kind.possible is not None
        low, high = (with_unit(kind, end) for end in kind.possible)
        speak(pen, "diary_not_possible", number=with_unit(kind, number), low=low, high=high)
        pen.write(DiaryBegun(word=run.word))
    return True


def keep_what_rang(pen: Talk, said: Said) -> None:
    """Words or a number that rang: the line is kept as it stands, then safety comes. Nothing is asked twice."""
    kind = kind_of(pen)
    if kind is None:
        return
    run = _run(pen)
    if wants_words(pen) and said.text is not None:
        pen.write(DiaryBegun(word=pen.keep("diary", said.text.strip())))
    elif (number := number_in(kind, said)) is not None and kind.can_be(number):
        pen.write(DiaryBegun(word=run.word, number=number))
    run = _run(pen)
    if run.word is not None or run.number is not None:
        _write_down(pen, kind)
        _ended(pen, "finished")


def pressed(pen: Talk, key: str) -> None:
    run = _run(pen)
    match key:
        case "diary.sure":
            keep(pen)
        case "diary.again":
            pen.write(DiaryBegun(word=run.word))
        case _ if run.word is not None:  # how long it took is left out
            keep(pen)
        case _:
            speak(pen, "diary_left")
            _ended(pen, "stopped")


def keep(pen: Talk) -> None:
    run, kind = _run(pen), kind_of(pen)
    assert kind is not None
    _write_down(pen, kind)
    _ended(pen, "finished")
    entry = DiaryEntry(at=pen.moment.now, number=run.number, word=run.word)
    speak(pen, "diary_kept", name=title(pen, run.entry), what=told(pen, kind, entry))
    if not pen.state.runs:
        offer(pen, (), "menu:diary", "diary:list", "menu:menu")


def _write_down(pen: Talk, kind: DiaryKind) -> None:
    run = _run(pen)
    unit = kind.unit if run.number is not None else ""
    pen.write(
        DiaryKept(
            entry=next(pen.ids),
            kind=run.entry,
            at=pen.moment.now,
            number=run.number,
            unit=unit,
            word=run.word,
        )
    )


# -- read ---------------------------------------------------------------------------------------------


def look_back(pen: Talk) -> None:
    """The last lines of each kind: curves where they are numbers, their own words as they wrote them."""
    diary = diary_of(pen)
    kinds = {name: kind for name, kind in diary.kinds.items() if name in pen.state.diary} if diary else {}
    if not kinds:
        speak(pen, "diary_empty")
        offer(pen, (), "menu:diary", "menu:menu")
        return
    charts = tuple(chart_of(pen, name, kind) for name, kind in kinds.items() if not kind.words)
    lang = pen.moment.library.tongue("diary_here", language_of(pen))
    written = [_in_words(pen, name, kind) for name, kind in kinds.items() if kind.words]
    text = "\n\n".join([sentence(pen, "diary_here"), *written])
    pen.show(Shown(text=text, charts=charts, lang=lang), step="texts:diary_here")
    offer(pen, (), "menu:diary", "menu:menu")


def _in_words(pen: Talk, name: str, kind: DiaryKind) -> str:
    lines = [f"{_day(pen, entry)}: {told(pen, kind, entry)}" for entry in reversed(pen.state.diary[name])]
    return "\n".join([f"**{title(pen, name)}**", *lines])


def chart_of(pen: Talk, name: str, kind: DiaryKind) -> Chart:
    entries = [(e, e.number) for e in pen.state.diary[name] if e.number is not None]
    numbers = [number for _, number in entries]
    last, number = entries[-1]
    key = "diary_one" if len(entries) == 1 else "diary_sentence"
    return Chart(
        measure=f"diary.{name}",
        title=f"{title(pen, name)} ({kind.unit})" if kind.unit else title(pen, name),
        low=min(numbers) if not kind.scale else 0,
        high=max(numbers) if not kind.scale else 10,
        sentence=sentence(
            pen,
            key,
            name=title(pen, name),
            number=with_unit(kind, number),
            date=_day(pen, last),
            low=said(min(numbers)),
            high=with_unit(kind, max(numbers)),
        ),
        points=tuple(Point(on=_on(pen, e).isoformat(), total=n, band="") for e, n in entries),
    )


def _day(pen: Talk, entry: DiaryEntry) -> str:
    return calendar.day(pen.moment.library, _on(pen, entry), language_of(pen))


def _on(pen: Talk, entry: DiaryEntry) -> date:
    return entry.at.astimezone(zone_of(pen)).date()


def told(pen: Talk, kind: DiaryKind, entry: DiaryEntry) -> str:
    """``walked to the shop, 20 min``; marks in their own words stay as they wrote them."""
    words = escaped(pen.read(entry.word))
    number = with_unit(kind, entry.number) if entry.number is not None else ""
    return ", ".join(part for part in (words, number) if part)


def with_unit(kind: DiaryKind, number: float) -> str:
    return f"{said(number)} {kind.unit}".strip()


def title(pen: Talk, name: str) -> str:
    return fixed_label(pen, f"diary:{name}")


def _ended(pen: Talk, how: Literal["finished", "stopped", "lost"]) -> None:
    pen.write(RunEnded(kind="diary", name=_run(pen).entry, how=how))


def _run(pen: Talk) -> DiaryRun:
    run = pen.state.top
    assert isinstance(run, DiaryRun)
    return run
