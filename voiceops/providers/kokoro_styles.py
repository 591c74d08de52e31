"""Makes the styles of Kokoro's English voices: `python -m voiceops.providers.kokoro_styles TARBALL`, npm's kokoro-js 1.2.1.

They are committed; `make styles` makes them anew, and fails unless the very same come out.
"""

import hashlib
import sys
import tarfile
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voiceops.providers.kokoro_voices import STYLES, STYLES_SHA256, VOICES

TARBALL_SHA256: Final = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"
"""Of kokoro-js-1.2.1.tgz; its published integrity begins sha512-oq0HZJWis3t8."""

Halves = NDArray[np.float16]

SHAPE: Final = (510, 256)


def main(tarball: Path) -> None:
    """Write the styles in half precision. Raises `ValueError` for another tarball, and when other figures come out."""
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != TARBALL_SHA256:
        raise ValueError(f"{tarball} is not kokoro-js 1.2.1 as it was published")
    with tarfile.open(tarball) as package:
        packs = {name: _pack(package, name) for name in sorted(VOICES)}
    if digest(packs) != STYLES_SHA256:
        raise ValueError(f"other figures came out: {digest(packs)}")
    np.savez_compressed(STYLES, allow_pickle=False, **packs)


def digest(packs: dict[str, Halves]) -> str:
    """SHA-256 of all figures, by the names of the voices; the same however they are compressed."""
    return hashlib.sha256(b"".join(packs[name].tobytes() for name in sorted(packs))).hexdigest()


def _pack(package: tarfile.TarFile, name: str) -> Halves:
    """A voice's styles; half precision, which no measurement told from single."""
    file = package.extractfile(f"package/voices/{name}.bin")
    if file is None:
        raise ValueError(f"the package holds no voice {name}")
    return np.frombuffer(file.read(), "<f4").reshape(SHAPE).astype("<f2")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
