#!/usr/bin/env python3
"""Writes the tables of `eurasia` that follow a rule, and `../priors/eurasia.toml`.

    scenarios/worlds/make-eurasia.py PATH/TO/roundabout

By hand are kept: jurisdictions, nodes, links, transfers, sources, observed. Made here: commodities, supplies, demands,
baseline, corridors, capacities and the priors. Two numbers need the routes, which `roundabout check --routes` lists: prices at
the works, so that the mean baseline sale returns them, and the room of border posts for each good. So the tables are
written twice.
"""

import csv
import math
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORLD = HERE / "eurasia"
PRIORS = HERE.parent / "priors" / "eurasia.toml"
USD_PER_EUR = 1.1835  # ECB, mean of the months of 2021

GROUPS = ["baltics", "poland", "germany", "italy", "rest-eu"]
HUBS = ["kz", "kg", "am", "ge", "uz"]
LISTED = ["machinery", "electronics", "vehicles", "instruments", "other_sanctioned"]
LATER = ["listed_2023", "listed_2024", "makers_left"]
GOODS = [*LISTED, *LATER, "unsanctioned"]
# Part of EU exports to Russia on no list in January 2023 (56.0 bn EUR of 2021) that later packages name: the tenth 11.4 bn EUR;
# after it 4.1 bn, from 43.9 to about 48.
LATER_SHARE = {"listed_2023": 11.4 / 56.0, "listed_2024": 4.1 / 56.0}
# Of what none named, a quarter is taken to come from makers that left on their own.
LEFT = 0.25
LATER_SHARE["makers_left"] = LEFT * (1 - sum(LATER_SHARE.values()))
PRICE = {
    "machinery": 12000, "electronics": 30000, "vehicles": 11000, "instruments": 60000, "other_sanctioned": 3500,
    "listed_2023": 8000, "listed_2024": 6000, "makers_left": 5000, "unsanctioned": 5000,
}  # fmt: skip
COMMODITIES = [
    # id, name, hs, price, route choice, holding, lot, cargo, source
    ("potash", "Potassium chloride", "3104", 250, 12, 0.1, 60, "bulk", "price-potash"),
    ("oil_products", "Oil products", "2710", 550, 15, 0.1, 60, "bulk", "price-oil-products"),
    ("plywood", "Birch plywood", "4412", 900, 6, 0.1, 20, "general", "price-wood"),
    ("pellets", "Wood pellets", "4401", 170, 10, 0.1, 22, "bulk", "price-wood"),
    ("sawnwood", "Sawn wood", "4407", 320, 8, 0.1, 22, "general", "price-sawnwood"),
    ("tractors", "Tractors and trucks", "8701 8704", 4500, 5, 0.2, 10, "general", "price-tractors"),
    ("machinery", "Machinery on the EU list of 2022", "84", 12000, 5, 0.33, 10, "general", "price-goods"),
    ("electronics", "Electronics on the EU list of 2022", "85", 30000, 5, 0.33, 5, "general", "price-goods"),
    ("vehicles", "Vehicles on the EU list of 2022", "87", 11000, 5, 0.33, 10, "general", "price-goods"),
    ("instruments", "Instruments on the EU list of 2022", "90", 60000, 5, 0.33, 5, "general", "price-goods"),
    ("other_sanctioned", "Other goods on the EU list of 2022", "", 3500, 5, 0.33, 15, "general", "price-goods"),
    ("listed_2023", "Goods listed in 2023 (tenth package)", "", 8000, 5, 0.33, 12, "general", "price-goods-later"),
    ("listed_2024", "Goods listed from late 2023 to 2024", "", 6000, 5, 0.33, 12, "general", "price-goods-later"),
    ("makers_left", "Goods on no list whose makers left", "", 5000, 5, 0.33, 15, "general", "price-goods"),
    ("unsanctioned", "Other goods on no list to 2024", "", 5000, 5, 0.33, 15, "general", "price-goods"),
]
CARGO = {row[0]: row[7] for row in COMMODITIES}
REFERENCE = {row[0]: row[3] for row in COMMODITIES}
CHOICE = {row[0]: row[4] for row in COMMODITIES}
HOLDING = {row[0]: row[5] for row in COMMODITIES}


def table(name):
    with open(WORLD / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(name, header, rows):
    with open(WORLD / name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def number(value):
    """Six significant digits, without an exponent."""
    if value == 0:
        return "0"
    digits = 6 - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, digits):.{max(digits, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# ---------------------------------------------------------------------------------------------------------------- sellers


class World:
    def __init__(self):
        self.supplies, self.demands, self.baseline, self.corridors, self.capacities = {}, {}, {}, [], []
        self.routes = []  # spelt out
        self.used_transfers = set()
        self.priors = []  # lines of the priors file

    def supply(self, id, good, node, elasticity, source, margin=0.95):
        self.supplies[id] = dict(good=good, node=node, elasticity=elasticity, source=source, price=None, margin=margin)

    def demand(self, id, good, node, price, elasticity, source):
        self.demands[id] = dict(good=good, node=node, elasticity=elasticity, source=source, price=price)

    def trade(self, supply, demand, tonnes, source):
        if tonnes > 0:
            assert (supply, demand) not in self.baseline, (supply, demand)
            self.baseline[supply, demand] = (tonnes, source)

    def corridor(self, supplies, demands, waypoints, jurisdictions, source, kind="direct", via="", potential="",
                 extra=0, id="", share="", detour="", paths=1):
        supplies = [supplies] if isinstance(supplies, str) else supplies
        demands = [demands] if isinstance(demands, str) else demands
        good = self.supplies[supplies[0]]["good"]
        self.corridors.append(dict(
            commodity=good, supplies=";".join(supplies), demands=";".join(demands), kind=kind, via=via,
            waypoints=waypoints, paths=paths, potential_share=potential, extra_cost_usd_per_t=extra, source=source, id=id,
            jurisdictions=";".join(dict.fromkeys(jurisdictions.split(";"))), detour=detour, baseline_share=share))

    def capacity(self, id, applies, goods, limit, source, ceiling="", growth="", dead="", rent_half=""):
        self.capacities.append((id, applies, goods, limit, ceiling, growth, dead, source, rent_half))


EU_LAND = "EU"  # any member may be passed by land inside the union

# Ways of EU goods to Russia: name, waypoints, jurisdictions beyond the union. Shares of a group's trade stand below.
GATES = {
    "pl-by": ("terespol;minsk", "BY;RU"),
    "pl2-by": ("bobrowniki;minsk", "BY;RU"),
    "lt-by": ("medininkai;minsk", "BY;RU"),
    "lv-by": ("paternieki;minsk", "BY;RU"),
    "lv": ("terehova", "RU"),
    "lv2": ("grebneva", "RU"),
    "ee": ("luhamaa", "RU"),
    "fi": ("hamina;vaalimaa;st-petersburg", "RU"),
    "sea": ("st-petersburg", "RU"),
    "rail": ("malaszewicze;minsk", "BY;RU"),
    "black-sea": ("genoa;novorossiysk", "RU"),
}
# Assumed from the throughput of posts and ports that sources.csv names (gates-eu-russia).
GATE_SHARES = {
    "baltics": {"lt-by": 0.36, "lv-by": 0.14, "lv": 0.14, "lv2": 0.12, "ee": 0.18, "sea": 0.06},
    "poland": {"pl-by": 0.42, "pl2-by": 0.28, "lt-by": 0.22, "lv": 0.02, "rail": 0.06},
    "germany": {"pl-by": 0.23, "pl2-by": 0.12, "lt-by": 0.2, "lv": 0.03, "ee": 0.04, "fi": 0.07, "sea": 0.25, "rail": 0.06},
    "italy": {"pl-by": 0.31, "pl2-by": 0.17, "lt-by": 0.2, "lv": 0.03, "sea": 0.12, "rail": 0.03, "black-sea": 0.14},
    "rest-eu": {"pl-by": 0.15, "pl2-by": 0.08, "lt-by": 0.14, "lv": 0.03, "ee": 0.06, "fi": 0.2, "sea": 0.3, "rail": 0.04},
}
BY_SHARES = {
    "baltics": {"lt-by": 0.7, "lv-by": 0.3},
    "poland": {"pl-by": 0.55, "pl2-by": 0.45},
    "germany": {"pl-by": 0.5, "pl2-by": 0.2, "lt-by": 0.3},
    "italy": {"pl-by": 0.6, "pl2-by": 0.4},
    "rest-eu": {"pl-by": 0.5, "pl2-by": 0.2, "lt-by": 0.3},
}
ASIA_SHARES = {
    "baltics": {"lt-by": 0.7, "lv": 0.3},
    "poland": {"pl-by": 0.6, "lt-by": 0.15, "lv": 0.05, "rail": 0.2},
    "germany": {"pl-by": 0.5, "lt-by": 0.15, "lv": 0.05, "rail": 0.3},
    "italy": {"pl-by": 0.6, "lt-by": 0.15, "lv": 0.05, "rail": 0.2},
    "rest-eu": {"pl-by": 0.5, "lt-by": 0.15, "lv": 0.05, "rail": 0.3},
}
# Where goods hidden on the road leave the union, two ways for each group.
HIDDEN = {"baltics": ["lt-by", "lv"], "poland": ["pl-by", "lt-by"], "germany": ["pl-by", "lv"], "italy": ["pl-by", "lv"],
          "rest-eu": ["pl-by", "lv"]}
NODE = {"baltics": "vilnius", "poland": "warsaw", "germany": "berlin", "italy": "milan", "rest-eu": "rotterdam"}
OWN = {"baltics": "BALTICS;LT", "poland": "POLAND", "germany": "GERMANY", "italy": "ITALY", "rest-eu": "REST_EU"}
FLY = {"electronics": 0.25, "instruments": 0.3}  # assumed part by air, German and other members' goods

# Sales to Russia in 2021, bn USD. Totals are published; the split over goods is assumed (rivals-2021).
RIVALS = {
    "cn": dict(node="shanghai", world=3364, ru=dict(machinery=6.9, electronics=5.7, vehicles=2.7, instruments=0.6,
               other_sanctioned=10.0, listed_2023=11.5, listed_2024=3.6, unsanctioned=26.5), by=2.7),
    "tr": dict(node="istanbul", world=225, ru=dict(machinery=0.9, electronics=0.35, vehicles=0.6, instruments=0.02,
               other_sanctioned=0.9, listed_2023=0.5, listed_2024=0.2, unsanctioned=3.03), by=0.75),
    "jp": dict(node="yokohama", world=757, ru=dict(machinery=1.35, electronics=0.4, vehicles=4.4, instruments=0.15,
               other_sanctioned=0.75, listed_2023=0.3, unsanctioned=0.5)),
    "kr": dict(node="busan", world=644, ru=dict(machinery=1.6, electronics=0.8, vehicles=4.9, instruments=0.1,
               other_sanctioned=0.9, listed_2023=0.7, unsanctioned=0.98)),
    "us": dict(node="new-york", world=1754, ru=dict(machinery=1.5, electronics=0.5, vehicles=1.2, instruments=0.6,
               other_sanctioned=1.0, listed_2023=0.5, unsanctioned=1.1)),
    "uk": dict(node="felixstowe", world=468, ru=dict(machinery=0.8, electronics=0.2, vehicles=0.6, instruments=0.2,
               other_sanctioned=0.6, listed_2023=0.3, unsanctioned=0.9)),
    "ch": dict(node="basel", world=380, ru=dict(machinery=0.45, electronics=0.1, instruments=0.2, other_sanctioned=0.4,
               listed_2023=0.15, unsanctioned=2.5)),
    "row": dict(node="port-klang", world=2500, ru=dict(machinery=1.2, electronics=2.5, vehicles=0.8, instruments=0.15,
                other_sanctioned=2.5, listed_2023=2.0, listed_2024=0.8, unsanctioned=15.0), by=1.2),
}
for row in RIVALS.values():
    row["ru"]["makers_left"] = LEFT * row["ru"]["unsanctioned"]
    row["ru"]["unsanctioned"] *= 1 - LEFT
COALITION = ["jp", "kr", "us", "uk", "ch"]
WORLD_EXPORTS = {"baltics": 82, "poland": 338, "germany": 1628, "italy": 610, "rest-eu": 3950}  # bn USD, 2021
TO_TURKEY_EUR, TO_EMIRATES_EUR = 79.1e9, 28e9  # Eurostat; assumed
TURKEY_SPLIT = dict(zip(GROUPS, [0.02, 0.08, 0.30, 0.18, 0.42]))
CHINA_TO_EU = {"kz": 1.38, "kg": 5.06, "uz": 1.81, "am": 0.55, "ge": 0.5, "tr": 0.35, "ae": 1.4}
MARKET = {"ru": "moscow", "by": "minsk", "kz": "almaty", "kg": "bishkek", "am": "yerevan", "ge": "tbilisi", "uz": "tashkent",
          "tr": "istanbul", "ae": "dubai", "row": "singapore"}
FACTORY_MARGIN = 0.92


def eu_exports():
    """EU exports of 2021 by group, partner and good, USD: Eurostat as observed.csv keeps it."""
    exports = defaultdict(float)
    for row in table("observed.csv"):
        if row["month"].startswith("2021-") and row["flow"] == "export" and row["unit"] == "usd":
            exports[row["reporter"].lower().replace("_", "-"), row["partner"].lower(), row["commodity"]] += float(row["value"])
    return exports


def add_goods(world):
    exports = eu_exports()
    value = {}  # (group, partner, good): USD in 2021
    for group in GROUPS:
        for partner in ["ru", "by", *HUBS]:
            for good in LISTED:
                value[group, partner, good] = exports[group, partner, good]
            rest = exports[group, partner, "all"] - sum(exports[group, partner, good] for good in LISTED)
            if partner == "by":  # totals leave Belarus out
                listed = sum(exports[group, "by", good] for good in LISTED)
                rest = 290e6 * 12 * listed / sum(exports[g, "by", good] for g in GROUPS for good in LISTED)
            for good in LATER:
                value[group, partner, good] = rest * LATER_SHARE[good]
            value[group, partner, "unsanctioned"] = rest * (1 - sum(LATER_SHARE.values()))
    to_russia = {good: sum(value[g, "ru", good] for g in GROUPS) for good in GOODS}
    all_russia = sum(to_russia.values())
    for good in GOODS:
        for group in GROUPS:
            for partner, total in [("tr", TO_TURKEY_EUR), ("ae", TO_EMIRATES_EUR)]:
                value[group, partner, good] = total * USD_PER_EUR * TURKEY_SPLIT[group] * to_russia[good] / all_russia
            sold = sum(value[group, "ru", g] for g in GOODS)
            known = sum(value[group, p, g] for p in ["ru", "by", *HUBS] for g in GOODS)
            value[group, "row", good] = (WORLD_EXPORTS[group] * 1e9 - known) * value[group, "ru", good] / sold

    for good in GOODS:
        price = PRICE[good]
        for group in GROUPS:
            world.supply(f"{good}-{group}", good, NODE[group], 2, "supply-eu-goods")
        for partner, node in MARKET.items():
            world.demand(f"{good}-{partner}", good, node, price, 1.5 if partner == "row" else 0.9, "demand-goods")
        for group in GROUPS:
            for partner in MARKET:
                elsewhere = "world-exports-2021-assumed" if group == "rest-eu" else "world-exports-2021"
                source = {"tr": "baseline-goods-tr", "ae": "baseline-goods-ae", "row": elsewhere}.get(
                    partner, "eurostat-exports-2021")
                if partner == "by" and good not in LISTED:
                    source = "baseline-goods-by-rest"
                elif good in LATER and partner not in ("tr", "ae", "row"):
                    source = "eurostat-exports-2021-left" if good == "makers_left" else "eurostat-exports-2021-later"
                world.trade(f"{good}-{group}", f"{good}-{partner}", value[group, partner, good] / 12 / price, source)
        add_rivals(world, good, value)
        add_eu_ways(world, good)
        add_rival_ways(world, good)
    for good in [*LISTED, *LATER]:
        add_hidden_ways(world, good)
        add_networks(world, good, to_russia)
    for good in GOODS:
        add_relations(world, good)


def add_rivals(world, good, value):
    price = PRICE[good]
    for rival, row in RIVALS.items():
        sales = row["ru"].get(good, 0) * 1e9
        if not sales:
            continue
        supply, total = f"{good}-{rival}", sum(row["ru"].values()) * 1e9
        world.supply(supply, good, row["node"], 2, "supply-rival-goods")
        world.trade(supply, f"{good}-ru", sales / 12 / price, "rivals-2021")
        known = sales
        if "by" in row:
            world.trade(supply, f"{good}-by", row["by"] * 1e9 * sales / total / 12 / price, "rivals-2021-belarus")
        if rival == "cn":
            for hub, ratio in CHINA_TO_EU.items():
                eu = sum(value[group, hub, good] for group in GROUPS)
                source = "baseline-goods-hubs" if hub in ("kz", "kg", "uz") else "baseline-goods-hubs-assumed"
                world.trade(supply, f"{good}-{hub}", ratio * eu / 12 / price, source)
        if rival == "row" and good in ("electronics", "instruments"):  # whose transit the EU restricts
            for hub in HUBS:
                eu = sum(value[group, hub, good] for group in GROUPS)
                world.trade(supply, f"{good}-{hub}", 0.3 * eu / 12 / price, "baseline-goods-row")
        rest = row["world"] * 1e9 * sales / total - known
        source = "world-exports-2021-assumed" if rival in ("uk", "ch", "row") else "world-exports-2021"
        world.trade(supply, f"{good}-row", rest / 12 / price, source)


def inside(group, beyond):
    return f"{EU_LAND};{beyond}" if beyond else EU_LAND


def add_eu_ways(world, good):
    to = lambda partner: f"{good}-{partner}"
    for group in GROUPS:
        seller = f"{good}-{group}"
        shares = dict(GATE_SHARES[group])
        fly = FLY.get(good, 0) if group in ("germany", "rest-eu") else 0
        if fly:  # spelt out: no waypoint would keep a search for the cheapest path in the air
            tonnes, source = world.baseline[seller, to("ru")]
            world.baseline[seller, to("ru")] = (tonnes * (1 - fly), source)
            start = {"germany": "berlin--frankfurt", "rest-eu": "rotterdam--frankfurt"}[group]
            links = f"{start};frankfurt--sheremetyevo;sheremetyevo--moscow"
            world.routes.append((f"{seller}>{to('ru')}:direct:air", seller, to("ru"), "direct", "", links, number(tonnes * fly), "", 0, "gate-air"))
        for gate, share in shares.items():
            waypoints, beyond = GATES[gate]
            if gate == "sea" and group in ("germany", "rest-eu", "italy"):
                waypoints = {"germany": "hamburg;", "rest-eu": "", "italy": "genoa;"}[group] + waypoints
            if gate == "sea" and group == "baltics":
                waypoints = "klaipeda;" + waypoints
            if gate == "fi" and group == "germany":
                waypoints = "hamburg;" + waypoints
            if gate in ("rail",):
                waypoints = {"poland": "", "germany": "", "italy": "warsaw;", "rest-eu": "warsaw;"}[group] + waypoints
            # By sea from the Mediterranean the way round Europe is long.
            detour = {"sea": 6.0 if group == "italy" else 3.0, "black-sea": 3.5, "fi": 2.0}.get(gate, 1.6)
            beyond = {"fi": "FI;RU"}.get(gate, beyond)
            where = f"{OWN[group]};{beyond}" if gate in ("sea", "black-sea", "fi") else inside(group, beyond)
            world.corridor(seller, to("ru"), waypoints, where, f"gate-{gate}", share=number(share), detour=detour)
        for gate, share in BY_SHARES[group].items():
            waypoints, beyond = GATES[gate]
            world.corridor(seller, to("by"), waypoints.split(";")[0], inside(group, "BY"), f"gate-{gate}", share=number(share),
                           detour=3.0 if gate == "lv-by" else 1.7)
        for gate, share in ASIA_SHARES[group].items():
            waypoints, beyond = GATES[gate]
            if gate == "rail":
                waypoints = ("warsaw;" if group in ("italy", "rest-eu") else "") + waypoints + ";smolensk;orenburg"
            else:
                waypoints += ";moscow;samara"
            world.corridor(seller, [to("kz"), to("kg"), to("uz")], waypoints, inside(group, beyond + ";KZ;KG;UZ"),
                           "corridor-asia", share=number(share), detour=1.6)
        if group == "rest-eu":
            world.corridor(seller, [to("am"), to("ge")], "poti", "REST_EU;GE;AM", "corridor-direct", detour=3.0)
            world.corridor(seller, to("tr"), "", "REST_EU;TR", "corridor-direct", detour=3.0)
        else:
            world.corridor(seller, [to("am"), to("ge")], "kapikule;sarpi", inside(group, "TR;GE;AM"), "corridor-direct", detour=2.0)
            world.corridor(seller, to("tr"), "kapikule", inside(group, "TR"), "corridor-direct", detour=1.7)
        port = {"baltics": "klaipeda", "poland": "gdansk", "germany": "hamburg", "italy": "genoa", "rest-eu": ""}[group]
        world.corridor(seller, [to("ae"), to("row")], port, f"{OWN[group]};AE;ROW", "corridor-direct", detour=2.5)
    if good != "listed_2024":
        for group in ("germany", "italy", "rest-eu"):
            start = {"germany": "hamburg;", "italy": "genoa;", "rest-eu": ""}[group]
            world.corridor(f"{good}-{group}", [to("kz"), to("uz")], start + "poti;tbilisi;alat;aktau;beyneu", f"{OWN[group]};GE;AZ;KZ;UZ",
                           "corridor-trans-caspian", potential=0.1, id=f"{good}-trans-caspian", detour=4.0)


CN_GATES = [("zabaikalsk;moscow", "CN;RU", 0.25), ("vladivostok;moscow", "CN;RU", 0.47), ("altynkol;astana;orenburg;moscow", "CN;KZ;RU", 0.12),
            ("suez;novorossiysk;moscow", "CN;RU;ROW", 0.08), ("suez;skagen;st-petersburg;moscow", "CN;RU;ROW", 0.08)]


def add_rival_ways(world, good):
    to = lambda partner: f"{good}-{partner}"
    has = lambda rival: f"{good}-{rival}" in world.supplies
    cn = f"{good}-cn"
    for waypoints, inside_of, share in CN_GATES:
        world.corridor(cn, to("ru"), waypoints, inside_of, "gates-china", share=number(share), detour=5.0)
    world.corridor(cn, to("by"), "altynkol;astana;orenburg;smolensk", "CN;KZ;RU;BY", "gates-china", detour=2.0)
    world.corridor(cn, [to("kz"), to("kg"), to("uz")], "nur-zholy", "CN;KZ;KG;UZ", "corridor-direct", detour=1.6)
    world.corridor(cn, [to("am"), to("ge")], "poti", "CN;GE;AM", "corridor-direct", detour=4.0)
    world.corridor(cn, [to("tr"), to("ae"), to("row")], "", "CN;TR;AE;ROW", "corridor-direct", detour=3.0)
    tr = f"{good}-tr"
    world.corridor(tr, to("ru"), "novorossiysk", "TR;RU", "gates-turkey", share="0.6", detour=2.0)
    world.corridor(tr, to("ru"), "sarpi;lars", "TR;GE;RU", "gates-turkey", share="0.25", detour=2.5)
    world.corridor(tr, to("ru"), "samsun;novorossiysk", "TR;RU", "gates-turkey", share="0.15", detour=2.5)
    world.corridor(tr, to("by"), "novorossiysk;moscow", "TR;RU;BY", "gates-turkey", detour=2.5)
    world.corridor(tr, to("row"), "", "TR;ROW", "corridor-direct", detour=2.5)
    for rival in ("jp", "kr"):
        if has(rival):
            world.corridor(f"{good}-{rival}", to("ru"), "vladivostok;moscow", f"{rival.upper()};RU", "gates-coalition", detour=2.0)
            world.corridor(f"{good}-{rival}", to("row"), "", f"{rival.upper()};ROW", "corridor-direct", detour=2.0)
    for rival in ("us", "uk"):
        if has(rival):
            world.corridor(f"{good}-{rival}", to("ru"), "st-petersburg;moscow", f"{rival.upper()};RU", "gates-coalition", detour=2.0)
            world.corridor(f"{good}-{rival}", to("row"), "", f"{rival.upper()};ROW", "corridor-direct", detour=2.5)
    if has("ch"):
        world.corridor(f"{good}-ch", to("ru"), "berlin;terespol;minsk", "CH;EU;BY;RU", "gates-coalition", detour=1.6)
        world.corridor(f"{good}-ch", to("row"), "genoa", "CH;EU;ROW", "corridor-direct", detour=2.0)
    row = f"{good}-row"
    world.corridor(row, to("ru"), "vladivostok;moscow", "ROW;RU", "gates-row", share="0.35", detour=2.5)
    world.corridor(row, to("ru"), "suez;skagen;st-petersburg;moscow", "ROW;RU", "gates-row", share="0.35", detour=3.5)
    world.corridor(row, to("ru"), "suez;novorossiysk;moscow", "ROW;RU", "gates-row", share="0.3", detour=2.5)
    world.corridor(row, to("by"), "suez;novorossiysk;moscow", "ROW;RU;BY", "gates-row", detour=2.5)
    world.corridor(row, to("row"), "", "ROW", "corridor-direct")
    if good in ("electronics", "instruments"):
        world.corridor(row, [to("kz"), to("kg"), to("uz")], "shanghai;nur-zholy", "ROW;CN;KZ;KG;UZ", "corridor-direct", detour=3.0)
        world.corridor(row, [to("am"), to("ge")], "suez;poti", "ROW;GE;AM", "corridor-direct", detour=3.0)


# Extra cost of hiding as a share of the price: re-export, ghost. The share of a hub in what could go hidden.
HIDING = {"kz": (0.05, 0.06, 0.05), "kg": (0.05, 0.065, 0.01), "uz": (0.06, 0.08, 0.02), "am": (0.05, 0.06, 0.02),
          "ge": (0.06, 0.09, 0.02), "tr": (0.06, None, 0.05), "ae": (0.07, None, 0.03), "cn": (0.06, None, 0.03), "hk": (0.05, None, 0.3),
          "other": (0.08, None, 0.03)}


def add_hidden_ways(world, good):
    for group in GROUPS:
        seller, to, price = f"{good}-{group}", lambda partner: f"{good}-{partner}", PRICE[good]
        back = {"kz": "uralsk;samara", "kg": "bishkek;samara", "uz": "tashkent;samara"}
        for hub in ("kz", "kg", "uz"):
            reexport, ghost, share = HIDING[hub]
            gates = HIDDEN[group] if good in LISTED else HIDDEN[group][:1]
            for gate in gates:
                waypoints, beyond = GATES[gate]
                part = share / len(gates) / 2
                # Of additional exports 73% never arrived in Kyrgyzstan and 27% in Kazakhstan in 2023 (mirror statistics); 49% of all in 2022.
                hidden = {"kg": 1.3, "kz": 0.9}.get(hub, 1.0)
                world.corridor(seller, to("ru"), f"{waypoints};moscow;samara;{back[hub]}", inside(group, f"{beyond};KZ;{hub.upper()}"),
                               "corridor-reexport", "reexport", hub.upper(), number(part * (2 - hidden)), number(reexport * price),
                               f"{good}-reexport-{hub}", detour={"kz": 6.0, "kg": 11.0, "uz": 11.0}[hub])
                if good in LISTED or hub != "uz":
                    world.corridor(seller, to("ru"), waypoints, inside(group, beyond), "corridor-ghost", "ghost", hub.upper(),
                                   number(part * hidden), number(ghost * price), f"{good}-ghost-{hub}", detour=1.6)
            if good in LISTED and hub in ("kz", "kg"):
                gate = HIDDEN[group][0]
                waypoints, beyond = GATES[gate]
                world.corridor(seller, to("by"), f"{waypoints};moscow;samara;{back[hub]};moscow", inside(group, f"{beyond};KZ;{hub.upper()}"),
                               "corridor-reexport", "reexport", hub.upper(), number(share * 0.51), number(reexport * price),
                               f"{good}-reexport-{hub}", detour={"kz": 24.0, "kg": 48.0}[hub])
                world.corridor(seller, to("by"), waypoints.split(";")[0], inside(group, "BY"), "corridor-ghost", "ghost", hub.upper(),
                               number(share * 0.49), number(ghost * price), f"{good}-ghost-{hub}", detour=1.7)
        for hub, stops in (("am", "yerevan;tbilisi;lars"), ("ge", "tbilisi;lars")):
            reexport, ghost, share = HIDING[hub]
            start = "poti;" if group == "rest-eu" else "kapikule;sarpi;"
            beyond = "GE;RU" if group == "rest-eu" else "TR;GE;RU"
            world.corridor(seller, to("ru"), start + stops, inside(group, beyond + f";{hub.upper()}"), "corridor-reexport", "reexport", hub.upper(),
                           number(share * 0.51), number(reexport * price), f"{good}-reexport-{hub}", detour=8.0)
            if good in LISTED:
                gate = HIDDEN[group][0]
                waypoints, beyond = GATES[gate]
                world.corridor(seller, to("ru"), waypoints, inside(group, beyond), "corridor-ghost", "ghost", hub.upper(),
                               number(share * 0.49), number(ghost * price), f"{good}-ghost-{hub}", detour=1.6)
        start = "" if group == "rest-eu" else "kapikule;"
        world.corridor(seller, to("ru"), start + "istanbul;novorossiysk", inside(group, "TR;RU"), "corridor-reexport", "reexport", "TR",
                       number(HIDING["tr"][2]), number(HIDING["tr"][0] * price), f"{good}-reexport-tr", detour=6.0)
        port = {"baltics": "klaipeda;", "poland": "gdansk;", "germany": "hamburg;", "italy": "genoa;", "rest-eu": ""}[group]
        world.corridor(seller, to("ru"), port + "dubai;novorossiysk", f"{OWN[group]};AE;RU", "corridor-reexport", "reexport", "AE",
                       number(HIDING["ae"][2]), number(HIDING["ae"][0] * price), f"{good}-reexport-ae", detour=26.0)
        world.corridor(seller, to("ru"), port + "suez;shanghai;vladivostok", f"{OWN[group]};ROW;CN;RU", "corridor-reexport", "reexport", "CN",
                       number(HIDING["cn"][2]), number(HIDING["cn"][0] * price), f"{good}-reexport-cn", detour=38.0)
        if good in LISTED:
            world.corridor(seller, to("ru"), "belgrade;istanbul;novorossiysk", inside(group, "OTHER;TR;RU"), "corridor-other", "reexport", "OTHER",
                           number(HIDING["other"][2]), number(HIDING["other"][0] * price), f"{good}-reexport-other", detour=7.0)
        if good in ("electronics", "instruments"):
            world.corridor(seller, to("ru"), port + "suez;hong-kong;vladivostok", f"{OWN[group]};ROW;HK;RU", "corridor-reexport", "reexport", "HK",
                           number(HIDING["hk"][2]), number(HIDING["hk"][0] * price), f"{good}-reexport-hk", detour=38.0)
    if good in ("vehicles", "other_sanctioned", *LATER):
        sellers = [f"{good}-{group}" for group in GROUPS]
        for group in GROUPS:
            gate = HIDDEN[group][0]
            waypoints, beyond = GATES[gate]
            world.corridor(f"{good}-{group}", f"{good}-ru", waypoints.split(";")[0] + ";minsk", inside(group, "BY;RU"), "corridor-reexport-by",
                           "reexport", "BY", "0.05", number(0.05 * PRICE[good]), f"{good}-reexport-by", detour=1.7)
    for rival, hubs in {"jp": ["kz", "kg", "cn", "hk"], "kr": ["kz", "kg", "cn", "hk"], "us": ["tr", "ae", "cn", "hk"], "uk": ["tr", "ae"]}.items():
        seller = f"{good}-{rival}"
        if seller not in world.supplies or good == "listed_2024":
            continue
        for hub in hubs:
            if hub == "hk" and good not in ("electronics", "instruments"):
                continue
            stops, beyond = {
                "kz": ("shanghai;urumqi;nur-zholy;almaty;samara", "CN;KZ;RU"), "kg": ("shanghai;urumqi;nur-zholy;bishkek;samara", "CN;KZ;KG;RU"),
                "cn": ("shanghai;zabaikalsk", "CN;RU"), "hk": ("hong-kong;vladivostok", "HK;RU"), "tr": ("istanbul;novorossiysk", "TR;RU"),
                "ae": ("dubai;novorossiysk", "AE;RU")}[hub]
            share, cost = HIDING[hub][2], HIDING[hub][0]
            world.corridor(seller, f"{good}-ru", stops, f"{rival.upper()};{beyond}", "corridor-reexport", "reexport", hub.upper(), number(share),
                           number(cost * PRICE[good]), f"{good}-reexport-{hub}", detour=9.0)


# Ceilings of hidden networks, t a month, by good: the rise of EU exports from 2021 to September-November 2022 (capacity-via-goods).
CEILINGS = {
    "machinery": {"kz": 10000, "kg": 2080, "am": 3060, "ge": 1060, "uz": 730},
    "electronics": {"kz": 1040, "kg": 254, "am": 305, "ge": 270, "uz": 74.8},
    "vehicles": {"kz": 14300, "kg": 5950, "am": 4020, "ge": 4950, "uz": 2450},
    "instruments": {"kz": 106, "kg": 10.4, "am": 9.48, "ge": 2.34, "uz": 23.8},
    "other_sanctioned": {"kz": 37900, "kg": 8300, "am": 8780, "ge": 14900, "uz": 10400},
}
# The same networks serve sellers outside the union, which EU records do not show: assumed, set on EU exports of 2022.
OTHERS_TOO = {"kz": 1.75, "kg": 2.0, "am": 1.1, "ge": 1.0, "uz": 1.7}
# Hubs without records by good, as a part of what Russia bought from the EU in 2021: start, ceiling.
UNRECORDED = {"tr": (0.003, 0.05), "ae": (0.002, 0.03), "cn": (0.002, 0.03), "other": (0.002, 0.03), "hk": (0.01, 0.2)}


def add_networks(world, good, to_russia):
    bought = to_russia[good] / 12 / PRICE[good]
    rows = []
    if good in LISTED:
        for hub, ceiling in CEILINGS[good].items():
            ceiling *= OTHERS_TOO[hub]
            rows.append((hub, ceiling * 0.08, ceiling, "capacity-via-goods", 0.5))
        for hub, (start, ceiling) in UNRECORDED.items():
            if hub == "hk" and good not in ("electronics", "instruments"):
                continue
            rows.append((hub, bought * start, bought * ceiling, "capacity-via-assumed", 1.0))
    else:
        # The networks of 2022 carry goods listed later as well: half the mean ceiling of the listed goods, as a part of purchases,
        # for these goods are less sought after; assumed, by a factor of three either way.
        listed = sum(to_russia[g] / 12 / PRICE[g] * PRICE[g] for g in LISTED)
        for hub in HUBS:
            part = sum(CEILINGS[g][hub] * PRICE[g] for g in LISTED) / listed
            rows.append((hub, bought * part * 0.075, bought * part * 0.5, "capacity-via-later", 1.0))
        for hub in ("tr", "ae", "cn"):
            start, ceiling = UNRECORDED[hub]
            rows.append((hub, bought * ceiling * 0.15, bought * ceiling, "capacity-via-later", 1.0))
    if good in ("vehicles", "other_sanctioned"):
        start, ceiling = {"vehicles": (500, 21000), "other_sanctioned": (1500, 15000)}[good]
        rows.append(("by", start, ceiling, "capacity-via-by", 0.7))
    if good in LATER:
        rows.append(("by", bought * 0.005, bought * 0.06, "capacity-via-by", 0.7))
    for hub, start, ceiling, source, sigma in rows:
        id = f"via-{hub}-{good}"
        world.capacity(id, f"via:{hub.upper()}", good, number3(start), source, number3(ceiling), 2.2, 1, 0.3)
        world.spread[id] = (sigma, hub)


def number3(value):
    digits = 3 - 1 - math.floor(math.log10(abs(value)))
    return number(round(value, digits))


# New relations take time: what a rival's exporters can ship to Russia grows with the mark-up (relations). Ceilings, in baselines.
RELATIONS = {"machinery": 2.6, "electronics": 2.2, "vehicles": 9.0, "instruments": 2.6, "other_sanctioned": 2.2, "listed_2023": 2.2,
             "listed_2024": 1.8, "makers_left": 1.9, "unsanctioned": 1.9}


GROWTH = {"vehicles": 1.2}  # dealers changed brands within a year


def add_relations(world, good):
    for rival in ("cn", "tr", "row"):
        pair = (f"{good}-{rival}", f"{good}-ru")
        if pair not in world.baseline:
            continue
        tonnes, _ = world.baseline[pair]
        id, ceiling = f"relation-{rival}-{good}", RELATIONS[good]
        if rival != "cn":  # China replaces most; others sell what suits less
            ceiling = min(ceiling, 3.0 if rival == "tr" and good in LISTED else 2.0)
        world.capacity(id, f"pair:{pair[0]}>{pair[1]}", good, number3(tonnes * 1.03), "capacity-relations",
                       number3(tonnes * ceiling), GROWTH.get(good, 0.6), 0, 0.3)
        world.relations.append((id, tonnes, ceiling, GROWTH.get(good, 0.6)))


# ------------------------------------------------------------------------------------------------- potash, oil, wood, tractors

PORTS = ["ust-luga", "bronka", "murmansk", "novorossiysk"]


def add_potash(world):
    d, s = world.demand, world.supply
    for id, node, price in [("rest-eu", "rotterdam", 250), ("poland", "gdansk", 250), ("us", "new-orleans", 250), ("ru", "smolensk", 220),
                            ("kz", "astana", 260), ("az", "baku", 260), ("tm", "ashgabat", 250), ("ir", "tehran", 290), ("br", "paranagua", 250),
                            ("in", "mumbai", 247), ("cn", "shanghai", 280), ("row", "singapore", 250)]:
        d(f"potash-{id}", "potash", node, price, 0.15, "demand-potash-in" if id == "in" else "demand-potash")
    s("potash-by", "potash", "soligorsk", 2, "supply-potash-by")
    s("potash-ru", "potash", "solikamsk", 0.2, "supply-potash-ru")
    s("potash-tm", "potash", "garlyk", 0.5, "supply-potash-tm")
    s("potash-row", "potash", "vancouver", 0.12, "supply-potash-row")
    # Exports of 2021 in kt: Belarus 13,000, some 11,500 of it by Klaipeda, Russia 14,900, others about 35,000.
    by = dict(row=5150, br=2500, cn=1900, **{"in": 1000, "rest-eu": 850, "us": 600, "poland": 350, "ru": 350, "kz": 150, "az": 90, "tm": 60})
    ru = dict(row=4900, br=4600, cn=2700, **{"in": 300, "rest-eu": 1500, "us": 900})
    row = dict(row=10800, br=5400, cn=3000, us=9500, ir=60, az=5, **{"in": 2300, "rest-eu": 3500, "poland": 450})
    for demand, kt in by.items():
        world.trade("potash-by", f"potash-{demand}", kt * 1e3 / 12, "baseline-potash-in" if demand == "in" else "baseline-potash")
    for demand, kt in ru.items():
        world.trade("potash-ru", f"potash-{demand}", kt * 1e3 / 12, "baseline-potash-ru")
    for demand, kt in row.items():
        world.trade("potash-row", f"potash-{demand}", kt * 1e3 / 12, "baseline-potash-rivals")
    world.trade("potash-tm", "potash-tm", 1500, "baseline-garlyk")
    to = lambda *names: [f"potash-{name}" for name in names]
    by, overseas = "potash-by", to("br", "in", "cn", "row")
    world.corridor(by, to("rest-eu", "us", "br", "in", "row"), "kena;klaipeda", "BY;LT;REST_EU;US;BR;IN;ROW", "corridor-klaipeda", detour=3.0)
    world.corridor(by, to("cn"), "kena;klaipeda", "BY;LT;CN", "corridor-klaipeda", share="0.9", detour=6.0)
    world.corridor(by, to("cn"), "orsha;altynkol", "BY;RU;KZ;CN", "corridor-rail-china", share="0.1", detour=1.6)
    world.corridor(by, to("poland"), "malaszewicze", "BY;PL;POLAND", "corridor-direct", detour=2.0)
    world.corridor(by, to("ru", "kz"), "orsha", "BY;RU;KZ", "corridor-direct", detour=2.0)
    world.corridor(by, to("az"), "gomel;makhachkala", "BY;RU;AZ", "corridor-direct", detour=2.0)
    world.corridor(by, to("tm"), "orsha;beyneu", "BY;RU;KZ;TM", "corridor-direct", detour=2.0)
    world.corridor("potash-tm", to("tm"), "", "TM", "corridor-direct")
    world.corridor("potash-row", to("rest-eu", "poland", "us", "br", "in", "row"), "", "ROW;REST_EU;POLAND;US;BR;IN", "corridor-direct", detour=2.5)
    world.corridor("potash-row", to("cn"), "", "ROW;CN", "corridor-direct", detour=2.0)
    world.corridor("potash-row", to("az"), "bandar-abbas;astara-ir", "ROW;IR;AZ", "corridor-direct", detour=3.0)
    world.corridor("potash-row", to("ir"), "bandar-abbas", "ROW;IR", "corridor-direct", detour=3.0)
    world.corridor("potash-ru", to("rest-eu", "us", "br", "in", "row"), "st-petersburg", "RU;REST_EU;US;BR;IN;ROW", "corridor-uralkali", detour=4.0)
    world.corridor("potash-ru", to("cn"), "zabaikalsk", "RU;CN", "corridor-uralkali", share="0.6", detour=2.0)
    world.corridor("potash-ru", to("cn"), "st-petersburg;shanghai", "RU;CN", "corridor-uralkali", share="0.4", detour=5.0)
    for port, share in zip(PORTS, (0.35, 0.45, 0.08, 0.12)):
        port_node = "st-petersburg" if port == "bronka" else port
        world.corridor(by, to("br", "in", "row"), port_node, "BY;RU;BR;IN;ROW", "corridor-russian-port", potential=share,
                       id=f"potash-{port}", detour=3.5)
        world.corridor(by, to("cn"), port_node, "BY;RU;CN", "corridor-russian-port", potential=share, id=f"potash-{port}", detour=7.0)
    world.corridor(by, to("ir"), "gomel;makhachkala;anzali", "BY;RU;IR", "corridor-north-south", potential=0.5, id="potash-caspian", detour=2.0)
    world.corridor(by, to("in", "row"), "gomel;astrakhan;anzali;tehran;bandar-abbas", "BY;RU;IR;IN;ROW", "corridor-north-south", potential=0.02,
                   id="potash-north-south-west", detour=2.5)
    world.corridor(by, to("in"), "orsha;orenburg;beyneu;serakhs;bandar-abbas", "BY;RU;KZ;TM;IR;IN", "corridor-north-south", potential=0.02,
                   id="potash-north-south-east", detour=2.5)
    world.corridor("potash-tm", to("in"), "serakhs;bandar-abbas", "TM;IR;IN", "corridor-north-south", potential=0.05, id="potash-garlyk", detour=3.0)
    c = world.capacity
    c("klaipeda-potash", "node:klaipeda", "potash", 1150000, "capacity-klaipeda")
    # Start, ceiling, growth, dead time.
    for port, node, start, ceiling, source in [
            ("ust-luga", "ust-luga", 20000, 260000, "capacity-port-ust-luga"), ("bronka", "link:st-petersburg", 14000, 430000, "capacity-port-bronka"),
            ("murmansk", "murmansk", 5000, 60000, "capacity-port-murmansk"), ("novorossiysk", "novorossiysk", 14000, 90000, "capacity-port-novorossiysk")]:
        applies = "link:vitebsk--st-petersburg" if port == "bronka" else f"node:{node}"
        c(f"port-{port}-potash", applies, "potash", start, source, ceiling, 0.9, 3 if port == "bronka" else 5, 0.3)
        world.port_rows.append((f"port-{port}-potash", start, ceiling, 0.9, 3 if port == "bronka" else 5))
    for id, applies, start, ceiling, growth, dead, source in [
            ("rail-china-potash", "link:orsha--altynkol", 60000, 160000, 0.9, 1, "capacity-rail-china"),
            ("port-makhachkala-potash", "link:makhachkala--anzali", 1000, 15000, 0.6, 5, "capacity-north-south"),
            ("port-astrakhan-potash", "link:astrakhan--anzali", 3000, 40000, 0.6, 5, "capacity-astrakhan"),
            ("rail-serakhs-potash", "link:serakhs--sarakhs", 1000, 10000, 0.5, 6, "capacity-north-south")]:
        if id == "rail-china-potash":
            c(id, applies, "potash", start, source, ceiling, growth, 0, 0.3)
            world.port_rows.append((id, start, ceiling, growth, 0))
        else:
            c(id, applies, "potash", start, source, ceiling, growth, dead, 0.3)
            world.port_rows.append((id, start, ceiling, growth, dead))
    c("garlyk-india", "link:garlyk--ashgabat", "potash", 5000, "capacity-garlyk")


def add_oil(world):
    world.supply("oil-by", "oil_products", "novopolotsk", 1.5, "supply-by")
    world.supply("oil-ru", "oil_products", "kirishi", 1.0, "supply-oil-other")
    world.supply("oil-row", "oil_products", "vancouver", 1.0, "supply-oil-other")
    world.demand("oil-rest-eu", "oil_products", "rotterdam", 550, 0.5, "demand-bulk")
    world.demand("oil-row", "oil_products", "singapore", 550, 0.8, "demand-bulk")
    kt = 1e3 / 12
    for supply, demand, amount, source in [("oil-by", "oil-rest-eu", 1750, "baseline-oil"), ("oil-by", "oil-row", 1750, "baseline-oil"),
                                           ("oil-ru", "oil-rest-eu", 25000, "baseline-oil-rivals"), ("oil-ru", "oil-row", 60000, "baseline-oil-rivals"),
                                           ("oil-row", "oil-rest-eu", 30000, "baseline-oil-rivals"), ("oil-row", "oil-row", 100000, "baseline-oil-rivals")]:
        world.trade(supply, demand, amount * kt, source)
    both = ["oil-rest-eu", "oil-row"]
    world.corridor("oil-by", both, "kena;klaipeda", "BY;LT;REST_EU;ROW", "corridor-klaipeda", detour=2.5)
    world.corridor("oil-row", both, "", "ROW;REST_EU", "corridor-direct")
    world.corridor("oil-ru", both, "st-petersburg", "RU;REST_EU;ROW", "corridor-direct", detour=3.0)
    world.corridor("oil-by", both, "ust-luga", "BY;RU;REST_EU;ROW", "corridor-russian-port", potential=0.5, id="oil-ust-luga", detour=3.5)
    world.corridor("oil-by", both, "st-petersburg", "BY;RU;REST_EU;ROW", "corridor-russian-port", potential=0.5, id="oil-bronka", detour=3.5)
    world.corridor("oil-by", both, "indra;riga", "BY;LV;REST_EU;ROW", "corridor-riga", potential=0.05, id="oil-riga", detour=3.0)
    for id, applies, start, ceiling, growth, dead, source in [
            ("port-ust-luga-oil", "node:ust-luga", 100000, 190000, 1, 0, "capacity-oil"),
            ("port-bronka-oil", "link:novopolotsk--st-petersburg", 67000, 120000, 1, 0, "capacity-oil"),
            ("port-riga-oil", "node:riga", 8000, 20000, 0.5, 2, "capacity-riga")]:
        world.capacity(id, applies, "oil_products", start, source, ceiling, growth, dead, 0.3)
        world.port_rows.append((id, start, ceiling, growth, dead))


EU_MARKETS = {"baltics": "vilnius", "poland": "warsaw", "germany": "berlin", "italy": "milan", "rest-eu": "rotterdam"}
WOOD = {
    # price by market, elasticities and kt a year: from each seller to the five groups, then others.
    "plywood": dict(prices=[890, 900, 920, 940, 930], others={"ru": ("moscow", 800), "kz": ("almaty", 900), "row": ("singapore", 880)},
                    by=[39, 39, 19.5, 6.5, 26], ru=[58.5, 58.5, 29.25, 9.75, 39], eu=[87.75, 87.75, 43.875, 14.625, 58.5], row=[9.75, 9.75, 4.875, 1.625, 6.5],
                    by_other={"ru": 26, "kz": 13, "row": 26}, ru_other={"ru": 845, "kz": 97.5, "row": 1170}, row_other={"row": 3900}),
    "pellets": dict(prices=[165, 170, 175, 185, 180], others={"row": ("singapore", 190)},
                    by=[195, 195, 97.5, 32.5, 130], ru=[390, 97, 195, 195, 1073], eu=[2000, 2000, 4500, 2500, 8700], row=[60, 60, 300, 900, 1530],
                    by_other={"row": 50}, ru_other={"row": 450}, row_other={"row": 15000}),
    "sawnwood": dict(prices=[300, 310, 325, 340, 330], others={"kz": ("almaty", 330), "az": ("baku", 320), "cn": ("shanghai", 340), "uz": ("tashkent", 320),
                                                              "row": ("singapore", 330)},
                     by=[490, 390, 240, 70, 310], ru=[500, 50, 500, 100, 1100], eu=[1500, 2500, 9000, 3000, 16000], row=[100, 100, 800, 900, 1600],
                     by_other={"kz": 20, "az": 130, "cn": 150, "row": 20}, ru_other={"kz": 600, "az": 250, "uz": 1800, "row": 3500},
                     row_other={"kz": 20, "az": 20, "cn": 16000, "uz": 20, "row": 35000}),
}


def add_wood(world):
    for good, row in WOOD.items():
        theta = row
        for (group, node), price in zip(EU_MARKETS.items(), row["prices"]):
            world.demand(f"{good}-{group}", good, node, price, 0.2 if good == "pellets" else 0.5, "demand-wood")
        for name, (node, price) in row["others"].items():
            world.demand(f"{good}-{name}", good, node, price, 1.0 if name == "row" else 0.6, "demand-wood")
        world.supply(f"{good}-by", good, "minsk", 1.5, "supply-by")
        world.supply(f"{good}-ru", good, "kostroma", 1.0, "supply-wood-ru")
        # Birch mills stand in the Baltic states, other mills all over the union.
        world.supply(f"{good}-eu", good, "mills-eu" if good == "plywood" else "berlin", 0.2 if good == "pellets" else 0.4, "supply-wood-other")
        world.supply(f"{good}-row", good, "vancouver", 0.6, "supply-wood-other")
        source = {"plywood": "baseline-plywood", "pellets": "baseline-pellets", "sawnwood": "baseline-sawnwood"}[good]
        for seller in ("by", "ru", "eu", "row"):
            for group, kt in zip(GROUPS, row[seller]):
                world.trade(f"{good}-{seller}", f"{good}-{group}", kt * 1e3 / 12, source if seller in ("by", "ru") else source + "-others")
            for name, kt in row.get(seller + "_other", {}).items():
                world.trade(f"{good}-{seller}", f"{good}-{name}", kt * 1e3 / 12, source if seller in ("by", "ru") else source + "-others")
        add_wood_ways(world, good)
        share = {"plywood": (0.06, 0.02, 90, 108, 40), "pellets": (0.06, 0.02, 17, 20, 12), "sawnwood": (0.06, 0.02, 32, 38, 14)}[good]
        add_wood_papers(world, good, *share)
        start, ceiling = {"plywood": (750, 7500), "pellets": (300, 3000), "sawnwood": (250, 2500)}[good]
        for hub, part in (("kz", 1.0), ("kg", {"plywood": 0.2, "pellets": 0.5, "sawnwood": 0.4}[good])):
            id = f"via-{hub}-{good}"
            world.capacity(id, f"via:{hub.upper()}", good, number3(start * part), "capacity-via-wood", number3(ceiling * part), 2.6, 1, 0.3)
            world.spread[id] = (0.5, hub)


def add_wood_ways(world, good):
    by, ru, row, eu = (f"{good}-{seller}" for seller in ("by", "ru", "row", "eu"))
    to = lambda *names: [f"{good}-{name}" for name in names]
    c = world.corridor
    c(by, to("baltics"), "paternieki", "BY;LV;BALTICS", "corridor-direct", share="0.4", detour=2.5)
    c(by, to("baltics"), "medininkai", "BY;LT;BALTICS", "corridor-direct", share="0.6", detour=1.6)
    c(by, to("poland", "germany"), "terespol", "BY;PL;POLAND;GERMANY", "corridor-direct", share="0.7", detour=1.6)
    c(by, to("poland", "germany"), "bobrowniki", "BY;PL;POLAND;GERMANY", "corridor-direct", share="0.3", detour=1.6)
    c(by, to("italy"), "terespol", "BY;EU", "corridor-direct", detour=1.6)
    c(by, to("rest-eu"), "terespol", "BY;PL;POLAND;GERMANY;REST_EU", "corridor-direct", share="0.6", detour=1.6)
    c(by, to("rest-eu"), "kena;klaipeda", "BY;LT;REST_EU", "corridor-direct", share="0.4", detour=2.0)
    c(eu, to("baltics", "poland", "germany", "italy", "rest-eu"), "", "EU", "corridor-direct", detour=2.5)
    c(row, to("baltics"), "klaipeda", "ROW;EU", "corridor-direct", detour=3.0)
    c(row, to("poland"), "gdansk", "ROW;EU", "corridor-direct", detour=3.0)
    c(row, to("germany"), "hamburg", "ROW;EU", "corridor-direct", detour=3.0)
    c(row, to("rest-eu"), "rotterdam", "ROW;REST_EU", "corridor-direct", detour=3.0)
    c(row, to("italy"), "genoa", "ROW;ITALY", "corridor-direct", detour=3.0)
    c(row, to("row"), "", "ROW", "corridor-direct", detour=3.0)
    c(by, to("row"), "kena;klaipeda", "BY;LT;ROW", "corridor-klaipeda", share="0.7", detour=2.5)
    c(by, to("row"), "indra;riga", "BY;LV;ROW", "corridor-riga", share="0.3", detour=2.5)
    c(by, to("row"), "orsha;vitebsk;st-petersburg", "BY;RU;ROW", "corridor-russian-port", potential=0.5, id=f"{good}-bronka", detour=2.8)
    c(by, to("row"), "gomel;novorossiysk", "BY;RU;ROW", "corridor-russian-port", potential=0.5, id=f"{good}-novorossiysk", detour=2.5)
    c(ru, to("baltics"), "terehova", "RU;LV;BALTICS", "corridor-direct", share="0.6", detour=2.0)
    c(ru, to("baltics"), "luhamaa", "RU;EE;BALTICS;LV", "corridor-direct", share="0.4", detour=2.0)
    c(ru, to("poland", "germany"), "minsk;terespol", "RU;BY;PL;POLAND;GERMANY", "corridor-direct", share="0.5", detour=1.6)
    c(ru, to("poland", "germany"), "terehova;vilnius", "RU;EU", "corridor-direct", share="0.5", detour=1.8)
    c(ru, to("italy"), "minsk;terespol", "RU;BY;EU", "corridor-direct", detour=1.6)
    c(ru, to("rest-eu"), "moscow;st-petersburg", "RU;REST_EU", "corridor-direct", share="0.7", detour=2.5)
    c(ru, to("rest-eu"), "terehova;riga", "RU;LV;REST_EU", "corridor-direct", share="0.3", detour=2.5)
    c(ru, to("row"), "moscow;st-petersburg", "RU;ROW", "corridor-direct", detour=3.0)
    if good == "plywood":
        c(by, to("ru"), "orsha", "BY;RU", "corridor-direct", detour=2.0)
        c(by, to("kz"), "orsha;smolensk;orenburg", "BY;RU;KZ", "corridor-direct", detour=2.0)
        c(ru, to("ru"), "", "RU", "corridor-direct")
        c(ru, to("kz"), "samara", "RU;KZ", "corridor-direct", detour=2.0)
    if good == "sawnwood":
        c(by, to("kz"), "orsha;smolensk;orenburg", "BY;RU;KZ", "corridor-direct", detour=2.0)
        c(by, to("az"), "gomel;samur", "BY;RU;AZ", "corridor-direct", detour=2.0)
        c(by, to("cn"), "orsha;altynkol", "BY;RU;KZ;CN", "corridor-direct", detour=2.0)
        c(ru, to("kz", "uz"), "samara", "RU;KZ;UZ", "corridor-direct", detour=2.0)
        c(ru, to("az"), "moscow;volgograd;samur", "RU;AZ", "corridor-direct", detour=2.0)
        c(row, to("kz", "uz"), "shanghai;nur-zholy", "ROW;CN;KZ;UZ", "corridor-direct", detour=2.5)
        c(row, to("az"), "poti", "ROW;GE;AZ", "corridor-direct", detour=3.5)
        c(row, to("cn"), "", "ROW;CN", "corridor-direct", detour=2.0)
    line = "" if CARGO[good] == "bulk" else "-general"
    for port, node in (("novorossiysk", f"link:gomel--novorossiysk{line}"), ("bronka", f"link:vitebsk--st-petersburg{line}")):
        id = f"port-{port}-{good}"
        world.capacity(id, node, good, 3000, "capacity-port-wood", 25000, 0.9, 3, 0.3)
        world.port_rows.append((id, 3000, 25000, 0.9, 3))


def add_wood_papers(world, good, kz, kg, cost_kz, cost_kg, cost_back):
    c = world.corridor
    for seller, ways in (("by", [(["baltics"], "medininkai", "BY;LT;BALTICS"), (["poland", "germany", "italy", "rest-eu"], "terespol;warsaw", "BY;PL;POLAND;GERMANY;ITALY;REST_EU")]),
                         ("ru", [(["baltics"], "terehova", "RU;LV;BALTICS"), (["poland", "germany", "italy", "rest-eu"], "terehova;vilnius;warsaw", "RU;EU")])):
        if seller == "ru" and good != "plywood":
            continue
        for markets, waypoints, inside_of in ways:
            demands = [f"{good}-{market}" for market in markets]
            for hub, share, cost in (("kz", kz, cost_kz), ("kg", kg, cost_kg)):
                c(f"{good}-{seller}", demands, waypoints, inside_of, "corridor-relabel", "relabel", hub.upper(), number(share), number(cost),
                  f"{good}-{seller}-relabel-{hub}", detour=2.0)
        demands = [f"{good}-{market}" for market in EU_MARKETS if market != "baltics"]
        start = "moscow;" if seller == "by" else ""
        c(f"{good}-{seller}", f"{good}-baltics", f"{start}samara;uralsk;samara;moscow;terehova", "RU;KZ;LV;BALTICS", "corridor-reexport-wood", "reexport", "KZ",
          number(kz / 10), number(cost_back), f"{good}-{seller}-reexport-kz", detour=42.0)
        c(f"{good}-{seller}", demands, f"{start}samara;uralsk;samara;moscow;minsk;terespol;warsaw", "RU;KZ;BY;PL;POLAND;GERMANY;ITALY;REST_EU", "corridor-reexport-wood", "reexport", "KZ",
          number(kz / 10), number(cost_back), f"{good}-{seller}-reexport-kz", detour=42.0)


def add_tractors(world):
    price = 4500
    for name, node in [("ru", "moscow"), ("kz", "almaty"), ("tm", "ashgabat"), ("az", "baku"), ("ir", "tehran"), ("uz", "tashkent"), ("row", "singapore")]:
        world.demand(f"tractors-{name}", "tractors", node, price, 1.5 if name == "row" else 0.9, "demand-goods")
    world.supply("tractors-by", "tractors", "minsk", 1.5, "supply-by")
    world.supply("tractors-cn", "tractors", "shanghai", 2, "supply-rival-goods")
    world.supply("tractors-row", "tractors", "port-klang", 2, "supply-rival-goods")
    mn = 1e6 / 12 / price  # mn USD a year
    for seller, sales in {"by": dict(ru=700, kz=110, tm=35, az=55, ir=5, uz=60, row=130), "cn": dict(ru=500, kz=120, tm=15, az=25, ir=60, uz=150, row=6000),
                          "row": dict(ru=1800, kz=230, tm=25, az=60, ir=40, uz=120, row=60000)}.items():
        for name, value in sales.items():
            world.trade(f"tractors-{seller}", f"tractors-{name}", value * mn, "baseline-tractors")
    to = lambda *names: [f"tractors-{name}" for name in names]
    c = world.corridor
    c("tractors-by", to("ru"), "", "BY;RU", "corridor-direct", detour=1.6)
    c("tractors-by", to("kz"), "orsha;smolensk;orenburg", "BY;RU;KZ", "corridor-direct", detour=2.0)
    c("tractors-by", to("uz"), "moscow;samara", "BY;RU;KZ;UZ", "corridor-direct", detour=2.0)
    c("tractors-by", to("az"), "gomel;samur", "BY;RU;AZ", "corridor-direct", detour=2.0)
    c("tractors-by", to("tm"), "orsha;orenburg;beyneu", "BY;RU;KZ;TM", "corridor-direct", detour=2.0)
    c("tractors-by", to("ir"), "gomel;samur;astara-az", "BY;RU;AZ;IR", "corridor-direct", detour=2.0)
    c("tractors-by", to("row"), "gomel;novorossiysk", "BY;RU;ROW", "corridor-direct", detour=2.5)
    c("tractors-by", to("ir"), "gomel;makhachkala;anzali", "BY;RU;IR", "corridor-north-south", potential=0.5, id="tractors-caspian", detour=2.0)
    c("tractors-cn", to("ru"), "zabaikalsk", "CN;RU", "corridor-direct", detour=2.0)
    c("tractors-cn", to("kz", "uz", "tm"), "nur-zholy", "CN;KZ;UZ;TM", "corridor-direct", detour=2.0)
    c("tractors-cn", to("az"), "poti", "CN;GE;AZ", "corridor-direct", detour=4.0)
    c("tractors-cn", to("ir"), "bandar-abbas", "CN;IR", "corridor-direct", detour=3.0)
    c("tractors-cn", to("row"), "", "CN;ROW", "corridor-direct", detour=2.0)
    c("tractors-row", to("ru"), "vladivostok;moscow", "ROW;RU", "corridor-direct", detour=2.5)
    c("tractors-row", to("kz", "uz"), "shanghai;urumqi;nur-zholy", "ROW;CN;KZ;UZ", "corridor-direct", detour=2.5)
    c("tractors-row", to("az"), "shanghai;poti", "ROW;CN;GE;AZ", "corridor-direct", detour=5.0)
    c("tractors-row", to("ir"), "shanghai;bandar-abbas", "ROW;CN;IR", "corridor-direct", detour=5.0)
    c("tractors-row", to("tm"), "shanghai;urumqi;nur-zholy", "ROW;CN;KZ;UZ;TM", "corridor-direct", detour=2.5)
    c("tractors-row", to("row"), "", "ROW", "corridor-direct", detour=2.0)


# ---------------------------------------------------------------------------------------------------------------- second pass

# Room of posts and ports in lorries of 18 t (or tonnes) a month one way, and the goods that share it as they pass it at baseline.
LORRY, DAYS = 18, 30.4
POSTS = [
    ("post-terespol", "terespol", 1110 * LORRY * DAYS), ("post-bobrowniki", "bobrowniki", 560 * LORRY * DAYS),
    ("post-medininkai", "medininkai", 960 * LORRY * DAYS), ("post-paternieki", "paternieki", 334 * LORRY * DAYS),
    ("post-terehova", "terehova", 284 * LORRY * DAYS), ("post-grebneva", "grebneva", 120 * LORRY * DAYS),
    ("post-luhamaa", "luhamaa", 315 * LORRY * DAYS), ("post-vaalimaa", "vaalimaa", 520 * LORRY * DAYS),
    ("post-lars", "lars", 350 * LORRY * DAYS),
]
POST_FLOOR = 1.15  # a post has at least this much room beside its baseline


def routes_of(binary):
    scenario = WORLD / "probe.toml"
    scenario.write_text('title = "probe"\nworld = "."\n[horizon]\nstart = "2021-01"\nmonths = 1\n[simulation]\ndraws = 1\nseed = 1\nsampling = { random = {} }\n')
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "routes.csv"
            done = subprocess.run([binary, "check", str(scenario), "--routes", str(path)], capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr[-6000:])
            print(done.stdout.strip(), done.stderr[-1500:], sep="\n")
            with open(path, newline="", encoding="utf-8") as file:
                return list(csv.DictReader(file))
    finally:
        scenario.unlink()


def route_costs(world, routes):
    """Baseline cost of each route in USD/t, and the places it passes."""
    links = {row["id"]: row for row in table("links.csv")}
    transfers = defaultdict(dict)
    for row in table("transfers.csv"):
        for cargo in row["cargo"].split(";"):
            transfers[row["node"]][cargo] = row
    junctions = {row["id"] for row in table("nodes.csv") if row["kind"] == "junction"}
    for route in routes:
        supply = world.supplies[route["supply"]]
        good = supply["good"]
        per_day = HOLDING[good] / 365 * REFERENCE[good]
        at, cost, mode, places = supply["node"], float(route["extra_cost_usd_per_t"]), None, [supply["node"]]
        for name in filter(None, route["links"].split(";")):
            link = links[name]
            if mode and (mode != link["mode"] or mode == "sea" and at not in junctions):
                rows = transfers.get(at, {})
                row = rows.get(CARGO[good]) or rows.get("")
                if row:
                    world.used_transfers.add(row["id"])
                    cost += float(row["usd_per_t"]) + float(row["days"]) * per_day
            cost += float(link["freight_usd_per_t"]) + float(link["days"]) * per_day
            at, mode = (link["to"] if link["from"] == at else link["from"]), link["mode"]
            places.append(at)
        route["cost"], route["places"] = cost, places


def set_prices(world, routes):
    sold, returned = defaultdict(float), defaultdict(float)
    for route in routes:
        flow = float(route["baseline_t_per_month"])
        sold[route["supply"]] += flow
        returned[route["supply"]] += flow * (world.demands[route["demand"]]["price"] - route["cost"])
    for id, supply in world.supplies.items():
        supply["price"] = number(round(returned[id] / sold[id] * FACTORY_MARGIN, 0 if REFERENCE[supply["good"]] < 2000 else -1))
        assert float(supply["price"]) > 0, (id, returned[id] / sold[id])


def add_posts(world, routes):
    for id, node, room in POSTS:
        passing = defaultdict(float)
        for route in routes:
            good = world.supplies[route["supply"]]["good"]
            # Wood comes the other way.
            if node in route["places"] and good in GOODS:
                passing[good] += float(route["baseline_t_per_month"])
        total = sum(passing.values())
        print(f"{id}: {total / LORRY / DAYS:.0f} lorries a day at baseline, room {room / LORRY / DAYS:.0f}")
        for good, tonnes in sorted(passing.items()):
            if tonnes > 0:
                limit = number3(max(room * tonnes / total, POST_FLOOR * tonnes))
                world.capacity(f"{id}-{good}", f"node:{node}", good, limit, "capacity-posts")


# --------------------------------------------------------------------------------------------------------------------- output


def write_tables(world):
    write("commodities.csv", "id name hs price_usd_per_t route_choice holding_rate_per_year lot_t cargo source".split(), COMMODITIES)
    header = "id commodity node price_usd_per_t elasticity source".split()
    write("supplies.csv", header, [(id, s["good"], s["node"], s["price"] or number(REFERENCE[s["good"]] * 0.8), s["elasticity"], s["source"])
                                   for id, s in world.supplies.items()])
    write("demands.csv", header, [(id, d["good"], d["node"], d["price"], d["elasticity"], d["source"]) for id, d in world.demands.items()])
    write("baseline.csv", "supply demand t_per_month source".split(),
          [(s, d, number(tonnes), source) for (s, d), (tonnes, source) in world.baseline.items()])
    columns = ("commodity supplies demands kind via waypoints paths potential_share extra_cost_usd_per_t source id jurisdictions detour "
               "baseline_share").split()
    write("corridors.csv", columns, [[row[column] for column in columns] for row in world.corridors])
    header = "id supply demand kind via links baseline_t_per_month potential_t_per_month extra_cost_usd_per_t source".split()
    write("routes.csv", header, world.routes)
    write("capacities.csv", "id applies_to commodities limit_t_per_month ceiling_t_per_month growth_per_month dead_time_months source rent_half".split(),
          world.capacities)


def triangular(name, low, mode, high):
    return f'"{name}" = {{ triangular = {{ low = {low}, mode = {mode}, high = {high} }} }}'


def uniform(name, low, high):
    return f'"{name}" = {{ uniform = {{ low = {low}, high = {high} }} }}'


def lognormal(name, median, sigma, low, high):
    return f'"{name}" = {{ lognormal = {{ median = {median}, sigma = {sigma}, min = {low}, max = {high} }} }}'


def f(value):
    """A TOML float of four significant digits."""
    text = number(float(f"{value:.4g}"))
    return text if "." in text else text + ".0"


def write_priors(world):
    lines = []
    say = lambda text="": lines.append(text)
    say("# What is not known about the eurasia world, and how uncertain it is taken to be. The scenarios build on this file; each may")
    say("# narrow or move a number. Where no reason is given here, the row of the world's table names one. Made by")
    say("# worlds/make-eurasia.py.")
    say('world = "../worlds/eurasia"')
    say()
    say("[parameters]")
    say("# How strongly cost decides the route: 8 to 20 for bulk goods, 4 to 8 for goods that differ. What holding goods costs a year.")
    for id, _, _, price, choice, holding, _, cargo, _ in COMMODITIES:
        low, high = {"potash": (8, 20), "oil_products": (8, 20), "pellets": (8, 20), "sawnwood": (4, 10)}.get(id, (4, 8))
        say(triangular(f"commodity.{id}.route_choice", f(low), f(choice), f(high)))
        say(triangular(f"commodity.{id}.holding_rate_per_year", f(holding / 2), f(holding), f(holding * 1.5)))
    say()
    say("# Freight. Road: the EU's rates of 2021 and those between Germany and Moscow; in Central Asia 0.0945 USD/tkm in 2022, 0.126 in 2021")
    say("# (CAREC CPMM). Rail and sea by a factor of two either way at most.")
    say(uniform("mode.road.cost_index", 0.8, 1.3))
    say(triangular("mode.rail.cost_index", 0.8, 1.0, 1.6))
    say(triangular("mode.sea.cost_index", 0.7, 1.0, 2.0))
    say(uniform("mode.air.cost_index", 0.8, 1.5))
    say()
    say("# Border crossings, each by itself: road 9.9 hours and 208 USD in 2022, 13.6 hours and 357 USD in 2021, over 20 t; rail 40.6 hours and")
    say("# 215 USD over 60 t (CAREC CPMM).")
    for row in table("links.csv"):
        if row["source"] == "road-crossing":
            say(triangular(f"link.{row['id']}.days", 0.3, 0.41, 0.6))
            say(triangular(f"link.{row['id']}.freight_usd_per_t", 8.0, 10.4, 17.9))
        elif row["source"] == "rail-crossing":
            say(triangular(f"link.{row['id']}.days", 1.1, 1.69, 2.5))
            say(triangular(f"link.{row['id']}.freight_usd_per_t", 2.5, 3.6, 6.0))
    say()
    say("# Transshipment: from half to twice the table value where it is assumed.")
    for row in table("transfers.csv"):
        if row["id"] not in world.used_transfers:
            continue
        cost = float(row["usd_per_t"])
        say(triangular(f"transfer.{row['id']}.usd_per_t", f(cost * 0.5), f(cost), f(cost * 2)))
    say()
    say("# Demand. With route choice 5 an elasticity of 0.9 is a response to cost of 0.76, the short run; long run 1.75 to 2.25 (Boehm,")
    say("# Levchenko and Pandalai-Nayar, who measure trade flows against tariffs). Fertiliser, fuel and wood are inelastic within a year.")
    for id, demand in world.demands.items():
        e, good = demand["elasticity"], demand["good"]
        low, high = {"potash": (0.08, 0.25), "oil_products": (0.6, 1.6)}.get(good, (2 / 3, 1.67))
        if good == "potash":
            say(triangular(f"demand.{id}.elasticity", low, f(e), high))
        else:
            say(triangular(f"demand.{id}.elasticity", f(e * low), f(e), f(e * high)))
    say()
    say("# Supply. Mines can be idled; rivals in potash and wood are near capacity within a year (assumed). Makers of goods sell mostly")
    say("# elsewhere: what they can add for one buyer follows from their sales to others, so their own elasticity matters little.")
    for id, supply in world.supplies.items():
        e = supply["elasticity"]
        low, high = {"potash-by": (0.5, 2.0), "potash-row": (0.67, 1.67)}.get(id, (0.5, 2.0))
        say(triangular(f"supply.{id}.elasticity", f(e * low), f(e), f(e * high)))
    say()
    say("# What hiding costs besides freight: nobody publishes it, so half to one and a half times the table value; for intermediaries")
    say("# without records, a quarter to twice. New ways of direct trade cost up to a twentieth of the price beyond freight and handling.")
    seen = set()
    for row in world.corridors:
        if not row["id"] or row["id"] in seen:
            continue
        seen.add(row["id"])
        cost, name = float(row["extra_cost_usd_per_t"]), f"corridor.{row['id']}.extra_cost_usd_per_t"
        if row["kind"] == "direct":
            say(uniform(name, 0.0, f(REFERENCE[row["commodity"]] * 0.05)))
        elif row["via"] in ("OTHER", "CN", "HK"):
            say(triangular(name, f(cost / 4), f(cost), f(cost * 2)))
        else:
            say(triangular(name, f(cost / 2), f(cost), f(cost * 1.5)))
    say()
    say("# What could go by Poti and Aktau, or tractors by the Caspian, if it cost no more than the usual way: a third to twice the table value.")
    for route in world.free_routes:
        potential = float(route["potential_t_per_month"])
        say(uniform(f"route.{route['id']}.potential_t_per_month", f(potential / 3), f(potential * 2)))
    say()
    say("# Capacities. Start, ceiling and growth cannot be told apart in trade data, so all are wide. Russian ports: dead time five months")
    say("# after Klaipeda closed, less where containers serve. Oil products: the treaty of February 2021, at most one month to switch.")
    say("# Intermediaries: ceilings spread by a factor of two either way, of those without any record by a factor of three and more.")
    say('"capacity.klaipeda-potash.limit_t_per_month" = { uniform = { low = 1000000.0, high = 1300000.0 } }')
    say('"capacity.garlyk-india.limit_t_per_month" = { uniform = { low = 2000.0, high = 10000.0 } }')
    for id, start, ceiling, growth, dead in world.port_rows:
        base = next((t for i, t in world.floors if i == id), 0)
        name = f"capacity.{id}"
        high_start = min(start * 5, ceiling * 0.33)
        say(lognormal(f"{name}.limit_t_per_month", f(start), 0.5, f(max(start / 4, base)), f(max(high_start, start * 1.2))))
        say(triangular(f"{name}.ceiling_t_per_month", f(max(ceiling * 0.5, high_start, start * 1.2)), f(ceiling), f(ceiling * 1.67)))
        say(lognormal(f"{name}.growth_per_month", f(growth), 0.3, f(growth / 3), f(growth * 2.8)))
        if dead:
            values = [dead - 1, dead, dead + 1]
            say(f'"{name}.dead_time_months" = {{ discrete = {{ values = {values}, weights = [0.25, 0.5, 0.25] }} }}')
        say(uniform(f"{name}.rent_half", 0.2, 0.4))
        say(uniform(f"{name}.decay_per_month", 0.02, 0.1))
    rows = {row[0]: row for row in world.capacities}
    for id, (sigma, hub) in world.spread.items():
        _, _, _, start, ceiling, growth, dead, _, _ = rows[id]
        start, ceiling, name = float(start), float(ceiling), f"capacity.{id}"
        factor = 8 if sigma >= 1 else 4
        say(lognormal(f"{name}.limit_t_per_month", f(start), 0.4, f(start / 3), f(start * 2.5)))
        say(lognormal(f"{name}.ceiling_t_per_month", f(ceiling), sigma, f(max(ceiling / factor, start * 2.6)), f(ceiling * factor)))
        say(lognormal(f"{name}.growth_per_month", f(growth), 0.3, f(growth / 3), f(growth * 2.2)))
        say(f'"{name}.dead_time_months" = {{ discrete = {{ values = [0, 1, 2], weights = [0.25, 0.5, 0.25] }} }}')
        say(uniform(f"{name}.rent_half", 0.2, 0.4))
        say(uniform(f"{name}.decay_per_month", 0.02, 0.1))
        if hub in HUBS:
            say(uniform(f"{name}.cover", 0.0, 0.5))
    say()
    say("# Relations of rivals' exporters with Russia: how fast they grow with the mark-up, and how far (assumed, set on 2022 and 2023).")
    for id, tonnes, ceiling, growth in world.relations:
        say(triangular(f"capacity.{id}.ceiling_t_per_month", f(tonnes * (1 + (ceiling - 1) * 0.5)), f(tonnes * ceiling), f(tonnes * (1 + (ceiling - 1) * 1.6))))
        say(lognormal(f"capacity.{id}.growth_per_month", growth, 0.3, f(growth * 0.4), f(growth * 2.5)))
        say(uniform(f"capacity.{id}.rent_half", 0.2, 0.4))
        say(uniform(f"capacity.{id}.limit_t_per_month", f(tonnes * 1.005), f(tonnes * 1.08)))
    say()
    say("# Room of border posts: from the throughput of full days, a fifth less to half more (capacity-posts).")
    for id, applies, _, limit, ceiling, *_ in world.capacities:
        if id.startswith("post-"):
            say(uniform(f"capacity.{id}.limit_t_per_month", f(float(limit) * 0.9), f(float(limit) * 1.5)))
    PRIORS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    binary = sys.argv[1]
    world = World()
    world.spread, world.relations, world.port_rows, world.floors, world.free_routes = {}, [], [], [], []
    add_potash(world)
    add_oil(world)
    add_wood(world)
    add_tractors(world)
    add_goods(world)
    write_tables(world)
    routes = routes_of(binary)
    route_costs(world, routes)
    set_prices(world, routes)
    for route in routes:
        if route["kind"] == "direct" and float(route["potential_t_per_month"]) > 0:
            if "poti" in route["places"] or route["supply"] == "tractors-by":  # other new ways share a capacity that grows
                world.free_routes.append(route)
    world.floors = [("rail-china-potash", sum(float(r["baseline_t_per_month"]) for r in routes if "orsha--altynkol" in r["links"].split(";")
                                              and r["supply"] == "potash-by") * 1.02)]
    add_posts(world, routes)
    write_tables(world)
    write_priors(world)
    routes_of(binary)


if __name__ == "__main__":
    main()
