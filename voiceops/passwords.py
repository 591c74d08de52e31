"""Passwords: which are taken, and the one way they are kept (argon2id)."""

import asyncio
import gzip
import os
import secrets
from functools import cache
from importlib.resources import files
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from voiceops.turns import Turns

PASSWORDS: Final = PasswordHash([Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)])
"""argon2id at OWASP's minimum (19 MiB, 2 passes, 1 lane): 40 ms of one core."""

HASHING: Final = Turns(min(max(1, (os.cpu_count() or 1) - 1), 4))
"""So many hashes at once, one fewer than there are processors: a crowd signing in leaves the server its cores and its memory."""

DEMO: Final = "voiceops-demo"
"""Of all people of the demo. Everybody knows it, so nobody else takes it, and nobody comes back to it."""
SHORTEST: Final = 10
LONGEST: Final = 1024
FEWEST_DIFFERENT: Final = 4


def fit(password: str) -> str:
    """Return a password that may be taken, of 10..1024 code points; raise `ValueError` with what is wrong with any other.

    No composition is demanded (NIST SP 800-63B, OWASP ASVS 6.2): length counts, and that it is not in everybody's list.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"A password has {SHORTEST} to {LONGEST:,} characters; this has {len(password):,}.")
    if len(set(password)) < FEWEST_DIFFERENT or password.lower() in _common():
        raise ValueError("This password is one of the first that are tried. Take another, such as four words of no context.")
    return password


async def hashed(password: str) -> str:
    """Return the argon2id hash of a password. Ask within `HASHING`, as of `matches`."""
    return await asyncio.to_thread(PASSWORDS.hash, password)


async def matches(password: str, known: str | None) -> tuple[bool, str | None]:
    """Tell whether a password has this hash, and the hash to keep instead if `known` was made with other parameters.

    Without a hash to compare with it takes as long, and is false. Ask within `HASHING`, which callers wait for before they hold
    anything that others need.
    """
    same, better = await asyncio.to_thread(PASSWORDS.verify_and_update, password, known or _nobodys_hash())
    return (same, better) if known else (False, None)


@cache
def _common() -> frozenset[str]:
    """Return the demo's, and all of 10 characters or more among the 30,000 of zxcvbn (MIT) and the 20,000 of Django (BSD)."""
    packed = files("voiceops").joinpath("common_passwords.txt.gz").read_bytes()
    return frozenset({DEMO, *gzip.decompress(packed).decode().splitlines()})


@cache
def _nobodys_hash() -> str:
    """Return a hash to verify against when there is no such person, so that the answer takes as long."""
    return PASSWORDS.hash(secrets.token_urlsafe(16))
