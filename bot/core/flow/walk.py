"""Walking a module: perform the parts of a step, fall through to the next, stop at the first wait."""

from __future__ import annotations

from typing import assert_never

from bot.core.alerts import concern_raised
from bot.core.facts import (
    ActionAsked,
    ChoiceMade,
    EasyWordsAnswered,
    Evidence,
    PartReached,
    RunEnded,
    RunStarted,
    StepEntered,
    TimerSet,
    WaitBegan,
)
from bot.core.flow import check_in, follow_up, questions, rating
from bot.core.flow.conditions import holds, measure_in, numbers_in
from bot.core.flow.leaving import leave_all, leave_top
from bot.core.flow.voice import (
    Talk,
    form_of,
    language_of,
    library_of,
    offer_fixed,
    speak,
    wait_for_choice,
)
from bot.core.library import (
    Ask,
    Branch,
    CheckIn,
    Choose,
    Do,
    Exercise,
    Goals,
    Later,
    Library,
    Link,
    Module,
    Part,
    Picture,
    Say,
    Step,
    Tell,
    When,
    is_quick,
    plain_id,
)
from bot.core.library.limits import MESSAGES_A_TURN, STEPS_A_TURN
from bot.core.pen import Button
from bot.core.shown import ExerciseShown, MoveShown, PictureShown, Shown, Urgent
from bot.core.state import ForAction, ForPatient, GroupRun, ModuleRun, Timer

ACTION_PATIENCE_S = 5
ENOUGH = "enough"


def begin(pen: Talk, module_id: str, at: str | None = None, *, counted: bool = True) -> None:
    """Start a module of the current release, in the patient's language where there is one, from its first step or ``at``.

    ``counted``: the Run leaves a row of its own; not where a follow-up only leads somewhere else.
    """
    library = pen.moment.library
    key = form_of(pen, module_id)
    module = library.modules[key]
    first = at or module.steps[0].id
    if module.urgent:
        lang = module.urgent_lang or module.language
        pen.show(Shown(text=module.urgent, lang=lang, urgent=Urgent(kind="advice")), step=f"{key}#urgent")
    if not module.signed:
        speak(pen, "draft_notice")
    if module.partly_foreign:
        speak(pen, "safety_in_english")
    run = ModuleRun(
        module=key,
        release=library.release,
        step=first,
        began=pen.last_seq if counted else 0,
        language=module.language,
    )
    pen.write(RunStarted(run=run))
    pen.write(StepEntered(step=first, release=library.release))


def look_up(pen: Talk, answer: str) -> None:
    """A quick answer over what is open, which goes on behind it. One takes the place of another."""
    if quick_on_top(pen):
        leave_top(pen)
    begin(pen, answer, counted=False)


def quick_on_top(pen: Talk) -> bool:
    return isinstance(run := pen.state.top, ModuleRun) and is_quick(run.module)


def stand_at(pen: Talk, run: ModuleRun) -> None:
    """As ``begin`` where the run stands at the first step; at a later one without what comes before it."""
    if run.step == pen.moment.library.modules[run.module].steps[0].id:
        begin(pen, plain_id(run.module))
    else:
        pen.write(RunStarted(run=run))
        pen.write(StepEntered(step=run.step, release=run.release))


def module_of(pen: Talk, run: ModuleRun) -> Module | None:
    return library_of(pen, run.release).modules.get(run.module)


def walk(pen: Talk) -> None:
    """Go on with the module on top until something waits, another Run is on top, or the module is over."""
    run = pen.state.top
    assert isinstance(run, ModuleRun)
    module = module_of(pen, run)
    step = module.step(run.step) if module else None
    if module is None or step is None or _overtaken(pen, run, step):
        _lost(pen, run)
        return
    if _ran_away(pen, run):
        return
    if _asks_about_words(pen, run, module):
        return
    for at, part in enumerate(step.parts[run.at :], run.at):
        if perform(pen, run, module, part, at):
            return
        run = pen.state.top
        if not isinstance(run, ModuleRun):
            return
    following = module.after(step.id)
    if following is None:
        finish(pen)
    else:
        enter(pen, following.id)


def perform(pen: Talk, run: ModuleRun, module: Module, part: Part, at: int) -> bool:
    """One part. True when the walk has to stop here."""
    place = f"{run.module}#{run.step}"
    if not holds(pen, run, module, getattr(part, "when", None)):
        return False
    match part:
        case Say():
            say(pen, run, module, part)
        case Picture():
            shown = _picture(library_of(pen, run.release), part)
            _show(pen, run, module, Shown(text=part.description, picture=shown))
        case Tell(level=level):
            evidence = Evidence(rule=f"content:{_in_any_language(run)}", version=run.release[:12])
            concern_raised(pen, _concern(run), level, evidence)
        case Choose(links=links):
            _offer(pen, run, module, [(str(n), link) for n, link in enumerate(links)], at)
            return True
        case When():
            return _branch(pen, run, module, part, at)
        case Ask():
            questions.put(pen, part, at, place, run.release, module.language)
            return True
        case CheckIn(measure=measure):
            pen.write(PartReached(at=at + 1))
            check_in.begin(pen, (measure,), called=True, release=run.release)
            return True
        case Exercise():
            _exercise(pen, run, module, part, at)
            return True
        case Goals():
            questions.put_goals(pen, part, at, module.language)
            return True
        case Later():
            follow_up.plan(pen, part, f"{_in_any_language(run)}#{at}")
        case Do(action=action):
            ask_action(pen, action, at)
            return True
        case _:
            assert_never(part)
    return False


def _picture(library: Library, part: Picture) -> PictureShown:
    captions = library.address_of(part.captions) if part.captions else None
    return PictureShown(
        source=library.address_of(part.source), description=part.description, captions=captions or None
    )


def say(pen: Talk, run: ModuleRun, module: Module, part: Say) -> None:
    _show(pen, run, module, Shown(text=questions.filled(pen, run, module, part.text)), part.lang)


def _in_any_language(run: ModuleRun) -> str:
    """The step as the team, and what was planned earlier, know it."""
    return f"{plain_id(run.module)}#{run.step}"


def _concern(run: ModuleRun) -> str:
    return f"content:{plain_id(run.module)}"


def _show(pen: Talk, run: ModuleRun, module: Module, shown: Shown, lang: str = "") -> None:
    pen.show(
        shown.but(lang=lang or module.language),
        release=run.release,
        step=f"{run.module}#{run.step}",
    )


def _offer(pen: Talk, run: ModuleRun, module: Module, links: list[tuple[str, Link]], at: int) -> None:
    if not pen.messages:
        speak(pen, "choose_one")
    keys = tuple(key for key, _ in links)
    seq = pen.offer(*(Button(key, link.label, link.lang or module.language) for key, link in links))
    if module.quick:
        keys += (ENOUGH,)
        offer_fixed(pen, ENOUGH)
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=keys), at=at))


def _branch(pen: Talk, run: ModuleRun, module: Module, part: When, at: int) -> bool:
    for n, branch in enumerate(part.branches):
        if holds(pen, run, module, branch.when):
            return _take(pen, run, module, branch, n, at)
    return False


def _take(pen: Talk, run: ModuleRun, module: Module, branch: Branch, n: int, at: int) -> bool:
    if branch.tell is not None:
        evidence = Evidence(
            rule=f"content:{_in_any_language(run)}: {branch.reason}",
            version=run.release[:12],
            numbers=numbers_in(pen, branch.when),
        )
        measure = measure_in(pen, run, module, branch.when)
        # What a page and the rule set say of one score is one alert.
        concern = f"worsening:{measure}" if measure else _concern(run)
        concern_raised(pen, concern, branch.tell, evidence)
    for part in branch.says:
        say(pen, run, module, part)
    if branch.links:
        _offer(pen, run, module, [(f"{n}-{i}", link) for i, link in enumerate(branch.links)], at)
        return True
    return False


def _exercise(pen: Talk, run: ModuleRun, module: Module, part: Exercise, at: int) -> None:
    moves = tuple(MoveShown(do=m.do, seconds=m.seconds) for m in part.moves)
    in_words = " ".join(f"{m.do.rstrip('.')} ({_seconds(pen, m.seconds, module)})." for m in part.moves)
    _show(pen, run, module, Shown(text=in_words, exercise=ExerciseShown(seconds=part.seconds, moves=moves)))
    keys = ("done", "stop")
    seq = offer_fixed(pen, *keys)
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=keys), at=at))


def _seconds(pen: Talk, n: int, module: Module) -> str:
    key = "exercise_second" if n == 1 else "exercise_seconds"
    return pen.moment.library.say(key, module.language, {"seconds": str(n)})


def ask_action(pen: Talk, action: str, at: int | None = None) -> None:
    """Wait for an action: committed with its timer before it runs, so that a killed process runs it again."""
    call = next(pen.ids)
    pen.write(ActionAsked(call=call, action=action))
    due = pen.moment.now + questions.seconds(ACTION_PATIENCE_S)
    pen.write(TimerSet(timer=Timer(kind="action", key=str(call), due_at=due)))
    pen.write(WaitBegan(wait=ForAction(call=call, action=action), at=at))


def links_at(part: Part | None) -> dict[str, Link]:
    """The buttons of a part by their keys, as ``perform`` offers them."""
    match part:
        case Choose(links=links):
            return {str(n): link for n, link in enumerate(links)}
        case When(branches=branches):
            return {f"{n}-{i}": link for n, b in enumerate(branches) for i, link in enumerate(b.links)}
        case _:
            return {}


def part_waiting(pen: Talk, run: ModuleRun) -> Part | None:
    module = module_of(pen, run)
    step = module.step(run.step) if module else None
    return step.parts[run.at] if step and run.at < len(step.parts) else None


def choose(pen: Talk, run: ModuleRun, key: str) -> None:
    """A button of the module was pressed."""
    pen.write(ChoiceMade(place=f"{run.module}#{run.step}#{run.at}", key=key))
    link = links_at(part_waiting(pen, run)).get(key)
    if link is None:  # done, stop, skip: go on behind the part
        if key == "stop":
            speak(pen, "exercise_stopped")
        pen.write(PartReached(at=run.at + 1))
    else:
        follow(pen, link.to)


def follow(pen: Talk, to: str) -> None:
    """Where a link of the module on top leads."""
    match to.split(":", 1) if not to.startswith("#") else [to]:
        case ["#end"]:
            finish(pen)
        case ["#menu"]:
            leave_top(pen)
        case ["module", answer] if is_quick(answer):
            look_up(pen, answer)
        case ["module", module]:
            _go_from(pen)
            begin(pen, module)
        case ["group", group]:
            _go_from(pen)
            release = pen.moment.library.release
            pen.write(RunStarted(run=GroupRun(group=plain_id(group), release=release)))
        case [step]:
            enter(pen, step.removeprefix("#"))


def _go_from(pen: Talk) -> None:
    """For another module or a group; from a quick answer also what is open below it is left."""
    if quick_on_top(pen):
        leave_all(pen)
    else:
        leave_top(pen, "finished")


def enter(pen: Talk, step: str) -> None:
    """Begin a step, on the current release if the step still exists there (a conversation moves on at its steps).

    It may have come there in the patient's own language since, or in the words they like.
    """
    run = pen.state.top
    assert isinstance(run, ModuleRun)
    current = pen.moment.library
    for form in dict.fromkeys((form_of(pen, run.module), run.module)):
        module = current.modules.get(form)
        if module is not None and module.step(step) is not None:
            moved = form if form != run.module else None
            pen.write(StepEntered(step=step, release=current.release, module=moved))
            return
    pen.write(StepEntered(step=step, release=run.release))


def finish(pen: Talk) -> None:
    run = pen.state.top
    assert isinstance(run, ModuleRun)
    if not is_quick(run.module):
        speak(pen, "module_done")
    pen.write(RunEnded(kind="module", name=run.module, how="finished"))
    rating.begin(pen, run)


def _asks_about_words(pen: Talk, run: ModuleRun, module: Module) -> bool:
    """Once, at the beginning of the first module that has easier words: do they want them?"""
    at_the_start = run.at == 0 and run.step == module.steps[0].id
    if not at_the_start or pen.state.profile.easy is not None:
        return False
    if not pen.moment.library.has_easier(run.module, language_of(pen)):
        return False
    speak(pen, "easy_ask")
    wait_for_choice(pen, "words:easy", "words:usual")
    return True


def choose_words(pen: Talk, run: ModuleRun, *, easy: bool) -> None:
    pen.write(EasyWordsAnswered(easy=easy))
    enter(pen, run.step)


def _lost(pen: Talk, run: ModuleRun) -> None:
    """What the Run stood on is gone from the library: begin it again with an apology, or end it."""
    pen.write(RunEnded(kind="module", name=run.module, how="lost"))
    speak(pen, "resume_changed")
    if form_of(pen, run.module) in pen.moment.library.modules:
        begin(pen, run.module)


def _overtaken(pen: Talk, run: ModuleRun, step: Step) -> bool:
    """Nothing more is said of a step that an urgent release took out of use; one that it left as it was goes on."""
    if run.release not in pen.moment.overtaken:
        return False
    module = pen.moment.library.modules.get(run.module)
    return module is None or module.step(run.step) != step


def _ran_away(pen: Talk, run: ModuleRun) -> bool:
    if pen.messages <= MESSAGES_A_TURN and pen.count(StepEntered) <= STEPS_A_TURN:
        return False
    pen.write(RunEnded(kind="module", name=run.module, how="overran"))
    speak(pen, "overran")
    return True
