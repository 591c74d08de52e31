"""Sending mail by SMTP."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS: Final = 30.0
PORTS: Final = {"smtp": 587, "smtps": 465}
PERMANENT: Final = range(500, 600)
"""Replies of a mail server after which asking again is of no use (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `tls`: from the first byte (smtps), else by STARTTLS unless `plain`."""

    host: str
    port: int
    tls: bool
    plain: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str) -> "MailServer":
        """Read `smtp://user:password@host:587`, `smtps://host` or `smtp://host:25?tls=never`; raises `ValueError`.

        Without TLS nothing leaves this machine unless the address says so, and a password never does.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/"):
            raise ValueError("a mail server is named smtp://host:port or smtps://host:port")
        never = parse_qs(parts.query).get("tls") == ["never"]
        if parts.query and not never:
            raise ValueError("the only option of a mail server's address is ?tls=never")
        plain = parts.scheme == "smtp" and (never or _is_loopback(parts.hostname))
        if never and parts.password and not _is_loopback(parts.hostname):
            raise ValueError("a password is not sent without TLS: leave out ?tls=never, or the password")
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            plain=plain,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )

    def send(self, message: EmailMessage) -> None:
        """Hand the message in. Blocks; raises `MailRefused` when it is of no use to try again, else `MailDelayed` or `OSError`."""
        try:
            with self._connect() as server:
                if self.user is not None:
                    server.login(self.user, self.password or "")
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise _told(code) from None  # its words may hold the address, which stands in `people` alone
        except smtplib.SMTPAuthenticationError as error:
            raise MailDelayed(f"the mail server answered {error.smtp_code} to our password") from None
        except smtplib.SMTPResponseException as error:
            raise _told(error.smtp_code) from None

    def _connect(self) -> smtplib.SMTP:
        if self.tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        if not self.plain:
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


class MailRefused(Exception):
    """The server will never take this message."""


class MailDelayed(Exception):
    """The server does not take it now."""


def _told(code: int) -> MailRefused | MailDelayed:
    kind = MailRefused if code in PERMANENT else MailDelayed
    return kind(f"the mail server answered {code}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
