"""Measures what parts of a run cost, in processor time, memory and disk, and what joining them costs: ./measure.py FOLDER

Needs a built `roundabout`; names another one by ROUNDABOUT=PATH. FOLDER is for the results, about a gigabyte, which stay.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ROUNDABOUT", str(ROOT / "target/release/roundabout"))
SCENARIOS = [f"scenarios/{name}.toml" for name in ("primary", "history")]


def measured(words, threads=1):
    """Runs the program; its seconds on the clock and of the processor, and its peak memory in MB."""
    begun = time.monotonic()
    process = subprocess.Popen([PROGRAM, *words, "--quiet", "--threads", str(threads)], cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3


def size(folder, pattern):
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file()) / 1e6


def part(folder, scenarios, whole, start, end, detail):
    words = ["run", *scenarios, "--draws", str(whole), "--draw-range", f"{start}..{end}", "--detail", detail]
    return measured([*words, "--overwrite", "--out", str(folder)])


def table(title, columns):
    print(f"\n{title}\n| {' | '.join(columns)} |\n|{' ---: |' * len(columns)}", flush=True)


def row(*cells):
    print("| " + " | ".join(f"{cell:,.1f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |", flush=True)


def sizes(folder):
    table(
        "A part of history alone",
        ["detail", "draws", "wall s", "CPU s", "peak MB", "state.bin MB", "draws MB", "other tables MB"],
    )
    draws = [("months", 64), ("months", 128), ("months", 256), *(("years", 64 << n) for n in range(6))]
    found = {}
    for detail, count in draws:
        wall, cpu, peak = part(folder / "size", SCENARIOS[1:], 4096, 0, count, detail)
        state, all_files = (size(folder / "size", name) for name in ("state.bin", "*"))
        rows = size(folder / "size", "draws.csv") + size(folder / "size", "inputs.csv*")
        row(detail, count, wall, cpu, peak, state, rows, all_files - state - rows)
        found[detail, count] = cpu, state, rows
    return found


def joined(folder, scenarios, parts, draws):
    """Measures one of so many parts of so many draws, and joining all."""
    places = [folder / f"part-{number}" for number in range(parts)]
    for number, place in enumerate(places):
        costs = part(place, scenarios, parts * draws, draws * number, draws * number + draws, "years")
    merge = measured(["merge", *map(str, places), "--overwrite", "--out", str(folder / "joined")])
    whole = [*scenarios, "--draws", str(parts * draws), "--detail", "years", "--overwrite", "--out", str(folder / "whole")]
    single = measured(["run", *whole])
    same = subprocess.run(["diff", "-rq", folder / "joined", folder / "whole"]).returncode == 0
    row(parts, draws, costs[1], merge[0], merge[1], merge[2], single[1], "yes" if same else "NO")
    return merge[1]


def joining(folder):
    columns = ["parts", "draws in each", "CPU s of one", "merge wall s", "merge CPU s", "merge peak MB", "one run CPU s", "same bytes"]
    table("Joining parts of history alone, --detail years", columns)
    merges = [joined(folder / "alone", SCENARIOS[1:], *cut) for cut in [(2, 512), (2, 128), (4, 128), (8, 128)]]
    table("Joining parts of primary and history", columns)
    joined(folder / "pair", SCENARIOS, 4, 128)
    grid = ["--grid", "designation.firms.rate_per_month=0,0.05,0.1,0.15,0.2,0.25,0.3,0.35"]
    table("Joining parts of secondary-designations and 8 variants, a full wave", columns)
    joined(folder / "wave", ["scenarios/secondary-designations.toml", *grid], 2, 64)
    return (merges[-1] - merges[1]) / 6


def plan(found, merge_of_part):
    """What a thousand scenarios like history with a million draws each would take, in parts of 10,000 draws."""
    scenarios, draws, in_part = 1000, 1_000_000, 10_000
    parts = draws // in_part
    slope = [(late - early) / 1536 for early, late in zip(found["years", 512], found["years", 2048])]
    # The reference is simulated once more with every four others.
    hours = scenarios * draws * slope[0] / 3600 * 5 / 4
    state = found["years", 2048][1] + (in_part - 2048) * slope[1]
    print(f"\n{scenarios:,} scenarios of {draws:,} draws, --detail years, {parts} parts of {in_part:,} draws:")
    print(f"simulating: {1e3 * slope[0]:.1f} ms of a core for a draw, {hours:,.0f} core hours, {hours / parts:,.0f} for a part")
    print(f"state.bin: {state:.0f} MB for a scenario of a part, {scenarios * parts * state / 1e6:,.1f} TB in all")
    print(f"draws.csv and inputs.csv.zst: {1e3 * slope[2]:.1f} kB for a draw of a reference, {scenarios * draws * slope[2] / 1e6:,.1f} TB at most")
    print(f"merging: {merge_of_part:.2f} s of a core for a scenario of a part, {scenarios * parts * merge_of_part / 3600:,.0f} core hours")


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    place.mkdir(parents=True, exist_ok=True)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, one thread")
    found = sizes(place)
    plan(found, joining(place))
