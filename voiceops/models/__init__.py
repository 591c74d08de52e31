"""The tables, and the rules of a single row. Importing this package registers every table."""

from voiceops.models.action import Action
from voiceops.models.asset import Asset, Script
from voiceops.models.audit import AuditCheckpoint, AuditEvent, AuditLeaf, AuditWatermark, AuditWitness, SigningKey
from voiceops.models.examination import Check, Examination, ExaminationState, Severity, Waiver
from voiceops.models.generation import Generation, GenerationStatus
from voiceops.models.invitation import Invitation
from voiceops.models.key import ApiKey, Scope
from voiceops.models.limit import Budget, Limits, RateUse
from voiceops.models.people import LoginSession, Member, Membership, Person, Project, Role
from voiceops.models.request import IdempotencyKey
from voiceops.models.version import Blob, Status, Version, Waveform

__all__ = [
    "Action",
    "ApiKey",
    "Asset",
    "AuditCheckpoint",
    "AuditEvent",
    "AuditLeaf",
    "AuditWatermark",
    "AuditWitness",
    "Blob",
    "Budget",
    "Check",
    "Examination",
    "ExaminationState",
    "Generation",
    "GenerationStatus",
    "IdempotencyKey",
    "Invitation",
    "Limits",
    "LoginSession",
    "Member",
    "Membership",
    "Person",
    "Project",
    "RateUse",
    "Role",
    "Scope",
    "Script",
    "Severity",
    "SigningKey",
    "Status",
    "Version",
    "Waiver",
    "Waveform",
]
