"""Making names survive a power cut: a file's name is safe once the folder that holds it is forced to disk."""

import os
from pathlib import Path


def sync(folder: Path) -> None:
    """Force a folder's entries to disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
