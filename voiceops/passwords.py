"""Passwords: which are taken, and the one way they are kept (argon2id)."""

import asyncio
import gzip
import os
import re
import secrets
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise
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
FEWEST_OWN: Final = 8
"""Characters of a password that no guesser begins with: what NIST asks of a whole one."""
SHORTEST_WORD: Final = 3
TRIED_FIRST: Final = ("voiceops", "studio", "password", "passwort", "welcome", "letmein", "qwerty", "admin", "changeme", "secret")
LOOKALIKES: Final = str.maketrans("@4310$57", "aaeiosst")
REPEATED: Final = re.compile(r"(.)\1{2,}|(.{2,16}?)\2+", re.DOTALL)
LONGEST_STEPLESS: Final = 3
"""A row of more characters, each one after or before the last, counts as one: 123456, fedcba."""


def fit(password: str) -> str:
    """Return a password that may be taken, of 10..1024 code points; raise `ValueError` with what is wrong with any other.

    No composition is demanded (NIST SP 800-63B, OWASP ASVS 6.2): length counts, and that it is neither in everybody's list nor
    one word, repeated, or a row of the keyboard.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"A password has {SHORTEST} to {LONGEST:,} characters; this has {len(password):,}.")
    few = len(set(password)) < FEWEST_DIFFERENT or _own(password, TRIED_FIRST) < FEWEST_OWN
    if few or password.lower() in _common():
        raise ValueError("This password is one of the first that are tried. Take another, such as four words of no context.")
    return password


def too_near(password: str, known: Iterable[str]) -> str | None:
    """Say of a password that it is little more than what is known of its person: name, address, their projects; else None."""
    words = {word for text in known for word in re.split(r"[\W_]+", text.lower()) if len(word) >= SHORTEST_WORD}
    if _own(password, [*words, *TRIED_FIRST]) >= FEWEST_OWN:
        return None
    return "This password is little more than your name, your address or your project's. Take four words of no context."


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


def _own(password: str, words: Iterable[str]) -> int:
    """Return how many characters are left without these words, however they are spelt, and with repeats and rows counted once."""
    plain = "".join(one.lower()[:1] for one in password)
    kept = [True] * len(plain)
    for spelt in (plain, plain.translate(LOOKALIKES)):
        for word in words:
            for found in re.finditer(f"(?={re.escape(word)})", spelt):
                kept[found.start() : found.start() + len(word)] = [False] * len(word)
    left = REPEATED.sub(lambda found: found[1] or found[2], "".join(one for one, keeps in zip(plain, kept, strict=True) if keeps))
    return len(left) - _stepwise(left)


def _stepwise(text: str) -> int:
    """Return how many characters of a text only go on with a row that others began."""
    counted, steps, way = 0, 0, 0
    for one, following in pairwise(text + "\0"):
        step = ord(following) - ord(one)
        if step == way and abs(step) == 1:
            steps += 1
            continue
        counted += steps if steps >= LONGEST_STEPLESS else 0
        way, steps = (step, 1) if abs(step) == 1 else (0, 0)
    return counted


@cache
def _common() -> frozenset[str]:
    """Return the demo's, and all of 10 characters or more among the 30,000 of zxcvbn (MIT) and the 20,000 of Django (BSD)."""
    packed = files("voiceops").joinpath("common_passwords.txt.gz").read_bytes()
    return frozenset({DEMO, *gzip.decompress(packed).decode().splitlines()})


@cache
def _nobodys_hash() -> str:
    """Return a hash to verify against when there is no such person, so that the answer takes as long."""
    return PASSWORDS.hash(secrets.token_urlsafe(16))
