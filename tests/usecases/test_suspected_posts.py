"""A post that no rule holds and the second net suspects: it waits for a host with its reason, and rings nothing."""

from __future__ import annotations

from uuid import uuid4

from clinic import Clinic, Patient

from bot.adapters.understanding_local import LocalUnderstanding
from bot.core.facts import AlertRaised, PostOffered
from bot.core.groups import verdict_on
from bot.core.safety import Context, Tier, with_second_net
from bot.core.values import LineId
from bot.usecases import peers
from bot.usecases.posts import posts_opened
from bot.usecases.turn import Inbound
from bot.web.desk.evidence import GROUPS


async def suspect(clinic: Clinic) -> str:
    """The first bad example in which no rule finds anything, that the shipped net suspects, and over which the
    screen and its own net stay calm."""
    library = clinic.house.shelf.library
    for text in library.posts["advice/no_need_for_help"] + library.posts["advice/stop_or_change"]:
        screen = library.screen(text, Context("group_post", group=True))
        if screen.tier > Tier.NONE or verdict_on(text, screen, library)[0] != "pass":
            continue
        read = await clinic.house.understanding.interpret(library, text, intent=False, post=True)
        calm = with_second_net(screen, read.worry, library.safety.second_net).tier == Tier.NONE
        calm_without = with_second_net(screen, None, library.safety.second_net).tier == Tier.NONE
        if (
            calm
            and calm_without
            and verdict_on(text, screen, library, read.suspicion)[1] == "suspected_advice"
        ):
            return text
    raise AssertionError("the net suspects none of its own examples")


async def member(clinic: Clinic) -> tuple[Patient, LineId]:
    """Whose first post has been seen, so that nothing waits because it is the first."""
    patient = await clinic.join("copd")
    for label in ("Talk to others like me", "Living with COPD", "Join the group"):
        await patient.chooses(label)
    await patient.says("Robin")
    return patient, clinic.service.rooms["copd"]


async def posts(clinic: Clinic, author: Patient, room: LineId, text: str) -> PostOffered:
    inbound = Inbound(clinic.service.id, author.id, uuid4(), text=text)
    changed = await peers.post(clinic.house, inbound, room)
    await clinic.settle()
    (offered,) = [fact for fact in changed.facts if isinstance(fact, PostOffered)]
    assert not [fact for fact in changed.facts if isinstance(fact, AlertRaised)]
    return offered


async def test_of_a_few_words_the_net_says_nothing(clinic: Clinic) -> None:
    author, room = await member(clinic)
    await posts(clinic, author, room, "Hello all of you here")
    for text in ("And back again", "See you later", "Is anybody there?"):
        assert (await posts(clinic, author, room, text)).verdict == "pass"


async def test_it_waits_with_a_reason_in_plain_words_and_rings_nothing_about_its_author(
    clinic: Clinic,
) -> None:
    author, room = await member(clinic)
    offered = await posts(clinic, author, room, await suspect(clinic))
    assert (offered.verdict, offered.why) == ("hold", "suspected_advice")
    (seen,) = await posts_opened(clinic.house, clinic.service.id, room, 0)
    assert seen.status == "held"
    assert "a model thought" in GROUPS[offered.why]
    assert await author.alerts() == []


async def test_its_author_is_told_that_a_host_reads_it_and_blamed_for_nothing(clinic: Clinic) -> None:
    author, room = await member(clinic)
    await posts(clinic, author, room, await suspect(clinic))
    await author.catches_up()
    assert author.last.shown.text == clinic.house.shelf.library.say("group_post_held")


async def test_where_the_net_is_late_the_rules_decide_alone_and_the_post_is_not_lost(clinic: Clinic) -> None:
    author, room = await member(clinic)
    text = await suspect(clinic)
    clinic.house.understanding = LocalUnderstanding(patience=0.0)
    absent = clinic.house.tally.absent
    offered = await posts(clinic, author, room, text)
    assert (offered.verdict, offered.why) == ("pass", "")
    assert clinic.house.tally.absent == absent + 1
    (seen,) = await posts_opened(clinic.house, clinic.service.id, room, 0)
    assert seen.shown.text == text


async def test_what_a_rule_holds_is_held_whether_the_net_is_there_or_not(clinic: Clinic) -> None:
    author, room = await member(clinic)
    clinic.house.understanding = LocalUnderstanding(patience=0.0)
    offered = await posts(clinic, author, room, "you can get me on 07700 900123")
    assert (offered.verdict, offered.why) == ("hold", "contact")
