"""The month as an analyst would compute it today: numba, one draw per thread, coordinate ascent on the dual.

Reads a month that `examples/solver --export` wrote, and normal numbers for its cost shocks; prints one line of JSON.
Every price and rent in turn is set to what its own equation asks for, given the others, until a sweep changes no
net gain by more than the tolerance; each month starts from the last.
"""

import argparse
import json
import os
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("month")
    parser.add_argument("--normals", required=True)
    parser.add_argument("--draws", type=int, required=True)
    parser.add_argument("--months", type=int, required=True)
    parser.add_argument("--tolerance", type=float, default=1e-6)
    parser.add_argument("--sd", type=float, default=0.05)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--flows")
    return parser.parse_args()


ARGUMENTS = arguments()
os.environ["NUMBA_NUM_THREADS"] = str(ARGUMENTS.threads)

import numpy as np  # noqa: E402
from numba import njit, prange  # noqa: E402

MOST_SWEEPS = 20_000
MOST_STEPS = 50
EXACT = 1e-13


@njit(cache=True)
def price_change(price, gap, theta, elasticity):
    """The root d of gap + theta d + elasticity ln(1 + d / price) = 0, by Newton's method."""
    x = price
    for _ in range(MOST_STEPS):
        miss = gap + theta * (x - price) + elasticity * np.log(x / price)
        moved = x - miss / (theta + elasticity / x)
        if moved <= 0.0:
            moved = 0.5 * x
        near = abs(moved - x) < EXACT * x
        x = moved
        if near:
            break
    return x - price


@njit(cache=True)
def rent_change(flow, theta, routes, limit, rent):
    """The change of a rent at which its routes carry the limit, or the one that leaves no rent."""
    d = 0.0
    for _ in range(MOST_STEPS):
        carried = 0.0
        slope = 0.0
        for r in routes:
            f = flow[r] * np.exp(-theta[r] * d)
            carried += f
            slope += theta[r] * f
        moved = max(d + np.log(carried / limit) * carried / slope, -rent)
        near = abs(moved - d) < EXACT * (1.0 + abs(d))
        d = moved
        if near:
            break
    return d


@njit(cache=True)
def solve(month, cost, C, P, mu, flow, tolerance):
    weight, theta, supply, demand, c, eta, qo, p, eps, qm, first, members, limit = month
    routes, supplies, demands, capacities = len(weight), len(c), len(p), len(limit)
    rents = np.zeros(routes)
    theta_o = np.zeros(supplies)
    theta_m = np.zeros(demands)
    for g in range(capacities):
        for r in members[first[g]:first[g + 1]]:
            rents[r] += mu[g]
    for r in range(routes):
        theta_o[supply[r]] = theta[r]
        theta_m[demand[r]] = theta[r]
        flow[r] = 0.0
        if weight[r] > 0.0:
            flow[r] = weight[r] * np.exp(theta[r] * (P[demand[r]] - C[supply[r]] - cost[r] - rents[r]))
    total_o = np.zeros(supplies)
    total_m = np.zeros(demands)
    factor_o = np.ones(supplies)
    factor_m = np.ones(demands)
    for sweep in range(MOST_SWEEPS):
        largest = 0.0
        total_m[:] = 0.0
        for r in range(routes):
            total_m[demand[r]] += flow[r]
        for m in range(demands):
            factor_m[m] = 1.0
            if total_m[m] > 0.0:
                gap = np.log(total_m[m] / qm[m]) + eps[m] * np.log(P[m] / p[m])
                d = price_change(P[m], gap, theta_m[m], eps[m])
                P[m] += d
                factor_m[m] = np.exp(theta_m[m] * d)
                largest = max(largest, theta_m[m] * abs(d))
        total_o[:] = 0.0
        for r in range(routes):
            flow[r] *= factor_m[demand[r]]
            total_o[supply[r]] += flow[r]
        for o in range(supplies):
            factor_o[o] = 1.0
            if total_o[o] > 0.0:
                gap = eta[o] * np.log(C[o] / c[o]) - np.log(total_o[o] / qo[o])
                d = price_change(C[o], gap, theta_o[o], eta[o])
                C[o] += d
                factor_o[o] = np.exp(-theta_o[o] * d)
                largest = max(largest, theta_o[o] * abs(d))
        for r in range(routes):
            flow[r] *= factor_o[supply[r]]
        for g in range(capacities):
            own = members[first[g]:first[g + 1]]
            carried = 0.0
            for r in own:
                carried += flow[r]
            if carried == 0.0 or (carried <= limit[g] and mu[g] == 0.0):
                continue
            d = rent_change(flow, theta, own, limit[g], mu[g])
            mu[g] += d
            for r in own:
                flow[r] *= np.exp(-theta[r] * d)
                largest = max(largest, theta[r] * abs(d))
        if largest < tolerance:
            return sweep + 1
    return MOST_SWEEPS


@njit(parallel=True, cache=True)
def simulate(month, central, normals, sd, tolerance, sweeps, flows):
    draws, months = normals.shape
    for draw in prange(draws):
        C, P = month[4].copy(), month[7].copy()
        mu, flow = np.zeros(len(month[12])), np.zeros(len(month[0]))
        level, total = 0.0, 0
        for t in range(months):
            level = 0.8 * level + sd * normals[draw, t]
            total += solve(month, central * np.exp(level), C, P, mu, flow, tolerance)
            if flows.shape[0] > 0:
                flows[draw, t] = flow
        sweeps[draw] = total / months


def read(path):
    """The month as a tuple of arrays: capacities in force, with their open routes end to end."""
    with open(path, encoding="utf-8") as file:
        month = json.load(file)
    array = {key: np.array(value) for key, value in month.items() if key != "capacities"}
    weight = array["weight"].astype(float)
    for routes, limit in month["capacities"]:
        if limit is not None and limit <= 0.0:
            weight[routes] = 0.0
    in_force = [(routes, limit) for routes, limit in month["capacities"] if limit is not None and limit > 0.0]
    open_routes = [[r for r in routes if weight[r] > 0.0] for routes, _ in in_force]
    first = np.concatenate([[0], np.cumsum([len(routes) for routes in open_routes])]).astype(np.int64)
    members = np.array([r for routes in open_routes for r in routes], dtype=np.int64)
    supply, demand = array["supply"].astype(np.int64), array["demand"].astype(np.int64)
    names = ["supply_price", "supply_elasticity", "supply_quantity", "demand_price", "demand_elasticity", "demand_quantity"]
    markets = [array[name].astype(float) for name in names]
    limit = np.array([limit for _, limit in in_force], dtype=float)
    return (weight, array["theta"].astype(float), supply, demand, *markets, first, members, limit), array["cost"].astype(float)


def main():
    month, cost = read(ARGUMENTS.month)
    shape = (ARGUMENTS.draws, ARGUMENTS.months)
    normals = np.fromfile(ARGUMENTS.normals, dtype="<f8")[: shape[0] * shape[1]].reshape(shape)
    flows = np.zeros((*shape, len(cost)) if ARGUMENTS.flows else (0, 0, 0))
    sweeps = np.zeros(shape[0])
    run = lambda part, kept: simulate(month, cost, part, ARGUMENTS.sd, ARGUMENTS.tolerance, sweeps, kept)  # noqa: E731
    run(normals[: ARGUMENTS.threads, :1], np.zeros((0, 0, 0)))
    start = time.perf_counter()
    run(normals, flows)
    seconds = time.perf_counter() - start
    if ARGUMENTS.flows:
        flows.astype("<f8").tofile(ARGUMENTS.flows)
    count = shape[0] * shape[1]
    print(json.dumps({"months": count, "seconds": seconds, "per_second": count / seconds, "sweeps": sweeps.mean()}))


main()
