"""`/projects`: the teams the caller is a member of."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Caller, Db, Part, paged
from voiceops.api.payloads import Out, Page
from voiceops.models import Action, Project, Role
from voiceops.models.actor import Actor
from voiceops.policy import allowed, find

router = APIRouter(tags=["projects"])


class ProjectOut(Out):
    """A project, with the caller's roles in it."""

    id: UUID
    key: str
    name: str
    roles: list[Role]
    can: list[Action]

    @classmethod
    def of(cls, project: Project, actor: Actor) -> "ProjectOut":
        """Show a project."""
        roles = sorted(actor.roles[project.id])
        return cls(id=project.id, key=project.key, name=project.name, roles=roles, can=allowed(actor, project))


async def my_projects(db: AsyncSession, actor: Actor) -> list[ProjectOut]:
    """Return all of the actor's projects, by name."""
    rows = await db.execute(select(Project).where(Project.id.in_(actor.roles)).order_by(Project.name))
    return [ProjectOut.of(project, actor) for project in rows.scalars()]


@router.get("/projects")
async def list_projects(db: Db, actor: Caller, part: Part) -> Page[ProjectOut]:
    """List the caller's projects, the newest first."""
    query = select(Project).where(Project.id.in_(actor.roles))
    rows = (await db.execute(paged(query, Project.id, part))).scalars().all()
    items = [ProjectOut.of(project, actor) for project in rows[: part.limit]]
    return Page(items=items, next_cursor=str(items[-1].id) if len(rows) > part.limit else None)


@router.get("/projects/{project}")
async def get_project(project: UUID, db: Db, actor: Caller) -> ProjectOut:
    """Show one project."""
    return ProjectOut.of(await find(db, actor, Project, project), actor)
