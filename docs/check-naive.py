#!/usr/bin/env python3
"""Checks the naive forecasts of `src/timeseries` against statsmodels, on series made with a fixed seed.

    python3 -m venv VENV && VENV/bin/pip install statsmodels
    VENV/bin/python docs/check-naive.py

Runs `cargo run --release --example naive`; NAIVE=PATH runs a program that is already built. Prints the largest difference
for each method and quantity, and ends with 1 where one exceeds its tolerance.

- Local level: `UnobservedComponents`, started diffuse, at the standard deviations that maximise its own likelihood with
  the prior, as scipy finds them. Half of the series have months that were not observed.
- Theta: the means of `ThetaModel` without seasons. Its weight is found to some 1e-4, hence the tolerance. Its variances
  are another formula, with the square of 1 - a where the model has that of a, so the standard deviations are computed
  here from its weight and drift.
- Damped trend: `ETSModel`, the best of searches from many places, since one may end in a minimum that is not the least.
  The sum of squared errors must not be above statsmodels'; forecasts are compared where the sums agree. statsmodels
  divides by the number of months, this project by five fewer.
- Last value and last year's growth: written out again below.
"""
import csv
import io
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.structural import UnobservedComponents

warnings.filterwarnings("ignore")
HORIZON = 18
STEPS = np.arange(1, HORIZON + 1)
ROOT = Path(__file__).resolve().parent.parent


def make_series():
    """Levels that walk, seasons and noise; from 14 to 71 months."""
    random = np.random.default_rng(20220224)
    made = []
    for number in range(20):
        months = 14 + 3 * number
        level = 3 + np.cumsum(random.normal(0.01 * (number % 3), 0.06, months))
        season = 0.1 * (number % 2) * np.sin(2 * np.pi * np.arange(months) / 12)
        made.append(level + season + random.normal(0, 0.03 + 0.02 * (number % 4), months))
    return made


def with_gaps(series):
    gappy = series.copy()
    gappy[[3, 4, 9]] = np.nan
    gappy[-1 - len(series) % 3:] = np.nan
    return gappy


def rust(series):
    text = "\n".join(",".join("" if np.isnan(value) else repr(float(value)) for value in one) for one in series)
    program = os.environ.get("NAIVE")
    command = [program] if program else ["cargo", "run", "--release", "--quiet", "--example", "naive", "--"]
    run = subprocess.run([*command, "--horizon", str(HORIZON)], input=text + "\n", capture_output=True, text=True, check=True, cwd=ROOT)
    found = {}
    for row in csv.DictReader(io.StringIO(run.stdout)):
        found.setdefault((row["method"], int(row["series"])), []).append((float(row["mean"]), float(row["sd"])))
    return {key: np.array(rows).T for key, rows in found.items()}


def local_level(series):
    model = UnobservedComponents(series, "llevel", use_exact_diffuse=True)

    def objective(logarithms):
        walk, noise = np.exp(logarithms)
        distance = (logarithms - np.log([0.06, 0.08])) / 0.4
        return -model.loglike([noise**2, walk**2]) + 0.5 * distance @ distance

    best = minimize(objective, np.log([0.06, 0.08]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000})
    walk, noise = np.exp(best.x)
    forecast = model.smooth([noise**2, walk**2]).get_forecast(HORIZON)
    return forecast.predicted_mean, np.sqrt(forecast.var_pred_mean)


def theta(series):
    fit = ThetaModel(series, deseasonalize=False, period=12).fit()
    drift, weight = fit.params["b0"], fit.params["alpha"]
    level, squares = series[0], 0.0
    for months, value in enumerate(series[1:], start=1):
        reach = (1 - (1 - weight) ** months) / weight
        squares += (value - level - drift / 2 * reach) ** 2
        level += weight * (value - level)
    variance = squares / (len(series) - 3)
    return np.asarray(fit.forecast(HORIZON)), np.sqrt(variance * (1 + (STEPS - 1) * weight**2))


def damped_trend(series):
    """Means, standard deviations and sum of squared errors."""
    months, best = len(series), None
    slope, level = np.polyfit(np.arange(months), series, 1)
    for weights in ((0.05, 0.01), (0.3, 0.02), (0.3, 0.2), (0.6, 0.02), (0.6, 0.4), (0.95, 0.02), (0.95, 0.6)):
        for damping, first, trend in ((0.82, series[0], 0.1), (0.82, series[0], -0.1), (0.9, level, slope), (0.97, level, slope)):
            model = ETSModel(pd.Series(series), error="add", trend="add", damped_trend=True)
            start = np.array([*weights, damping, first, trend])
            fit = model.fit(start_params=start, maxiter=5000, disp=False, ftol=1e-14, gtol=1e-9)
            best = fit if best is None or fit.sse < best.sse else best
    prediction = best.get_prediction(start=months, end=months + HORIZON - 1)
    return np.asarray(prediction.predicted_mean), np.sqrt(np.asarray(prediction.forecast_variance) * months / (months - 5)), best.sse


def last_value(series):
    differences = np.diff(series)[-36:]
    return np.full(HORIZON, series[-1]), np.sqrt(np.mean(differences**2) * STEPS)


def yearly_growth(series):
    def forecast(past):
        path = list(past)
        for _ in STEPS:
            path.append(path[-12] + past[-1] - past[-13])
        return np.array(path[len(past):])

    sds = []
    for step in STEPS:
        errors = [series[origin + step] - forecast(series[:origin + 1])[step - 1] for origin in range(12, len(series) - step)]
        sds.append(np.sqrt(np.mean(np.square(errors))) if len(errors) >= 6 else sds[-1] if sds else np.nan)
    return forecast(series), np.array(sds)


WORST = {}


def note(name, difference, tolerance, series):
    difference = float(np.max(difference))
    worst, _, where, cases = WORST.get(name, (-np.inf, tolerance, series, 0))
    # One that is no number stays the worst.
    if not difference <= worst and not np.isnan(worst):
        worst, where = difference, series
    WORST[name] = (worst, tolerance, where, cases + 1)


def compare(method, number, ours, theirs, tolerance):
    note(f"{method} mean", np.abs(ours[0] - theirs[0]), tolerance, number)
    note(f"{method} sd, relative", np.abs(ours[1] / theirs[1] - 1), tolerance, number)


full = make_series()
series = full + [with_gaps(one) for one in full]
ours = rust(series)
for number, one in enumerate(series):
    compare("local level" if number < len(full) else "local level with gaps", number, ours["local_level", number], local_level(one), 1e-5)
for number, one in enumerate(full):
    compare("theta", number, ours["theta", number], theta(one), 1e-3)
    compare("last value", number, ours["last_value", number], last_value(one), 1e-10)
    means, sds = yearly_growth(one)
    # Before 19 months the standard deviations are those of the local level.
    sds = sds if len(one) >= 19 else ours["local_level", number][1]
    compare("yearly growth", number, ours["yearly_growth", number], (means, sds), 1e-10)
    means, sds, squares = damped_trend(one)
    found = ours["damped_trend", number]
    excess = found[1][0] ** 2 * (len(one) - 5) / squares - 1
    note("damped trend, squares above statsmodels'", excess, 1e-6, number)
    if abs(excess) < 1e-6:
        compare("damped trend, same optimum,", number, found, (means, sds), 1e-4)
    else:
        note("damped trend, better optimum: squares below", -excess, 1.0, number)

print(f"{'':45} {'largest':>10} {'tolerance':>10} {'in series':>10} {'cases':>6}")
for name, (difference, tolerance, number, cases) in WORST.items():
    print(f"{name:45} {difference:10.1e} {tolerance:10.0e} {number:10} {cases:6} {'' if difference <= tolerance else 'EXCEEDED'}")
sys.exit(not all(difference <= tolerance for difference, tolerance, _, _ in WORST.values()))
