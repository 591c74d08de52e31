"""Kokoro's own: its model joined, checked and kept, its graph opened, its accents, and what happens where it is missing."""

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import onnxruntime
import pytest
import pytest_asyncio
from conftest import Studio
from listening import RATE, samples, unwatched

from voiceops.config import Settings
from voiceops.providers import kokoro_graph, load, missing
from voiceops.providers.base import NotInstalled, ProviderError, Request
from voiceops.providers.english import PAD, English
from voiceops.providers.kokoro import Kokoro
from voiceops.providers.kokoro_graph import OPENED_SHA256, PARTS, SHA256
from voiceops.providers.kokoro_model import KokoroModel, kept, styles
from voiceops.providers.kokoro_styles import digest
from voiceops.providers.kokoro_voices import STYLES_SHA256, VOICES
from voiceops.providers.markup import parse
from voiceops.providers.model import Prosody
from voiceops.providers.passages import plan
from voiceops.providers.speaking import Speaker, _calls

with_engine = pytest.mark.asyncio(loop_scope="module")


def request(text: str, voice: str = "af_heart") -> Request:
    return Request(id="1", voice=f"kokoro/{voice}", text=parse(text))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "models"


@pytest.fixture(scope="module")
def model(folder: Path) -> KokoroModel:
    return KokoroModel(str(folder))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kokoro(folder: Path) -> AsyncIterator[Kokoro]:
    provider = Kokoro(folder=folder)
    yield provider
    await provider.close()


@pytest.fixture
def missing_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the four packages is not installed."""
    monkeypatch.setitem(sys.modules, PARTS[2], None)


# The model


def test_a_neutral_sentence_is_bit_for_bit_the_stock_engines(model: KokoroModel) -> None:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(kokoro_graph.stock(), options, providers=["CPUExecutionProvider"])
    for voice, text in (("af_heart", "Hello."), ("bm_george", "Oh!")):
        (passage,) = plan(parse(text)).passages
        sound, owners = Speaker(model).sound(request(text, voice), passage)
        ids = [token.id for token in English(british=voice[0] == "b").tokens(passage.words, stressed=False)]
        style = styles(voice)[len(ids) - 1][None]
        asked = {"tokens": np.array([[PAD, *ids, PAD]]), "style": style, "speed": np.ones(1, np.float32)}
        assert np.array_equal(sound.samples, session.run(None, asked)[0])
        assert sound.durations.sum() == len(sound.samples)
        assert len(sound.durations) == len(owners)


def test_pitch_range_moves_about_the_middle_of_the_voice_and_leaves_its_length(model: KokoroModel) -> None:
    tokens = [PAD, 50, 83, 54, 156, 57, 135, PAD]
    ones = np.ones(len(tokens), np.float32)
    plain, stretched = (model.infer("kokoro/af_heart", tokens, Prosody(ones, ones, 0 * ones, by), 0) for by in (1.0, 1.8))
    assert np.array_equal(plain.durations, stretched.durations)
    assert not np.array_equal(plain.samples, stretched.samples)


def test_the_model_is_joined_once_and_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = kept(tmp_path / "models")
    assert isinstance(path, str)
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == OPENED_SHA256
    made = Path(path).stat()
    assert kept(tmp_path / "models") == path
    assert Path(path).stat() == made
    with Path(path).open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damaged")
    kept(tmp_path / "models")
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == OPENED_SHA256
    assert [one.name for one in (tmp_path / "models").iterdir()] == [Path(path).name]


def test_where_no_file_can_be_kept_the_model_is_used_from_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "models").write_text("a file in the way")
    model = kept(tmp_path / "models")
    assert isinstance(model, bytes)
    assert hashlib.sha256(model).hexdigest() == OPENED_SHA256
    assert "joined anew at each start" in capsys.readouterr().err


@pytest.mark.parametrize("cut", [0, 100])
async def test_damaged_parts_are_named_and_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    for part in PARTS:
        (tmp_path / part).mkdir()
        (tmp_path / part / "__init__.py").touch()
        (tmp_path / part / "part.bin").write_bytes(b"x" * cut)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    provider = Kokoro(folder=tmp_path / "models", threads=1)
    with pytest.raises(ProviderError, match="damaged") as caught:
        await provider.speak(request("Hello."), unwatched)
    assert (caught.value.code, caught.value.transient) == ("engine_damaged", False)
    assert not (tmp_path / "models").exists()
    await provider.close()


def test_the_styles_are_those_that_were_published() -> None:
    assert digest({name: styles(name).astype("<f2") for name in VOICES}) == STYLES_SHA256
    with ZipFile(Path(kokoro_graph.__file__).with_name("kokoro_styles.npz")) as file:
        assert {Path(name).stem for name in file.namelist()} == set(VOICES)


# The voices


def test_there_are_28_voices_each_with_a_clip_to_hear(folder: Path) -> None:
    voices = Kokoro(folder=folder).voices
    assert len({one.id for one in voices}) == len({one.name for one in voices}) == 28
    assert sum(one.language == "en-GB" for one in voices) == 8
    assert all((one.language == "en-GB") == one.id.startswith("kokoro/b") for one in voices)
    assert all(one.description.startswith("Woman" if one.id[8] == "f" else "Man") for one in voices)
    for one in voices:
        assert one.licence == "Apache-2.0"
        assert 120 <= one.words_per_minute <= 220
        assert one.sample
        assert 20_000 < one.sample.stat().st_size < 200_000


@with_engine
async def test_the_british_read_as_the_british_do(kokoro: Kokoro) -> None:
    american, british = (
        [token.id for token in English(british=one).tokens(plan(parse("A tomato.")).passages[0].words, stressed=False)]
        for one in (False, True)
    )
    assert american != british
    heard = await asyncio.gather(*(kokoro.speak(request("Tomato.", voice), unwatched) for voice in ("bf_emma", "am_puck")))
    assert all(0.3 * RATE < len(samples(speech)) < 1.5 * RATE for speech in heard)
    assert heard[0].audio != heard[1].audio
    assert heard[0].metadata["model_sha256"] == SHA256
    assert heard[0].metadata["styles_sha256"] == STYLES_SHA256


@pytest.mark.parametrize("text", ["word " * 400, "1,000 " * 100, "n" * 900, "strengths, " * 120, "$" * 200 + "5"])
def test_no_more_than_200_tokens_are_spoken_at_a_time(text: str) -> None:
    english = English()
    passages = plan(parse(text), KokoroModel.passage).passages
    for passage in passages:
        owners = np.array([-1, *(token.owner for token in english.tokens(passage.words, stressed=True)), -1])
        calls = _calls(owners, KokoroModel.longest)
        assert all(end - begin <= 200 for begin, end in calls)
        assert [begin for begin, _ in calls[1:]] == [end for _, end in calls[:-1]]
    assert [word.text for passage in passages for word in passage.words] == text.split()


@with_engine
async def test_opening_starts_no_engine_and_closing_ends_it(folder: Path) -> None:
    provider = Kokoro(folder=folder, threads=1)
    await provider.open()
    pids = [provider.engine.pid]
    await provider.speak(request("Hi."), unwatched)
    pids.append(provider.engine.pid)
    await provider.close()
    pids.append(provider.engine.pid)
    assert [pid is not None for pid in pids] == [False, True, False]


# Where it is not installed


@pytest.mark.usefixtures("missing_part")
def test_without_its_packages_it_is_left_out_or_refused_with_the_way_to_get_them() -> None:
    assert list(load(["hibari", "kokoro?"])) == ["hibari"]
    (told,) = missing(["hibari", "kokoro?"])
    assert "not installed" in told
    assert "voiceops[studio]" in told
    with pytest.raises(NotInstalled, match="make setup"):
        load(["hibari", "kokoro"])


def test_with_them_it_is_on_by_default_after_hibari() -> None:
    known = Settings()
    assert list(load(known.provider_names, known.provider_options)) == ["hibari", "kokoro"]
    assert missing(known.provider_names, known.provider_options) == []


def test_building_it_loads_no_engine() -> None:
    script = (
        "import sys; from voiceops.providers import load; voices = load(['kokoro'])['kokoro'].voices;"
        "sys.exit(str({'numpy', 'onnxruntime', 'hibari'} & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


# In the studio


@pytest.fixture
def settings(settings: Settings, folder: Path) -> Settings:
    """Those of every test, with these voices."""
    return settings.model_copy(update={"providers": "hibari,kokoro?", "models": folder})


async def test_a_voice_is_chosen_heard_and_spoken_with_through_the_api(studio: Studio, worker: None) -> None:
    author = await studio.person("author")
    british = (await author.get("/voices", params={"provider": "kokoro", "language": "en-GB"})).json()["items"]
    assert [one["id"] for one in british][:1] == ["kokoro/bf_emma"]
    assert len(british) == 8
    clip = await author.get(british[0]["sample_url"].removeprefix("/api/v1"))
    assert (clip.status_code, clip.headers["content-type"], clip.content[:4]) == (200, "audio/flac", b"fLaC")
    asked = await studio.ask(await studio.asset(), "Hello *there*.", voice="kokoro/bf_emma", delivery={"tone": "calm"})
    generation = await studio.ended(asked, within=120)  # the first loads the model
    version = (await author.get(f"/versions/{generation['version_id']}")).json()
    assert (version["voice"], version["provider"], version["applied_delivery"]["tone"]) == ("kokoro/bf_emma", "kokoro", "calm")
    assert version["measurements"]["loudness_lufs"] == pytest.approx(-20, abs=0.5)
