"""The record of every action."""

from voiceops.audit.recording import record

__all__ = ["record"]
