"""What every local engine does around its model: passages to sound, sound to one levelled recording with the times of its words."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from voiceops.providers.alphabet import unspoken
from voiceops.providers.base import Request, Speech
from voiceops.providers.delivery import applied
from voiceops.providers.english import NOBODY, PAD, English
from voiceops.providers.joining import NOTHING, Spoken, Timed, join, wav
from voiceops.providers.level import TARGET_LUFS, level
from voiceops.providers.model import Integers, Model, Sound
from voiceops.providers.passages import Passage, Plan, plan
from voiceops.providers.prosody import account, prosody

SEED = 0
_LEAD_S, _TAIL_S = 0.03, 0.06
_FADE_S = 0.005
_AUDIBLE = 10 ** (-46 / 20)
"""Of a passage's peak: what is quieter at its ends is trimmed."""


class Speaker:
    """Speaks requests with one model. `passage` may be called by several threads at once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._english = cache(lambda british: English(british=british))
        self._english(False)

    def plan(self, request: Request) -> Plan:
        """Cut a request into the passages that are spoken one by one."""
        return plan(request.text, self.model.passage)

    def passage(self, request: Request, passage: Passage) -> Spoken:
        """Speak one passage: its sound without the silence at its ends, and its words."""
        sound, owners = self.sound(request, passage)
        return _trimmed(sound, passage, owners, self.model) if owners.size else NOTHING

    def sound(self, request: Request, passage: Passage) -> tuple[Sound, Integers]:
        """The model's sound for a passage, and for each token the index of the word it sounds; both empty if nothing does."""
        tokens = self._english(self.model.british(request.voice)).tokens(passage.words, stressed=request.emphasis > 0)
        if not tokens:
            return Sound(np.zeros(0, np.float32), np.zeros(0, np.int64)), np.zeros(0, np.int64)
        ids = np.array([PAD, *(token.id for token in tokens), PAD])
        owners = np.array([NOBODY, *(token.owner for token in tokens), NOBODY])
        marked = np.array([*(word.emphasised for word in passage.words), False])
        curves = prosody(request, marked[owners])
        calls = _calls(owners, self.model.longest)
        sounds = [
            self.model.infer(request.voice, [PAD, *ids[begin:end], PAD], curves.cut(begin - 1, end + 1), SEED)
            for begin, end in calls
        ]
        return _chained(sounds), owners

    def finish(self, request: Request, plan: Plan, spoken: Sequence[Spoken]) -> Speech:
        """Join the passages, level them and make the file. Raises `ProviderError` when nothing was said."""
        rate = self.model.sample_rate
        joined, words = join(request, plan, spoken, rate)
        levelled, gain_db = level(joined, rate)
        said = sum(1 for one in spoken if one.words)
        account_of = {
            **applied(request),
            "tone_figures": account(request),
            "emphasised_words": [word.text for word in words if word.emphasised],
            "pauses_ms": [*(one.pause_ms for one in plan.passages if one.pause_ms), *([plan.tail_ms] if plan.tail_ms else [])],
            "sentences": said,
            "loudness_lufs": TARGET_LUFS,
            "gain_db": round(gain_db, 2),
        }
        return Speech(
            audio=wav(levelled, rate),
            media_type="audio/wav",
            words=words,
            applied=account_of,
            unspoken=unspoken(request.text),
            metadata=self.facts,
        )

    @property
    def facts(self) -> Mapping[str, object]:
        """What proves where the audio came from."""
        return {**self.model.facts, "sample_rate_hz": self.model.sample_rate, "seed": SEED}


def _calls(owners: Integers, longest: int) -> list[tuple[int, int]]:
    """Stretches of tokens, padding excluded, that the model takes at a time; cut where a word ends if one does."""
    begin, last = 1, len(owners) - 1
    calls = []
    while last - begin > longest - 2:
        end = begin + longest - 2
        borders = np.flatnonzero(np.diff(owners[begin:end]))
        cut = begin + int(borders[-1]) + 1 if borders.size else end
        calls.append((begin, cut))
        begin = cut
    return [*calls, (begin, last)]


def _chained(sounds: Sequence[Sound]) -> Sound:
    """Stretches one after another, without the padding where they meet."""
    if len(sounds) == 1:
        return sounds[0]
    samples, durations = [], []
    for at, sound in enumerate(sounds):
        first, last = int(at > 0), len(sound.durations) - int(at + 1 < len(sounds))
        borders = np.concatenate([[0], np.cumsum(sound.durations)])
        samples.append(sound.samples[borders[first] : borders[last]])
        durations.append(sound.durations[first:last])
    return Sound(np.concatenate(samples), np.concatenate(durations))


def _trimmed(sound: Sound, passage: Passage, owners: Integers, model: Model) -> Spoken:
    """The sound without the silence at its ends, and its words."""
    samples, rate = sound.samples, model.sample_rate
    loud = np.flatnonzero(np.abs(samples) > _AUDIBLE * np.max(np.abs(samples), initial=1e-9))
    if not loud.size:
        return NOTHING
    first, last = int(loud[0]), int(loud[-1]) + 1
    begin, end = max(first - round(_LEAD_S * rate), 0), min(last + round(_TAIL_S * rate), len(samples))
    kept = samples[begin:end].copy()
    fade = np.linspace(0, 1, min(round(_FADE_S * rate), len(kept)), dtype=np.float32)
    kept[: len(fade)] *= fade
    kept[len(kept) - len(fade) :] *= fade[::-1]
    borders = np.concatenate([[0], np.cumsum(sound.durations)]) - round(model.lag_s * rate)
    spans = [np.flatnonzero(owners == at) for at in range(len(passage.words))]
    heard = [(word, span) for word, span in zip(passage.words, spans, strict=True) if span.size]
    starts = [first, *(int(borders[span[0]]) for _, span in heard[1:])]  # nothing sounds before the first word
    ends = [int(borders[span[-1] + 1]) for _, span in heard]
    times = np.clip([starts, ends], first, last) - begin
    timed = zip(heard, times.T.tolist(), strict=True)
    return Spoken(kept, tuple(Timed(word.text, start, end, word.emphasised) for (word, _), (start, end) in timed))
