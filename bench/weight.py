"""How much JavaScript a browser loads before it shows anything."""

import gzip
import re
from pathlib import Path

from bench.figure import Figure
from bench.machine import load
from voiceops.api.page import FOLDER

LIMIT_KB = 120.0
LOADED = re.compile(r'(?:src|href)="/([^"]+\.js)"')


def first_load(folder: Path = FOLDER) -> Figure:
    """Sum up what index.html names: its scripts, and the modules it has preloaded."""
    scripts = LOADED.findall((folder / "index.html").read_text())
    kilobytes = sum(len(gzip.compress((folder / script).read_bytes(), 9)) for script in scripts) / 1000
    how = f"the {len(scripts)} scripts and preloaded modules that the built index.html names, each gzip -9"
    return Figure("JavaScript of the first load", f"{kilobytes:.1f} kB", f"<= {LIMIT_KB:g} kB", kilobytes <= LIMIT_KB, load(), how)
