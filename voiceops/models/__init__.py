"""The tables, and the rules of a single row. Importing this package registers every table."""

from voiceops.models.action import Action
from voiceops.models.asset import Asset, Script
from voiceops.models.audit import AuditCheckpoint, AuditEvent, AuditLeaf, AuditWatermark, AuditWitness, SigningKey
from voiceops.models.comment import Comment, CommentText
from voiceops.models.deployment import Deployment, DeploymentKind, Slot
from voiceops.models.drop import Drop
from voiceops.models.examination import Check, Examination, ExaminationState, Severity, Waiver
from voiceops.models.generation import Generation, GenerationStatus
from voiceops.models.invitation import Invitation
from voiceops.models.key import ApiKey, Scope
from voiceops.models.limit import Budget, Limits, RateUse
from voiceops.models.notice import Notice
from voiceops.models.people import LoginSession, Member, Membership, Person, Project, Role
from voiceops.models.policy import Policy
from voiceops.models.preference import Preference
from voiceops.models.release import Release, ReleaseItem, ReleaseStatus
from voiceops.models.rendition import Rendition
from voiceops.models.request import IdempotencyKey
from voiceops.models.review import Decision, Outcome, Review, Reviewer, Verdict
from voiceops.models.target import Channel, Deployers, Environment, Target
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
    "Channel",
    "Check",
    "Comment",
    "CommentText",
    "Decision",
    "Deployers",
    "Deployment",
    "DeploymentKind",
    "Drop",
    "Environment",
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
    "Notice",
    "Outcome",
    "Person",
    "Policy",
    "Preference",
    "Project",
    "RateUse",
    "Release",
    "ReleaseItem",
    "ReleaseStatus",
    "Rendition",
    "Review",
    "Reviewer",
    "Role",
    "Scope",
    "Script",
    "Severity",
    "SigningKey",
    "Slot",
    "Status",
    "Target",
    "Verdict",
    "Version",
    "Waiver",
    "Waveform",
]
