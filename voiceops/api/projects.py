"""`/projects`: the teams the caller is a member of; who manages the installation makes new ones."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Caller, Db, Part, cursor_after, paged
from voiceops.api.idempotency import Once
from voiceops.api.payloads import In, Out, Page, line, shaped
from voiceops.models import Action, Project, Role
from voiceops.models.actor import Actor
from voiceops.policy import allowed, authorize, find
from voiceops.workflow import accounts, projects

router = APIRouter(tags=["projects"])

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

Key = Annotated[
    str,
    Field(max_length=40, examples=["northwind"], json_schema_extra={"pattern": f"^{KEY.pattern}$"}),
    shaped(KEY, "A project's key has 1 to 40 lower-case letters, digits and dashes: northwind."),
]
Name = Annotated[str, line(80), Field(json_schema_extra={"minLength": 1, "maxLength": 80})]


class ProjectIn(In):
    """A new project. Its key stands in addresses and is for good."""

    key: Key
    name: Name


class ProjectPatch(In):
    """What of a project may change."""

    name: Name


class ProjectOut(Out):
    """A project, with the caller's roles in it; none where they only manage the installation."""

    id: UUID
    key: str
    name: str
    roles: list[Role]
    can: list[Action]

    @classmethod
    def of(cls, project: Project, actor: Actor) -> "ProjectOut":
        """Show a project."""
        roles = sorted(actor.roles.get(project.id, ()))
        return cls(id=project.id, key=project.key, name=project.name, roles=roles, can=allowed(actor, project))


async def my_projects(db: AsyncSession, actor: Actor) -> list[ProjectOut]:
    """Return all of the actor's projects, by name."""
    rows = await db.execute(select(Project).where(Project.id.in_(actor.roles)).order_by(Project.name))
    return [ProjectOut.of(project, actor) for project in rows.scalars()]


@router.get("/projects")
async def list_projects(
    db: Db,
    actor: Caller,
    part: Part,
    *,
    everywhere: Annotated[bool, Query(alias="all", description="Every project there is, for who manages them.")] = False,
) -> Page[ProjectOut]:
    """List the caller's projects, the newest first."""
    query = select(Project)
    if everywhere:
        authorize(actor, Action.PROJECT_CREATE)
    else:
        query = query.where(Project.id.in_(actor.roles))
    rows = (await db.execute(paged(query, Project.id, part))).scalars().all()
    items = [ProjectOut.of(project, actor) for project in rows[: part.limit]]
    return Page(items=items, next_cursor=cursor_after(items, rows, part))


@router.post("/projects", status_code=201)
async def create_project(body: ProjectIn, db: Db, actor: Caller, once: Once) -> ProjectOut:
    """Make a project; you are its owner."""
    authorize(actor, Action.PROJECT_CREATE)  # a stored answer too is only for who may ask

    async def create() -> tuple[ProjectOut, str]:
        made = await projects.create(db, actor, key=body.key, name=body.name)
        return ProjectOut.of(made, await accounts.as_of_now(db, actor)), f"/api/v1/projects/{made.id}"

    return await once(create)


@router.get("/projects/{project}")
async def get_project(project: UUID, db: Db, actor: Caller) -> ProjectOut:
    """Show one project."""
    return ProjectOut.of(await find(db, actor, Project, project), actor)


@router.patch("/projects/{project}")
async def update_project(project: UUID, body: ProjectPatch, db: Db, actor: Caller) -> ProjectOut:
    """Name a project otherwise."""
    return ProjectOut.of(await projects.update(db, actor, project, name=body.name), actor)
