"""Wrong passwords slow down who sends them: an address for one account, and an address for all of them. Nobody is locked out.

Each attempt is debited before its password is looked at, in a transaction of its own, and given back when it was right: so a
crowd of attempts at once gets no more tries than one after the other. Whether there is such an account makes no difference.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from voiceops.audit import record
from voiceops.errors import Refused
from voiceops.limits.rates import Rate, debit, give_back
from voiceops.limits.refusing import Limit, LimitReached
from voiceops.models import Action
from voiceops.models.actor import Actor, ActorKind
from voiceops.models.people import email_sha256
from voiceops.policy import authorize
from voiceops.text import duration

ACCOUNT: Final = Rate("account", per_minute=2, burst=10)
"""From one address for one account: ten wrong passwords, then one in 30 s."""
ADDRESS: Final = Rate("address", per_minute=6, burst=30)
"""From one address for any account: thirty, then one in 10 s."""


async def check_attempt(db: AsyncSession, actor: Actor, email: str) -> None:
    """Count one attempt to sign in; raises `LimitReached`, and then counts nothing once the transaction is undone."""
    for key, rate in _rates(actor, email):
        passes, left = await debit(db, key, rate)
        if not passes:
            whose = "for this account from your address" if rate is ACCOUNT else "from your address"
            limit = Limit(UUID(bytes=_digest(key)[:16]), f"sign_in.{rate.name}", key)
            detail = f"Too many wrong passwords {whose}. Try again in {duration(left.wait)}."
            raise LimitReached(detail, limit=limit, actor=actor, retry_after=left.wait)


async def forgive_attempt(db: AsyncSession, actor: Actor, email: str) -> None:
    """Give back an attempt that was right. Wrong ones before it stay counted."""
    for key, rate in _rates(actor, email):
        await give_back(db, key, rate)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose password was tried, as the subject of an event: a person's id, or one made from an address nobody has here."""

    noun: ClassVar[str] = "account"
    id: UUID


class WrongPassword(Exception):
    """A password that is not theirs. `answer` is what is said of it; `note` records it once all else is undone."""

    def __init__(self, answer: Refused, *, actor: Actor, email: str, person_id: UUID | None) -> None:
        super().__init__(answer.detail)
        self.answer = answer
        self.actor = actor
        self.email_sha256 = email_sha256(email.strip())
        self.person_id = person_id


async def note_wrong(db: AsyncSession, wrong: WrongPassword) -> None:
    """Record a wrong password. The rates above bound how many there are, for none is looked at that they refuse."""
    actor = replace(wrong.actor, kind=ActorKind.SYSTEM)  # the program refuses; the rest tells whom
    authorize(actor, Action.SESSION_REFUSE)
    account = Account(wrong.person_id or UUID(wrong.email_sha256[:32]))
    await record(db, actor, Action.SESSION_REFUSE, account, changes={"email_sha256": wrong.email_sha256})


def network(address: str | None) -> str:
    """Return what counts as one address: all of an IPv4 address, the first 64 bits of an IPv6 one, which is what one line gets."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return address or ""
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or IPv6Address(int(known) >> 64 << 64))


def _rates(actor: Actor, email: str) -> Sequence[tuple[str, Rate]]:
    """Each rate with its key, in the order in which their rows are locked. E-mail addresses are hashed: they stand in `people`."""
    address = network(actor.address)
    account = _digest(f"{address} {email.strip().lower()}").hex()
    return ((f"sign-in {address}", ADDRESS), (f"sign-in {account}", ACCOUNT))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()
