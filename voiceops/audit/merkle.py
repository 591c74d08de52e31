"""The Merkle tree of RFC 9162 (section 2.1): leaves are only ever appended, and few hashes stand for all that came before."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY: Final = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A tree of `size` leaves, known by its frontier alone: the roots of its perfect subtrees, the largest first."""

    def __init__(self, size: int = 0, frontier: bytes = b"") -> None:
        self.size = size
        self._roots = [frontier[at : at + HASH_BYTES] for at in range(0, len(frontier), HASH_BYTES)]
        if len(self._roots) != size.bit_count() or len(frontier) % HASH_BYTES:
            raise ValueError(f"a tree of {size} leaves has a frontier of {size.bit_count()} hashes")

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        left = self.size
        while left & 1:
            leaf = sha256(b"\1" + self._roots.pop() + leaf).digest()
            left >>= 1
        self._roots.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self._roots:
            return EMPTY
        whole = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            whole = node_hash(left, whole)
        return whole

    @property
    def frontier(self) -> bytes:
        """What a tree of this size is made from again."""
        return b"".join(self._roots)


Subtree = Callable[[int, int], bytes]
"""The root over the leaves from the first number up to, not including, the second."""


def inclusion_path(index: int, size: int, root_of: Subtree) -> list[bytes]:
    """Return the hashes that lead from leaf `index` to the root of a tree of `size` leaves, the lowest first."""
    path, low, high = [], 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root_of(middle, high))
            high = middle
        else:
            path.append(root_of(low, middle))
            low = middle
    return path[::-1]


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to, None where it is no path in a tree of this size (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    at, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = node_hash(step, root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, step)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None


class Batch:
    """The leaves from `start` on, with the frontier of the tree before them: enough for the path of each of them."""

    def __init__(self, start: int, frontier: bytes, leaves: Sequence[bytes]) -> None:
        self.start = start
        self.size = start + len(leaves)
        self._leaves = leaves
        self._before: dict[tuple[int, int], bytes] = {}
        low = 0
        for number, bit in enumerate(bit for bit in reversed(range(start.bit_length())) if start >> bit & 1):
            self._before[low, low + (1 << bit)] = frontier[number * HASH_BYTES : (number + 1) * HASH_BYTES]
            low += 1 << bit

    def path(self, index: int) -> list[bytes]:
        """Return the path of a leaf of this batch to the root of the tree that ends with it."""
        return inclusion_path(index, self.size, self._root)

    def _root(self, low: int, high: int) -> bytes:
        known = self._before.get((low, high))
        if known is not None:
            return known
        if high - low == 1:
            return self._leaves[low - self.start]
        middle = low + _split(high - low)
        return node_hash(self._root(low, middle), self._root(middle, high))


class Levels:
    """A whole tree in memory, 64 bytes a leaf: for the paths of many leaves to one root."""

    def __init__(self, leaves: bytes) -> None:
        self.size = len(leaves) // HASH_BYTES
        self._levels = [leaves]
        while len(self._levels[-1]) > HASH_BYTES:
            below = self._levels[-1]
            pairs = range(0, len(below) - HASH_BYTES, 2 * HASH_BYTES)
            nodes = [sha256(b"\1" + below[at : at + 2 * HASH_BYTES]).digest() for at in pairs]
            if len(below) // HASH_BYTES & 1:
                nodes.append(below[-HASH_BYTES:])  # alone at the right edge, it is its own parent: so the shape is the RFC's
            self._levels.append(b"".join(nodes))

    @property
    def root(self) -> bytes:
        """The hash of the whole tree."""
        return self._levels[-1] if self.size else EMPTY

    def path(self, index: int) -> list[bytes]:
        """Return the path of a leaf to the root."""
        path = []
        for level in self._levels[:-1]:
            beside = (index ^ 1) * HASH_BYTES
            if beside < len(level):
                path.append(level[beside : beside + HASH_BYTES])
            index >>= 1
        return path


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
