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
    AUDIT_READ = "audit.read"
    AUDIT_VERIFY = "audit.verify"
    AUDIT_EXPORT = "audit.export"
