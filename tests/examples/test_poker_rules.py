"""The game without its window: what beats what, and what the odds are."""

from __future__ import annotations

import os
import random
from collections import Counter
from itertools import combinations, pairwise
from types import ModuleType

import pytest

SUITS = {"s": "♠", "h": "♥", "d": "♦", "c": "♣"}
VALUES = {sign: value for value, sign in enumerate("23456789TJQKA", 2)}

# From worst to best: every rank, and within a rank the kickers that decide.
IN_ORDER = {
    "7s 5h 4d 3c 2s": "No pair, seven high",
    "As Kh Qd Jc 9s": "No pair, ace high",
    "2s 2h 5d 4c 3s": "One pair, twos",
    "2s 2h 6d 4c 3s": "One pair, twos",
    "6s 6h 4d 3c 2s": "One pair, sixes",
    "As Ah 4d 3c 2s": "One pair, aces",
    "3s 3h 2d 2c As": "Two pair, threes and twos",
    "Ks Kh 4d 4c 2s": "Two pair, kings and fours",
    "Ks Kh 4d 4c 3s": "Two pair, kings and fours",
    "Ks Kh 6d 6c 2s": "Two pair, kings and sixes",
    "2s 2h 2d Kc As": "Three of a kind, twos",
    "9s 9h 9d 3c 2s": "Three of a kind, nines",
    "As 2h 3d 4c 5s": "Straight, five high",
    "2s 3h 4d 5c 6s": "Straight, six high",
    "Ts Jh Qd Kc As": "Straight, ace high",
    "7s 5s 4s 3s 2s": "Flush, seven high",
    "Qh Jh 9h 3h 2h": "Flush, queen high",
    "2s 2h 2d Ac As": "Full house, twos and aces",
    "Ts Th Td 2c 2s": "Full house, tens and twos",
    "2s 2h 2d 2c As": "Four of a kind, twos",
    "6s 6h 6d 6c 2s": "Four of a kind, sixes",
    "As 2s 3s 4s 5s": "Straight flush, five high",
    "9c Tc Jc Qc Kc": "Straight flush, king high",
    "Td Jd Qd Kd Ad": "Royal flush, ace high",
}

# How many of all 2,598,960 hands have each rank; known since long before computers.
ALL_HANDS = [1_302_540, 1_098_240, 123_552, 54_912, 10_200, 5_108, 3_744, 624, 36, 4]


def hand(words: str) -> list[tuple[int, str]]:
    return [(VALUES[card[0]], SUITS[card[1]]) for card in words.split()]


@pytest.mark.parametrize(("words", "title"), IN_ORDER.items())
def test_a_hand_is_called_as_players_call_it_in_whatever_order_it_lies(
    poker: ModuleType, words: str, title: str
) -> None:
    for _ in range(5):
        cards = random.sample(hand(words), 5)
        assert poker.title(cards) == title


def test_better_hands_score_higher(poker: ModuleType) -> None:
    scores = [poker.score(hand(words)) for words in IN_ORDER]
    assert all(worse < better for worse, better in pairwise(scores)), scores
    assert {place for place, *_ in scores} == set(range(10))


def test_suits_do_not_decide(poker: ModuleType) -> None:
    assert poker.score(hand("Qh Jh 9h 3h 2h")) == poker.score(hand("Qs Js 9s 3s 2s"))


def test_a_straight_does_not_go_round_the_corner(poker: ModuleType) -> None:
    assert poker.title(hand("Qs Kh Ad 2c 3s")) == "No pair, ace high"


@pytest.mark.skipif("HIPFLASK_LONG" not in os.environ, reason="ranks all hands there are; HIPFLASK_LONG=1")
def test_each_rank_is_as_rare_as_it_is_known_to_be(poker: ModuleType) -> None:
    found = Counter(poker.score(cards)[0] for cards in combinations(poker.DECK, 5))
    assert [found[place] for place in range(10)] == ALL_HANDS


def test_the_deck_has_52_different_cards(poker: ModuleType) -> None:
    assert len(set(poker.DECK)) == len(poker.DECK) == 52


def test_no_card_is_on_the_table_twice_and_held_ones_stay_where_they_are(poker: ModuleType) -> None:
    for _ in range(300):
        game = poker.Game()
        game.deal(bet=5)
        assert len(set(game.hand)) == 5
        for card in random.sample(game.hand, random.randint(0, 5)):
            game.hold(*card)
        game.draw(bet=5)
        assert len(set(game.hand)) == 5
        for before, after in zip(game.dealt, game.hand, strict=True):
            assert (before == after) if before in game.held else (after not in game.dealt)


def test_the_purse_loses_the_bet_and_wins_what_the_hand_pays(
    poker: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = poker.Game()
    monkeypatch.setattr(poker.random, "sample", lambda cards, count: hand("Ks Kh 4d 4c 2s"))
    game.deal(bet=10)
    assert game.purse == 90
    for card in game.hand:
        game.hold(*card)
    game.draw(bet=10)
    assert (game.is_over, game.purse) == (True, 120)  # two pair pays three for each chip


def test_nothing_is_held_when_a_new_hand_is_dealt(poker: ModuleType) -> None:
    game = poker.Game()
    game.deal(bet=5)
    for card in game.hand:
        game.hold(*card)
    game.draw(bet=5)
    game.deal(bet=5)
    assert game.held == frozenset()


@pytest.fixture
def few_rounds(poker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(poker, "ROUNDS", 20_000)
    return 20_000


def simulated(poker: ModuleType, words: str, held: str) -> Counter[int]:
    last: Counter[int]
    *_, last = poker.simulate(tuple(hand(words)), frozenset(hand(held)))
    return last


def test_the_odds_grow_round_by_round_and_add_up(poker: ModuleType, few_rounds: int) -> None:
    rounds = []
    for found in poker.simulate(tuple(hand("As Kh Qd Jc 9s")), frozenset()):
        assert set(found) <= set(range(10))
        rounds.append(found.total())
        assert sum(times / found.total() for times in found.values()) == pytest.approx(1)
    assert rounds == list(range(1_000, few_rounds + 1, 1_000))


def test_the_odds_of_one_card_to_come_are_what_counting_gives(poker: ModuleType, few_rounds: int) -> None:
    found = simulated(poker, "As Ks 7s 2s 3h", held="As Ks 7s 2s")  # nine spades among 47 cards
    assert found[5] / few_rounds == pytest.approx(9 / 47, abs=0.02)
    assert found[1] / few_rounds == pytest.approx(12 / 47, abs=0.02)
    assert set(found) == {0, 1, 5}


def test_what_was_thrown_away_does_not_come_back(poker: ModuleType, few_rounds: int) -> None:
    found = simulated(poker, "As Ks Qs Js Ts", held="As Ks Qs Js")
    assert (found.total(), found[9]) == (few_rounds, 0)


def test_holding_all_five_is_certain(poker: ModuleType, few_rounds: int) -> None:
    assert simulated(poker, "Ks Kh 4d 4c 2s", held="Ks Kh 4d 4c 2s") == {2: few_rounds}
