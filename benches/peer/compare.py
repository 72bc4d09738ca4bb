#!/usr/bin/env python3
"""Measures the program against its peer and writes docs/performance.md.

    benches/peer/compare.py [--quick] [--runs N] [--long]

Makes a virtual environment with numba under target/, builds the examples `solver` and `month`, checks that both programs
find the same flows, and times them in alternating runs with the same threads, months, shocks and tolerance. Every ratio
is the median over pairs of neighbouring runs, so that what else the machine does bears on both.
"""

import argparse
import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "peer"
PYTHON = WORK / "venv" / "bin" / "python"
EXAMPLES = ROOT / "target" / "release" / "examples"
FAMILIES = {"ban": "000-ban", "everything": "005-everything", "stiff": "006-stiff", "crowded": "007-crowded"}
# Draws that keep the peer busy for about a second.
DRAWS = {"ban": 128, "everything": 64, "stiff": 64, "crowded": 192}
MONTHS = 24
THREADS = [count for count in [1, 2, 4, 8, 16] if count <= os.cpu_count()]
# What each thread gets where threads are counted: at least 32 blocks of 64 draws, so that starting and uneven ends do not
# matter, and about a second. Of the solver repetitions of 512 draws, of the whole month draws.
SOLVER_REPEATS = {"ban": 24, "everything": 4, "stiff": 8, "crowded": 12}
MONTH_DRAWS = {"ban": 4096, "everything": 2048, "stiff": 2048, "crowded": 2048}


def run(*command):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(str(part) for part in command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def result(output):
    return json.loads(output.strip().splitlines()[-1])


def measured(*command):
    return result(run(*command))


def measured_at_once(count, *command):
    """Months per second of as many processes at once, added up."""
    command = [str(part) for part in command]
    children = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    outputs = [child.communicate()[0] for child in children]
    if any(child.returncode != 0 for child in children):
        sys.exit(f"failed: {' '.join(command)}")
    return sum(result(output)["per_second"] for output in outputs)


def prepare():
    WORK.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists():
        venv.create(WORK / "venv", with_pip=True)
    run(PYTHON, "-m", "pip", "install", "--quiet", "numpy", "numba")
    run("cargo", "build", "--release", "--locked", "--bins", "--example", "solver", "--example", "month")
    normals = f"import numpy as np; np.random.default_rng(1).standard_normal({4096 * MONTHS}).astype('<f8').tofile(r'{WORK}/normals')"
    run(PYTHON, "-c", normals)
    for name, folder in FAMILIES.items():
        run(EXAMPLES / "solver", f"tests/oracle/{folder}", "--export", WORK / f"{name}.json")


def peer(name, draws, threads, *more):
    return measured(
        PYTHON, "benches/peer/peer.py", WORK / f"{name}.json", "--normals", WORK / "normals",
        "--draws", draws, "--months", MONTHS, "--threads", threads, *more,
    )


def solver_command(name, draws, threads, *more):
    return [
        EXAMPLES / "solver", f"tests/oracle/{FAMILIES[name]}", "--normals", WORK / "normals",
        "--draws", draws, "--months", MONTHS, "--threads", threads, *more,
    ]


def solver(name, draws, threads, *more):
    return measured(*solver_command(name, draws, threads, *more))


def month_command(name, draws, threads, *more):
    return [EXAMPLES / "month", f"benches/scenarios/{name}.toml", "--draws", draws, "--threads", threads, *more]


def month(name, draws, threads, *more):
    return measured(*month_command(name, draws, threads, *more))


def largest_difference(name):
    """Largest difference between the flows of the two programs, as a share of the largest flow."""
    files = [WORK / "flows-peer", WORK / "flows-here"]
    peer(name, 16, 1, "--flows", files[0], "--tolerance", 1e-9)
    solver(name, 16, 1, "--flows", files[1])
    code = f"import numpy as np; a, b = (np.fromfile(f, '<f8') for f in {[str(file) for file in files]}); print(abs(a - b).max() / a.max())"
    return float(run(PYTHON, "-c", code))


def median(values):
    return statistics.median(values)


def spread(values):
    return f"{median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def rate(values):
    return f"{median(values):,.0f}"


def compare(name, runs):
    """Months per second of the peer, of the bare solver on narrow and wide registers, and of the whole month; one thread."""
    draws = DRAWS[name]
    rates = {"peer": [], "avx2": [], "widest": [], "exact": [], "month": []}
    for _ in range(runs):
        rates["peer"].append(peer(name, draws, 1)["per_second"])
        rates["avx2"].append(solver(name, draws, 1, "--tolerance", 1e-6, "--repeat", 12, "--width", "avx2")["per_second"])
        rates["widest"].append(solver(name, draws, 1, "--tolerance", 1e-6, "--repeat", 12)["per_second"])
        rates["exact"].append(solver(name, draws, 1, "--repeat", 12)["per_second"])
        rates["month"].append(month(name, 1024, 1)["per_second"])
    return rates


def ratios(rates, key):
    return [mine / others for mine, others in zip(rates[key], rates["peer"])]


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def peak_memory(*command):
    """Largest resident set of a command, in MB."""
    child = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"failed: {command}")
    return usage.ru_maxrss / 1024


def machine():
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    field = lambda key: next((line.split(":")[1].strip() for line in info if line.startswith(key)), "unknown")  # noqa: E731
    flags = field("flags").split()
    sets = ", ".join(name for name in ["avx2", "avx512f"] if name in flags)
    rustc = run("rustc", "--version").strip()
    version = "import numba, numpy, sys; print(f'Python {sys.version.split()[0]}, numba {numba.__version__}, numpy {numpy.__version__}')"
    python = run(PYTHON, "-c", version).strip()
    load = os.getloadavg()[0]
    return f"{field('model name')} (family {field('cpu family')}, model {field('model')}), {os.cpu_count()} cores, {sets}; {platform.system()}; {rustc}; {python}. Load when measured: {load:.1f}."


def families(options):
    rates = {name: compare(name, options.runs) for name in FAMILIES}
    rows = [
        [name, rate(r["peer"]), rate(r["avx2"]), spread(ratios(r, "avx2")), spread(ratios(r, "widest")), spread(ratios(r, "exact"))]
        for name, r in rates.items()
    ]
    head = ["world", "peer /s", "here /s (AVX2)", "ratio, AVX2", "ratio, widest", "ratio, widest at 1e-9"]
    whole = [[name, rate(r["month"]), spread(ratios(r, "month"))] for name, r in rates.items()]
    return table(head, rows), table(["world", "months /s", "ratio to the peer's bare month"], whole), rates


def scale(name, rounds):
    """Months per second by program and threads, and of as many processes of one thread at once; in alternating rounds."""
    commands = {
        "solver": lambda count: solver_command(name, 512, count, "--tolerance", 1e-6, "--repeat", SOLVER_REPEATS[name] * count),
        "month": lambda count: month_command(name, MONTH_DRAWS[name] * count, count),
    }
    rates = {}
    note = lambda key, rate: rates.setdefault(key, []).append(rate)  # noqa: E731
    for _ in range(rounds):
        for count in THREADS:
            note(("peer", count), peer(name, DRAWS[name] * count, count)["per_second"])
            for program, command in commands.items():
                note((program, count), measured(*command(count))["per_second"])
                if count > 1:
                    note((program, count, "at once"), measured_at_once(count, *command(1)))
    return rates


def threads(options):
    """Against the peer with as many threads, and against one thread beside what the machine lets independent processes do."""
    against, speed_ups = [], []
    for name in FAMILIES:
        rates = scale(name, max(1, (options.runs + 1) // 2))
        middle = {key: median(values) for key, values in rates.items()}
        for count in THREADS:
            ratio = lambda program: f"{middle[program, count] / middle['peer', count]:.1f}"  # noqa: B023, E731
            against.append([name, count, ratio("solver"), ratio("month")])
            if count == 1:
                continue
            row = [name, count, f"{middle['peer', count] / middle['peer', 1]:.2f}"]
            for program in ["solver", "month"]:
                up, most = (middle[key] / middle[program, 1] for key in [(program, count), (program, count, "at once")])
                row += [f"{up:.2f}", f"{most:.2f}", f"{up / most:.0%}"]
            speed_ups.append(row)
    head = ["world", "threads", "peer", "solver", "its ceiling", "share", "month", "its ceiling", "share"]
    return table(["world", "threads", "bare month, ratio", "whole month, ratio"], against), table(head, speed_ups)


def stages(options):
    shares = ["solve", "prepare", "record", "statistics", "statistics_over_solve"]
    rows = []
    for name in FAMILIES:
        found = [month(name, 1024, 1, "--stages") for _ in range(2 * options.runs - 1)]
        rows.append([name, found[0]["cells"], *(f"{median([m[key] for m in found]):.0%}" for key in shares)])
    return table(["world", "cells of a draw", "solve", "prepare", "record", "statistics", "statistics over solve"], rows)


def growth():
    rows = []
    for routes in [100, 200, 400, 800, 1600]:
        m = measured(EXAMPLES / "solver", "tests/oracle/000-ban", "--synthetic", f"{routes},{routes // 10}", "--draws", 64)
        rows.append(["routes", f"{routes} routes, {routes // 10} capacities", rate([m["per_second"]]), f"{1e6 / m['per_second'] / routes:.3f} us per route"])
    for capacities in [0, 25, 50, 100, 200]:
        m = measured(EXAMPLES / "solver", "tests/oracle/000-ban", "--synthetic", f"800,{capacities}", "--draws", 64)
        rows.append(["capacities", f"800 routes, {capacities} capacities", rate([m["per_second"]]), ""])
    for draws in [64, 256, 1024]:
        m = month("ban", draws, 1)
        rows.append(["draws", f"whole month of ban, {draws} draws", rate([m["per_second"]]), ""])
    for months in [6, 12, 24, 48]:
        m = month("ban", 256, 1, "--months", months)
        rows.append(["months", f"whole month of ban, {months} months", rate([m["per_second"]]), ""])
    return table(["with", "size", "months /s", ""], rows)


def limit(rates):
    most = measured(EXAMPLES / "solver", "tests/oracle/000-ban", "--exponentials")
    rows = [[width, f"{value / 1e6:,.0f}"] for width, value in most.items()]
    shares = []
    for name, folder in FAMILIES.items():
        exported = json.loads((WORK / f"{name}.json").read_text(encoding="utf-8"))
        routes = sum(weight > 0 for weight in exported["weight"])
        m = solver(name, DRAWS[name], 1, "--tolerance", 1e-6, "--width", "avx2")
        markets = len(exported["supply_price"]) + len(exported["demand_price"])
        # Flows once by route, then one factor by market and step; and the curve of each market at every point.
        needed = m["per_second"] * (routes + (2 * m["iterations"] + 1) * markets)
        shares.append([name, routes, markets, f"{m['iterations']:.2f}", f"{needed / 1e6:,.0f}", f"{needed / most.get('avx2', most['baseline']):.0%}"])
    return table(["registers", "million exponentials /s"], rows) + "\n" + table(
        ["world", "open routes", "markets", "steps of a month", "million exponentials /s taken", "share of AVX2's"], shares
    )


def many_draws(options):
    return [1_000, 10_000] + ([100_000] if options.long else [])


def memory(options):
    month = [EXAMPLES / "month", "benches/scenarios/ban.toml", "--threads", 4]
    rows = [[f"{draws:,}", f"{peak_memory(*month, '--draws', draws):.0f}"] for draws in many_draws(options)]
    return table(["draws", "peak memory, MB"], rows)


def history(options):
    """Memory and Monte Carlo error of the shipped history, by the program as it is used."""
    rows = []
    for draws in many_draws(options):
        out = WORK / f"history-{draws}"
        shutil.rmtree(out, ignore_errors=True)
        used = peak_memory(ROOT / "target/release/roundabout", "run", "scenarios/history.toml", "--draws", draws, "--out", out)
        with (out / "summary.csv").open(encoding="utf-8") as lines:
            found = next(row for row in csv.DictReader(lines) if row["metric"] == "circumvented")
        mean, error = float(found["mean"]), float(found["mcse"])
        rows.append([f"{draws:,}", f"{used:.0f}", f"{mean / 1e9:.3f}", f"{error / 1e6:.1f}", f"{error * draws**0.5 / 1e9:.2f}"])
    head = ["draws", "peak memory, MB", "circumvented, bn USD", "standard error, m USD", "times root of draws, bn USD"]
    return table(head, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one run of each, to see that it works")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--long", action="store_true", help="100,000 draws too")
    options = parser.parse_args()
    if options.quick:
        options.runs = 1
    prepare()
    differences = {name: largest_difference(name) for name in FAMILIES}
    assert max(differences.values()) < 1e-6, differences
    bare, whole, rates = families(options)
    against, speed_ups = threads(options)
    text = (ROOT / "benches" / "peer" / "performance.md.in").read_text(encoding="utf-8")
    parts = {
        "machine": machine(),
        "runs": options.runs,
        "long": " --long" if options.long else "",
        "difference": f"{max(differences.values()):.0e}",
        "bare": bare,
        "whole": whole,
        "against": against,
        "speed_ups": speed_ups,
        "stages": stages(options),
        "growth": growth(),
        "limit": limit(rates),
        "memory": memory(options),
        "history": history(options),
    }
    for key, part in parts.items():
        text = text.replace("{" + key + "}", str(part).strip())
    (ROOT / "docs" / "performance.md").write_text(text, encoding="utf-8")
    print(text)


main()
