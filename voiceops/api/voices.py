"""`/voices`: who can speak, and what each can do."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from voiceops.api.deps import Caller, Held, Parts
from voiceops.api.payloads import All, Out
from voiceops.errors import Malformed, NotFound
from voiceops.providers import voice as find_voice
from voiceops.providers.base import Provider, Support, Voice

router = APIRouter(tags=["voices"])


class ControlOut(Out):
    """One number of a delivery: how it is supported and the bounds it may be asked for."""

    support: Support
    minimum: float
    maximum: float
    default: float


class CapabilitiesOut(Out):
    """What a voice can do with a delivery."""

    tones: list[str]
    tone: Support
    speed: ControlOut
    emphasis: ControlOut
    pitch: ControlOut
    sentence_gap_ms: ControlOut
    pauses: Support
    word_timings: bool


class VoiceOut(Out):
    """One voice; `words_per_minute` is its usual pace, its price 0 where nothing is charged."""

    id: str
    name: str
    description: str
    provider: str
    language: str
    licence: str
    words_per_minute: int
    price_micros_per_1000_characters: int
    price_currency: str | None
    sample_url: str | None
    capabilities: CapabilitiesOut

    @classmethod
    def of(cls, voice: Voice) -> "VoiceOut":
        """Show a voice."""
        return cls(
            id=voice.id,
            name=voice.name,
            description=voice.description,
            provider=voice.provider,
            language=voice.language,
            licence=voice.licence,
            words_per_minute=voice.words_per_minute,
            price_micros_per_1000_characters=voice.price_micros_per_1000_characters,
            price_currency=voice.price_currency,
            sample_url=f"/api/v1/voices/{voice.id}/sample" if voice.sample else None,
            capabilities=CapabilitiesOut.model_validate(asdict(voice.capabilities)),
        )


def chosen(held: Parts, voice_id: str | None) -> tuple[Provider, Voice]:
    """Return the voice of that id, or the default one; raises `Malformed` for one that is not here."""
    if voice_id is None:
        provider = next(iter(held.providers.values()))
        return provider, provider.voices[0]
    voice = find_voice(held.providers, voice_id)
    if voice is None:
        raise Malformed.field("voice", f"There is no voice {voice_id!r} here; GET /api/v1/voices lists those there are.")
    return held.providers[voice.provider], voice


@router.get("/voices")
async def list_voices(
    actor: Caller,  # noqa: ARG001 - only people who signed in see what is installed
    held: Held,
    provider: Annotated[str | None, Query(max_length=100)] = None,
    language: Annotated[str | None, Query(max_length=35)] = None,
) -> All[VoiceOut]:
    """List every voice, the default first."""
    voices = [one for each in held.providers.values() for one in each.voices]
    wanted = [one for one in voices if provider in {None, one.provider} and language in {None, one.language}]
    return All(items=[VoiceOut.of(one) for one in wanted])


@router.get("/voices/{provider}/{name}/sample", response_class=FileResponse)
async def voice_sample(provider: str, name: str, actor: Caller, held: Held) -> FileResponse:  # noqa: ARG001 - as above
    """Play a short sample of a voice."""
    voice = find_voice(held.providers, f"{provider}/{name}")
    if voice is None or voice.sample is None:
        raise NotFound(f"There is no sample of {provider}/{name}.")
    return FileResponse(voice.sample, media_type="audio/flac", headers={"Cache-Control": "private, max-age=86400"})
