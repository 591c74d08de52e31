"""Entity tags, by HTTP's own rules (RFC 9110, 13.1.2)."""


def matches(header: str | None, etag: str) -> bool:
    """Tell whether an If-None-Match names this tag; weak and strong count alike there."""
    if header is None:
        return False
    return header.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in header.split(",")}
