"""The tree is that of RFC 9162, for every size, and agrees with code that is not ours."""

from typing import Final

import pytest
from pymerkle import InmemoryTree

from voiceops.audit.merkle import EMPTY, Batch, Levels, Tree, inclusion_path, leaf_hash, node_hash, root_from

# The leaves and roots that Certificate Transparency's own code is tested with.
LEAVES: Final = [
    bytes.fromhex(one)
    for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS: Final = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST: Final = 70
HASHES: Final = [leaf_hash(bytes([number])) for number in range(MOST)]


def of(hashes: list[bytes]) -> Tree:
    tree = Tree()
    for one in hashes:
        tree.append(one)
    return tree


def test_the_known_vectors() -> None:
    assert Tree().root == EMPTY
    for size, root in enumerate(ROOTS, 1):
        assert of([leaf_hash(leaf) for leaf in LEAVES[:size]]).root.hex() == root


def test_code_that_is_not_ours_finds_the_same_roots() -> None:
    theirs = InmemoryTree(algorithm="sha256")
    for size in range(1, MOST):
        theirs.append_entry(bytes([size - 1]))
        assert theirs.get_root(size) == of(HASHES[:size]).root


def test_a_tree_goes_on_from_its_frontier() -> None:
    for size in range(MOST):
        before = of(HASHES[:size])
        tree = Tree(before.size, before.frontier)
        for one in HASHES[size:]:
            tree.append(one)
        assert tree.root == of(HASHES).root


def test_a_frontier_of_another_size_is_none() -> None:
    for size, frontier in ((1, b""), (3, of(HASHES[:2]).frontier), (2, of(HASHES[:2]).frontier[:-1])):
        with pytest.raises(ValueError, match="frontier"):
            Tree(size, frontier)


def test_every_leaf_has_a_path_to_every_root() -> None:
    for size in range(1, MOST):
        root, levels = of(HASHES[:size]).root, Levels(b"".join(HASHES[:size]))
        assert levels.root == root
        for index in range(size):
            path = levels.path(index)
            assert root_from(HASHES[index], index, size, path) == root
            assert root_from(HASHES[index - 1], index, size, path) != root or size == 1
            assert root_from(HASHES[index], index, size, [*path, root]) is None
            if path:
                assert root_from(HASHES[index], index, size, path[:-1]) != root
    assert root_from(HASHES[0], 1, 1, []) is None


def test_a_batch_finds_the_same_paths_from_what_came_before_it() -> None:
    for start in range(MOST):
        for size in range(start + 1, MOST, 3):
            batch = Batch(start, of(HASHES[:start]).frontier, HASHES[start:size])
            levels = Levels(b"".join(HASHES[:size]))
            for index in range(start, size):
                assert batch.path(index) == levels.path(index)


def test_a_path_goes_up_from_the_leaf() -> None:
    left = node_hash(HASHES[0], HASHES[1])
    assert inclusion_path(2, 3, lambda low, high: of(HASHES[low:high]).root) == [left]
