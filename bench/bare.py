"""The stock hibari engine by itself, through its own API: what the studio's speed is measured against."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

from hibari import SAMPLE_RATE, Hibari

WARMING = "This sentence warms the engine up before anything is measured."


@cache
def engine() -> Hibari:
    """The engine of this process: loaded once, with one thread, warm."""
    loaded = Hibari(threads=1)
    for _ in range(3):
        loaded(WARMING)
    return loaded


def speak(sentence: str) -> float:
    """Speak a sentence; returns how many seconds that took."""
    bare = engine()
    began = time.perf_counter()
    bare(sentence)
    return time.perf_counter() - began


def speak_all(sentences: Sequence[str], processes: int) -> float:
    """Speak sentences in so many processes at once; returns seconds of audio made in a second."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(_warm, range(processes), chunksize=1))
        began = time.perf_counter()
        seconds = sum(pool.map(_audio_s, sentences, chunksize=4))
        return seconds / (time.perf_counter() - began)


def _warm(_: int) -> None:
    engine()
    time.sleep(0.5)  # so that each process gets one of these


def _audio_s(sentence: str) -> float:
    samples: int = len(engine()(sentence))
    return samples / float(SAMPLE_RATE)
