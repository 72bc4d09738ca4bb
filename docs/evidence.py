#!/usr/bin/env python3
"""Writes docs/evidence.md: what the measures of history add to those of primary, with priors and with the posterior.

    roundabout run scenarios/primary.toml scenarios/history.toml --draws 1000 --prior --out OUT/prior
    roundabout run scenarios/primary.toml scenarios/history.toml --draws 1000 --out OUT/posterior
    docs/evidence.py OUT > docs/evidence.md
"""

import csv
import json
import sys
from pathlib import Path

OUT = Path(sys.argv[1])
HERE = Path(__file__).resolve().parent.parent
# Hubs whose trade with the EU the world observes by month; the others have no record in it.
OBSERVED = ["KZ", "KG", "AM", "GE", "UZ"]
KINDS = {
    "designation": "listings of firms",
    "payments": "refused payments",
    "threat": "the threat of an export ban",
    "no_reexport_clause": "clauses against re-export",
}


def rows(way, table):
    """Rows of a table by intermediary: circumvented dollars over the whole run."""
    with open(OUT / way / table, newline="", encoding="utf-8") as file:
        wanted = ("circumvented", "all", "all", "usd")
        of = lambda row: (row["metric"], row["period"], row["commodity"], row["unit"])
        return {row["via"] or "all": row for row in csv.DictReader(file) if of(row) == wanted}


def differences(way):
    """The differences of history from primary, each with what primary has."""
    before = rows(way, "primary/metrics.csv")
    return {via: {**row, "reference_mean": before[via]["mean"]} for via, row in rows(way, "comparison.csv").items()}


def billions(row, *columns):
    values = [float(row[column]) / 1e9 for column in columns]
    return f"{values[0]:.1f}" if len(values) == 1 else f"{values[0]:.1f}..{values[1]:.1f}"


def main():
    ways = {way: differences(way) for way in ("prior", "posterior")}
    draws = json.loads((OUT / "posterior" / "history" / "manifest.json").read_text())["draws"]
    say = print
    say("# What the records say about measures against intermediaries\n")
    say("What do the measures of `history` from 2023 on add to those of `primary`? The tables show circumvented trade from 2021 to 2025, in")
    say("billions of dollars at prices of 2021, as differences of paired draws: means, and the middle 90%. *Prior* draws every number from")
    say("its prior, *posterior* from the shipped calibration on records to August 2024 ([calibration.md](calibration.md)).\n")
    say("| through | records | primary, prior | difference, prior | 90% | primary, posterior | difference, posterior | 90% |")
    say("|---|---|---:|---:|---:|---:|---:|---:|")
    totals = {}
    for via in ["all", *sorted(set(ways["prior"]) - {"all"}, key=lambda via: (via not in OBSERVED, via))]:
        cells = []
        for way in ways:
            row = ways[way][via]
            cells += [billions(row, "reference_mean"), billions(row, "difference"), billions(row, "p05", "p95")]
            if via != "all":
                group = totals.setdefault((way, via in OBSERVED), [0.0, 0.0])
                group[0] += float(row["reference_mean"]) / 1e9
                group[1] += float(row["difference"]) / 1e9
        kind = "" if via == "all" else "monthly" if via in OBSERVED else "none"
        say(f"| {via} | {kind} | {' | '.join(cells)} |")
    for known, name in ((True, "hubs with monthly records"), (False, "others, without")):
        cells = []
        for way in ways:
            before, change = totals[way, known]
            cells += [f"{before:.1f}", f"{change:.1f}", ""]
        say(f"| {name} | | {' | '.join(cells)} |")
    say()
    for way in ways:
        change = float(ways[way]["all"]["difference"]) / float(ways[way]["all"]["reference_mean"])
        unknown = totals[way, False][1] / (totals[way, False][1] + totals[way, True][1])
        say(f"With the {way}, the measures take away {-100 * change:.0f}% of circumvented trade, and {100 * unknown:.0f}% of that difference")
        say("passes through countries without a monthly record in the world, where it rests on assumptions alone." )
        say()
    strengths()
    say(f"\n{draws} draws each; `docs/evidence.py` writes this page from two runs.")


def strengths():
    """What the records say of each strength of a programme against intermediaries."""
    with open(HERE / "scenarios/posterior/parameters.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["name"].split(".")[0] in KINDS]
    print("## What the records say of each strength\n")
    print("*Moved by* is in standard deviations of the prior: below zero, the records favour the weak end. A strength of which the records say")
    print("nothing keeps its prior, which is assumed.\n")
    print("| programme | strengths | identified | weak | not at all | moved to the weak end | to the strong end |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for kind, name in KINDS.items():
        own = [row for row in rows if row["name"].startswith(kind + ".")]
        count = lambda word: sum(row["says"] == word for row in own)
        # A larger number is a stronger programme, but for what fades or slows it.
        sign = lambda row: -1 if row["name"].endswith(("half_life_months", "growth_factor", "successor_months")) else 1
        moved = [sign(row) * float(row["mean"]) for row in own if row["says"] != "not at all"]
        cells = [len(own), count("identified"), count("weak"), count("not at all"), sum(m < 0 for m in moved), sum(m > 0 for m in moved)]
        print(f"| {name} | {' | '.join(map(str, cells))} |")
    spoken = [row for row in rows if row["says"] != "not at all"]
    if spoken:
        print("\nThose of which the records say something:\n")
        print("| number | prior | posterior | spread | moved by |")
        print("|---|---:|---:|---:|---:|")
        for row in sorted(spoken, key=lambda row: float(row["mean"])):
            range_of = lambda way: f"{float(row[way + '_p50']):.3g} ({float(row[way + '_p05']):.3g}..{float(row[way + '_p95']):.3g})"
            print(f"| `{row['name']}` | {range_of('prior')} | {range_of('posterior')} | {float(row['spread']):.2f} | {float(row['mean']):+.1f} |")


main()
