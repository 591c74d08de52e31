"""Where a request really came from, when it came through proxies. Only what a trusted one says counts."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def look_through(scope: Scope, headers: Headers, trusted: Sequence[Network]) -> bool:
    """Put the client's own address and scheme into `scope`, as the proxies tell them; leave it be when the peer is no trusted one.

    Returns whether the peer is one.

    `X-Forwarded-For` is read from its end: each trusted proxy added the address it was asked from, and what stands before the
    first one that is not ours anybody may have written.
    """
    peer = _address(scope["client"][0]) if scope.get("client") else None
    if peer is None or not _is_one_of(peer, trusted):
        return False
    hops = ",".join(headers.getlist("x-forwarded-for")).split(",")
    for hop in reversed(hops):
        told = _address(hop.strip())
        if told is None:
            break
        peer = told
        if not _is_one_of(told, trusted):
            break
    scope["client"] = (str(peer), 0)
    scheme = headers.getlist("x-forwarded-proto")[-1:]
    if scheme and (last := scheme[0].rpartition(",")[2].strip().lower()) in {"http", "https"}:
        scope["scheme"] = last
    return True


def _address(text: str) -> Address | None:
    """Read an address, with a port or without."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_one_of(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
