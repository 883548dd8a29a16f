"""What is answered: five plain functions, each asked by both voices, some by shell, web and assistants as well.

Whoever opens the conversation wants to know who is at nine. "Who is at nine." tells it that, and is heard as its own question; so it tries
other words, and these are names of players. Once it has learned some strange names, it asks the one question that helps.
"""

from datetime import time

from hipflask import Reply, voice

from . import memory
from .lineup import Name, Place, app, at, place_of
from .phrases import ASKING, TELLING, TRIES, before


@app.launch
def wonder():
    """Begin to want to know."""
    memory.want("nine")
    return voice.question("Who is at nine?")


@app.api("/at/<place>")
@app.command("at")
@app.tool(read_only=True)
@app.intent("WhoIsAt", *before("who is at {place}", "who's at {place}", "who bats at {place}"))
def who_is_at(place: Place) -> Reply:
    """Who plays at this place?"""
    told = f"{at(place)} is at {place}."
    if not voice.is_speaking():
        return Reply(told)
    if place == memory.wants():
        memory.count("told")
        sentence = memory.next_of("tries", TRIES).format(wants=place, Wants=place.capitalize())
    else:
        sentence = told if memory.count("telling") == 0 else f"{memory.next_of('again', TELLING)} {told}"
    return Reply(told, speech=sentence, end=False)


@app.intent(
    "SomebodyIsAt", *before("{player} is at {place}", "{player} is the name of the player at {place}")
)
def somebody_is_at(player: Name, place: Place):
    """Hear that somebody plays there: news, if one wants to know, and else to be checked."""
    if memory.wants() is None:
        is_so = place_of(player) == place
        return voice.question(f"{'Yes' if is_so else 'No'}, {player} is at {place_of(player) or 'no place'}.")
    if place == memory.wants() and at(place) == player:
        return know(player)
    return think(player)


@app.tool(read_only=True)
@app.intent(
    "WhereIs",
    "{player}",
    "where is {player}",
    "will you tell me {player}",
    "say it slowly {player}",
    "you mean {player}",
)
def where_is(player: Name) -> Reply:
    """Where does this player play?"""
    return Reply(f"{player} is at {place_of(player) or 'no place'}.", end=False)


@app.intent("Tomorrow", *before("tomorrow is at {hour}"), "is the game tomorrow at {hour}")
def game(hour: time):
    """Hear of tomorrow's game, or what sounds like it."""
    if (place := memory.wants()) is None:
        return voice.question(f"There is no game at {hour.hour}.")
    return voice.question(f"I cannot wait until then: who is at {place}?")


@app.tool(read_only=True)
@app.intent("IsAName", "is {player} a name")
def is_a_name(player: Name) -> Reply:
    """Is anybody called that?"""
    return Reply(f"Yes, {player} is a name." if place_of(player) else f"No, {player} is nobody.", end=False)


@app.intent("ThatIsAName", "{player} is a name", "yes {player} is a name")
def that_is_a_name(player: Name):
    """Hear that somebody is called that, and see what was said all along."""
    if memory.wants() is None:
        return voice.question(f"Yes, {player} is a name.")
    if player == "Who" and memory.was_told():
        return know(player)
    return think(player)


@app.fallback
def pardon():
    """Come back to the matter, which the other one understands whatever was said before."""
    return ask_again() if memory.wants() else voice.question(f"All I know: {at('nine')} is at nine.")


def think(player):
    """One more strange name: either it dawns, or one asks again."""
    if memory.learn(player) and memory.was_told():
        return voice.question("Is Who a name?")
    return ask_again()


def ask_again():
    return voice.question(f"{memory.next_of('asking', ASKING)} who is at {memory.wants()}?")


def know(player):
    """Say what is known now, on a card as well: by that card others notice."""
    place = memory.wants()
    return voice.statement(f"Oh! {player} is the player, and now I know who is at {place}.").simple_card(
        place, player
    )
