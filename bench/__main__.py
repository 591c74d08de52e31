"""`python -m bench`: measures a studio of its own and prints each figure with its limit and the machine's load."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench import machine
from bench.figure import Figure, table
from bench.latency import ten_words
from bench.start import second_start
from bench.studio import Studio
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


def main() -> int:
    """Measure and print; 0 when every limit is kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    arguments = parser.parse_args()
    for name, value in machine.describe().items():
        print(f"{name:18} {value}")
    print(flush=True)
    figures = [*first_load(), FIRST_SET_UP]
    with Studio(PROVIDERS="hibari") as studio:
        studio.start()
        figures += second_start(studio)
        figures += ten_words(studio)
        figures += hundred_scripts(studio)
        studio.stop()
    print(table(figures))
    if arguments.json:
        document = {"machine": machine.describe(), "figures": [asdict(one) for one in figures]}
        arguments.json.write_text(json.dumps(document, indent=1) + "\n")
    return int(any(one.kept is False for one in figures))


if __name__ == "__main__":
    sys.exit(main())
