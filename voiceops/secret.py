"""The one secret of an installation, VOICEOPS_SECRET_KEY, and the keys that are derived from it."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voiceops.durable import sync

NAME: Final = "secret.key"
SHORTEST: Final = 32


class NoSecret(Exception):
    """There is no secret, or none that is worth the name; `str` says what to do."""


def new() -> str:
    """Return a new secret: 256 random bits as text."""
    return secrets.token_urlsafe(32)


def kept_in(data: Path) -> str:
    """Return the secret of this data folder, made when it is first asked for; only its owner can read the file."""
    file = data / NAME
    with suppress(FileNotFoundError):
        return file.read_text().strip()
    data.mkdir(parents=True, exist_ok=True)
    mine = data / f"{NAME}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(new() + "\n")
        written.flush()
        os.fsync(written.fileno())
    with suppress(FileExistsError):  # another process was quicker: then its secret is the one
        os.link(mine, file)
    mine.unlink()
    sync(data)
    return file.read_text().strip()


def derive(secret: str | None, purpose: str) -> bytes:
    """Return the 256-bit key for one purpose; raises `NoSecret`."""
    if secret is None or len(secret) < SHORTEST:
        lack = "is not set" if secret is None else f"is too short: it needs {SHORTEST} characters"
        raise NoSecret(
            f"VOICEOPS_SECRET_KEY {lack}. It encrypts the key that signs the audit trail. Make one with `voiceops secret`, keep it"
            " outside the database, and give every process the same."
        )
    return HKDF(SHA256(), 32, salt=None, info=f"voiceops {purpose}".encode()).derive(secret.encode())
