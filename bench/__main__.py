"""`python -m bench`: measures a studio of its own and prints each figure with its limit and the machine's load."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench import machine
from bench.audit import audit
from bench.compare import compare
from bench.figure import Figure, table
from bench.kokoro import twenty_sentences
from bench.latency import ten_words
from bench.limiting import limits_hold
from bench.lists import lists
from bench.live import live
from bench.memory import memory
from bench.sayback import say_back
from bench.start import second_start
from bench.studio import Studio
from bench.switching import switching
from bench.throughput import hundred_scripts
from bench.weight import first_load

FIRST_SET_UP = Figure(
    "first set-up",
    "by hand",
    "<= downloads + 3 min",
    None,
    0.0,
    "`time make run` in a fresh clone until the page answers, less what `pip download` of requirements.lock and `npm ci` take",
)
PARTS: Final[Mapping[str, Callable[[Studio], list[Figure]]]] = {
    "weight": lambda _studio: [*first_load(), FIRST_SET_UP],
    "start": second_start,
    "latency": ten_words,
    "throughput": hundred_scripts,
    "kokoro": twenty_sentences,
    "audit": audit,
    "limits": limits_hold,
    "compare": compare,
    "switching": lambda _studio: switching(),
    "lists": lists,
    "live": live,
    "memory": memory,
    "sayback": lambda _studio: say_back(),
}
"""What can be measured, in the order in which it is; each part gets a running studio."""


def main() -> int:
    """Measure and print; 0 when every limit is kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}; default all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    arguments = parser.parse_args()
    for name, value in machine.describe().items():
        print(f"{name:18} {value}")
    print(flush=True)
    figures: list[Figure] = []
    with Studio(PROVIDERS="hibari,kokoro?") as studio:
        studio.start()
        for part in arguments.parts or PARTS:
            figures += PARTS[part](studio)
        studio.stop()
    print(table(figures))
    if arguments.json:
        document = {"machine": machine.describe(), "figures": [asdict(one) for one in figures]}
        arguments.json.write_text(json.dumps(document, indent=1) + "\n")
    return int(any(one.kept is False for one in figures))


if __name__ == "__main__":
    sys.exit(main())
