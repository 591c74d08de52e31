"""Copies outside the database, in a folder and in a bucket; and the secret that is kept beside them."""

import stat
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5
from pathlib import Path

import pytest
from test_storage import bucket  # noqa: F401 - a fixture

from voiceops.secret import NoSecret, derive, kept_in, new
from voiceops.storage import Store
from voiceops.witness import Witness, WitnessError, open_witness


@pytest.fixture(params=["folder", "bucket"])
def witness(request: pytest.FixtureRequest, tmp_path: Path) -> Witness:
    if request.param == "folder":
        return open_witness((tmp_path / "folder").as_uri())
    store: Store = request.getfixturevalue("bucket")
    assert store
    return open_witness("s3://studio/audio")


def listed(witness: Witness, folder: str, after: str = "") -> list[str]:
    return [one.name for one in witness.listed(folder, after)]


def test_what_was_added_stays_as_it_was(witness: Witness) -> None:
    assert (listed(witness, "audit"), witness.folders("audit")) == ([], [])
    for size in (10, 9):
        witness.add(f"audit/log/{size:020}.note", f"note {size} \N{EM DASH}\n")
    witness.add("audit/other/1.note", "another")
    names = [f"audit/log/{size:020}.note" for size in (9, 10)]
    assert listed(witness, "audit/log") == names
    assert listed(witness, "audit/log", names[0]) == names[1:]
    assert (listed(witness, "audit"), witness.folders("audit")) == ([], ["log", "other"])
    assert {one.md5 for one in witness.listed("audit/other")} <= {None, md5(b"another", usedforsecurity=False).hexdigest()}
    assert witness.read(names[0]) == "note 9 \N{EM DASH}\n"
    witness.add(names[0], "note 9 \N{EM DASH}\n")
    with pytest.raises(WitnessError, match="something else"):
        witness.add(names[0], "another history")
    assert witness.read(names[0]) == "note 9 \N{EM DASH}\n"
    with pytest.raises(WitnessError):
        witness.read("audit/log/none.note")


def test_a_folder_that_does_not_work_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WitnessError, match="does not answer"):
        open_witness((tmp_path / "file").as_uri()).add("audit/1.note", "text")


def test_the_secret_of_a_data_folder_is_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(kept_in, [tmp_path / "data"] * 8))
    assert len(secrets) == 1
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret.key"]
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert len(derive(secrets.pop(), "a purpose")) == 32


def test_keys_for_different_purposes_have_nothing_in_common() -> None:
    one, other = new(), new()
    assert len({derive(one, "a"), derive(one, "b"), derive(other, "a")}) == 3
    assert derive(one, "a") == derive(one, "a")
    for bad in (None, "", "too short"):
        with pytest.raises(NoSecret, match="voiceops secret"):
            derive(bad, "a")
