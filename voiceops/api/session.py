"""`/session`: signing in, who am I, signing out. `/demo`: who can be tried, where a studio is for trying."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Anonymous, Caller, Db
from voiceops.api.identity import drop_session, set_session
from voiceops.api.payloads import Asked, In, Out
from voiceops.api.projects import ProjectOut, my_projects
from voiceops.config import settings
from voiceops.errors import NotFound
from voiceops.models import Person, Role
from voiceops.models.actor import Actor
from voiceops.workflow import accounts
from voiceops.workflow import demo as demo_studio

router = APIRouter(tags=["session"])


class SignIn(In):
    """Who signs in."""

    email: Annotated[Asked, Field(max_length=320)]
    password: Annotated[str, Field(max_length=1024)]


class Me(Out):
    """The person who asks."""

    id: UUID
    name: str
    email: str


class SessionOut(Out):
    """Who is asking, and the projects they are a member of."""

    person: Me
    projects: list[ProjectOut]


class DemoAccount(Out):
    """Somebody to try the studio as."""

    email: str
    name: str
    role: Role


class Demo(Out):
    """The people of the demo studio, and the password of each."""

    password: str
    accounts: list[DemoAccount]


@router.get("/demo")
async def demo(db: Db) -> Demo:
    """Tell who can be tried; 404 where this is no studio for trying."""
    if not settings().demo or not await demo_studio.present(db):
        raise NotFound("This is no demo studio.")
    people = [DemoAccount(email=one.email, name=one.name, role=one.role) for one in demo_studio.ACCOUNTS]
    return Demo(password=demo_studio.PASSWORD, accounts=people)


@router.post("/session", status_code=201)
async def sign_in(body: SignIn, request: Request, response: Response, db: Db, actor: Anonymous) -> SessionOut:
    """Sign in; the session is a cookie that scripts cannot read."""
    actor, token = await accounts.sign_in(db, actor, email=body.email, password=body.password)
    set_session(request, response, token)
    return await _session(db, actor)


@router.get("/session")
async def session(db: Db, actor: Caller) -> SessionOut:
    """Tell who is asking."""
    return await _session(db, actor)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, db: Db, actor: Caller) -> None:
    """Sign out: the session ends at once, everywhere."""
    await accounts.sign_out(db, actor)
    drop_session(request, response)


async def _session(db: AsyncSession, actor: Actor) -> SessionOut:
    person = (await db.execute(select(Person).where(Person.id == actor.person))).scalar_one()
    return SessionOut(person=Me(id=person.id, name=person.name, email=person.email), projects=await my_projects(db, actor))
