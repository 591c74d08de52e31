"""Voice providers: vendors and engines behind one interface. They know nothing of projects, versions or people.

Building one loads no model and imports no numerics: the processes that only answer HTTP stay small.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from voiceops.providers.base import Provider, Voice

PROVIDERS = {
    "hibari": "voiceops.providers.hibari:Hibari",
    "speech": "voiceops.providers.speech_server:SpeechServer",
    "tone": "voiceops.providers.tone:ToneProvider",
}


Options = Mapping[str, Mapping[str, object]]
"""By provider, what it is made with."""


def load(names: Sequence[str], options: Options = MappingProxyType({})) -> Mapping[str, Provider]:
    """The named providers, in that order. Raises `ValueError` for a name there is no provider of, and for options it refuses."""
    loaded: dict[str, Provider] = {}
    for name in names:
        if name not in PROVIDERS:
            raise ValueError(f"There is no voice provider {name!r}; known are {', '.join(PROVIDERS)}.")
        module, _, provider = PROVIDERS[name].partition(":")
        loaded[name] = getattr(import_module(module), provider)(**options.get(name, {}))
    return loaded


def voice(providers: Mapping[str, Provider], voice_id: str) -> Voice | None:
    """The voice of that id, or None."""
    provider = providers.get(voice_id.partition("/")[0])
    return next((one for one in provider.voices if one.id == voice_id), None) if provider else None
