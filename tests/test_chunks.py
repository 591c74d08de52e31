"""Long scripts are cut where a voice may rest, and nothing of them is lost."""

from hypothesis import given
from hypothesis import strategies as st

from voiceops.providers.base import Pause, Span
from voiceops.providers.chunks import cut


def texts(text: str, longest: int) -> list[str]:
    return [chunk.text for chunk in cut([Span(text)], longest).chunks]


def test_a_long_text_is_cut_where_a_sentence_ends_or_else_a_clause_or_else_a_word() -> None:
    assert texts("One two. Three four. Five", 20) == ["One two. Three four.", "Five"]
    assert texts("Dr. Lee came, and went away", 16) == ["Dr. Lee came,", "and went away"]
    assert texts("One two three four", 9) == ["One two", "three", "four"]
    assert texts("Title\nThe text of it", 12) == ["Title", "The text of", "it"]
    assert texts("abcdefgh", 5) == ["abcde", "fgh"]
    assert texts("你好。今天好吗？很好", 4) == ["你好。", "今天好吗", "？很好"]  # noqa: RUF001 - as it is written


def test_a_cut_asks_for_the_silence_that_belongs_there() -> None:
    chunks = cut([Span("One. Two, three four"), Pause(300), Pause(200), Span("five"), Pause(50)], 10)
    assert [(chunk.text, chunk.silence_ms) for chunk in chunks.chunks] == [
        ("One.", 0),
        ("Two,", 250),
        ("three four", 90),
        ("five", 500),
    ]
    assert (chunks.tail_ms, chunks.pauses_ms) == (50, (500, 50))


@given(st.text(st.sampled_from("ab. ,\n。é"), max_size=300), st.integers(1, 40))
def test_no_chunk_is_too_long_and_nothing_that_sounds_is_lost(text: str, longest: int) -> None:
    pieces = texts(text, longest)
    assert all(0 < len(piece) <= longest for piece in pieces)
    assert [c for piece in pieces for c in piece if c.isalnum()] == [c for c in text if c.isalnum()]
