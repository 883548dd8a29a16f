"""What words mean: numbers, days, times and lengths of time, and which sample fits them."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask import Hipflask
from hipflask.surfaces.voice import times
from hipflask.surfaces.voice.models.vocabulary import Intent, Place, Value, vocabulary_of
from hipflask.surfaces.voice.talk import phrases
from hipflask.surfaces.voice.talk.clock import duration, time_of_day
from hipflask.surfaces.voice.talk.days import day
from hipflask.surfaces.voice.talk.hearing import hear, moment
from hipflask.surfaces.voice.talk.matching import Found, find
from hipflask.surfaces.voice.talk.numbers import number, ordinal
from hipflask.surfaces.voice.talk.words import joined, keys, split

NOW = dt.datetime(2015, 11, 25, 9, tzinfo=dt.UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who's on FIRST?", ("who", "'s", "on", "first")),
        ("who’s there", ("who", "'s", "there")),
        ("well-known, isn't it?", ("well", "known", "isn't", "it")),
        ("on 2015-11-25 at 15:30.", ("on", "2015-11-25", "at", "15:30")),
        ("2.5 in 2015-W48", ("2.5", "in", "2015-w48")),
        ("n. b. a.", ("n", "b", "a")),
        ("दैनिक राशिफल", ("दैनिक", "राशिफल")),
        ("  -  ?!", ()),
    ],
)
def test_words_are_compared_without_what_nobody_says(text: str, expected: tuple[str, ...]) -> None:
    """Capitals, punctuation and hyphens; dates and times stay whole."""
    assert keys(split(text)) == expected


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    """Whatever is typed, words stay words."""
    words = split(text)
    assert all(word.key for word in words)
    assert keys(split(joined(words))) == keys(words) or "'" in text or "’" in text or not text.isascii()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("seven", 7), ("twenty five", 25), ("25", 25), ("a hundred and one", 101), ("three thousand two hundred", 3200),
        ("one million", 1_000_000), ("two point five", 2.5), ("2.5", 2.5), ("minus three", -3), ("zero", 0),
        ("five twenty", None), ("hundred", None), ("and", None), ("point five", None), ("one thousand million", None), ("x", None),
        ("", None),
    ],
)  # fmt: skip
def test_numbers_in_words(words: str, expected: float | None) -> None:
    """As English has them."""
    assert number(words.split()) == expected


@given(st.integers(0, 999_999))
def test_every_number_can_be_said(value: int) -> None:
    """A number in words is that number."""
    assert number(spelled(value).split()) == value
    assert number([str(value)]) == value


UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety"
STRANGE = "the a of in at next last this monday may fifth twenty five hundred half past to hour minutes ago 2015 - point am week T"


def spelled(value: int) -> str:
    units = UNITS.split()
    tens = TENS.split()
    if value >= 1000:
        return f"{spelled(value // 1000)} thousand" + (f" {spelled(value % 1000)}" if value % 1000 else "")
    if value >= 100:
        return f"{units[value // 100]} hundred" + (f" and {spelled(value % 100)}" if value % 100 else "")
    if value >= 20:
        return tens[value // 10] + (f" {units[value % 10]}" if value % 10 else "")
    return units[value]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("first", 1),
        ("twenty fifth", 25),
        ("25th", 25),
        ("thirtieth", 30),
        ("ninth", 9),
        ("five", None),
        ("th", None),
        ("", None),
    ],
)
def test_places_in_a_row(words: str, expected: int | None) -> None:
    """Ordinal numbers."""
    assert ordinal(words.split()) == expected


DAYS = {
    "today": "2015-11-25", "tomorrow": "2015-11-26", "yesterday": "2015-11-24", "the day after tomorrow": "2015-11-27",
    "wednesday": "2015-11-25", "next wednesday": "2015-12-02", "next monday": "2015-11-30", "last friday": "2015-11-20",
    "on monday": "2015-11-30", "this week": "2015-W48", "next week": "2015-W49", "this weekend": "2015-W48-WE",
    "next month": "2015-12", "november": "2015-11", "may": "2016-05", "next year": "2016", "this decade": "201X",
    "next winter": "2016-WI", "summer": "2016-SU", "november twenty fifth": "2015-11-25", "the fifth": "2015-12-05",
    "the fifth of may": "2016-05-05", "25 november": "2015-11-25", "november 25 2015": "2015-11-25",
    "may fifth two thousand twenty": "2020-05-05", "november two thousand sixteen": "2016-11", "in three days": "2015-11-28",
    "in a week": "2015-12-02", "two weeks ago": "2015-11-11", "2015-w48": "2015-W48", "2015-11-25": "2015-11-25", "now": "PRESENT_REF",
    "2015-wi": "2015-WI", "february twenty ninth": "2016-02-29",
}  # fmt: skip


@pytest.mark.parametrize("words", DAYS)
def test_days_in_words(words: str) -> None:
    """As Alexa writes them, so that what reads Alexa's reads them."""
    found = day(words.split(), NOW)
    assert found == DAYS[words]
    assert times.date_span(found, NOW) is not None


@pytest.mark.parametrize(
    "words",
    [
        "",
        "the",
        "a",
        "week",
        "monday morning",
        "february thirty first",
        "hello",
        "in days",
        "ago",
        "2015-w99",
        "in x weeks",
    ],
)
def test_what_is_no_day(words: str) -> None:
    """Is none."""
    assert day(words.split(), NOW) is None


TIMES = {
    "half past three": "03:30", "quarter to nine": "08:45", "a quarter past nine": "09:15", "ten past three": "03:10", "three o'clock": "03:00",
    "three oh five": "03:05", "fifteen thirty": "15:30", "noon": "12:00", "midnight": "00:00", "3pm": "15:00", "3:30 p m": "15:30",
    "at three thirty pm": "15:30", "twelve thirty am": "00:30", "five in the afternoon": "17:00", "in the evening": "EV", "15:30": "15:30",
    "seven": "07:00",
}  # fmt: skip


@pytest.mark.parametrize("words", TIMES)
def test_times_in_words(words: str) -> None:
    """As Alexa writes them."""
    found = time_of_day(words.split())
    assert found == TIMES[words]
    assert times.time_of_day(found, NOW) is not None


@pytest.mark.parametrize(
    "words", ["", "at", "25", "25:00", "half past", "fifteen pm", "hello", "past three", "three sixty"]
)
def test_what_is_no_time(words: str) -> None:
    """Is none."""
    assert time_of_day(words.split()) is None


LENGTHS = {
    "five minutes": "PT5M", "an hour": "PT1H", "half an hour": "PT30M", "an hour and a half": "PT1H30M", "two and a half hours": "PT2H30M",
    "one hour and thirty minutes": "PT1H30M", "two weeks": "P2W", "ninety seconds": "PT90S", "pt5m": "PT5M", "1 day 2 hours": "P1DT2H",
}  # fmt: skip


@pytest.mark.parametrize("words", LENGTHS)
def test_lengths_of_time_in_words(words: str) -> None:
    """As Alexa writes them."""
    found = duration(words.split())
    assert found == LENGTHS[words]
    assert times.duration(found) is not None


@pytest.mark.parametrize(
    "words", ["", "minutes", "five", "five minutes five minutes", "x minutes", "five minutes ago"]
)
def test_what_is_no_length_of_time(words: str) -> None:
    """Is none."""
    assert duration(words.split()) is None


def test_a_moment_is_a_day_and_a_time() -> None:
    """Or one of them."""
    assert moment(["tomorrow", "at", "noon"], NOW) == "2015-11-26T12:00"
    assert moment(["three", "pm"], NOW) == "2015-11-25T15:00"
    assert moment(["tomorrow"], NOW) == "2015-11-26"
    assert moment(["hello"], NOW) is None


@given(
    st.lists(
        st.sampled_from(STRANGE.split()),
        max_size=6,
    )
)
def test_no_words_are_too_strange(words: list[str]) -> None:
    """Whatever comes of them can be read, or it is nothing."""
    if (found := day(words, NOW)) is not None:
        assert times.date_span(found, NOW) is not None
    if (clock := time_of_day(words)) is not None:
        assert times.time_of_day(clock, NOW) is not None
    if (length := duration(words)) is not None:
        assert times.duration(length) is not None
    moment(words, NOW)


# ── slots ─────────────────────────────────────────────────────────────────────────────────────────

BASE = Place(
    "base",
    "choice",
    "f",
    "base",
    "Base",
    (Value("1", ("first", "first base")), Value("2", ("second", "side")), Value("h", ("home plate", "side"))),
)


def test_a_choice_is_heard_by_all_its_words() -> None:
    """Synonyms, articles and capitals do not matter; two values may be meant."""
    for said in ("first", "the First Base", "FIRST"):
        meaning = hear(BASE, split(said), NOW)
        assert meaning is not None and [value.id for value in meaning.values] == ["1"]
    both = hear(BASE, split("side"), NOW)
    assert both is not None and [value.id for value in both.values] == ["2", "h"]
    assert hear(BASE, split("fourth"), NOW) is None


def test_a_list_is_heard_part_by_part() -> None:
    """With "and" between."""
    many = Place("bases", "choice", "f", "bases", "Base", BASE.values, is_list=True)
    meaning = hear(many, split("first and second"), NOW)
    assert meaning is not None and [part.values[0].id for part in meaning.parts] == ["1", "2"]
    assert hear(many, split("first and seventh"), NOW) is None


# ── samples ───────────────────────────────────────────────────────────────────────────────────────


def intents(app: Hipflask) -> tuple[Intent, ...]:
    @app.intent("WhoIsOn", "who is on {base}", "who is on {base} {day}", "{base}'s player")
    def who_is_on(base: Literal["first", "second base"], day: dt.date | None = None) -> str:
        return base

    @app.intent("Search", "search for {what}", "who is {what}")
    def search(what: str) -> str:
        return what

    @app.intent("Bet", "bet {amount} on {base}", "bet")
    def bet(amount: int, base: Literal["first", "second base"]) -> str:
        return base

    return vocabulary_of(app.actions, app.config, "en-US").intents


def found(app: Hipflask, said: str) -> tuple[str, dict[str, str]] | None:
    match: Found | None = find(intents(app), split(said), NOW)
    return match and (match.intent.name, {name: each.said for name, each in match.slots.items()})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("who is on first", ("WhoIsOn", {"base": "first"})),
        ("Who is on second base tomorrow?", ("WhoIsOn", {"base": "second base", "day": "2015-11-26"})),
        ("first's player", ("WhoIsOn", {"base": "first"})),
        ("please search for a ball of twine", ("Search", {"what": "a ball of twine"})),
        ("who is abbott", ("Search", {"what": "abbott"})),
        ("bet twenty five on first", ("Bet", {"amount": "25", "base": "first"})),
        ("bet a lot on first", ("Bet", {"amount": "?", "base": "first"})),
        ("bet 5 on fourth base", ("Bet", {"amount": "5", "base": "fourth base"})),
        ("bet", ("Bet", {})),
        ("bet on", None),
        ("search for", None),
        ("search", None),
        ("", None),
        ("what", None),
    ],
)
def test_the_sample_that_fits_is_meant(app: Hipflask, said: str, expected: object) -> None:
    """The one with most words of its own; what a choice does not know is handed on as it is, as by Alexa."""
    assert found(app, said) == expected


# ── what is said to the vendors themselves ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("locale", "text", "rest"),
    [
        ("en-US", "ask ball park who plays", "who plays"),
        ("en-US", "tell ball park that who plays", "who plays"),
        ("de-DE", "frage ball park ob wer spielt", "wer spielt"),
        ("fr-FR", "demande à ball park qui joue", "qui joue"),
        ("es-ES", "pregunta a ball park por quién juega", "quién juega"),
        ("it-IT", "chiedi a ball park chi gioca", "chi gioca"),
        ("de-DE", "ask ball park who plays", "who plays"),
        ("ja-JP", "ask ball park who plays", "who plays"),
        ("en-US", "frage ball park wer spielt", "frage ball park wer spielt"),
    ],
)
def test_a_skill_is_asked_by_its_name_in_its_language(locale: str, text: str, rest: str) -> None:
    """And in English everywhere."""
    assert joined(phrases.asked(split(text), "ball park", locale)) == rest


@pytest.mark.parametrize(
    ("locale", "text", "opened"),
    [
        ("en-US", "open", True),
        ("en-US", "open ball park", True),
        ("en-US", "ask ball park", True),
        ("en-US", "öffne ball park", False),
        ("de-DE", "Öffne Ball Park!", True),
        ("de-DE", "sprich mit ball park", True),
        ("fr-FR", "parle à ball park", True),
        ("es-ES", "abre ball park", True),
        ("it-IT", "apri ball park", True),
        ("it-IT", "apri", True),
        ("en-US", "ask", False),
        ("en-US", "open house", False),
    ],
)
def test_a_skill_is_opened_in_its_language(locale: str, text: str, opened: bool) -> None:
    """With its name, or without where only one is listening."""
    assert phrases.opens(split(text), "ball park", locale) is opened


def test_yes_no_and_stop_are_said_in_each_language() -> None:
    """What is yes in one is no word in another."""
    assert phrases.yes_or_no(split("ja bitte"), "de-DE") is True
    assert phrases.yes_or_no(split("non merci"), "fr-FR") is False
    assert phrases.yes_or_no(split("sí"), "es-MX") is True
    assert phrases.yes_or_no(split("yes"), "it-IT") is True
    assert phrases.yes_or_no(split("ja"), "en-US") is None
    assert phrases.built_in(split("abbrechen"), phrases.ALWAYS, "de-DE") == "AMAZON.CancelIntent"
    assert phrases.built_in(split("AMAZON.HelpIntent"), phrases.ALWAYS, "ja-JP") == "AMAZON.HelpIntent"


@pytest.mark.parametrize(
    ("locale", "text", "rest"),
    [
        ("en-US", "hey who plays please", "who plays"),
        ("de-DE", "bitte wer spielt danke", "wer spielt"),
        ("es-ES", "quién juega por favor", "quién juega"),
        ("fr-FR", "qui joue s'il te plaît", "qui joue"),
        ("en-US", "please please", ""),
    ],
)
def test_what_is_polite_does_not_count(locale: str, text: str, rest: str) -> None:
    """At either end, of several words too."""
    assert joined(phrases.without_manners(split(text), locale)) == rest
