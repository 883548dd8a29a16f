"""Poker as a player meets it: through its window."""

from __future__ import annotations

import ast
import io
import multiprocessing
import random
import time
import tokenize
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hipflask.testing import User

LAYOUT = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)


def deal(poker: ModuleType, player: User, rank: str) -> list[Any]:
    """Have a hand of some rank dealt, by a seed that brings one; returns its cards."""
    for seed in range(10_000):
        random.seed(seed)
        cards = random.sample(poker.DECK, 5)
        if poker.title(cards).startswith(rank):
            random.seed(seed)
            player.click("Deal")
            return cards
    raise AssertionError(f"No seed brings {rank!r}.")


def name(poker: ModuleType, card: tuple[int, str]) -> str:
    value, suit = card
    return f"{poker.NAMES[value]} of {poker.SUITS[suit]}"


def on_the_table(player: User) -> list[str]:
    return [found.label for found in player.seen() if found.role == "button" and " of " in found.label]


def held(player: User) -> list[str]:
    cards = [
        found for found in player.seen() if found.shown.props.get("attrs", {}).get("aria-pressed") == "true"
    ]
    return [card.label for card in cards]


def odds(player: User) -> dict[str, float]:
    """The bars of the table, in percent, once the simulation has come to its end."""
    end = time.monotonic() + player.patience
    while (bars := bars_now(player))["Simulation"] < 100:
        assert time.monotonic() < end, player.describe()
        time.sleep(0.02)
    return bars


def bars_now(player: User) -> dict[str, float]:
    return {found.label: found.value for found in player.seen() if found.role == "progressbar"}


def test_the_window_opens_on_what_can_be_won(player: User) -> None:
    player.see("Royal flush, ace high")
    player.see("It pays 800 to 1.")
    player.see("100 chips")
    assert player.find("Draw").is_disabled


def test_playing_a_hand(poker: ModuleType, player: User) -> None:
    dealt = deal(poker, player, "One pair")
    assert on_the_table(player) == [name(poker, card) for card in dealt]
    player.see(poker.title(dealt))
    player.see("95 chips")

    values = [value for value, _ in dealt]
    pair = [card for card in dealt if values.count(card[0]) == 2]
    for card in pair:
        player.click(name(poker, card))
    assert held(player) == [name(poker, card) for card in pair]

    player.click("Draw")
    after = on_the_table(player)
    for place, card in enumerate(dealt):
        assert (after[place] == name(poker, card)) == (card in pair)
    assert held(player) == []
    title = next(found.label for found in player.seen() if found.role == "heading")
    pays = next(
        pays for rank, pays in zip(poker.RANKS, poker.PAYS, strict=True) if title.startswith(f"{rank},")
    )
    player.see(f"It pays {pays} to 1.")
    player.see(f"{95 + 5 * pays} chips")
    assert player.errors() == []


def test_a_card_can_be_put_back(poker: ModuleType, player: User) -> None:
    card = name(poker, deal(poker, player, "No pair")[0])
    player.click(card)
    player.click(card)
    assert held(player) == []


def test_cards_are_not_to_be_clicked_when_the_hand_is_over(player: User) -> None:
    with pytest.raises(AssertionError, match="Nothing would happen"):
        player.click("ace of spades")


def test_the_bet_is_chosen_before_the_deal_and_fixed_until_the_draw(player: User) -> None:
    player.choose("Bet", "25")
    player.click("Deal")
    player.see("75 chips")
    assert player.find("Bet").is_disabled
    player.click("Draw")
    assert not player.find("Bet").is_disabled


def test_the_odds_grow_until_the_simulation_is_through(poker: ModuleType, player: User) -> None:
    deal(poker, player, "No pair")
    bars = odds(player)
    del bars["Simulation"]
    assert list(bars) == list(reversed(poker.RANKS))
    assert sum(bars.values()) == pytest.approx(100, abs=0.1)
    assert bars["No pair"] == pytest.approx(50, abs=3)


def test_the_odds_are_those_of_the_cards_held(poker: ModuleType, player: User) -> None:
    dealt = deal(poker, player, "Two pair")
    values = [value for value, _ in dealt]
    for card in dealt:
        if values.count(card[0]) == 2:
            player.click(name(poker, card))
    bars = odds(player)
    assert bars["Full house"] == pytest.approx(100 * 4 / 47, abs=0.6)
    assert bars["Two pair"] == pytest.approx(100 * 43 / 47, abs=0.6)
    assert bars["No pair"] == bars["One pair"] == 0


def test_a_new_hand_ends_the_old_simulation(poker: ModuleType, player: User) -> None:
    before = len(multiprocessing.active_children())
    for _ in range(4):
        deal(poker, player, "No pair")
        player.click("Draw")
    dealt = deal(poker, player, "Full house")
    for card in dealt:
        player.click(name(poker, card))
    assert odds(player) == {**dict.fromkeys(poker.RANKS, 0), "Simulation": 100, "Full house": 100}
    end = time.monotonic() + 10
    while len(multiprocessing.active_children()) > before + 1:
        assert time.monotonic() < end, multiprocessing.active_children()
        time.sleep(0.05)


def test_odds_that_come_too_late_are_not_shown(poker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    game, shown = poker.Game(), poker.ui.State({})

    def slow(function: Any, *question: Any) -> Any:
        yield poker.Counter({1: 1_000})
        game.deal(bet=5)  # while the next odds are on their way
        yield poker.Counter({1: 2_000})

    monkeypatch.setattr(poker.ui, "process", slow)
    game.deal(bet=5)
    question = game.dealt, game.held
    poker.ponder(game, shown)
    assert shown.value == {question: {1: 1_000}}


def test_no_hand_shows_the_odds_of_another(
    poker: ModuleType, player: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([[poker.Counter({1: 50_000})]])
    monkeypatch.setattr(poker.ui, "process", lambda function, *question: next(answers, []))
    card = name(poker, deal(poker, player, "No pair")[0])
    assert bars_now(player)["Simulation"] == 50
    player.click(card)  # a question that nobody has answered yet
    assert set(bars_now(player).values()) == {0}


def test_two_windows_are_two_games(poker: ModuleType, player: User) -> None:
    with User(poker.app) as other:
        other.open("/")
        player.click("Deal")
        player.see("95 chips")
        other.see("100 chips")


def test_it_is_a_page_of_code(poker: ModuleType) -> None:
    assert code_lines(Path(str(poker.__file__))) < 120


def code_lines(path: Path) -> int:
    """How many lines hold code: without blank ones, comments and docstrings."""
    source = path.read_text(encoding="utf-8")
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    spans = [range(token.start[0], token.end[0] + 1) for token in tokens if token.type not in LAYOUT]
    lines = {line for span in spans for line in span}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            lines.difference_update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(lines)
