"""What stands in the way of a review: the findings that a project's policy blocks, unless somebody waived them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops.audit import record
from voiceops.db import new_id
from voiceops.errors import Conflict, NotFound
from voiceops.models import Action, Check, Examination, ExaminationState, Severity, Version, Waiver
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find

DEFAULT: Final[Mapping[Check, Severity]] = MappingProxyType(dict.fromkeys(Check, Severity.WARN))
"""What a project makes of each check until it says otherwise."""


class Outcome(StrEnum):
    """How a check ended. `skipped`: it could not tell, as with a language nobody recognises here, or too few words."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check of one version under a policy. `finding` is None where the examination failed or has not been made."""

    check: Check
    outcome: Outcome
    finding: Mapping[str, Any] | None
    waiver: Waiver | None

    @property
    def blocks(self) -> bool:
        """Whether it stands in the way of a review."""
        return self.outcome is Outcome.FAILED and self.waiver is None


async def verdicts(
    db: AsyncSession, version_id: UUID, policy: Mapping[Check, Severity] = DEFAULT
) -> tuple[Examination, Sequence[Verdict]]:
    """Return the version's examination and its checks in order, without those that are off; none while it is pending."""
    examination = (await db.execute(select(Examination).where(Examination.version_id == version_id))).scalar_one()
    if examination.state is ExaminationState.PENDING:
        return examination, ()
    query = select(Waiver).where(Waiver.version_id == version_id).options(joinedload(Waiver.person, innerjoin=True))
    waived = {waiver.check_name: waiver for waiver in (await db.execute(query)).scalars()}
    found = {finding["check"]: finding for finding in examination.findings}
    severities = {check: policy.get(check, Severity.WARN) for check in Check}
    return examination, [
        Verdict(check, _outcome(found.get(check), severity), found.get(check), waived.get(check))
        for check, severity in severities.items()
        if severity is not Severity.OFF
    ]


async def blockers(db: AsyncSession, version: Version, policy: Mapping[Check, Severity] = DEFAULT) -> Sequence[str]:
    """Say in a sentence each what keeps a version from review; nothing if it may go on.

    Where the policy blocks anything, that its examination has not ended does too; one that failed found everything.
    """
    if Severity.BLOCK not in policy.values():
        return ()
    examination, checks = await verdicts(db, version.id, policy)
    if examination.state is ExaminationState.PENDING:
        return ("The audio is still being examined; this takes a moment.",)
    return [f"{one.check}: {one.finding['detail'] if one.finding else examination.error}" for one in checks if one.blocks]


async def waive(db: AsyncSession, actor: Actor, version_id: UUID, name: str, *, reason: str) -> Waiver:
    """Let a version pass in spite of what one check found; raises `NotFound` for a name no check has."""
    version = await find(db, actor, Version, version_id, lock=True)
    if name not in set(Check):
        raise NotFound(f"There is no check {name}; there are {', '.join(Check)}.")
    authorize(actor, Action.CHECK_WAIVE, version.project_id)
    check = Check(name)
    examination, checks = await verdicts(db, version.id)
    verdict = next((one for one in checks if one.check is check), None)
    if verdict is None or not waivable(verdict):
        raise Conflict(_why_not(examination, verdict), possible=[one.check for one in checks if waivable(one)])
    waiver = Waiver(
        id=new_id(),
        version_id=version.id,
        project_id=version.project_id,
        asset_id=version.asset_id,
        check_name=check,
        reason=reason,
        person_id=actor.person,
    )
    db.add(waiver)
    await db.flush()
    changes = {"check": check, "waived": {"from": False, "to": True}, "figures": _figures(verdict), "waiver_id": str(waiver.id)}
    await record(db, actor, Action.CHECK_WAIVE, version, reason=reason, changes=changes)
    return waiver


def waivable(verdict: Verdict) -> bool:
    """Whether there is anything left to waive."""
    return verdict.waiver is None and verdict.outcome in {Outcome.WARNING, Outcome.FAILED}


def _outcome(finding: Mapping[str, Any] | None, severity: Severity) -> Outcome:
    if finding is not None and finding["wrong"] is None:
        return Outcome.SKIPPED
    if finding is not None and not finding["wrong"]:
        return Outcome.PASSED
    return Outcome.FAILED if severity is Severity.BLOCK else Outcome.WARNING


def _why_not(examination: Examination, verdict: Verdict | None) -> str:
    if examination.state is ExaminationState.PENDING or verdict is None:
        return "The audio is still being examined, so there is nothing to waive yet."
    return "This was waived already." if verdict.waiver else "This check found nothing, so there is nothing to waive."


def _figures(verdict: Verdict) -> dict[str, Any]:
    return {name: str(value) for name, value in verdict.finding["figures"].items()} if verdict.finding else {}
