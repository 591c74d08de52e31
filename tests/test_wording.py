"""What differs between two wordings, told so that a person can read it, and exact."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceops.wording import PieceKind, compare, in_common

PARTS = ("a", "the", "Tuesday", "*Thursday*", ".", ",", "[pause 400ms]", " ", "\n", "\\*", "漢", "don't", "1,000")
WORDS = st.lists(st.sampled_from(PARTS))
TEXT = st.one_of(st.text(max_size=60), WORDS.map("".join), WORDS.map(" ".join))


def written(left: str, right: str) -> str:
    """The difference as text: `[-removed-]`, `{+added+}`."""
    marks = {PieceKind.SAME: "{}", PieceKind.REMOVED: "[-{}-]", PieceKind.ADDED: "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in compare(left, right).pieces)


@given(TEXT, TEXT)
def test_applied_to_the_left_text_a_difference_gives_the_right_one(left: str, right: str) -> None:
    pieces = compare(left, right).pieces
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.ADDED) == left
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.REMOVED) == right
    assert all(piece.text for piece in pieces)
    assert all(one.kind is not other.kind for one, other in pairwise(pieces))


@given(TEXT)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    found = compare(text, text)
    assert [piece.text for piece in found.pieces] == ([text] if text else [])
    assert (found.removed_words, found.added_words) == (0, 0)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("It arrives on Tuesday.", "It arrives on Thursday.", "It arrives on [-Tuesday-]{+Thursday+}."),
        ("tell me what you want now", "say me what I need now", "[-tell me what you want-]{+say me what I need+} now"),
        ("a b c d e f", "x b c d y f", "[-a-]{+x+} b c d [-e-]{+y+} f"),
        ("I love you so", "I *love* you so", "I [-love-]{+*love*+} you so"),
        ("Hello there.", "Hello [pause 400ms] there.", "Hello{+ [pause 400ms]+} there."),
        (
            "wait [pause 400ms] for it",
            "wait [pause 1.2s] for it",
            "wait [-[pause 400ms]-]{+[pause 1.2s]+} for it",
        ),
        ("One line more.\nTwo", "One line more. Two", "One line more.[-\n-]{+ +}Two"),
        ("We don't do 1,000 of it", "We don't do 1,500 of it", "We don't do [-1,000-]{+1,500+} of it"),
        ("我们今天很高兴", "我们明天很高兴", "我们[-今-]{+明+}天很高兴"),
        ("Hello there", "Hello there, all of you", "Hello there{+, all of you+}"),
        ("", "New", "{+New+}"),
    ],
)
def test_a_difference_reads_as_a_person_would_mark_it(left: str, right: str, expected: str) -> None:
    assert written(left, right) == expected


def test_words_are_counted_before_islands_are_folded() -> None:
    found = compare("tell me what you want now", "say me what I need now")
    assert (found.same_words, found.removed_words, found.added_words) == (3, 3, 3)


def test_texts_too_long_to_be_compared_are_told_whole() -> None:
    left, right = "." * 30_000, ",." * 15_000
    assert [(piece.kind, piece.text) for piece in compare(left, right).pieces] == [
        (PieceKind.REMOVED, left),
        (PieceKind.ADDED, right),
    ]


WORD_LISTS = st.lists(st.sampled_from(["Hello,", "hello", "there.", "you", "—", "Ünder"]), max_size=12)


@given(WORD_LISTS, WORD_LISTS)
def test_words_in_common_are_the_same_words_in_order(left: list[str], right: list[str]) -> None:
    mine, theirs = in_common(left, right)
    assert mine == sorted(set(mine))
    assert theirs == sorted(set(theirs))

    def bare(word: str) -> str:
        return word.strip(",.").casefold()

    assert [bare(left[at]) for at in mine] == [bare(right[at]) for at in theirs]


def test_a_word_is_found_again_whatever_its_case_and_punctuation() -> None:
    assert in_common(["Hello,", "dear", "friend."], ["My", "friend", "hello", "Dear", "FRIEND!"]) == ([0, 1, 2], [2, 3, 4])
