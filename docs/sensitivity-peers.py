#!/usr/bin/env python3
"""Compares the indices of `roundabout sensitivity` with those of SALib and the EMA Workbench.

    python3 -m venv VENV && VENV/bin/pip install SALib ema_workbench
    VENV/bin/python docs/sensitivity-peers.py

Two cases. The function of Ishigami and Homma, by the program `cargo run --release --example indices` (INDICES=PATH runs one
that is built), beside its analytic indices. And the small world of `docs/sensitivity/small.toml`, by the program itself
(ROUNDABOUT=PATH runs one that is built). There SALib also draws a design of its own, which the world runs as a posterior
table: the two share neither samples nor code.

Prints every comparison, and ends with 1 where two differ by more than their errors allow. Without Python's libraries it says
so and ends with 0.
"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

try:
    import numpy as np
    import pandas as pd
    from SALib.analyze import morris as salib_morris
    from SALib.analyze import sobol as salib_sobol
    from SALib.sample import sobol as salib_sample
    from ema_workbench.analysis import prim
    from scipy.stats import spearmanr
except ImportError as reason:
    print(f"skipped: {reason}")
    sys.exit(0)

warnings.filterwarnings("ignore")
ROOT = Path(__file__).resolve().parent.parent
SMALL = ROOT / "docs/sensitivity/small.toml"
METRIC = "circumvented_usd"
ROWS = 1024
WAYS = 50
# Standard errors that two estimates may lie apart: one in 15,000 pairs lies further by chance.
APART = 4.0
failures = []


def told(what, ours, theirs, tolerance):
    """Prints a pair of numbers, and remembers it if they lie apart."""
    fits = abs(ours - theirs) <= tolerance
    print(f"  {what:<44} {ours:10.4f} {theirs:10.4f}   within {tolerance:.4f}{'' if fits else '   APART'}")
    if not fits:
        failures.append(what)


def run(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def indices(*arguments, columns=None):
    """What our mathematics makes of columns, the outcome last."""
    built = os.environ.get("INDICES")
    start = [built] if built else ["cargo", "run", "--quiet", "--release", "--example", "indices", "--"]
    text = None
    if columns is not None:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(range(columns.shape[1]))
        writer.writerows(columns.tolist())
        text = out.getvalue()
    return json.loads(run([*start, *map(str, arguments)], text))


def roundabout(*arguments):
    built = os.environ.get("ROUNDABOUT")
    start = [built] if built else ["cargo", "run", "--quiet", "--release", "--"]
    return run([*start, *map(str, arguments)])


def ishigami(x):
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


ISHIGAMI = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}
ANALYTIC = {"first": [0.313905, 0.442411, 0.0], "total": [0.557589, 0.442411, 0.243684]}


def sobol_of_ishigami():
    print("Ishigami, Sobol indices of one sample (ours, SALib)")
    x = salib_sample.sample(ISHIGAMI, ROWS, calc_second_order=False, seed=1)
    y = ishigami(x)
    found = indices("sobol", 3, columns=np.column_stack([x, y]))
    theirs = salib_sobol.analyze(ISHIGAMI, y, calc_second_order=False, num_resamples=500, seed=1)
    for place, name in enumerate(ISHIGAMI["names"]):
        first, first_error, total, total_error = found[place]
        # The same estimator; only the means that it takes off differ.
        told(f"first of {name}", first, theirs["S1"][place], 0.1 * first_error + 1e-9)
        told(f"total of {name}", total, theirs["ST"][place], 0.1 * total_error + 1e-9)
        told(f"error of the first of {name}", first_error, theirs["S1_conf"][place] / 1.96, 0.15 * first_error)
        told(f"error of the total of {name}", total_error, theirs["ST_conf"][place] / 1.96, 0.15 * total_error)
    print("Ishigami, Sobol indices (ours, analytic)")
    for place, name in enumerate(ISHIGAMI["names"]):
        first, first_error, total, total_error = found[place]
        told(f"first of {name}", first, ANALYTIC["first"][place], APART * first_error)
        told(f"total of {name}", total, ANALYTIC["total"][place], APART * total_error)


def morris_of_ishigami():
    print("Ishigami, Morris effects on our ways (ours, SALib; mu*, mu, sigma)")
    levels = np.array(indices("ways", WAYS, 3))
    x = np.pi * (2 * levels - 1)
    y = ishigami(x)
    found = indices("morris", WAYS, 3, columns=np.column_stack([x, y]))
    # SALib divides a change by its own step, 2/3; an effect here is the change itself.
    theirs = salib_morris.analyze(ISHIGAMI, x, y, num_levels=4)
    step = 2 / 3
    for place, name in enumerate(ISHIGAMI["names"]):
        mean, absolute, deviation = found[place]
        told(f"mu* of {name}", absolute, theirs["mu_star"][place] * step, 1e-9)
        told(f"mu of {name}", mean, theirs["mu"][place] * step, 1e-9)
        told(f"sigma of {name}", deviation, theirs["sigma"][place] * step, 1e-9)


def drivers_of_ishigami():
    print("Ishigami, rank correlations (ours, scipy)")
    x = np.random.default_rng(1).uniform(-np.pi, np.pi, (500, 3))
    y = ishigami(x)
    found = indices("drivers", columns=np.column_stack([x, y]))
    for place, rho, _ in sorted(found["rows"]):
        told(f"rho of {ISHIGAMI['names'][place]}", rho, spearmanr(x[:, place], y).statistic, 1e-9)


def compare_boxes(ours, x, y, threshold):
    """Every box of ours beside that of the EMA Workbench: `ours` are (coverage, density, mass, {name: (low, high)})."""
    theirs = prim.Prim(x, (y >= threshold).to_numpy().astype(int), threshold=0.1).find_box()
    path = theirs.peeling_trajectory
    told("boxes", len(ours), len(path), 0)
    worst = {"coverage": 0.0, "density": 0.0, "mass": 0.0, "limits": 0.0}
    for place, (coverage, density, mass, limits) in enumerate(ours[: len(path)]):
        for name, value in [("coverage", coverage), ("density", density), ("mass", mass)]:
            worst[name] = max(worst[name], abs(value - path.loc[place, name]))
        box, widest = theirs.box_lims[place], theirs.box_lims[0]
        for name in x.columns:
            own = [limit if limit is not None else widest[name][end] for end, limit in enumerate(limits.get(name, (None, None)))]
            spread = widest[name][1] - widest[name][0]
            worst["limits"] = max(worst["limits"], *(abs(own[end] - box[name][end]) / spread for end in (0, 1)))
    for name, value in worst.items():
        told(f"largest difference in {name}", value, 0.0, 1e-9)


def boxes_of_ishigami():
    print("Ishigami, boxes where it is at least 9 (ours, EMA Workbench)")
    x = np.random.default_rng(2).uniform(-np.pi, np.pi, (1000, 3))
    y = ishigami(x)
    found = indices("boxes", 9, columns=np.column_stack([x, y]))
    names = ISHIGAMI["names"]
    ours = [
        (
            each["coverage"],
            each["density"],
            each["mass"],
            {names[i]: (low and low[0], high and high[0]) for i, low, high in each["sides"]},
        )
        for each in found
    ]
    compare_boxes(ours, pd.DataFrame(x, columns=names), pd.Series(y), 9)


def sobol_of_small(folder):
    design = folder / "design.csv"
    printed = roundabout(
        "sensitivity", SMALL, "--metric", METRIC, "--sobol", ROWS, "--design", design, "--format", "csv", "--quiet"
    )
    ours = pd.read_csv(io.StringIO(printed)).set_index("input")
    runs = pd.read_csv(design)
    numbers = list(runs.columns[5:])
    print(f"Small world, Sobol indices of our {ROWS} rows (ours, SALib)")
    # SALib wants A, one run for each number, and B.
    kept = runs[runs["takes"].isin(["A", "B", *numbers])]
    problem = {"num_vars": len(numbers), "names": numbers, "bounds": [[0, 1]] * len(numbers)}
    theirs = salib_sobol.analyze(problem, kept[METRIC].to_numpy(), calc_second_order=False, num_resamples=500, seed=1)
    for place, name in enumerate(numbers):
        row = ours.loc[name]
        told(f"first of {name}", row["first"], theirs["S1"][place], 0.15 * row["first_error"] + 1e-6)
        told(f"total of {name}", row["total"], theirs["ST"][place], 0.15 * row["total_error"] + 1e-6)
    return ours, numbers


def salib_design_of_small(folder, ours, numbers):
    print(f"Small world, Sobol indices of our design and of SALib's own, {ROWS} rows each (ours, SALib)")
    schema = pd.read_csv(io.StringIO(roundabout("schema", SMALL)))
    assert set(schema[schema["uncertain"] == "yes"]["name"]) == set(numbers)
    # The priors of the small world are uniform; their ends stand in its file.
    bounds = [BOUNDS[name] for name in numbers]
    problem = {"num_vars": len(numbers), "names": numbers, "bounds": bounds}
    sample = salib_sample.sample(problem, ROWS, calc_second_order=False, seed=7)
    table = pd.DataFrame(sample, columns=numbers)
    table.insert(0, "member", range(len(table)))
    table.to_csv(folder / "posterior.csv", index=False)
    (folder / "own.toml").write_text(
        f'title = "On a design of SALib"\nextends = "{SMALL}"\n\n[parameters]\n'
        + "".join(f'"{name}" = {{ posterior = "posterior.csv" }}\n' for name in numbers)
    )
    # As many strata as rows: each row of the table is one draw.
    roundabout("run", folder / "own.toml", "--draws", len(table), "--out", folder / "own", "--quiet", "--table-files", "csv")
    draws = read_draws(folder / "own/own")
    keyed = {tuple(row): outcome for row, outcome in zip(draws[numbers].to_numpy().tolist(), draws[METRIC])}
    outcome = np.array([keyed[tuple(row)] for row in pd.read_csv(folder / "posterior.csv")[numbers].to_numpy().tolist()])
    theirs = salib_sobol.analyze(problem, outcome, calc_second_order=False, num_resamples=500, seed=1)
    for place, name in enumerate(numbers):
        row = ours.loc[name]
        for kind, own, other in [("first", "first", "S1"), ("total", "total", "ST")]:
            error = np.hypot(row[f"{own}_error"], theirs[f"{other}_conf"][place] / 1.96)
            told(f"{kind} of {name}", row[own], theirs[other][place], APART * error + 1e-9)


def read_draws(results):
    """Headline metrics and uncertain numbers, draw by draw."""
    return pd.read_csv(results / "draws.csv").merge(pd.read_csv(results / "inputs.csv"), on="draw")


# Of docs/sensitivity/small.toml.
BOUNDS = {
    "commodity.grain.route_choice": [1.4, 4.2],
    "ban.grain-ban.exempt_share": [0.1, 0.3],
    "capacity.via-hub-grain.growth_per_month": [0.1, 1.2],
    "capacity.via-alt-grain.growth_per_month": [0.1, 1.2],
}


def boxes_of_small(folder):
    roundabout("run", SMALL, "--draws", 512, "--out", folder / "small", "--quiet", "--table-files", "csv")
    draws = read_draws(folder / "small/small")
    threshold = float(np.quantile(draws[METRIC], 0.75))
    print(f"Small world, boxes where {METRIC} is in its upper quarter (ours, EMA Workbench)")
    printed = roundabout("sensitivity", folder / "small", "--metric", METRIC, "--above", threshold, "--format", "csv")
    rows = pd.read_csv(io.StringIO(printed))
    ours = []
    for _, each in rows.groupby("box"):
        first = each.iloc[0]
        limits = {
            row["number"]: tuple(None if pd.isna(row[end]) else row[end] for end in ("from", "to"))
            for _, row in each.iterrows()
            if not pd.isna(row["number"])
        }
        ours.append((first["coverage"], first["density"], first["mass"], limits))
    # Of equal peels the first number's is taken, so the order of columns counts.
    numbers = [name for name in draws.columns if name in BOUNDS]
    compare_boxes(ours, draws[numbers], draws[METRIC], threshold)
    print("Small world, rank correlations (ours, scipy)")
    printed = roundabout("sensitivity", folder / "small", "--metric", METRIC, "--format", "csv")
    for _, row in pd.read_csv(io.StringIO(printed)).iterrows():
        theirs = spearmanr(draws[row["number"]], draws[METRIC]).statistic
        told(f"rho of {row['number']}", row["rho"], theirs, 1e-9)


def main():
    sobol_of_ishigami()
    morris_of_ishigami()
    drivers_of_ishigami()
    boxes_of_ishigami()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, numbers = sobol_of_small(folder)
        salib_design_of_small(folder, ours, numbers)
        boxes_of_small(folder)
    print(f"{len(failures)} comparisons lie apart" if failures else "all agree")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
