"""Whoever asks for all that is in the database by now is answered by a checkpoint that has it, and by none before."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from clubs import Club, db
from visitors import Reader, news_of, seals

from hipflask.sync.hub.news import News
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.sequencer import Sequencer
from hipflask.sync.messages import Checkpoint


@pytest.fixture
def sequencer(club: Club) -> Iterator[Sequencer]:
    sequencer = Sequencer(club.database, club.tables, Grants(db.scopes.values()))
    yield sequencer
    sequencer.close()


def ann_of(club: Club, news: News) -> Reader:
    """Somebody who has everything, and whose connection stands."""
    ann = Reader(club, "ann")
    ann.connect()
    assert ann.hear(news)
    return ann


def answer(news: News, ann: Reader, question: int) -> int | None:
    """Ask, and say which question the next checkpoint answers; None: there is no checkpoint now."""
    assert ann.visitor is not None
    ann.visitor.asked = question
    *_, last = [0, *news.news(ann.visitor)]
    return last.answers if isinstance(last, Checkpoint) else None


def test_a_question_is_answered_though_there_is_nothing_new(club: Club, sequencer: Sequencer) -> None:
    """Once each; the checkpoints that follow say nothing else."""
    news = news_of(club)
    ann = ann_of(club, news)
    assert answer(news, ann, 1) == 1
    assert answer(news, ann, 1) is None
    assert answer(news, ann, 2) == 2
    club.sql("INSERT INTO country VALUES ('de', 80)")
    sequencer.step()
    assert answer(news, ann, 2) == 2


def test_what_was_committed_before_it_is_in_the_answer(club: Club, sequencer: Sequencer) -> None:
    """So it waits for the next version, however often one looks."""
    news = news_of(club)
    ann = ann_of(club, news)
    club.sql("INSERT INTO country VALUES ('de', 80)")
    assert answer(news, ann, 1) is None
    assert answer(news, ann, 1) is None
    sequencer.step()
    assert answer(news, ann, 1) == 1


def test_who_waits_for_a_version_hurries_it(club: Club) -> None:
    """And who has everything does not."""
    hurries: list[None] = []
    news = News(
        club.database, club.tables, Grants(db.scopes.values()), seals(club), lambda: hurries.append(None)
    )
    ann = ann_of(club, news)
    assert answer(news, ann, 1) == 1
    assert not hurries
    club.sql("INSERT INTO country VALUES ('de', 80)")
    assert answer(news, ann, 2) is None
    assert hurries


def test_a_version_on_the_way_is_told_and_is_no_answer(club: Club, sequencer: Sequencer) -> None:
    """It was made before the question was asked, and has less than was committed by then."""
    news = news_of(club)
    ann = ann_of(club, news)
    club.sql("INSERT INTO country VALUES ('de', 80)")
    sequencer.step()
    club.sql("INSERT INTO country VALUES ('fr', 60)")
    assert answer(news, ann, 1) == 0
    sequencer.step()
    assert answer(news, ann, 1) == 1


def test_others_who_go_on_writing_hold_no_answer_back(club: Club, sequencer: Sequencer) -> None:
    """What counts is what was there when it was asked."""
    news = news_of(club)
    ann = ann_of(club, news)
    club.sql("INSERT INTO country VALUES ('de', 80)")
    assert answer(news, ann, 1) is None
    sequencer.step()
    club.sql("INSERT INTO country VALUES ('fr', 60)")
    assert answer(news, ann, 1) == 1


def test_a_transaction_that_is_open_holds_no_answer_back(club: Club, sequencer: Sequencer) -> None:
    """It is not in the database yet."""
    news = news_of(club)
    ann = ann_of(club, news)
    with psycopg.connect(club.database.url) as slow:
        slow.execute("INSERT INTO country VALUES ('de', 80)")
        assert answer(news, ann, 1) == 1
