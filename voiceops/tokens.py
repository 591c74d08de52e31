"""Secrets that are shown once: 256 random bits, of which only the SHA-256 is kept."""

import hashlib
import secrets


def new_token() -> str:
    """Return a new secret, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """Return what is kept of a token: it has 256 random bits, so a plain SHA-256 can't be guessed back."""
    return hashlib.sha256(token.encode()).digest()
