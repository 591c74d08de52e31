"""Voice providers: vendors and engines behind one interface. They know nothing of projects, versions or people.

Building one loads no model and imports no numerics: the processes that only answer HTTP stay small.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from voiceops.providers.base import NotInstalled, Provider, Voice

PROVIDERS = {
    "hibari": "voiceops.providers.hibari:Hibari",
    "kokoro": "voiceops.providers.kokoro:Kokoro",
    "speech": "voiceops.providers.speech_server:SpeechServer",
    "tone": "voiceops.providers.tone:ToneProvider",
}


Options = Mapping[str, Mapping[str, object]]
"""By provider, what it is made with."""


def load(names: Sequence[str], options: Options = MappingProxyType({})) -> Mapping[str, Provider]:
    """The named providers, in that order; one whose name ends with `?` only if it is installed.

    Raises `ValueError` for a name there is no provider of, for options it refuses, and `NotInstalled`.
    """
    tried = {name: _tried(name, options) for name in names}
    return {provider.name: provider for provider in tried.values() if not isinstance(provider, NotInstalled)}


def missing(names: Sequence[str], options: Options = MappingProxyType({})) -> Sequence[str]:
    """For each provider that is left out because it is not installed, what is missing and how to get it."""
    return [str(found) for found in (_tried(name, options) for name in names) if isinstance(found, NotInstalled)]


def _tried(asked: str, options: Options) -> Provider | NotInstalled:
    name = asked.removesuffix("?")
    if name not in PROVIDERS:
        raise ValueError(f"There is no voice provider {name!r}; known are {', '.join(PROVIDERS)}.")
    module, _, provider = PROVIDERS[name].partition(":")
    try:
        made: Provider = getattr(import_module(module), provider)(**options.get(name, {}))
    except NotInstalled as error:
        if asked == name:
            raise
        return error
    return made


def voice(providers: Mapping[str, Provider], voice_id: str) -> Voice | None:
    """The voice of that id, or None."""
    provider = providers.get(voice_id.partition("/")[0])
    return next((one for one in provider.voices if one.id == voice_id), None) if provider else None
