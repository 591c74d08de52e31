"""What is said in a recording, recognised by pocketsphinx (its model ships in its wheel), and where each known word lies in it.

Both are slow, and nobody's to wait for: about 90 ms of a processor for a second of audio, an alignment a fifth of that.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pocketsphinx

from voiceops.speech.language import Expected, vocabulary, write_dictionary, write_model
from voiceops.speech.pronunciation import MODEL, Lexicon
from voiceops.speech.stretches import Stretch

FRAME_MS = 10
LANGUAGE_WEIGHT = 4.5
"""What is expected counts so much against what is heard. The recogniser's own 6.5 lets a few more wrong words pass; at 3 one of
hibari's 24 clean takes is misheard."""
_VARIANT = re.compile(r"\(\d+\)$")


@dataclass(frozen=True, slots=True)
class Heard:
    """One word and where it sounds, in ms."""

    name: str
    start_ms: int
    end_ms: int


def recognise(stretches: Iterable[Stretch], expected: Expected, lexicon: Lexicon) -> list[Heard]:
    """Tell which words are said, by somebody who reads the expected ones and may err."""
    with tempfile.TemporaryDirectory(prefix="voiceops-") as folder:
        words, model = Path(folder) / "words.dict", Path(folder) / "words.arpa"
        write_dictionary(vocabulary(expected, lexicon, common=True), words)
        write_model(expected, lexicon, model)
        decoder = _decoder(words, lm=str(model), lw=LANGUAGE_WEIGHT)
        return [heard for stretch in stretches for heard in _decode(decoder, stretch)]


class Aligner:
    """Finds words that are known to be said."""

    def __init__(self, expected: Expected, lexicon: Lexicon) -> None:
        self._words = expected.words
        with tempfile.TemporaryDirectory(prefix="voiceops-") as folder:
            words = Path(folder) / "words.dict"
            write_dictionary(vocabulary(expected, lexicon, common=False), words)
            self._decoder = _decoder(words)

    def align(self, stretch: Stretch, begin: int, end: int) -> Sequence[Heard] | None:
        """Find the words from `begin` to before `end`, all of them in this order; None where the audio does not hold them."""
        wanted = [word.name for word in self._words[begin:end]]
        if not wanted:
            return ()
        try:
            self._decoder.set_align_text(" ".join(wanted))
            found = list(_decode(self._decoder, stretch))
        except RuntimeError:
            return None
        return found if [heard.name for heard in found] == wanted else None


def _decoder(words: Path, **more: str | float) -> pocketsphinx.Decoder:
    config = pocketsphinx.Config(hmm=str(MODEL / "en-us"), dict=str(words), loglevel="FATAL", **{"lm": None, **more})
    return pocketsphinx.Decoder(config)


def _decode(decoder: pocketsphinx.Decoder, stretch: Stretch) -> Iterator[Heard]:
    """Silences and noises, which are in angle or square brackets, are no words."""
    decoder.start_utt()
    decoder.process_raw(stretch.pcm, full_utt=True)
    decoder.end_utt()
    for segment in decoder.seg() or ():
        if segment.word[0] not in "<[":
            start, end = segment.start_frame * FRAME_MS, (segment.end_frame + 1) * FRAME_MS
            yield Heard(_VARIANT.sub("", segment.word), stretch.start_ms + start, stretch.start_ms + end)
