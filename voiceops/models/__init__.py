"""The tables, and the rules of a single row. Importing this package registers every table."""

from voiceops.models.action import Action
from voiceops.models.asset import Asset, Script
from voiceops.models.audit import AuditCheckpoint, AuditEvent, AuditLeaf, AuditWatermark, AuditWitness, SigningKey
from voiceops.models.generation import Generation, GenerationStatus
from voiceops.models.people import LoginSession, Membership, Person, Project, Role
from voiceops.models.request import IdempotencyKey
from voiceops.models.version import Blob, Status, Version, Waveform

__all__ = [
    "Action",
    "Asset",
    "AuditCheckpoint",
    "AuditEvent",
    "AuditLeaf",
    "AuditWatermark",
    "AuditWitness",
    "Blob",
    "Generation",
    "GenerationStatus",
    "IdempotencyKey",
    "LoginSession",
    "Membership",
    "Person",
    "Project",
    "Role",
    "Script",
    "SigningKey",
    "Status",
    "Version",
    "Waveform",
]
