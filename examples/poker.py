"""Five-card draw: keep the cards you like, and watch the odds while you think.

    python examples/poker.py

The first half is the game: plain Python that knows of no window. The second half shows it. Whatever the buttons
change in `Game`, the window notices; the odds are simulated in a process of their own, so that it stays quick.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from hipflask import Hipflask, ui

app = Hipflask(__name__, theme=ui.Theme(primary="seagreen"))

SUITS = {"♠": "spades", "♥": "hearts", "♦": "diamonds", "♣": "clubs"}
SIGNS = "- A 2 3 4 5 6 7 8 9 10 J Q K A".split()  # an ace is the highest card, and the one below the two
NAMES = "- ace two three four five six seven eight nine ten jack queen king ace".split()


class Card(NamedTuple):
    """One of 52; `rank` is 2 to 14."""

    rank: int
    suit: str

    @property
    def name(self) -> str:
        return f"{NAMES[self.rank]} of {SUITS[self.suit]}".capitalize()


class Rank(NamedTuple):
    """One way to be lucky: what it is called, what it pays for each chip bet, and its name in full."""

    name: str
    pays: int
    title: str


DECK = [Card(rank, suit) for suit in SUITS for rank in range(2, 15)]
RANKS = [
    Rank("High card", 0, "{} high"),
    Rank("Pair", 1, "Pair of {}s"),
    Rank("Two pair", 2, "Two pair, {}s and {}s"),
    Rank("Three of a kind", 3, "Three {}s"),
    Rank("Straight", 4, "Straight to the {}"),
    Rank("Flush", 6, "Flush, {} high"),
    Rank("Full house", 9, "Full house, {}s over {}s"),
    Rank("Four of a kind", 25, "Four {}s"),
    Rank("Straight flush", 50, "Straight flush to the {}"),
    Rank("Royal flush", 800, "Royal flush"),
]
SHAPES = {(1, 1, 1, 1, 1): 0, (2, 1, 1, 1): 1, (2, 2, 1): 2, (3, 1, 1): 3, (3, 2): 6, (4, 1): 7}
JACKS = (1, 11)  # the lowest score that pays: a pair of jacks


def score(hand: list[Card]) -> tuple[int, ...]:
    """How good a hand is: its place in RANKS, then what decides between two hands of that rank."""
    counts = Counter(card.rank for card in hand)
    ranks = sorted(counts, key=lambda rank: (counts[rank], rank), reverse=True)
    if ranks == [14, 5, 4, 3, 2]:
        ranks = [5, 4, 3, 2, 1]
    is_straight = len(ranks) == 5 and ranks[0] - ranks[4] == 4
    is_flush = len({card.suit for card in hand}) == 1
    if is_straight and is_flush:
        place = 9 if ranks[0] == 14 else 8
    elif is_straight or is_flush:
        place = 5 if is_flush else 4
    else:
        place = SHAPES[tuple(counts[rank] for rank in ranks)]
    return (place, *ranks)


def title(hand: list[Card]) -> str:
    """What a player would call it: "Two pair, kings and fours"."""
    place, *ranks = score(hand)
    words = RANKS[place].title.format(*(NAMES[rank] for rank in ranks)).replace("sixs", "sixes")
    return words[0].upper() + words[1:]


def pays(outcome: tuple[int, ...]) -> int:
    """What each chip bet brings."""
    return RANKS[outcome[0]].pays if outcome >= JACKS else 0


@dataclass
class Game:
    """What one player does."""

    purse: int = 100
    bet: int = 5
    won: int = 0
    dealt: tuple[Card, ...] = ()
    held: frozenset[Card] = frozenset()
    hand: tuple[Card, ...] = ()
    is_over: bool = True

    def deal(self) -> None:
        self.purse -= self.bet
        self.dealt = self.hand = tuple(random.sample(DECK, 5))
        self.held, self.is_over, self.won = frozenset(), False, 0

    def hold(self, card: Card) -> None:
        self.held ^= {card}

    def draw(self) -> None:
        fresh = random.sample([card for card in DECK if card not in self.dealt], 5)
        self.hand = tuple(card if card in self.held else fresh.pop() for card in self.dealt)
        self.is_over, self.won = True, self.bet * pays(score(self.hand))
        self.purse += self.won


class Odds(NamedTuple):
    """What a simulation has found so far about `question`, a hand and the cards held."""

    question: object = None
    rounds: int = 0
    hands: tuple[int, ...] = (0,) * len(RANKS)
    paid: int = 0


def simulate(dealt: tuple[Card, ...], held: frozenset[Card], rounds: int = 100_000) -> Iterator[Odds]:
    """Draw again and again, and tell from time to time how it goes."""
    rest = [card for card in DECK if card not in dealt]
    hands, paid = [0] * len(RANKS), 0
    for done in range(1, rounds + 1):
        outcome = score([*held, *random.sample(rest, 5 - len(held))])
        hands[outcome[0]] += 1
        paid += pays(outcome)
        if done % 1_000 == 0:
            yield Odds((dealt, held), done, tuple(hands), paid)


def ponder(game: Game, odds: ui.State[Odds]) -> None:
    """Follow a simulation for as long as its question stands."""
    question = game.dealt, game.held
    for found in ui.process(simulate, *question):
        if question != (game.dealt, game.held):
            return  # leaving the loop ends the process
        odds.set(found)


# ── the window ────────────────────────────────────────────────────────────────────────────────────

FELT = {
    "background": "radial-gradient(at 50% 0%, oklch(0.55 0.11 160), oklch(0.36 0.08 165))",
    "color": "white",
    "padding": "clamp(0.75rem, 2.5vw, 2rem)",
    "border-radius": "1.25rem",
    "flex": "3 1 32rem",
}
CARD = {
    "--wa-form-control-height": "100%",
    "aspect-ratio": "5 / 7",
    "container-type": "inline-size",
    "position": "relative",
    "border-radius": "8%/6%",
    "background": "#fffdf8",
    "box-shadow": "0 1px 2px rgb(0 0 0 / 0.3), 0 6px 16px rgb(0 0 0 / 0.25)",
    "transition": "transform 0.15s, box-shadow 0.15s",
}
BACK = {"background": "repeating-linear-gradient(45deg, #23407c 0 6px, #2c4f97 6px 12px)", "border": "4px solid #fffdf8"}
HELD = {"transform": "translateY(-8%)", "box-shadow": "0 0 0 3px gold, 0 14px 24px rgb(0 0 0 / 0.35)"}
CORNER = {"position": "absolute", "inset": "5% auto auto 7%", "font": "600 22cqi/1 system-ui", "text-align": "center"}
TURNED = {**CORNER, "inset": "auto 7% 5% auto", "transform": "rotate(180deg)"}
SUIT = {"position": "absolute", "inset": "0", "display": "grid", "place-items": "center", "font": "54cqi/1 system-ui"}


@app.window("/", title="Five-card draw", width=1120, height=720)
def poker() -> None:
    game = ui.state(Game()).value
    odds = ui.state(Odds())

    def play(move: Callable[..., None], *args: object) -> None:
        move(*args)
        ui.task(ponder, game, odds)

    with ui.row(justify="between"):
        ui.heading("Five-card draw")
        ui.text(f"{game.purse} chips", strong=True, size="l")
    with ui.row(align="start", gap="l"):
        with ui.column(style=FELT):
            with ui.grid(columns=5, gap="s"):
                for place in range(5):
                    playing_card(game, place, play)
            table_talk(game, play)
        odds_table(game, odds)


@ui.component
def playing_card(game: Game, place: int, play: Callable[..., None]) -> None:
    if not game.hand:
        ui.column(style=CARD | BACK)
        return
    card = game.hand[place]
    is_held = card in game.held and not game.is_over
    colour = {"color": "#c8102e" if card.suit in "♥♦" else "#16181d"}
    look = {"aria-label": card.name, "aria-pressed": str(is_held).lower()}
    with ui.button(
        appearance="plain",
        on_click=None if game.is_over else play,
        args=(game.hold, card),
        style=CARD | (HELD if is_held else {}),
        attrs=look,
    ):
        ui.text(f"{SIGNS[card.rank]}\n{card.suit}", style=CORNER | colour)
        ui.text(card.suit, style=SUIT | colour)
        ui.text(f"{SIGNS[card.rank]}\n{card.suit}", style=TURNED | colour)


@ui.component
def table_talk(game: Game, play: Callable[..., None]) -> None:
    ui.heading(title(game.hand) if game.hand else "Place your bet", level=2, style={"color": "white"})
    if game.is_over and game.hand:
        ui.text(f"You win {game.won} chips." if game.won else "Nothing this time.")
    elif game.hand:
        ui.text("Click the cards that you want to keep, then draw.")
    with ui.row(align="end"):
        ui.button("Deal", on_click=play, args=(game.deal,), disabled=not game.is_over, icon="layers", tone="primary")
        ui.button("Draw", on_click=game.draw, disabled=game.is_over, icon="refresh-cw", tone="primary")
        ui.select("Bet", [1, 5, 10, 25], value=game.bet, on_change=setattr, args=(game, "bet"), disabled=not game.is_over)


@ui.component
def odds_table(game: Game, odds: ui.State[Odds]) -> None:
    now = odds.value if odds.value.question == (game.dealt, game.held) else Odds()
    with ui.card("Odds", style={"flex": "2 1 20rem"}):
        ui.progress(now.rounds / 100_000, label="Simulated draws")
        with ui.grid(gap="s", style={"grid-template-columns": "max-content 1fr 3.5rem 3rem", "align-items": "center"}):
            for rank, hands in reversed(list(zip(RANKS, now.hands, strict=True))):
                chance = hands / max(now.rounds, 1)
                is_it = bool(game.hand) and RANKS[score(game.hand)[0]] is rank
                ui.text(rank.name, strong=is_it)
                ui.progress(chance, label=rank.name)
                ui.text(f"{chance:.1%}" if chance >= 0.001 or not hands else "< 0.1%")
                ui.text(f"× {rank.pays}", tone="quiet")
        ui.text(f"{now.rounds:,} draws: a chip brings {now.paid / max(now.rounds, 1):.2f} chips.", tone="quiet")


if __name__ == "__main__":
    app.run()
