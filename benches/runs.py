"""Times whole commands of two builds in turn, and weighs what they write: benches/runs.py OLD NEW FOLDER [--pairs N] [--only NAME]

OLD and NEW are programs. FOLDER is for the results, some gigabytes, which are removed. Prints the tables of docs/performance.md.
Linux only; uses no package.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def library():
    others = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "scenarios").glob("*.toml"))
    return ["scenarios/history.toml", *(path for path in others if path != "scenarios/history.toml")]


def cases():
    """Name, scenarios, draws."""
    os.chdir(ROOT)
    readme = ["scenarios/primary.toml", "scenarios/history.toml"]
    readme += sorted(str(path.relative_to(ROOT)) for path in (ROOT / "scenarios").glob("secondary-*.toml"))
    yield "README's batch, 256 draws", readme, 256
    for draws in (16, 256, 1000):
        yield f"library, {draws:,} draws", library(), draws


def measured(words):
    """Seconds of the clock and of the processor, and peak memory in MB of a command."""
    begun = time.monotonic()
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    messages = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(words)}: {messages}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def pair(programs, words, out, pairs):
    """Runs both in turn so often: by program, the measurements and the megabytes written."""
    found, written = ([], []), [0.0, 0.0]
    for _ in range(pairs):
        for place, program in enumerate(programs):
            shutil.rmtree(out[place], ignore_errors=True)
            found[place].append(measured([program, *words, "--quiet", "--out", str(out[place])]))
            written[place] = size(out[place])
    return found, written


def median(found, column):
    return statistics.median(run[column] for run in found)


def ratio(found, column):
    ratios = [new[column] / old[column] for old, new in zip(*found)]
    return f"{statistics.median(ratios):.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--only", action="append", help="only the cases whose names hold this")
    arguments = parser.parse_args()
    programs = [os.path.abspath(arguments.old), os.path.abspath(arguments.new)]
    out = [arguments.folder.resolve() / name for name in ("old", "new")]
    row("command", "processor, s, before", "now", "ratio", "peak memory, MB, before", "now", "written, MB, before", "now", "ratio")
    row("---", *["---:"] * 8)
    chosen = [case for case in cases() if not arguments.only or any(name in case[0] for name in arguments.only)]
    for name, scenarios, draws in chosen:
        words = ["run", *scenarios, "--draws", str(draws), "--allow-idle"]
        found, written = pair(programs, words, out, arguments.pairs)
        cells = [f"{median(runs, 1):.1f}" for runs in found] + [ratio(found, 1)]
        cells += [f"{median(runs, 2):,.0f}" for runs in found]
        row(name, *cells, *(f"{size:,.0f}" for size in written), f"{written[1] / written[0]:.3f}")
        if draws == 256:
            compared = [[], []]
            for _ in range(arguments.pairs):
                for place, program in enumerate(programs):
                    compared[place].append(measured([program, "compare", str(out[place])]))
            cells = [f"{median(runs, 1):.2f}" for runs in compared] + [ratio(compared, 1)]
            row(f"`compare` of it ({len(scenarios)} folders)", *cells, *(f"{median(runs, 2):,.0f}" for runs in compared), "", "", "")
    for folder in out:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
