"""`/session`: signing in, who am I, signing out. `/demo`: who can be tried, where a studio is for trying."""

from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.api.deps import Anonymous, Caller, Db, Held
from voiceops.api.identity import drop_session, session_before, set_session
from voiceops.api.payloads import Asked, In, Out
from voiceops.api.projects import ProjectOut, my_projects
from voiceops.config import settings
from voiceops.errors import NotFound
from voiceops.limits.signing_in import check_attempt
from voiceops.models import Action, Person, Role
from voiceops.models.actor import Actor
from voiceops.policy import allowed
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
    is_admin: bool


class SessionOut(Out):
    """Who is asking, the projects they are a member of, and what they may do beyond any project."""

    person: Me
    projects: list[ProjectOut]
    can: list[Action]


class BeyondProjects(NamedTuple):
    """What lies in no project: asked what the actor may do there."""

    project_id: None = None
    possible: tuple[Action, ...] = (
        Action.PROJECT_CREATE,
        Action.PERSON_CHANGE,
        Action.PERSON_DEACTIVATE,
        Action.PERSON_REACTIVATE,
        Action.AUDIT_READ,
        Action.AUDIT_VERIFY,
        Action.AUDIT_EXPORT,
    )


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
    known = await demo_studio.accounts(db) if settings().demo else ()
    if not known:
        raise NotFound("This is no demo studio.")
    people = [DemoAccount(email=one.email, name=one.name, role=one.role) for one in known]
    return Demo(password=demo_studio.PASSWORD, accounts=people)


@router.post("/session", status_code=201)
async def sign_in(body: SignIn, request: Request, response: Response, db: Db, actor: Anonymous, held: Held) -> SessionOut:
    """Sign in; the session is a cookie that scripts cannot read, always a new one."""
    async with held.database.session.begin() as counted:  # kept when the password is wrong and the request undone
        await check_attempt(counted, actor, body.email)
    before, browser = session_before(request), browser_of(request)
    person = await accounts.check_password(db, actor, email=body.email, password=body.password)
    actor, token = await accounts.sign_in(db, actor, person, before=before, user_agent=browser)
    set_session(request, response, token)
    return await session_of(db, actor)


@router.get("/session")
async def session(db: Db, actor: Caller) -> SessionOut:
    """Tell who is asking."""
    return await session_of(db, actor)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, db: Db, actor: Caller) -> None:
    """Sign out: the session ends at once, everywhere."""
    await accounts.sign_out(db, actor)
    drop_session(request, response)


def browser_of(request: Request) -> str | None:
    """Return what the browser calls itself, as far as it can be kept and shown."""
    told = "".join(letter for letter in request.headers.get("user-agent", "") if letter.isascii() and letter.isprintable())
    return told[:200] or None


async def session_of(db: AsyncSession, actor: Actor) -> SessionOut:
    """Show who is asking."""
    person = (await db.execute(select(Person).where(Person.id == actor.person))).scalar_one()
    me = Me(id=person.id, name=person.name, email=person.email, is_admin=person.is_admin)
    return SessionOut(person=me, projects=await my_projects(db, actor), can=allowed(actor, BeyondProjects()))
