"""Plain words that most people would use: heard aloud, whatever a model thinks, and whatever else is changed."""

import pytest
from safety_files import screener

from bot.core.safety import Context, Tier

PLAIN = """
I can't do this anymore
cant do this any more
I can't go on
can't go on like this
I feel like a burden
I'm a burden to my family
what's the point
there's no point in living
whats the point of any of it
I give up
I've given up
I'm done
I want it all to end
I just want it to be over
I want out
I don't want to be here
don't want to be here anymore
I wish I was dead
wish I could go to sleep and not wake up
nobody would miss me
they'd be better off without me
life isn't worth living
nothing to live for
no reason to carry on
I've got nothing left
I feel trapped
there's no way out
I can't cope
I can't take it anymore
I'm tired of living
tired of life
sick of being alive
had enough of life
I want to disappear
hopeless
feel hopeless about everything
I hate myself
thinking of suicide
having dark thoughts
scary thoughts
bad thoughts about myself
I might do something stupid
don't trust myself tonight
don't feel safe
I'm not safe
I've been saving up my pills
been looking at how to do it
I've written a note
goodbye everyone
this is goodbye
look after my cat when I'm gone
I want to hurt myself
cut myself last night
I burn myself
starving myself
making myself sick
skipping insulin to lose weight
took too many tablets
I've taken an overdose
he hits me
she controls my money
scared of my partner
he won't let me see anyone
he forces me to have sex
my carer shouts at me
my stepdad touches me
mum hasn't fed my brother
afraid to go home
chest pain
crushing chest pain
can't breathe
struggling to breathe
lips are blue
face drooping
slurred speech
can't move my arm
numb down one side
sudden loss of vision
worst headache of my life
can't pee and legs numb
coughing up blood
vomiting blood
throat closing up
having a fit
passed out
temperature of 39 on chemo
heart racing and dizzy
calf swollen and sore
rash that doesn't fade with glass
sugar is 2.1 and shaking
ketones 3.5 and being sick
my friend says she wants to die
my husband has collapsed
he's not breathing
I want to kill him
I'm going to hurt someone
""".strip().splitlines()


def test_plain_words_are_heard_aloud() -> None:
    missed = [text for text in PLAIN if screener()(text, Context()).tier is Tier.NONE]
    assert len(PLAIN) > 90
    assert not missed


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("wish i could go to sleep and not wake up", "risk"),
        ("i hope i dont wake up tomorrow", "risk"),
        ("I would rather not wake up", "risk"),
        ("I can't wake him", "emergency:any"),
        ("she won't wake up", "emergency:any"),
        ("mum is not waking", "emergency:any"),
    ],
)
def test_not_to_wake_is_a_wish_of_ones_own_and_an_emergency_of_another(text: str, concern: str) -> None:
    hits = screener()(text, Context()).hits
    assert {hit.concern for hit in hits} == {concern}
