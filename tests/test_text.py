"""Text at the border: what a reviewer cannot see is refused where it stands, and people's own languages pass."""

# ruff: noqa: RUF001 - letters of other scripts are meant here
import contextlib
import sys
import unicodedata
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceops.text import TextRefused, clean, position_as_sent

ODD = (
    "\u0903\u00a9a\u00e9 \t\n\r\u0344\u0301\u0308\u0345\u200b\u200c\u200d\ufe0f\u202e\u00ad\x00\ud800\U000e0041"
    "\U0001f469\U0001f3fd\u2764\u0930\u094d\u0915\u093f\ud558\u1100\u1161\u11a8\u2260\u2adc\U0001d15e\U0001d165\ufb2c"
)
"""What normalisation, joiners and marks do surprising things with."""
TEXT = st.text(st.one_of(st.sampled_from(ODD), st.characters()), max_size=40)


def refusal(text: str, *, maximum: int = 100, multiline: bool = True) -> TextRefused:
    with pytest.raises(TextRefused) as caught:
        clean(text, maximum=maximum, multiline=multiline)
    return caught.value


@pytest.mark.parametrize(
    "character",
    [
        *"\x00\x01\x07\x08\x0b\x0c\x1b\x1f\x7f\x80\x85\x9f",  # C0 and C1 controls
        *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",  # direction marks
        *"\u200b\u2060\ufeff\u00ad\u180e\u034f\u115f\u1160\u3164\uffa0\u2800",  # takes no ink
        *"\u2061\u2064\u206a\ufff9\ufffb\u2028\u2029",  # formats
        *"\U000e0001\U000e0041\U000e007f",  # tags
        *"\ufe00\ufe0e\ufe0f\U000e0100\U000e01ef",  # variation selectors, on a letter
        *"\u200c\u200d",  # joiners, on a Latin letter
        *"\ud800\udfff",  # lone surrogates
        *"\ue000\U000f0000\U00100000",  # private use
        *"\u0378\uffff\U0001fffe\U000e0080",  # nobody's
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_nobody_sees_is_refused_where_it_stands(character: str) -> None:
    error = refusal(f"Sä{character}fe")
    assert error.position == 2
    assert f"U+{ord(character):04X} " in error.message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("می\u200cخواهم با پشتیبانی صحبت کنم.", id="Persian"),
        pytest.param("क्\u200dष और र्\u200cय में फ़र्क है।", id="Hindi"),
        pytest.param("مرحبًا بكم، كيف نُساعدكم؟", id="Arabic"),
        pytest.param("ยินดีต้อนรับ กดหนึ่งเพื่อพูดกับเจ้าหน้าที่", id="Thai"),
        pytest.param("ശ്രീ നന്ദി അവൻ വന്\u200d", id="Malayalam"),
        pytest.param("বাংলায় র\u200d্যাব", id="Bengali"),
        pytest.param("လျှော် မြွှောင်း ကျွန်ုပ် လျှော့", id="Burmese"),
        pytest.param("ಜ಼ೋಂ ಕೋಣೆ ಸ್ವಾಗತ", id="Kannada"),
        pytest.param("ආයුබෝවං ක්\u200dෂෝං", id="Sinhala"),
        pytest.param("வணக்கம், எப்படி இருக்கிறீர்கள்?", id="Tamil"),
        pytest.param("ស្ត្រី ញ៉ាំ", id="Khmer"),
        pytest.param("བསྒྲུབས་ ཧཱུྃ", id="Tibetan"),
        pytest.param("Xin chào, Nguyễn Thị Ếch!", id="Vietnamese"),
        pytest.param("שָׁלוֹם וּבְרָכָה", id="Hebrew"),
        pytest.param("您好，请按一。ありがとう、ございます。안녕하세요.", id="East Asian"),
        pytest.param("👨‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 ❤️‍🔥 1️⃣ ©️ ℹ️ 🇩🇪 ‼️", id="emoji"),
        pytest.param("“Prix : 12 €”—oui… 50 %!", id="punctuation"),
    ],
)
def test_the_languages_of_people_pass_unchanged(text: str) -> None:
    assert clean(text, maximum=100) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("e\u0301te\u0301", "été"),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("  two\tspaces  ", "  two\tspaces  "),
        ("\u1112\u1161\u11ab", "한"),
    ],
)
def test_text_is_kept_in_nfc_with_lf(sent: str, kept: str) -> None:
    assert clean(sent, maximum=100) == kept


@pytest.mark.parametrize("text", ["", " ", "\u00a0\u2003"])
def test_blank_text_is_refused(text: str) -> None:
    for blank, multiline in ((text, True), (text, False), (f"{text}\n\t\r\n", True)):
        error = refusal(blank, multiline=multiline)
        assert ("empty" in error.message, error.position) == (True, None)


def test_a_line_is_trimmed_and_holds_neither_line_ends_nor_tabs() -> None:
    assert clean("  Title ", maximum=5, multiline=False) == "Title"
    assert [refusal(f"Ti{sign}tle", multiline=False).position for sign in "\n\r\t"] == [2, 2, 2]


def test_the_bound_counts_code_points_after_normalisation() -> None:
    assert len(clean("e\u0301" * 100, maximum=100)) == 100
    assert len(clean("\u1112\u1161\u11ab" * 100, maximum=100)) == 100
    assert len(clean("👋" * 100, maximum=100)) == 100
    assert refusal("a" * 101).message == "This has 101 characters; at most 100 are allowed."
    assert refusal("\u0958" * 51).message == "This has 102 characters; at most 100 are allowed."
    assert refusal("a" * 1_000_000).message == "This has 1,000,000 characters; at most 100 are allowed."


@pytest.mark.parametrize("mark", ["\u0301", "\u0489", "\u0335\u0301"])
def test_a_letter_carries_four_marks_and_no_more(mark: str) -> None:
    four = "a" + (mark * 4)[:4]
    assert clean(four, maximum=100)
    assert refusal(f"{four}{mark[0]}").position == 5


def test_a_mark_that_is_two_counts_twice() -> None:
    assert clean("a\u0344\u0344", maximum=100)
    assert refusal("a\u0344\u0344\u0344").position == 3


def test_marks_that_take_room_are_bounded_too() -> None:
    assert clean("क" + "\u093e" * 4, maximum=100)
    assert refusal("क" + "\u093e" * 5).position == 5
    assert refusal("©" + "\u093e\ufe0f" * 5).position == 9


def calls(text: str) -> int:
    """How often reading this text calls anything: its cost, the same on every machine."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        clean(text, maximum=20_000)
    except TextRefused:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "unit",
    ["\u093e\ufe0f", "\u0301", "क\u093e", "क्\u200d", "©\ufe0f", "a\u0301\u0301", "1\ufe0f\u20e3", "\u1112\u1161\u11ab", "a\r\n"],
    ids=lambda unit: unit.encode("unicode_escape").decode(),
)
def test_the_cost_of_a_text_grows_as_its_length(unit: str) -> None:
    few, many = calls("©" + unit * 200), calls("©" + unit * 2000)
    assert many < 11 * few


@pytest.mark.parametrize(
    ("sent", "kept", "position"),
    [
        ("Cafe\u0301 *open", "*", 6),
        ("One\r\ntwo *", "*", 9),
        ("\u1112\u1161\u11ab*", "*", 3),
        ("\u0958*", "*", 1),
        ("<\u0338<", "<", 2),
        ("e\u0301e\u0301", "\u00e9", 0),
        ("你好*", "好", 1),
        ("*", "*", 0),
    ],
)
def test_a_place_in_what_is_kept_is_found_in_what_was_sent(sent: str, kept: str, position: int) -> None:
    assert position_as_sent(sent, clean(sent, maximum=100).index(kept)) == position


@pytest.mark.parametrize("text", ["\u200dक", "a \u200c b", "a\u0301\u200d", "क\u200d\u200d", "1\u200d2"])
def test_a_joiner_joins_letters_that_join_or_is_refused(text: str) -> None:
    assert "joiner out of place" in refusal(text).message


@pytest.mark.parametrize(
    "part",
    [
        "\u00a9\u0903\ufe0f",
        "\u0903\ufe0f",
        "\u0915\u0903\u200d",
        "a\u0301",
        "\u0344",
        "\U0001d165",
        "\u1112\u1161\u11ab",
        "\U0001f469\u200d",
    ],
    ids=lambda part: " ".join(f"{ord(character):04X}" for character in part),
)
@pytest.mark.parametrize("first", ["", "\u00a9", "\u0915"], ids=["", "symbol", "letter"])
def test_no_text_takes_long_to_read(first: str, part: str) -> None:
    """Twenty thousand characters of the worst kind, which took minutes where marks were looked back over."""
    began = perf_counter()
    with contextlib.suppress(TextRefused):
        clean(first + part * (19_999 // len(part)), maximum=20_000)
    assert perf_counter() - began < 2


@given(TEXT, st.booleans())
def test_cleaned_text_is_clean(text: str, multiline: bool) -> None:  # noqa: FBT001 - given
    try:
        once = clean(text, maximum=30, multiline=multiline)
    except TextRefused:
        return
    assert clean(once, maximum=30, multiline=multiline) == once
    assert once == unicodedata.normalize("NFC", once)
    assert not any(unicodedata.category(character) in {"Cs", "Co", "Cn", "Zl", "Zp"} for character in once)


@given(TEXT)
def test_a_refusal_points_into_the_text_as_sent(text: str) -> None:
    with contextlib.suppress(TextRefused):
        clean(text, maximum=30)
        return
    with pytest.raises(TextRefused) as caught:
        clean(text, maximum=30)
    if caught.value.position is not None:
        assert f"U+{ord(text[caught.value.position]):04X} " in caught.value.message
