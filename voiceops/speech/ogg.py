"""Ogg pages (RFC 3533): the number of the stream, which an encoder draws at random, set so that the same audio is the same file."""

import zlib
from typing import Final

SERIAL: Final = b"VOps"
_HEADER: Final = 27
_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def numbered(file: bytes) -> bytes:
    """Return the file of one stream with `SERIAL` as its number."""
    pages = bytearray(file)
    at = 0
    while at < len(pages):
        table = pages[at + _HEADER : at + _HEADER + pages[at + _HEADER - 1]]
        end = at + _HEADER + len(table) + sum(table)
        pages[at + 14 : at + 18] = SERIAL
        pages[at + 22 : at + 26] = bytes(4)  # the sum is of the page with none in its place
        pages[at + 22 : at + 26] = _checksum(pages[at:end]).to_bytes(4, "little")
        at = end
    return bytes(pages)


def _checksum(page: bytearray) -> int:
    """The polynomial is zlib's, but with the bits of each byte in the other order, starting from nothing, not inverted."""
    backwards = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{backwards:032b}"[::-1], 2)
