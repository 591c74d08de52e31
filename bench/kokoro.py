"""How fast a script of twenty sentences is spoken with a Kokoro voice, against the stock engine by itself."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import httpx
import numpy as np
import onnxruntime

from bench.figure import Figure
from bench.machine import children, cores, load
from bench.studio import Studio, wait_until
from voiceops.providers.english import PAD, English
from voiceops.providers.kokoro_graph import stock
from voiceops.providers.kokoro_model import styles
from voiceops.providers.markup import parse
from voiceops.providers.passages import plan

ROUNDS = 3
VOICE = "af_heart"
LIMIT = 0.9
PATIENCE_S = 900.0
RATE = 24_000
SENTENCES = tuple(f"Your order number {number} has left our warehouse and arrives tomorrow." for number in range(301, 321))
ENDED = (
    "select extract(epoch from g.finished_at - g.created_at)::float8, g.status::text from generations g"
    " where g.asset_id = %s and g.finished_at is not null"
)


def twenty_sentences(studio: Studio) -> list[Figure]:
    """Speak them as one script, and with the bare engine before and after each round."""
    before = load()
    studio.lift_limits()
    cookies = studio.sign_in()
    path = f"{studio.url}/api/v1/projects/{studio.project(cookies)}/assets"
    asset = str(httpx.post(path, json={"key": "bench/kokoro", "title": "Kokoro"}, cookies=cookies).raise_for_status().json()["id"])
    _speak(studio, cookies, asset, SENTENCES[:2])
    resident = max(_resident_mb(pid) for worker in studio.pids("worker") for pid in children(worker))
    with ProcessPoolExecutor(cores(), mp_context=get_context("spawn")) as pool:
        list(pool.map(_warm, range(cores()), chunksize=1))
        (bare_s, audio_s), ours = _bare(pool), []
        bares = [bare_s]
        for _ in range(ROUNDS):
            ours.append(_speak(studio, cookies, asset, SENTENCES))
            bares.append(_bare(pool)[0])
    ratio = median((bares[at] + bares[at + 1]) / 2 / ours[at] for at in range(ROUNDS))
    how = (
        f"seconds the stock engine takes for these sentences in {cores()} warm processes of one thread, before and after, to those"
        f" from request to version: {median(bares):.1f} to {median(ours):.1f} s for {audio_s:.0f} s of audio; median of {ROUNDS}"
    )
    memory = "resident memory of the engine's process once it has spoken two sentences at a time"
    return [
        Figure("20 sentences with Kokoro, to the bare engine", f"{ratio:.2f}", f">= {LIMIT:g}", ratio >= LIMIT, before, how),
        Figure("Kokoro's process", f"{resident:.0f} MB", "reported", None, before, memory),
    ]


def _speak(studio: Studio, cookies: dict[str, str], asset: str, sentences: Sequence[str]) -> float:
    """Speak sentences as one script; returns the seconds from request to version, by the database's clock."""
    done = len(studio.rows(ENDED, asset))
    body = {"text": " ".join(sentences), "voice": f"kokoro/{VOICE}"}
    httpx.post(f"{studio.url}/api/v1/assets/{asset}/generations", json=body, cookies=cookies).raise_for_status()
    if not wait_until(lambda: len(studio.rows(ENDED, asset)) > done, within=PATIENCE_S, every=0.25):
        raise RuntimeError("the sentences were not spoken in time")
    seconds, status = studio.rows(f"{ENDED} order by g.created_at desc limit 1", asset)[0]
    if status != "succeeded":
        raise RuntimeError(f"speaking ended as {status}")
    return float(str(seconds))


def _bare(pool: ProcessPoolExecutor) -> tuple[float, float]:
    """Speak the sentences with the bare engine; returns the seconds that took, and those of audio."""
    began = time.perf_counter()
    audio_s = sum(pool.map(_audio_s, SENTENCES, chunksize=1))
    return time.perf_counter() - began, audio_s


@cache
def _engine() -> tuple[onnxruntime.InferenceSession, English]:
    """The stock engine of this process with one thread, and what reads text for it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(stock(), options, providers=["CPUExecutionProvider"]), English()


_styles = cache(styles)


def _audio_s(sentence: str) -> float:
    """Speak a sentence; returns seconds of audio."""
    session, english = _engine()
    ids = [token.id for token in english.tokens(plan(parse(sentence)).passages[0].words, stressed=False)]
    style = _styles(VOICE)[len(ids) - 1][None]
    asked = {"tokens": np.array([[PAD, *ids, PAD]]), "style": style, "speed": np.ones(1, np.float32)}
    return len(session.run(None, asked)[0]) / RATE


def _warm(_: int) -> None:
    _audio_s(SENTENCES[0])
    time.sleep(1)  # so that each process gets one of these


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1000
