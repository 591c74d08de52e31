"""What stands in the way of a review: the findings that a project's policy blocks, unless somebody waived them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops.audit import record
from voiceops.db import new_id
from voiceops.errors import Conflict, NotFound
from voiceops.models import Action, Check, Examination, ExaminationState, Policy, Severity, Version, Waiver
from voiceops.models.actor import Actor
from voiceops.policy import authorize, find

WAIVED: Final = "waived"


class CheckOutcome(StrEnum):
    """How a check ended. `skipped`: it could not tell, as with a language nobody recognises here, or too few words."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Checked:
    """One check of one version under a policy. `finding` is None where the examination failed or has not been made."""

    check: Check
    outcome: CheckOutcome
    finding: Mapping[str, Any] | None
    waiver: Waiver | None

    @property
    def blocks(self) -> bool:
        """Whether it stands in the way of a review."""
        return self.outcome is CheckOutcome.FAILED and self.waiver is None


async def found(
    db: AsyncSession, version: Version, policy: Mapping[Check, Severity] | None = None
) -> tuple[Examination, Sequence[Checked]]:
    """Return the version's examination and its checks in order, without those that are off; none while it is pending.

    `policy` is what the project makes of each check; it is read where it is not at hand.
    """
    policy = policy if policy is not None else (await db.get_one(Policy, version.project_id)).severities
    examination = (await db.execute(select(Examination).where(Examination.version_id == version.id))).scalar_one()
    if examination.state is ExaminationState.PENDING:
        return examination, ()
    query = select(Waiver).where(Waiver.version_id == version.id).options(joinedload(Waiver.person, innerjoin=True))
    waived = {waiver.check_name: waiver for waiver in (await db.execute(query)).scalars()}
    findings = {finding["check"]: finding for finding in examination.findings}
    return examination, [
        Checked(check, _outcome(findings.get(check), severity), findings.get(check), waived.get(check))
        for check, severity in policy.items()
        if severity is not Severity.OFF
    ]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many checks of a version ended how. What was waived is neither a blocker nor a warning."""

    state: ExaminationState
    passed: int
    warnings: int
    blockers: int
    waived: int
    skipped: int

    @classmethod
    def of(cls, state: ExaminationState, ended: Iterable[str]) -> "Tally":
        """Count; nothing has ended while the examination is pending."""
        count = Counter(ended if state is not ExaminationState.PENDING else ())
        return cls(
            state=state,
            passed=count[CheckOutcome.PASSED],
            warnings=count[CheckOutcome.WARNING],
            blockers=count[CheckOutcome.FAILED],
            waived=count[WAIVED],
            skipped=count[CheckOutcome.SKIPPED],
        )


def tally(examination: Examination, checks: Sequence[Checked]) -> Tally:
    """Count the checks of one version that are at hand."""
    return Tally.of(examination.state, (WAIVED if one.waiver else one.outcome for one in checks))


async def tallies(db: AsyncSession, versions: Sequence[Version]) -> Mapping[UUID, Tally]:
    """Count the checks of many versions in one statement, by what the policy of each one's project makes of them now."""
    finding = func.jsonb_array_elements(Examination.findings).table_valued(column("value", JSONB), name="finding")
    named = func.jsonb_object_agg(finding.c.value["check"].astext, finding.c.value["wrong"])
    wrong = select(named).select_from(finding).correlate(Examination).scalar_subquery()
    waived = select(func.array_agg(Waiver.check_name)).where(Waiver.version_id == Examination.version_id).scalar_subquery()
    query = select(Examination.version_id, Examination.state, Policy, wrong, waived)
    query = query.join(Policy, Policy.project_id == Examination.project_id)
    query = query.where(Examination.version_id.in_([version.id for version in versions]))
    rows = (await db.execute(query)).all() if versions else ()
    return {
        version_id: Tally.of(state, _ended(wrong or {}, waived or (), policy.severities))
        for version_id, state, policy, wrong, waived in rows
    }


def _ended(wrong: Mapping[str, bool | None], waived: Collection[str], policy: Mapping[Check, Severity]) -> Iterator[str]:
    findings = {check: {"wrong": found} for check, found in wrong.items()}
    for check, severity in policy.items():
        if severity is not Severity.OFF:
            yield WAIVED if check in waived else _outcome(findings.get(check), severity)


async def blockers(db: AsyncSession, version: Version, policy: Mapping[Check, Severity]) -> Sequence[str]:
    """Say in a sentence each what keeps a version from review; nothing if it may go on.

    Where the policy blocks anything, that its examination has not ended does too; one that failed found everything.
    """
    if Severity.BLOCK not in policy.values():
        return ()
    examination, checks = await found(db, version, policy)
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
    examination, checks = await found(db, version)
    checked = next((one for one in checks if one.check is check), None)
    if checked is None or not waivable(checked):
        raise Conflict(_why_not(examination, checked), possible=[one.check for one in checks if waivable(one)])
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
    changes = {"check": check, "waived": {"from": False, "to": True}, "figures": _figures(checked), "waiver_id": str(waiver.id)}
    await record(db, actor, Action.CHECK_WAIVE, version, reason=reason, changes=changes)
    return waiver


def waivable(checked: Checked) -> bool:
    """Whether there is anything left to waive."""
    return checked.waiver is None and checked.outcome in {CheckOutcome.WARNING, CheckOutcome.FAILED}


def _outcome(finding: Mapping[str, Any] | None, severity: Severity) -> CheckOutcome:
    if finding is not None and finding["wrong"] is None:
        return CheckOutcome.SKIPPED
    if finding is not None and not finding["wrong"]:
        return CheckOutcome.PASSED
    return CheckOutcome.FAILED if severity is Severity.BLOCK else CheckOutcome.WARNING


def _why_not(examination: Examination, checked: Checked | None) -> str:
    if examination.state is ExaminationState.PENDING:
        return "The audio is still being examined, so there is nothing to waive yet."
    if checked is None:
        return "This project's policy has this check switched off, so there is nothing to waive."
    return "This was waived already." if checked.waiver else "This check found nothing, so there is nothing to waive."


def _figures(checked: Checked) -> dict[str, Any]:
    return {name: str(value) for name, value in checked.finding["figures"].items()} if checked.finding else {}
