"""What a notice says where it is mailed: who did what to which version, and where to look. Nobody's words go along."""

from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from voiceops.models import Asset, Membership, Notice, Person, Project, Review, Version
from voiceops.models.notice import NoticeKind

SUBJECTS: Final = {
    NoticeKind.REVIEW_ASKED: "Review asked",
    NoticeKind.APPROVED: "Approved",
    NoticeKind.CHANGES_REQUESTED: "Changes requested",
    NoticeKind.MENTIONED: "You were mentioned",
    NoticeKind.REPLIED: "New reply",
    NoticeKind.RELEASE_ASKED: "Release to confirm",
    NoticeKind.RELEASE_FAILED: "Release not carried out",
}
DEEDS: Final = {
    NoticeKind.REVIEW_ASKED: "asks you to review",
    NoticeKind.APPROVED: "approved",
    NoticeKind.CHANGES_REQUESTED: "asks for changes to",
    NoticeKind.MENTIONED: "mentioned you in a comment on",
    NoticeKind.REPLIED: "replied to a comment on",
    NoticeKind.RELEASE_ASKED: "asks you to confirm a release of",
    NoticeKind.RELEASE_FAILED: "asked for a release that was not carried out in full, of",
}


async def compose(db: AsyncSession, notice_id: UUID, *, sender: str, url: str) -> EmailMessage | None:
    """Return the mail of a notice; None if it was read or mailed already, or is no more for the person to see.

    `url` is where people reach the studio. Raises `ValueError` for an address that no mail can go to.
    """
    member = exists().where(Membership.project_id == Notice.project_id, Membership.person_id == Notice.person_id)
    query = (
        select(Notice, Person, Project, Asset, Review.due_at)
        .join(Person, Person.id == Notice.person_id)
        .join(Project, Project.id == Notice.project_id)
        .join(Asset, Asset.id == Notice.asset_id)
        .outerjoin(Review, Review.id == Notice.review_id)
        .options(joinedload(Notice.by, innerjoin=True), joinedload(Notice.version, innerjoin=True).load_only(Version.number))
        .where(
            Notice.id == notice_id, Notice.read_at.is_(None), Notice.mailed_at.is_(None), Person.deactivated_at.is_(None), member
        )
    )
    found = (await db.execute(query)).one_or_none()
    if found is None:
        return None
    notice, person, project, asset, due_at = found
    number = notice.version.number
    due = f", due {due_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if due_at and notice.kind is NoticeKind.REVIEW_ASKED else ""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(display_name=person.name, addr_spec=person.email)
    message["Subject"] = f"{SUBJECTS[notice.kind]}: {asset.title}, version {number}"
    message["Date"] = format_datetime(notice.created_at)
    message["Message-ID"] = f"<{notice.id}@{urlsplit(url).hostname}>"  # the same each time, so that one sent twice is shown once
    message["Auto-Submitted"] = "auto-generated"  # so that nobody's absence is answered (RFC 3834)
    message.set_content(
        f"{notice.by.name} {DEEDS[notice.kind]} version {number} of {asset.title}, in {project.name}{due}.\n\n"
        f"{url}/projects/{project.key}/assets/{asset.id}?version={number}\n"
    )
    return message


async def sent(db: AsyncSession, notice_id: UUID) -> None:
    """Note that a notice was mailed."""
    await db.execute(update(Notice).where(Notice.id == notice_id).values(mailed_at=func.now()))
