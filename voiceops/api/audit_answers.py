"""How events, their proofs and verdicts are shown."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.audit_subjects import VersionRef, subject_names, version_refs
from voiceops.api.payloads import AssetRef, Json, KeyRef, Out, Time
from voiceops.audit.exporting import trusted
from voiceops.audit.merkle import root_from
from voiceops.audit.notes import NotSigned
from voiceops.audit.notes import read as read_note
from voiceops.audit.reading import Proof
from voiceops.audit.verdict import Kind, Verdict
from voiceops.config import settings
from voiceops.models import ApiKey, Asset, AuditEvent, AuditLeaf, Invitation, Person
from voiceops.models.actor import ActorKind
from voiceops.secret import NoSecret


class ActorOut(Out):
    """Who acted; the name is the one they have now."""

    type: ActorKind
    id: UUID | None
    name: str | None
    key: KeyRef | None


class SubjectOut(Out):
    """What was acted upon. `name` is the one it has now: a person's, a target's key, a version as in `support/greeting v3`.

    A comment has that of its version, a deployment that of its version and target, an invitation that of who accepted it.
    """

    type: str
    id: UUID
    name: str | None


class Named(Out):
    """A person by the name they have now."""

    id: UUID
    name: str


class EventOut(Out):
    """An event of the record."""

    id: UUID
    seq: Annotated[int, Field(description="In the order of writing, with holes where something was not done after all.")]
    index: Annotated[int | None, Field(description="Its place in the tree of its log, from 0, without holes; null until sealed.")]
    at: Time
    action: str
    actor: ActorOut
    subject: SubjectOut
    project_id: UUID | None
    asset_id: UUID | None
    asset: AssetRef | None
    version_id: UUID | None
    version: VersionRef | None
    reason: str | None
    changes: Json
    people: Annotated[list[Named], Field(description="Whoever is named by id in `subject` and `changes`.")]
    request_id: str | None
    address: str | None


class ProofOut(Out):
    """The place of an event in its log's Merkle tree (RFC 9162), under a signed checkpoint."""

    index: int
    size: int
    root: str
    path: list[str]
    sealed_at: Time
    note: Annotated[str, Field(description="The checkpoint as a signed note (C2SP).")]
    proved: Annotated[bool | None, Field(description="Computed just now; null where this server has no VOICEOPS_SECRET_KEY.")]


class EventWhole(EventOut):
    """One event in full: the exact bytes that were hashed, and the proof of its place, null until it is sealed."""

    payload: str
    sha256: Annotated[str, Field(description="Of the payload.")]
    leaf: Annotated[str, Field(description="Of a zero byte and the payload: its hash in the tree.")]
    log: UUID
    recorded_at: Time
    proof: ProofOut | None


class FindingOut(Out):
    """One thing that is wrong, with the event it concerns, or the first of them, where it is known."""

    kind: Kind
    why: str
    log: UUID
    index: int | None
    seq: int | None
    event_id: UUID | None


class VerdictOut(Out):
    """What a verification said."""

    ok: bool
    events: int
    sealed: int
    unsealed: int
    oldest_unsealed: Time | None
    checkpoints: int
    outside: Annotated[int, Field(description="Copies of checkpoints read from outside the database.")]
    findings: list[FindingOut]
    more: Annotated[int, Field(description="Findings beyond those listed.")]
    seconds: float

    @classmethod
    def of(cls, verdict: Verdict) -> "VerdictOut":
        """Show a verdict."""
        return cls.model_validate({**asdict(verdict), "ok": verdict.ok})


async def events_out(db: AsyncSession, rows: Sequence[AuditEvent]) -> list[dict[str, Any]]:
    """Return events as they are shown, with the names of people and assets as they are now."""
    payloads = [json.loads(row.payload) for row in rows]
    accepted = await _accepted(db, payloads)
    spoken_of = [set(_ids([told["subject"], told["changes"]])) for told in payloads]
    people = {UUID(row.actor_id) for row in rows if row.actor_id}.union(accepted.values(), *spoken_of)
    known = await db.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    names: dict[UUID, str] = {person: name for person, name in known}  # noqa: C416 - a row is more than its pair
    placed = await db.execute(select(AuditLeaf.event_id, AuditLeaf.index).where(AuditLeaf.event_id.in_([row.id for row in rows])))
    places: dict[UUID, int] = {event_id: index for event_id, index in placed}  # noqa: C416 - as above
    named = select(Asset).where(Asset.id.in_({UUID(row.asset_id) for row in rows if row.asset_id}))
    assets = {one.id: AssetRef.of(one) for one in (await db.execute(named)).scalars()}
    by = {UUID(key) for told in payloads if (key := told["actor"].get("key_id"))}  # events of the first release have none
    used = select(ApiKey.id, ApiKey.name, ApiKey.prefix).where(ApiKey.id.in_(by))
    keys = {str(one.id): KeyRef.of(one) for one in await db.execute(used)} if by else {}
    things, versions = await subject_names(db, payloads), await version_refs(db, payloads)
    shown = []
    for row, told, ids in zip(rows, payloads, spoken_of, strict=True):
        actor_id = told["actor"]["id"] and UUID(told["actor"]["id"])
        key = keys.get(told["actor"].get("key_id"))
        actor = ActorOut(type=told["actor"]["type"], id=actor_id, name=names.get(actor_id), key=key)
        asset = assets.get(UUID(told["asset_id"])) if told["asset_id"] else None
        subject_id = UUID(told["subject"]["id"])
        name = things.get(subject_id) or names.get(accepted.get(subject_id, subject_id))
        subject = SubjectOut(**told["subject"], name=name)
        of = [Named(id=one, name=names[one]) for one in sorted(ids & names.keys())]
        place = {"seq": row.seq, "index": places.get(row.id), "version": versions.get(told["version_id"])}
        shown.append({**told, **place, "actor": actor, "subject": subject, "people": of, "asset": asset})
    return shown


async def _accepted(db: AsyncSession, payloads: Sequence[Json]) -> dict[UUID, UUID]:
    """Return who accepted which of the invitations acted upon."""
    asked = {UUID(told["subject"]["id"]) for told in payloads if told["subject"]["type"] == Invitation.noun}
    query = select(Invitation.id, Invitation.accepted_by_id).where(Invitation.id.in_(asked))
    rows = await db.execute(query.where(Invitation.accepted_by_id.is_not(None)))
    return {invitation: person for invitation, person in rows if person}


def _ids(told: object) -> Iterator[UUID]:
    """Find every id in what an event tells."""
    if isinstance(told, str):
        with suppress(ValueError):
            yield UUID(told)
    elif isinstance(told, Mapping):
        for one in told.values():
            yield from _ids(one)
    elif isinstance(told, list):
        for one in told:
            yield from _ids(one)


async def proof_out(db: AsyncSession, log: UUID, leaf: bytes, found: Proof) -> ProofOut:
    """Show a proof, checked against the event's bytes and the keys that are ours."""
    try:
        said = read_note(found.note, await trusted(db, settings().secret_key))
        signed = (said.log, said.size, said.root) == (str(log), found.size, found.root)
        proved = signed and root_from(leaf, found.index, found.size, found.path) == found.root
    except NotSigned:
        proved = False
    except NoSecret:
        proved = None
    path = [step.hex() for step in found.path]
    return ProofOut(
        index=found.index,
        size=found.size,
        root=found.root.hex(),
        path=path,
        sealed_at=found.sealed_at,
        note=found.note,
        proved=proved,
    )
