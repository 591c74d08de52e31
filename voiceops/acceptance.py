"""Acceptance: what a version is heard as on a target, held against what the target accepts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from voiceops.models import Asset, Deployment, Target, Version
from voiceops.models.target import Acceptance
from voiceops.profiles import Format, Profile

Figure = float | str | list[str] | tuple[float | None, float | None] | None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A version rendered for a target: the file in the store, and what was measured of it, decoded again (ms, LUFS, dBTP)."""

    profile: Profile
    sha256: str
    bytes: int
    measured: Mapping[str, Any]

    @property
    def sample_rate_hz(self) -> int:
        """Of the file."""
        return self.profile.sample_rate_hz or self.profile.kind.sample_rate_hz


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: whether it passed, in words for people, what there is and what there may be."""

    code: str
    ok: bool
    message: str
    measured: Figure
    bound: Figure


def profile_of(rendering: Mapping[str, Any]) -> Profile:
    """Return the profile that was kept with a deployment."""
    return Profile(**{**rendering, "format": Format(rendering["format"])})


def heard_then(deployment: Deployment, target: Target) -> Profile:
    """Return what a version was heard as when it was live there; before that was kept, what the target plays by now."""
    return profile_of(deployment.rendering) if deployment.rendering else target.accepts.rendering


def kept(profile: Profile) -> Mapping[str, Any]:
    """Return what is kept of a profile with a deployment."""
    return asdict(profile)


def heard(target: Target, version: Version, asset: Asset, fitted: Fitted) -> Sequence[Checked]:
    """Check the sound, and whom it speaks to; not whether it may be deployed now."""
    wanted, got = target.accepts, fitted.measured
    return [
        _language(target, asset),
        _format(wanted, fitted),
        _loudness(wanted, got["loudness_lufs"]),
        _peak(wanted, got["true_peak_dbtp"]),
        _silence("lead", "before the first word", wanted.lead_ms, got["lead_silence_ms"]),
        _silence("tail", "after the last word", wanted.tail_ms, got["tail_silence_ms"]),
        _at_most("pause", "The longest pause is", (got["longest_pause_ms"], wanted.longest_pause_ms), "ms"),
        _at_most("length", "It lasts", (got["duration_ms"], wanted.longest_ms), "ms"),
        _at_most("size", "The file has", (fitted.bytes, wanted.most_bytes), "bytes"),
        _captions(wanted, version),
    ]


def _language(target: Target, asset: Asset) -> Checked:
    ok = not target.languages or asset.language in target.languages
    words = f"It speaks {asset.language}." if ok else f"It speaks {asset.language}; {', '.join(target.languages)} is taken."
    return Checked("language", ok, words, asset.language, target.languages or None)


def _format(wanted: Acceptance, fitted: Fitted) -> Checked:
    ok = (fitted.profile.format, fitted.sample_rate_hz) == (wanted.format, wanted.sample_rate_hz)
    words = f"It is {fitted.profile.format} at {fitted.sample_rate_hz:,} Hz"
    return Checked("format", ok, f"{words}." if ok else f"{words}, not {wanted.format}.", fitted.profile.format, wanted.format)


def _loudness(wanted: Acceptance, loudness: float | None) -> Checked:
    least, most = wanted.loudness_lufs - wanted.loudness_tolerance_lu, wanted.loudness_lufs + wanted.loudness_tolerance_lu
    if loudness is None:  # less than 400 ms, which has no integrated loudness
        return Checked("loudness", ok=True, message="It is too short to have a loudness.", measured=None, bound=(least, most))
    ok = least <= loudness <= most
    words = f"It is {loudness:g} LUFS loud"
    return Checked("loudness", ok, f"{words}." if ok else f"{words}; {least:g} to {most:g} are taken.", loudness, (least, most))


PEAK_ROUNDING_DB: Final = 0.05


def _peak(wanted: Acceptance, peak: float | None) -> Checked:
    most = wanted.true_peak_dbtp
    ok = peak is None or peak <= most + PEAK_ROUNDING_DB
    words = "Nothing sounds" if peak is None else f"It peaks at {peak:g} dBTP"
    return Checked("true_peak", ok, f"{words}." if ok else f"{words}; at most {most:g} is taken.", peak, most)


def _silence(code: str, where: str, bound: tuple[int, int], measured: int) -> Checked:
    least, most = bound
    ok = least <= measured <= most
    words = f"{measured:,} ms of silence {where}"
    return Checked(code, ok, f"{words}." if ok else f"{words}; {least:,} to {most:,} are taken.", measured, (least, most))


def _at_most(code: str, lead: str, figures: tuple[int, int | None], unit: str) -> Checked:
    measured, most = figures
    ok = most is None or measured <= most
    words = f"{lead} {measured:,} {unit}"
    return Checked(code, ok, f"{words}." if most is None or ok else f"{words}; at most {most:,} are taken.", measured, most)


def _captions(wanted: Acceptance, version: Version) -> Checked:
    ok = bool(version.words) or not wanted.captions
    words = "Captions are there." if version.words else "There are no captions: the voice told no times of its words."
    return Checked("captions", ok, words, "yes" if version.words else "no", "yes" if wanted.captions else None)
