"""Signed checkpoints as C2SP writes them (signed-note, tlog-checkpoint): a log's size and root, and when it had them."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = b"\x01"
DASH: Final = "\N{EM DASH}"


class NotSigned(ValueError):
    """A note that no key we trust has signed, or that is no checkpoint."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under its name, as one word: `name+id+key` (C2SP's vkey)."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def read(cls, word: str) -> "Verifier":
        """Read what `str` gives; raises `NotSigned`."""
        name, _, rest = word.strip().partition("+")
        given, _, key = rest.partition("+")
        raw = _unbase64(key)
        verifier = cls(name, raw[1:])
        if raw[:1] != ED25519 or len(raw) != 33 or given != verifier.id.hex():  # noqa: PLR2004 - an Ed25519 key has 32 bytes
            raise NotSigned(f"{word.strip()[:80]!r} is no verifier key: it looks like name+1a2b3c4d+AaBb...")
        return verifier


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log had `size` leaves with this root at `sealed_at`."""

    log: str
    size: int
    root: bytes
    sealed_at: datetime

    def body(self, name: str) -> str:
        """Return the text that is signed. Its first line is the origin: the key's name and the log."""
        at = self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return f"{name}/{self.log}\n{self.size}\n{base64.b64encode(self.root).decode()}\nsealed {at}\n"


def sign(checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey) -> str:
    """Return the checkpoint as a signed note."""
    body = checkpoint.body(name)
    verifier = Verifier(name, key.public_key().public_bytes_raw())
    signature = base64.b64encode(verifier.id + key.sign(body.encode())).decode()
    return f"{body}\n{DASH} {name} {signature}\n"


def read(note: str, trusted: Mapping[bytes, Verifier]) -> Checkpoint:
    """Return what a note says, if one of the keys in `trusted` (by id) has signed it; raises `NotSigned`."""
    body, parted, signatures = note.rpartition("\n\n")
    body += "\n"
    if not parted:
        raise NotSigned("it has no signature")
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, coded = rest.partition(" ")
        raw = _unbase64(coded)
        verifier = trusted.get(raw[:4])
        if dash != DASH or verifier is None or verifier.name != name:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public).verify(raw[4:], body.encode())
        except InvalidSignature:
            raise NotSigned(f"its signature by {name} is wrong") from None
        return _parse(body, name)
    raise NotSigned("no key that is trusted here has signed it")


def _parse(body: str, name: str) -> Checkpoint:
    try:
        origin, size, root, sealed = body.splitlines()
        owner, _, log = origin.rpartition("/")
        checkpoint = Checkpoint(log, int(size), _unbase64(root), datetime.fromisoformat(sealed.removeprefix("sealed ")))
    except ValueError:
        raise NotSigned("it is no checkpoint") from None
    if owner != name or checkpoint.body(name) != body:
        raise NotSigned("it is no checkpoint of the key that signed it")
    return checkpoint


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
