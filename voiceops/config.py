"""Configuration, from the environment alone: each `VOICEOPS_*` variable is one field here."""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final

from pydantic import Field, PositiveInt, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from voiceops.mail import MailServer

__all__ = ["EVERYWHERE", "Settings", "settings"]

EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
"""Whom to ask on this machine for a server that listens at every address."""


class Settings(BaseSettings):
    """What an operator may set. Durations are seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="VOICEOPS_", frozen=True, extra="ignore")

    data: Path = Field(default=Path("var"), description="Folder of the embedded server and of local audio.")
    database_url: str | None = Field(default=None, description="External PostgreSQL; unset means the embedded one.")
    owner_url: str | None = Field(default=None, description="Login that migrates; default the database URL.")
    storage_url: str | None = Field(default=None, description="Object store; default a folder beneath `data`.")
    secret_key: str | None = Field(default=None, repr=False, description="Encrypts stored secrets; embedded: in the data folder.")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    base_url: str | None = Field(default=None, description="What people type to get here; default from host and port.")
    trusted_proxies: str = Field(
        default="", description="Addresses and networks of proxies, comma separated, whose X-Forwarded-For and -Proto count."
    )
    demo: bool = False
    allow_remote_demo: bool = Field(default=False, description="Let a server with demo accounts listen beyond loopback.")

    providers: str = Field(
        default="hibari,kokoro?", description="Voice providers that are on, comma separated, the default first; `?`: if installed."
    )
    models: Path | None = Field(default=None, description="Folder where models are kept ready; default beneath `data`.")
    max_script_characters: int = Field(default=20_000, ge=1, description="Longest script, in code points.")
    max_speech_minutes: int = Field(default=60, ge=1, description="Longest audio a provider may return.")
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)

    speech_url: str | None = Field(default=None, description="Base address of the speech server behind the provider `speech`.")
    speech_key: SecretStr | None = Field(default=None, description="What it takes as a bearer token.")
    speech_model: str = Field(default="tts-1", description="The model it is asked for.")
    speech_voices: str = Field(default="", description="Its voices, comma separated, each `id` or `id=Name`.")
    speech_language: str = Field(default="en-US", description="What these voices speak.")
    speech_licence: str = Field(default="not stated", description="Under which their audio may be used.")
    speech_price: int = Field(default=0, ge=0, description="Millionths of the currency for 1,000 characters.")
    speech_currency: str | None = Field(default=None, description="Of the price, three letters.")
    speech_instructions: bool = Field(default=False, description="Whether the model takes `instructions`, so that tones work.")
    speech_max_characters: int = Field(default=4096, ge=100, description="The longest text of one request.")
    speech_max_bytes: int = Field(default=256 * 1024 * 1024, ge=1024, description="The largest audio of one generation.")
    speech_timeout: float = Field(default=300.0, gt=0, description="One request may take no longer.")
    body_timeout: float = Field(default=60.0, gt=0, description="A request body that takes longer to arrive is refused.")

    export_timeout: float = Field(default=900.0, gt=0, description="An export of the record whose reader takes longer breaks off.")

    smtp_url: SecretStr | None = Field(
        default=None, description="Mail server that notices are also sent by: smtp://user:password@host:587 or smtps://host."
    )
    smtp_from: str | None = Field(default=None, description="Whom such mail comes from.")

    session_idle: int = Field(default=8 * 3600, description="A session not used for so long is over.")
    session_absolute: int = Field(default=7 * 86400, description="A session is over after this whatever its use.")

    worker_concurrency: int = Field(default=0, ge=0, description="Generations in work at once; 0 means two a core.")
    generation_attempts: int = Field(default=4, ge=1, description="Attempts in all when a provider calls its errors transient.")
    retry_wait: float = Field(default=2.0, ge=0, description="Wait before the second attempt; doubles after each.")
    speak_timeout: float = Field(default=900.0, gt=0, description="An attempt that gets no further for so long has failed.")
    stalled_after: float = Field(default=6.0, gt=0, description="A worker silent for so long is taken for dead.")
    provider_concurrency: dict[str, PositiveInt] = Field(
        default={}, description="Generations of a provider that run at once over all workers, as JSON; unnamed ones have no limit."
    )
    max_queued: int = Field(default=10_000, ge=1, description="More waiting generations than this are refused.")

    examine: bool = Field(default=True, description="Whether this worker examines recordings too.")
    examiner_niceness: int = Field(default=19, ge=0, le=19, description="How far examining recordings yields to all else.")

    guard_per_second: float = Field(default=50, ge=0, description="Requests a second from one address, each process; 0: no guard.")
    guard_burst: int = Field(default=200, ge=1, description="Requests from one address that are taken at once after a rest.")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for one in value.split(","):
            if one.strip():
                ip_network(one.strip())  # its ValueError names what is none
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and value.get_secret_value():
            MailServer.of(value.get_secret_value())  # its ValueError names what is wrong
            return value
        return None

    @model_validator(mode="after")
    def _mail_sender(self) -> "Settings":
        if self.smtp_url and not self.smtp_from:
            raise ValueError("VOICEOPS_SMTP_URL needs VOICEOPS_SMTP_FROM: whom mail comes from")
        return self

    @property
    def object_store(self) -> str:
        """URL of the object store."""
        return self.storage_url or (self.data.resolve() / "audio").as_uri()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def provider_names(self) -> list[str]:
        """Names of the providers that are on, the default first; with a `?` those that may be missing."""
        return [name.strip() for name in self.providers.split(",") if name.strip()]

    @property
    def provider_options(self) -> dict[str, dict[str, object]]:
        """By provider, what of these settings is for it."""
        prefix = "speech_"
        speech = {name.removeprefix(prefix): value for name, value in self if name.startswith(prefix)}
        key = self.speech_key.get_secret_value() if self.speech_key else None
        return {
            "kokoro": {"folder": self.models or self.data.resolve() / "models"},
            "speech": {**speech, "key": key or None, "max_seconds": self.max_speech_minutes * 60},
        }

    @property
    def proxies(self) -> list[IPv4Network | IPv6Network]:
        """The networks of the proxies that are trusted."""
        return [ip_network(one.strip()) for one in self.trusted_proxies.split(",") if one.strip()]

    @property
    def is_tls(self) -> bool:
        """Whether people reach the page by HTTPS, whatever arrives here."""
        return (self.base_url or "").lower().startswith("https://")

    @property
    def url(self) -> str:
        """Where people reach the page."""
        if self.base_url:
            return self.base_url.rstrip("/")
        host = EVERYWHERE.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


@cache
def settings() -> Settings:
    """Read the settings, once a process."""
    return Settings()
