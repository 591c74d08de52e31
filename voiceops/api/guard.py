"""The coarse guard before everything else: so many requests a second from one address. In memory, for each process by itself.

It only keeps one address from taking all there is; limits that must be exact are in `voiceops.limits`.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from time import monotonic
from typing import Final

from voiceops.errors import TooMany
from voiceops.limits.signing_in import network

MOST_ADDRESSES: Final = 10_000
"""Remembered at most; the one unheard of for longest is forgotten first."""


@dataclass(slots=True)
class Bucket:
    """What one address has left, and when that was reckoned."""

    tokens: float
    at: float


class Guard:
    """A token bucket an address. This machine itself passes: it is the one person here, or a proxy that stands for everybody."""

    def __init__(self, per_second: float, burst: int, *, clock: Callable[[], float] = monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def check(self, address: str | None) -> None:
        """Count one request; raises `TooMany`, and then counts nothing."""
        if not self._per_second or address is None or _is_here(address):
            return
        now = self._clock()
        bucket = self._bucket(network(address), now)
        bucket.tokens = min(bucket.tokens + (now - bucket.at) * self._per_second, self._burst)
        bucket.at = now
        if bucket.tokens < 1:
            wait = (1 - bucket.tokens) / self._per_second
            raise TooMany(
                f"More than {self._per_second:g} requests a second come from your address. Wait a moment and ask again.",
                retry_after=wait,
            )
        bucket.tokens -= 1

    def _bucket(self, name: str, now: float) -> Bucket:
        bucket = self._buckets.setdefault(name, Bucket(self._burst, now))
        self._buckets.move_to_end(name)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
