"""What a voice keeps in mind: its session's attributes, which travel to the vendor with each answer and come back with the next request."""

import random

from hipflask import voice

from .lineup import app

ENOUGH = 4  # strange names, after which anything might be a name


def wants():
    """The place that this voice wants to know of; None if it wants nothing."""
    return voice.session.attributes.get("wants") if voice.is_speaking() else None


def want(place):
    """Want to know who is there."""
    voice.session.attributes.update(wants=place, told=0, names=[])


def count(what):
    """How often that has happened before; from now on once more."""
    before = int(voice.session.attributes.get(what, 0))  # a float, where Dialogflow has had it
    voice.session.attributes[what] = before + 1
    return before


def was_told():
    """Whether it has been said already, and not understood."""
    return voice.session.attributes.get("told", 0) > 0


def learn(name):
    """Remember that this is a name; returns whether anything might be one by now."""
    names = [*dict.fromkeys([*voice.session.attributes.get("names", ()), name])]
    voice.session.attributes["names"] = names
    return len(names) >= ENOUGH


def next_of(what, sentences):
    """The next of some sentences, in an order that the seed gives; after the last comes the first."""
    order = random.Random(f"{app.config['SEED']} {what}").sample(sentences, len(sentences))
    return order[count(what) % len(order)]
