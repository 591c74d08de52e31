"""Why bytes are refused as audio."""

from enum import StrEnum


class Defect(StrEnum):
    """Every reason to refuse bytes that were to be audio."""

    EMPTY = "empty"
    NOT_AUDIO = "not_audio"
    UNSUPPORTED = "unsupported"
    UNKNOWN_LENGTH = "unknown_length"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    TOO_LONG = "too_long"


class NotAudio(Exception):
    """These bytes are no audio we keep. `code` names the defect, `message` is for people."""

    def __init__(self, code: Defect, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
