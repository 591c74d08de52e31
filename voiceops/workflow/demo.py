"""The people and the project of the demo studio. Only an empty database gets them."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.models import Action, Channel, Environment, Membership, Person, Project, Role, Target
from voiceops.models.actor import Actor, ActorKind
from voiceops.passwords import DEMO
from voiceops.policy import authorize

PASSWORD: Final = DEMO
DOMAIN: Final = "northwind.example"


@dataclass(frozen=True, slots=True)
class Account:
    """One person of the demo studio, with the one role they show."""

    role: Role
    name: str

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.role}@{DOMAIN}"


ACCOUNTS: Final = (
    Account(Role.AUTHOR, "Mara Lindqvist"),
    Account(Role.REVIEWER, "Devon Okafor"),
    Account(Role.PUBLISHER, "Ines Carvalho"),
    Account(Role.OWNER, "Ruth Feldman"),
    Account(Role.AUDITOR, "Tomas Brandt"),
    Account(Role.VIEWER, "Noor Haddad"),
)


TARGETS: Final = (
    ("support-bot", "Support bot", Channel.SUPPORT_BOT),
    ("sales-page", "Sales page", Channel.SALES_INTRO),
    ("academy", "Academy", Channel.COURSE_NARRATION),
)
"""Where the demo's versions are deployed: one target of each channel, each for any publisher."""


async def found(db: AsyncSession, *, password_hash: str) -> Project:
    """Make the project, its targets and its people, all with one password; the owner is the installation's admin too."""
    actor = Actor(ActorKind.SYSTEM)
    authorize(actor, Action.STUDIO_SEED)
    project = Project(key="northwind", name="Northwind Voice")
    known = {"password_hash": password_hash, "has_public_password": True}
    people = [Person(name=one.name, email=one.email, is_admin=one.role is Role.OWNER, **known) for one in ACCOUNTS]
    db.add_all([project, *people])
    await db.flush()
    pairs = list(zip(people, ACCOUNTS, strict=True))
    db.add_all(Membership(project_id=project.id, person_id=person.id, role=one.role) for person, one in pairs)
    owner = next(person for person, one in pairs if one.role is Role.OWNER)
    where = Environment.PRODUCTION
    db.add_all(
        Target(project_id=project.id, key=key, name=name, channel=channel, environment=where, created_by_id=owner.id)
        for key, name, channel in TARGETS
    )
    await db.flush()
    told = {"people": {str(person.id): one.role for person, one in pairs}, "targets": [key for key, _, _ in TARGETS]}
    await record(db, actor, Action.STUDIO_SEED, project, changes=told)
    return project


async def is_empty(db: AsyncSession) -> bool:
    """Tell whether nobody is here yet."""
    return not (await db.execute(select(exists().select_from(Person)))).scalar_one()


async def present(db: AsyncSession) -> bool:
    """Tell whether anybody can sign in whose password everybody knows, by whatever address."""
    return (await db.execute(_known().limit(1))).first() is not None


async def accounts(db: AsyncSession) -> list[Account]:
    """Return the people of the demo who can be tried as they were made."""
    known = set((await db.execute(_known())).scalars())
    return [one for one in ACCOUNTS if one.email in known]


def _known() -> Select[str]:
    return select(Person.email).where(Person.has_public_password, Person.deactivated_at.is_(None))
