"""C1: can everybody who starts a module get through it, and out of it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.core.library.drafts import ModuleDraft, Placed, StepDraft, always_chooses, sometimes_chooses
from bot.core.library.headers import did_you_mean
from bot.core.library.limits import STEPS
from bot.core.library.problems import Problem
from bot.core.library.steps import Later, Link, is_quick
from bot.core.library.wait_checks import breathless_problems

OUT = frozenset({"#end", "#menu"})


def flow_problems(module: ModuleDraft, known: Iterable[str]) -> Iterator[Problem]:
    """``known``: ``module:<key>`` and ``group:<key>`` of everything that has a file."""
    if not module.steps:
        yield module.at.problem("C109", "the module has no steps", "begin a step with ## and a title")
        return
    if len(module.steps) > STEPS:
        hint = "split the module in two"
        yield module.steps[STEPS].at.problem("C113", f"a module has up to {STEPS} steps", hint)
        return
    yield from _twice(module)
    yield from _links(module, frozenset(known))
    if not module.unread:
        yield from _unreachable(module)
        yield from _trapped(module)
    yield from breathless_problems(module)
    for step in module.steps:
        if not step.unread:
            yield from _order(step)
            yield from _falls(step, last=step is module.steps[-1] and not is_quick(module.id))


def _twice(module: ModuleDraft) -> Iterator[Problem]:
    seen: set[str] = set()
    for step in module.steps:
        if step.id in seen:
            yield step.at.problem(
                "C110", f"there are two steps '{step.title}'", "give one of them another heading"
            )
        if not step.id or f"#{step.id}" in OUT:
            yield step.at.problem(
                "C110", f"a step cannot be called '{step.title}'", "give it another heading"
            )
        seen.add(step.id)


def _links(module: ModuleDraft, known: frozenset[str]) -> Iterator[Problem]:
    steps = [step.id for step in module.steps]
    for link in (link for step in module.steps for link in step.links):
        to = link.what.to
        if to.startswith("#"):
            if to not in OUT and to[1:] not in steps:
                hint = did_you_mean(to[1:], (*steps, "end", "menu"))
                yield link.at.problem("C101", f"there is no step '{to}'", hint)
        elif to.startswith("?"):
            hint = "link to a #step, #end, #menu, another module's file or a group's file"
            yield link.at.problem("C107", f"'{to[1:]}' cannot be linked to", hint)
        elif to not in known:
            kind, _, key = to.partition(":")
            same = (name.removeprefix(f"{kind}:") for name in known if name.startswith(f"{kind}:"))
            hint = did_you_mean(key, same)
            yield link.at.problem("C106", f"there is no {kind} '{key}'", hint)


def steps_after(module: ModuleDraft, step_id: str) -> set[str]:
    """Every step that can still come after this one, now or in a follow-up."""
    ways = ways_of(module, follow_ups=True)
    return {step for following in ways.get(step_id, ()) for step in reach(following, ways)}


def ways_of(module: ModuleDraft, *, follow_ups: bool) -> Mapping[str, set[str]]:
    """From each step to the steps one can come to next; ``#end`` stands for every way out."""
    ways: dict[str, set[str]] = {}
    for step, after in zip(module.steps, [*module.steps[1:], None], strict=True):
        to = ways.setdefault(step.id, set())
        parts = (part for part in step.parts if follow_ups or not isinstance(part.part, Later))
        to |= {_leads(link) for part in parts for link in part.links}
        if not step.ends:
            to.add(after.id if after else "#end")
    return ways


def _leads(link: Placed[Link]) -> str:
    to = link.what.to
    return to[1:] if to.startswith("#") and to not in OUT else "#end"


def _unreachable(module: ModuleDraft) -> Iterator[Problem]:
    reached = reach(module.steps[0].id, ways_of(module, follow_ups=True))
    for step in module.steps:
        if step.id not in reached:
            hint = f"link to it with (#{step.id}), or delete it"
            yield step.at.problem("C102", f"nobody can get to the step '{step.title}'", hint)


def _trapped(module: ModuleDraft) -> Iterator[Problem]:
    """A follow-up is no way out: it comes on another day."""
    back: dict[str, set[str]] = {}
    for start, to in ways_of(module, follow_ups=False).items():
        for other in to:
            back.setdefault(other, set()).add(start)
    out = reach("#end", back)
    for step in module.steps:
        if step.id not in out:
            hint = "add a line such as - [Finish for today](#end)"
            yield step.at.problem("C103", f"there is no way out from the step '{step.title}'", hint)


def reach(start: str, ways: Mapping[str, Iterable[str]]) -> set[str]:
    """Where one can come to from ``start``, itself among them."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        step = waiting.pop()
        if step not in reached:
            reached.add(step)
            waiting.extend(ways.get(step, ()))
    return reached


def _order(step: StepDraft) -> Iterator[Problem]:
    if not step.parts:
        yield step.at.problem("C111", f"the step '{step.title}' is empty", "write what it says")
    for part, following in zip(step.parts, step.parts[1:], strict=False):
        if always_chooses(part.part):
            hint = "move it above the choices, or into a step of its own"
            yield following.at.problem("C108", "nothing after the choices of a step is shown", hint)
            return


def _falls(step: StepDraft, *, last: bool) -> Iterator[Problem]:
    """At the end of a step either everybody chooses or everybody goes on."""
    if not step.parts:
        return
    part = step.parts[-1]
    if sometimes_chooses(part.part) and not always_chooses(part.part):
        without = next((branch for branch in part.branches if not branch.what.links), None)
        place = without.at if without else part.branches[-1].at
        who = "whoever comes through this branch" if without else "whoever fits no branch"
        where = "leaves the module" if last else "falls through into the next step"
        hint = "give every branch choices, and end with an 'otherwise'"
        yield place.warning("C105", f"{who} {where}, while the others choose", hint)
    elif last and not always_chooses(part.part):
        hint = "add a line such as - [Finish for today](#end)"
        yield step.at.warning("C105", f"the last step '{step.title}' does not end in choices", hint)
