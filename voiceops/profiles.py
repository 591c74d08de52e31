"""Profiles: what audio is to be rendered as. Names and figures alone, so that a process without numerics can know them."""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Format(StrEnum):
    """The containers and codecs that a version can be had in."""

    WAV = "wav"
    FLAC = "flac"
    MP3 = "mp3"
    OPUS = "opus"
    ULAW = "ulaw"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is so of the files of a format: what they have where nobody says otherwise, and what they can have.

    A `sample_rate_hz` of 0 is that of the audio itself. Bits a second are of the whole MP3, but of each channel of an Opus.
    """

    media_type: str
    suffix: str
    sample_rate_hz: int
    rates_hz: Container[int]
    bitrate_kbps: int = 0
    bitrates_kbps: Container[int] = ()


KINDS: Final = {
    Format.WAV: Kind("audio/wav", ".wav", 0, range(8_000, 96_001)),
    Format.FLAC: Kind("audio/flac", ".flac", 0, range(8_000, 96_001)),
    Format.MP3: Kind("audio/mpeg", ".mp3", 44_100, (32_000, 44_100, 48_000), 128, (64, 80, 96, 112, 128, 160, 192, 224, 256, 320)),
    Format.OPUS: Kind("audio/ogg", ".opus", 48_000, (48_000,), 32, range(6, 257)),
    Format.ULAW: Kind("audio/wav", ".ulaw.wav", 8_000, (8_000,)),
}
LOUDNESS_LUFS: Final = (-40.0, -9.0)
TRUE_PEAK_DBTP: Final = (-20.0, 0.0)


@dataclass(frozen=True, slots=True)
class Profile:
    """A format, and how loud it is to be. What is 0 is as the format has it.

    With `loudness_lufs` audio is brought to that integrated loudness, and a limiter holds its peaks under `true_peak_dbtp`; with a
    true peak alone it is turned down as a whole. Both are of what the file decodes to. `lead_ms` and `tail_ms` are the least
    silence before the first sound and after the last: what is missing is added.
    """

    format: Format
    sample_rate_hz: int = 0
    bitrate_kbps: int = 0
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    lead_ms: int = 0
    tail_ms: int = 0

    def __post_init__(self) -> None:
        """Raise `ValueError` for what the format cannot have, or no sound needs."""
        if self.sample_rate_hz and self.sample_rate_hz not in self.kind.rates_hz:
            raise ValueError(f"{self.format} cannot have {self.sample_rate_hz} samples a second")
        if self.bitrate_kbps and self.bitrate_kbps not in self.kind.bitrates_kbps:
            raise ValueError(f"{self.format} cannot have {self.bitrate_kbps} kbit/s")
        for name, (lowest, highest) in {"loudness_lufs": LOUDNESS_LUFS, "true_peak_dbtp": TRUE_PEAK_DBTP}.items():
            value = getattr(self, name)
            if value is not None and not lowest <= value <= highest:
                raise ValueError(f"{name} is {lowest:g} to {highest:g}, not {value:g}")

    @property
    def kind(self) -> Kind:
        """What is so of its format."""
        return KINDS[self.format]

    @property
    def is_levelled(self) -> bool:
        """Whether it asks for a loudness or a highest peak."""
        return self.loudness_lufs is not None or self.true_peak_dbtp is not None

    @property
    def name(self) -> str:
        """Its canonical name, the same for all that make the same file: `mp3`, `mp3;192k`, `ulaw;-20LUFS;-3dBTP`."""
        parts: list[str] = [self.format]
        if self.sample_rate_hz not in {0, self.kind.sample_rate_hz}:
            parts.append(f"{self.sample_rate_hz}Hz")
        if self.bitrate_kbps not in {0, self.kind.bitrate_kbps}:
            parts.append(f"{self.bitrate_kbps}k")
        if self.loudness_lufs is not None:
            parts.append(f"{self.loudness_lufs:g}LUFS")
        if self.true_peak_dbtp is not None:
            parts.append(f"{self.true_peak_dbtp:g}dBTP")
        if self.lead_ms or self.tail_ms:
            parts.append(f"{self.lead_ms}+{self.tail_ms}ms")
        return ";".join(parts)
