"""Making and naming projects."""

from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import Conflict, FieldError, NotFound
from voiceops.models import Action, Membership, Project, Role
from voiceops.models.actor import Actor
from voiceops.policy import authorize


async def create(db: AsyncSession, actor: Actor, *, key: str, name: str) -> Project:
    """Make a project, owned by who makes it; a key that is taken is a `Conflict`."""
    authorize(actor, Action.PROJECT_CREATE)
    project = Project(key=key, name=name)
    try:
        async with db.begin_nested():
            db.add(project)
    except IntegrityError as error:
        raise Conflict(
            f"The key {key} is taken.",
            errors=[FieldError("key", f"A project with the key {key} is already here. Choose another.")],
            possible=[],
        ) from error
    db.add(Membership(project_id=project.id, person_id=actor.person, role=Role.OWNER))
    await record(db, actor, Action.PROJECT_CREATE, project, changes={"key": key, "name": name, "owner_id": str(actor.person)})
    return project


async def update(db: AsyncSession, actor: Actor, project_id: UUID, *, name: str) -> Project:
    """Name a project otherwise: its owners may, and who manages the installation, even where they are no members."""
    seen = true() if actor.is_admin else Project.id.in_(actor.roles)
    project = (await db.execute(select(Project).where(Project.id == project_id, seen).with_for_update())).scalar_one_or_none()
    if project is None:
        raise NotFound(f"There is no project {project_id} here.")
    authorize(actor, Action.PROJECT_UPDATE, project.id)
    if name != project.name:
        changes = {"name": {"from": project.name, "to": name}}
        project.name = name
        await record(db, actor, Action.PROJECT_UPDATE, project, changes=changes)
    return project
