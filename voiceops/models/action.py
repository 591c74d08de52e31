"""Every verb of the product, named once: permission, audit entry, value in `can`, key of the button."""

from enum import StrEnum


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
    CHECK_WAIVE = "check.waive"

    @property
    def words(self) -> str:
        """What it is called where a person reads it: `asset.create` is "Create asset"."""
        noun, _, verb = self.partition(".")
        return f"{verb.replace('_', ' ').capitalize()} {noun}"
