#!/usr/bin/env python3
"""Prints the figures of docs/world.md and of a mechanism from results of five scenarios.

    roundabout run scenarios/primary.toml scenarios/history.toml scenarios/secondary-payments.toml \\
        scenarios/polish-closure.toml scenarios/lithuanian-closure.toml --draws 256 --out OUT
    docs/world-figures.py OUT
"""

import csv
import sys
from pathlib import Path

OUT = Path(sys.argv[1])
USD_PER_EUR = 1.1835  # the mean of 2021, as in the world


def rows(scenario, table):
    with open(OUT / scenario / f"{table}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


CACHE = {}


def pick(scenario, table, column="p50", **keys):
    """The sum of a column over rows with these keys; `month` may be a year."""
    if (scenario, table) not in CACHE:
        CACHE[scenario, table] = rows(scenario, table)
    found = 0.0
    for row in CACHE[scenario, table]:
        if all(row[key].startswith(value) if key == "month" else row[key] == value for key, value in keys.items()):
            found += float(row[column] or 0)
    return found


def place(name, year, commodity="all", scenario="history"):
    return pick(scenario, "throughput", place=name, month=year, commodity=commodity, unit="t")


def sales(reporter, year, commodity="all", partner="RU"):
    keys = dict(reporter=reporter, partner=partner, flow="export", commodity=commodity, month=year, unit="usd")
    return pick("history", "books", **keys) / 1e9


def price(id, month, side="demand", quantity="price"):
    return pick("history", "prices", month=month, side=side, id=id, quantity=quantity)


def metric(name, period, via="", unit="usd", scenario="history", column="p50"):
    return pick(scenario, "metrics", column, metric=name, period=period, commodity="all", via=via, unit=unit)


def closure(scenario, month, places):
    other = {"polish-closure": "lithuanian-closure", "lithuanian-closure": "polish-closure"}[scenario]
    for name in places:
        open_, closed = (pick(s, "throughput", "mean", place=name, month=month, commodity="all", unit="t") for s in (other, scenario))
        print(f"  {name}: {open_:,.0f} t open, {closed:,.0f} t closed, {closed / open_ - 1:+.0%}")


years = ("2021", "2022", "2023")
print("0  Belarusian potash by Russian ports and by rail to China, 2023, kt: ", end="")
ways = {"ust-luga": "Ust-Luga", "vitebsk--st-petersburg": "St Petersburg", "murmansk": "Murmansk", "gomel--novorossiysk": "Novorossiysk", "orsha--altynkol": "China by rail"}
print({name: round(place(line, "2023", "potash") / 1e3) for line, name in ways.items()})
print("1  Polish closure, September 2025")
closure("polish-closure", "2025-09", ["terespol", "malaszewicze", "medininkai", "terehova", "grebneva", "luhamaa"])
print("   Lithuanian closure, November 2025")
closure("lithuanian-closure", "2025-11", ["medininkai", "terespol", "malaszewicze", "terehova", "grebneva", "luhamaa"])
print("2  Belarusian oil products at Klaipeda and Riga, kt:", [round((place("gudogai", y, "oil_products") + place("bigosovo", y, "oil_products")) / 1e3) for y in years])
for good in ("pellets", "sawnwood", "plywood"):
    borders = ("terespol", "bobrowniki", "medininkai", "paternieki", "gudogai", "bigosovo")
    print(f"   {good} at Belarus's borders with the EU, kt:", [round(sum(place(b, y, good) for b in borders) / 1e3, 1) for y in years], "by Kazakh and Kyrgyz papers and transit")
print("3  lorries of 18 t a day, 2021:", {p: round(place(p, "2021") / 18 / 365) for p in ("terespol", "bobrowniki", "medininkai", "paternieki", "terehova", "grebneva", "luhamaa", "vaalimaa", "lars")})
print("4  China to Russia, bn USD:", [round(sales("CN", y), 1) for y in years], "vehicles", [round(sales("CN", y, "vehicles"), 1) for y in years], "Türkiye", [round(sales("TR", y), 1) for y in years])
print("6  EU to Russia, bn EUR:", [round(sales("EU", y) / USD_PER_EUR, 1) for y in years])
print("7  pellets in Germany, USD/t:", [round(price("pellets-germany", m)) for m in ("2021-06", "2022-09", "2023-06")], "plywood", [round(price("plywood-germany", m)) for m in ("2021-06", "2022-09", "2023-06")])
listed = {row["target"]: row["mean"] for row in rows("history", "events") if row["quantity"] == "has_occurred" and row["month"] == "2024-12"}
print("8  listed by December 2024, share of draws:", listed)
comparison = [row for row in csv.DictReader(open(OUT / "comparison.csv", newline="", encoding="utf-8")) if row["scenario"] == "secondary-payments" and row["period"] == "2024" and row["commodity"] == "all" and row["via"] == "" and row["unit"] == "usd"]
print("9  bank sanctions against primary, 2024, mn USD, median:", {row["metric"]: round(float(row["p50"]) / 1e6) for row in comparison if row["metric"] in ("circumvented", "genuine_trade_lost")})
print("11 rents, 2023, mn USD:", {name: round(metric(name, "2023") / 1e6) for name in ("permit_rent", "intermediary_rent", "port_rent", "passage_rent", "seller_rent")})
print("20 mt at gates, 2021:", {p: round(place(p, "2021") / 1e6, 1) for p in ("novorossiysk", "zabaikalsk", "vladivostok")})
print("21 potash, USD/t:", {id: [round(price(id, m)) for m in ("2021-06", "2022-06", "2023-06", "2024-06")] for id in ("potash-br", "potash-in", "potash-cn", "potash-ru", "potash-kz")})
print("22 netback and price at the works, 2021-01:", {id: (round(price(id, "2021-01", "supply", "netback")), round(price(id, "2021-01", "supply"))) for id in ("pellets-by", "potash-by", "sawnwood-by", "oil-by")})
print("24 potash by Klaipeda, 2021, mt:", round(place("klaipeda", "2021", "potash") / 1e6, 1))
print("28 potash by Astrakhan and Makhachkala, 2023, kt:", [round(place(p, "2023", "potash") / 1e3) for p in ("astrakhan", "makhachkala")])
print("-- prices in Russia, and rents of Chinese sellers on relations, over the price of 2021:")
for good in ("machinery", "electronics", "vehicles", "instruments", "other_sanctioned", "unsanctioned"):
    base = price(f"{good}-ru", "2021-01")
    for month in ("2022-06", "2023-06"):
        rent = pick("history", "capacities", month=month, capacity=f"relation-cn-{good}", quantity="rent")
        print(f"  {good}, {month}: price {price(f'{good}-ru', month) / base - 1:+.0%}, rent {rent / base:.0%}")

# Ways at the freight and days of the tables.
WORLD = Path(__file__).resolve().parent.parent / "scenarios/worlds/eurasia"


def load(name):
    with open(WORLD / name, newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


LINKS, TRANSFERS = load("links.csv"), load("transfers.csv")


def way(title, *parts):
    """Freight and days over links and transfers, whose ids are listed."""
    found = [LINKS.get(part) or TRANSFERS[part] for part in parts]
    freight = sum(float(row.get("freight_usd_per_t") or row.get("usd_per_t")) for row in found)
    print(f"  {title}: {freight:.0f} USD/t, {sum(float(row['days']) for row in found):.0f} days")


print("10, 12, 23, 30 ways, freight and transfers:")
way("potash Soligorsk-Klaipeda, on board", "soligorsk--gudogai", "gudogai--kena", "kena--klaipeda", "klaipeda-bulk")
way("potash Soligorsk-Ust-Luga, on board", "soligorsk--orsha", "orsha--vitebsk", "vitebsk--ust-luga", "ust-luga-bulk")
way("container Shanghai-Moscow by Vladivostok", "shanghai--vladivostok-box", "vladivostok-general", "vladivostok--moscow")
way("container Shanghai-Moscow by Zabaikalsk", "shanghai--manzhouli", "manzhouli--zabaikalsk", "zabaikalsk--moscow")
way("lorry Berlin-Moscow", "berlin--warsaw", "warsaw--terespol", "terespol--brest", "brest--minsk", "minsk--moscow")
way("lorry Vilnius-Almaty", "vilnius--medininkai", "medininkai--kamenny-log", "kamenny-log--minsk", "minsk--moscow", "moscow--samara",
    "samara--mashtakovo", "mashtakovo--syrym", "syrym--uralsk", "uralsk--aktobe", "aktobe--shymkent", "shymkent--almaty")
print("29 Upper Lars, lorries of 18 t a day:", {y: round(place("lars", y) / 18 / 365) for y in years})
print("25 Belarusian sawnwood, kt:", [round(pick("history", "flows", month=y, commodity="sawnwood", supply="sawnwood-by", unit="t") / 1e3) for y in years])


def baltic_share(partner, year):
    """The part of the union's recorded exports that the Baltic states declared, in percent."""
    with open(WORLD / "observed.csv", newline="", encoding="utf-8") as file:
        found = [row for row in csv.DictReader(file) if row["flow"] == "export" and row["commodity"] == "all"
                 and row["partner"] == partner and row["month"].startswith(f"{year}-")]
    values = [(float(row["value"]), row["reporter"] == "BALTICS") for row in found if row["reporter"] != "EU"]
    return 100 * sum(value for value, is_baltic in values if is_baltic) / sum(value for value, _ in values)


print("Baltic part of EU exports to Kyrgyzstan, % (docs/mechanisms/consignors.md):",
      {year: round(baltic_share("KG", year)) for year in (2021, 2022, 2023, 2024)})
