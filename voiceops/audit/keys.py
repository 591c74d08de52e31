"""The keys that sign checkpoints: made here, kept encrypted in the database, proved to be ours by VOICEOPS_SECRET_KEY."""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import AsyncConnection

from voiceops.audit.notes import Verifier
from voiceops.db import new_id
from voiceops.secret import NoSecret, derive

NONCE_BYTES: Final = 12
LOCK: Final = 0x7365_616D
"""Advisory lock of who makes a key, so that there is one in use."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with its secret half, ready to sign."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """Its public half."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())


async def signer(connection: AsyncConnection[Any], secret: str | None) -> Signer:
    """Return the key in use, made if there is none; raises `NoSecret` without the secret that opens it."""
    newest = "select id, name, public, secret from signing_keys where retired_at is null order by created_at desc, id desc limit 1"
    row = await (await connection.execute(newest)).fetchone()
    return await rotate(connection, secret) if row is None else _open(secret, *row)


async def lock(connection: AsyncConnection[Any]) -> None:
    """Keep others from making a key until the transaction ends. It must see what they commit: `READ COMMITTED`."""
    await connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))


async def rotate(connection: AsyncConnection[Any], secret: str | None) -> Signer:
    """Make a new key that signs from now on; notes of the former ones stay valid."""
    made = Signer(f"voiceops-{secrets.token_hex(4)}", Ed25519PrivateKey.generate())
    key_id, public = new_id(), made.verifier.public
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + AESGCM(derive(secret, "signing keys")).encrypt(nonce, made.key.private_bytes_raw(), key_id.bytes + public)
    await connection.execute("update signing_keys set retired_at = now() where retired_at is null")
    await connection.execute(
        "insert into signing_keys (id, name, public, secret, proof) values (%s, %s, %s, %s, %s)",
        (key_id, made.name, public, sealed, _proof(secret, made.verifier)),
    )
    return made


def trusted(rows: Iterable[tuple[str, bytes, bytes]], secret: str | None) -> Mapping[bytes, Verifier]:
    """Return the keys, by id, that were made under this secret, of rows of name, public half and proof."""
    verifiers = [(Verifier(name, bytes(public)), bytes(proof)) for name, public, proof in rows]
    return {one.id: one for one, proof in verifiers if hmac.compare_digest(_proof(secret, one), proof)}


def _proof(secret: str | None, verifier: Verifier) -> bytes:
    return hmac.digest(derive(secret, "proof of signing keys"), str(verifier).encode(), sha256)


def _open(secret: str | None, key_id: UUID, name: str, public: bytes, sealed: bytes) -> Signer:
    try:
        raw = AESGCM(derive(secret, "signing keys")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], key_id.bytes + public)
    except InvalidTag:
        raise NoSecret(
            f"VOICEOPS_SECRET_KEY does not open the signing key {name}: it is not the secret this database was begun with."
            " Set that one again; if it is lost, `voiceops audit rotate-key` begins a new key, and the former notes need `--key`."
        ) from None
    return Signer(name, Ed25519PrivateKey.from_private_bytes(raw))
