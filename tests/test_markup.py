"""The markup of scripts: what it means, what it refuses, and that it never surprises."""

import time
from contextlib import suppress

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from voiceops.providers.base import Pause, Span
from voiceops.providers.markup import MarkupError, escape, parse, spoken

PIECES = [*r"*\[]</>. ap19é👋", "\n", "[pause ", "ms]", "s]", "<break"]
MARKUP = st.lists(st.sampled_from(PIECES), min_size=1, max_size=60).map("".join)


def refusal(text: str) -> MarkupError:
    with pytest.raises(MarkupError) as caught:
        parse(text)
    return caught.value


def test_plain_text_is_one_span() -> None:
    assert parse("Hello there.") == (Span("Hello there."),)


def test_an_empty_text_has_no_parts() -> None:
    assert parse("") == ()


def test_stars_emphasise_one_word_or_several() -> None:
    assert parse("Call *right now*, *please*.") == (
        Span("Call "),
        Span("right now", emphasised=True),
        Span(", "),
        Span("please", emphasised=True),
        Span("."),
    )


@pytest.mark.parametrize(
    ("written", "ms"),
    [("[pause 400ms]", 400), ("[pause 1.2s]", 1200), ("[pause 5s]", 5000), ("[pause 5000 ms]", 5000), ("[Pause 1S]", 1000)],
)
def test_a_pause_is_read_in_ms_or_seconds(written: str, ms: int) -> None:
    assert parse(f"One{written}two") == (Span("One"), Pause(ms), Span("two"))


@pytest.mark.parametrize(
    "text",
    [
        "[pause]",
        "[pause 400]",
        "[pause 6s]",
        "[pause 5001ms]",
        "[pause 0ms]",
        "[pause -1s]",
        "[pause 1,2s]",
        "[pause 400ms",
        "[pause:1s]",
    ],
)
def test_a_pause_that_cannot_be_read_is_refused_where_it_stands(text: str) -> None:
    error = refusal(f"Hold on {text}")
    assert error.position == 8
    assert "pause" in error.message.lower()


@pytest.mark.parametrize("text", ["[1]", "[paused]", "see [note]", "]", "a [ b", "[[", "[PAUSES]"])
def test_a_bracket_that_begins_no_pause_is_a_bracket(text: str) -> None:
    assert parse(text) == (Span(text),)


def test_a_backslash_makes_any_character_itself() -> None:
    assert parse(r"\*not\* \[pause 1s] \\ \<break/> \a") == (Span(r"*not* [pause 1s] \ <break/> a"),)


@pytest.mark.parametrize(("text", "position"), [("dangling\\", 8), ("a\\\nb", 1)])
def test_a_backslash_before_nothing_is_refused(text: str, position: int) -> None:
    assert refusal(text).position == position


@pytest.mark.parametrize(
    ("text", "position"),
    [("a *b", 2), ("*a* *", 4), ("**", 0), ("a * * b", 2), ("*one\ntwo*", 0), ("*a [pause 1s] b*", 3), ("*\\ *", 0)],
)
def test_emphasis_that_is_open_empty_or_crosses_a_border_is_refused(text: str, position: int) -> None:
    error = refusal(text)
    assert error.position == position
    assert "star" in error.message


@pytest.mark.parametrize(
    "tag",
    [
        "<speak>",
        '<break time="400ms"/>',
        "</prosody>",
        "<p>",
        "<emphasis level='strong'>",
        "<say-as x='y'>",
        "<amazon:effect name='w'>",
        "<BREAK/>",
    ],
)
def test_ssml_is_refused_with_a_hint(tag: str) -> None:
    error = refusal(f"Say {tag} now")
    assert error.position == 4
    assert "[pause 400ms]" in error.message


@pytest.mark.parametrize("text", ["a < b", "1<2 and 3>2", "I <3 you", "<", "<hello>", "p<s", "if x <sub y", "<broken>"])
def test_an_angle_that_begins_no_ssml_is_an_angle(text: str) -> None:
    assert parse(text) == (Span(text),)


def test_markup_is_not_spoken() -> None:
    parts = parse("Call *now*[pause 1s]please \\* thanks")
    assert spoken(parts) == "Call now please * thanks"


def test_a_long_script_is_read_in_linear_time() -> None:
    for text in ("*" * 200_000, "[pause 1s]" * 20_000, "<" * 200_000, "<p " * 70_000, "[pause" * 30_000, "*a* " * 50_000):
        begun = time.process_time()
        with suppress(MarkupError):
            parse(text)
        assert time.process_time() - begun < 2


@given(MARKUP | st.text())
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    try:
        parts, position = parse(text), 0
    except MarkupError as error:
        parts, position = (), error.position
        event("refused")
    assert 0 <= position < max(len(text), 1)
    assert all(1 <= part.ms <= 5000 if isinstance(part, Pause) else part.text for part in parts)


@given(MARKUP | st.text(min_size=1))
def test_escaped_text_reads_back_as_itself(text: str) -> None:
    assert "".join(part.text for part in parse(escape(text)) if isinstance(part, Span)) == text


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1), st.data())
def test_what_is_emphasised_comes_back_emphasised(words: list[str], data: st.DataObject) -> None:
    marked = [data.draw(st.booleans()) for _ in words]
    text = " ".join(f"*{word}*" if strong else word for word, strong in zip(words, marked, strict=True))
    found = [part.text for part in parse(text) if isinstance(part, Span) and part.emphasised]
    assert found == [word for word, strong in zip(words, marked, strict=True) if strong]
