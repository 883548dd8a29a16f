"""Five-card draw: keep the cards you like, and watch the odds while you think.

    python examples/poker.py

The first half is the game: plain Python that knows of no window. The second half shows it. Whatever the buttons
change in a `Game` the window notices, and the odds are simulated in a process of their own, so that it stays quick.
"""

import random
from collections import Counter
from dataclasses import dataclass

from hipflask import Hipflask, ui

app = Hipflask(__name__, theme=ui.Theme(primary="seagreen"))

SUITS = {"♠": "spades", "♥": "hearts", "♦": "diamonds", "♣": "clubs"}
NAMES = ["", "ace", "two", "three", "four", "five", "six", "seven",
         "eight", "nine", "ten", "jack", "queen", "king", "ace"]  # fmt: skip
RANKS = ["No pair", "One pair", "Two pair", "Three of a kind", "Straight", "Flush",
         "Full house", "Four of a kind", "Straight flush", "Royal flush"]  # fmt: skip
PAYS = [0, 0, 3, 4, 5, 6, 9, 25, 50, 800]
SHAPES = {(1, 1, 1, 1, 1): 0, (2, 1, 1, 1): 1, (2, 2, 1): 2, (3, 1, 1): 3, (3, 2): 6, (4, 1): 7}
DECK = [(value, suit) for suit in SUITS for value in range(2, 15)]
ROUNDS = 100_000


def score(hand):
    """How good five cards are: their place in RANKS, then what decides between two hands of the same place."""
    counts = Counter(value for value, suit in hand)
    values = sorted(counts, key=lambda value: (counts[value], value), reverse=True)
    if values == [14, 5, 4, 3, 2]:
        values = [5, 4, 3, 2, 1]  # an ace may also stand below the two
    is_flush = len({suit for value, suit in hand}) == 1
    is_straight = len(values) == 5 and values[0] - values[4] == 4
    place = 4 if is_straight else SHAPES[tuple(counts[value] for value in values)]
    if is_flush:
        place = (9 if values[0] == 14 else 8) if is_straight else 5
    return (place, *values)


def title(hand):
    """What a player calls it: "Two pair, kings and sixes"."""
    place, *values = score(hand)
    several = [f"{NAMES[one]}s" for one in values if sum(value == one for value, suit in hand) > 1]
    return f"{RANKS[place]}, {' and '.join(several) or NAMES[values[0]] + ' high'}".replace("sixs", "sixes")


@dataclass
class Game:
    """One player's luck. A card is a value, from 2 to the ace's 14, and a suit."""

    purse: int = 100
    dealt: tuple = ()
    held: frozenset = frozenset()
    hand: tuple = tuple(DECK[8:13])
    is_over: bool = True

    def deal(self, bet):
        self.purse -= bet
        self.dealt = self.hand = tuple(random.sample(DECK, 5))
        self.held = frozenset()
        self.is_over = False

    def hold(self, value, suit):
        self.held ^= {(value, suit)}

    def draw(self, bet):
        fresh = random.sample([card for card in DECK if card not in self.dealt], 5)
        self.hand = tuple(card if card in self.held else fresh.pop() for card in self.dealt)
        self.purse += bet * PAYS[score(self.hand)[0]]
        self.is_over = True


def simulate(dealt, held):
    """Draw again and again; tell from time to time how often each of RANKS has come."""
    rest = [card for card in DECK if card not in dealt]
    found = Counter()
    while found.total() < ROUNDS:
        found.update(score([*held, *random.sample(rest, 5 - len(held))])[0] for _ in range(1_000))
        yield found


# ── the window ────────────────────────────────────────────────────────────────────────────────────

FELT = {"background": "radial-gradient(at top, #2a8a5c, #0f5138)", "color": "white", "border-radius": "1rem"}
FELT |= {"padding": "clamp(0.75rem, 3vw, 2.5rem)", "flex": "3 1 32rem", "justify-content": "center"}
CARD = {"aspect-ratio": "5 / 7", "background": "#fffdf8", "border-radius": "8% / 6%", "transition": "0.15s"}
CARD |= {"box-shadow": "0 4px 16px #0006", "container-type": "inline-size", "position": "relative"}
CARD |= {"--wa-form-control-height": "100%"}
HELD = CARD | {"box-shadow": "0 0 0 3px gold, 0 14px 24px #0006", "transform": "translateY(-8%)"}
SUIT = {"font": "54cqi/1 sans-serif"}
CORNER = {"font": "600 22cqi/1 sans-serif", "position": "absolute", "inset": "5% auto auto 7%"}
TURNED = CORNER | {"inset": "auto 7% 5% auto", "transform": "rotate(180deg)"}
TABLE = {"grid-template-columns": "max-content 1fr 3.5rem 3rem", "align-items": "center"}


@app.window("/", title="Five-card draw", width=1120, height=560)
def poker():
    game = ui.state(Game()).value
    bet = ui.state(5)
    odds = ui.state({})
    over = game.is_over

    def play(move, *args):
        move(*args)
        ui.task(ponder, game, odds)

    with ui.row(align="end"):
        ui.button("Deal", on_click=play, args=(game.deal, bet.value), disabled=not over, tone="primary")
        ui.button("Draw", on_click=game.draw, args=(bet.value,), disabled=over, tone="primary")
        ui.select("Bet", [1, 5, 10, 25], bind=bet, disabled=not over, style={"flex": "0 1 6rem"})
        ui.text(f"{game.purse} chips", size="l", strong=True, style={"margin-inline-start": "auto"})
    with ui.row(align="stretch"):
        with ui.column(style=FELT):
            with ui.grid(columns=5, gap="s"):
                for value, suit in game.hand:
                    playing_card(value, suit, game, play)
            ui.heading(title(game.hand), style={"color": "white"})
            pays = PAYS[score(game.hand)[0]]
            ui.text(f"It pays {pays} to 1." if over else "Click the cards that you want to keep.")
        odds_table(game, odds)


def playing_card(value, suit, game, play):
    is_held = (value, suit) in game.held and not game.is_over
    click = None if game.is_over else play
    look = HELD if is_held else CARD
    aria = {"aria-label": f"{NAMES[value]} of {SUITS[suit]}", "aria-pressed": str(is_held).lower()}
    with ui.button(on_click=click, args=(game.hold, value, suit), appearance="plain", style=look, attrs=aria):
        sign = NAMES[value][0].upper() if value > 10 else value
        colour = {"color": "crimson" if suit in "♥♦" else "black"}
        ui.text(f"{sign}\n{suit}", style=CORNER | colour)
        ui.text(suit, style=SUIT | colour)
        ui.text(f"{sign}\n{suit}", style=TURNED | colour)


@ui.component
def odds_table(game, odds):
    """A component is drawn again by itself: the odds change many times a second, all else does not."""
    found = odds.value.get((game.dealt, game.held), Counter())
    rounds = found.total() or 1
    average = sum(PAYS[place] * times for place, times in found.items()) / rounds
    with ui.card(f"Odds: a chip brings {average:.2f}", style={"flex": "1 1 24rem"}):
        ui.progress(found.total() / ROUNDS, label="Simulation")
        with ui.grid(gap="s", style=TABLE):
            for place in reversed(range(10)):
                ui.text(RANKS[place], strong=place == score(game.hand)[0])
                ui.progress(found[place] / rounds, label=RANKS[place])
                ui.text(f"{found[place] / rounds:.1%}")
                ui.text(f"× {PAYS[place]}", tone="quiet")


def ponder(game, odds):
    """Follow a simulation for as long as its question stands."""
    question = game.dealt, game.held
    for found in ui.process(simulate, *question):
        if question != (game.dealt, game.held):
            return  # leaving the loop ends the process
        odds.set({question: found})


if __name__ == "__main__":
    app.run()
