"""Every verb of the product, named once: permission, audit entry, value in `can`, key of the button."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Action(StrEnum):
    """What can be done. Reading is no action, for who is a member may read; only the record is for few, so reading it is one."""

    STUDIO_SEED = "studio.seed"
    SESSION_SIGN_IN = "session.sign_in"
    SESSION_SIGN_OUT = "session.sign_out"
    ASSET_CREATE = "asset.create"
    ASSET_UPDATE = "asset.update"
    SCRIPT_CREATE = "script.create"
    GENERATION_REQUEST = "generation.request"
    GENERATION_CANCEL = "generation.cancel"
    GENERATION_RETRY = "generation.retry"
    GENERATION_SUCCEED = "generation.succeed"
    GENERATION_FAIL = "generation.fail"
    LIMIT_CHANGE = "limit.change"
    LIMIT_REFUSE = "limit.refuse"
    STUDIO_FOUND = "studio.found"
    SESSION_END = "session.end"
    PASSWORD_CHANGE = "password.change"  # noqa: S105 - a verb
    PROJECT_CREATE = "project.create"
    PROJECT_UPDATE = "project.update"
    MEMBER_INVITE = "member.invite"
    INVITATION_REVOKE = "invitation.revoke"
    MEMBER_ACCEPT = "member.accept"
    MEMBER_CHANGE = "member.change"
    MEMBER_REMOVE = "member.remove"
    PERSON_CHANGE = "person.change"
    PERSON_DEACTIVATE = "person.deactivate"
    PERSON_REACTIVATE = "person.reactivate"
    KEY_CREATE = "key.create"
    KEY_REVOKE = "key.revoke"
    AUDIT_READ = "audit.read"
    AUDIT_VERIFY = "audit.verify"
    AUDIT_EXPORT = "audit.export"
    AUDIT_ROTATE = "audit.rotate"
    SESSION_REFUSE = "session.refuse"
    VERSION_PREFER = "version.prefer"
    VERSION_SUBMIT = "version.submit"
    VERSION_WITHDRAW = "version.withdraw"
    VERSION_APPROVE = "version.approve"
    VERSION_REQUEST_CHANGES = "version.request_changes"
    VERSION_ARCHIVE = "version.archive"
    VERSION_RESTORE = "version.restore"
    POLICY_CHANGE = "policy.change"
    COMMENT_CREATE = "comment.create"
    COMMENT_EDIT = "comment.edit"
    COMMENT_DELETE = "comment.delete"
    COMMENT_RESOLVE = "comment.resolve"
    COMMENT_REOPEN = "comment.reopen"
    CHECK_WAIVE = "check.waive"
    AUDIO_DROP = "audio.drop"
    TARGET_CREATE = "target.create"
    TARGET_UPDATE = "target.update"
    DEPLOYMENT_CREATE = "deployment.create"
    DEPLOYMENT_ROLLBACK = "deployment.rollback"
    DEPLOYMENT_RETIRE = "deployment.retire"
    DEPLOYMENT_PIN = "deployment.pin"
    DEPLOYMENT_UNPIN = "deployment.unpin"
    AUDIO_RETURN = "audio.return"
    DEPLOYMENT_RETURN = "deployment.return"
    RELEASE_CREATE = "release.create"
    RELEASE_CONFIRM = "release.confirm"
    RELEASE_CANCEL = "release.cancel"
    RELEASE_START = "release.start"
    RELEASE_END = "release.end"
    RELEASE_FAIL = "release.fail"

    @property
    def words(self) -> str:
        """What it is called where a person reads it: `asset.create` is "Create asset"."""
        noun, _, verb = self.partition(".")
        return OTHERWISE.get(self, f"{verb.replace('_', ' ').capitalize()} {noun}")


OTHERWISE: Final[Mapping[Action, str]] = MappingProxyType(
    {
        Action.KEY_CREATE: "Create API key",
        Action.KEY_REVOKE: "Revoke API key",
        Action.AUDIT_READ: "Read the audit trail",
        Action.AUDIT_VERIFY: "Verify the audit trail",
        Action.AUDIT_EXPORT: "Export the audit trail",
        Action.VERSION_PREFER: "Prefer a version, heard blind",
        Action.VERSION_SUBMIT: "Submit version for review",
        Action.VERSION_WITHDRAW: "Withdraw version from review",
        Action.VERSION_REQUEST_CHANGES: "Request changes of version",
        Action.DEPLOYMENT_CREATE: "Deploy version",
        Action.DEPLOYMENT_ROLLBACK: "Roll back to the version before",
        Action.DEPLOYMENT_RETIRE: "Take version out of use",
        Action.DEPLOYMENT_PIN: "Pin what is live",
        Action.DEPLOYMENT_UNPIN: "Unpin what is live",
    }
)
"""The words of those whose verb and noun alone make no sentence."""
