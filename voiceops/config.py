"""Configuration, from the environment alone: each `VOICEOPS_*` variable is one field here."""

from functools import cache
from ipaddress import ip_address
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings", "settings"]


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
    demo: bool = False
    allow_remote_demo: bool = Field(default=False, description="Let a server with demo accounts listen beyond loopback.")

    providers: str = Field(default="hibari", description="Voice providers that are on, comma separated, the default first.")
    max_script_characters: int = Field(default=20_000, ge=1, description="Longest script, in code points.")
    max_speech_minutes: int = Field(default=60, ge=1, description="Longest audio a provider may return.")
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)

    session_idle: int = Field(default=8 * 3600, description="A session not used for so long is over.")
    session_absolute: int = Field(default=7 * 86400, description="A session is over after this whatever its use.")

    worker_concurrency: int = Field(default=0, ge=0, description="Generations spoken at once; 0 means one a core.")
    generation_attempts: int = Field(default=4, ge=1, description="Attempts in all when a provider calls its errors transient.")
    retry_wait: float = Field(default=2.0, ge=0, description="Wait before the second attempt; doubles after each.")
    speak_timeout: float = Field(default=900.0, gt=0, description="One attempt of a provider may take no longer.")
    stalled_after: float = Field(default=6.0, gt=0, description="A worker silent for so long is taken for dead.")
    max_queued: int = Field(default=10_000, ge=1, description="More waiting generations than this are refused.")

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
        """Names of the providers that are on, the default first."""
        return [name.strip() for name in self.providers.split(",") if name.strip()]

    @property
    def url(self) -> str:
        """Where people reach the page."""
        return self.base_url or f"http://{self.host}:{self.port}"


@cache
def settings() -> Settings:
    """Read the settings, once a process."""
    return Settings()
