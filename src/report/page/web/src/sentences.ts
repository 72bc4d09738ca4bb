/**
 * Every sentence of the page that holds a number. The tool writes the same sentences as HTML for the state in which the
 * page opens; the page writes them again when the reader chooses something else, and fills slots that were left empty.
 *
 * Rules
 * - Money of the answer is in bn USD if the largest level in it is at least 0.95 bn, else in million USD.
 * - `amount`: two digits that count from 9.95 of the unit on (17, 170), one decimal below (2.0, 0.1), nothing below 0.05.
 * - Ranges stand in brackets after the first number, hold 90% of the draws (p05 to p95), and follow the same rounding.
 * - A cut of x is a difference of -x, and its range is turned over with it.
 * - Shares: see `fraction` and `inDraws`.
 * - A scenario is named by its title; the HTML is `<b class="s" data-scenario="INDEX">TITLE</b>`.
 */

import type { GainGroup, GainRow } from "./data";
import type { Model, Standing } from "./model";
import { groups } from "./model";
import { type Maybe, capital, count, exists, fixed, list, percent, plural, round, the } from "./format";
import { kindPlural, metricName, metricNoun, nameOf } from "./words";

/** Text with names of scenarios in it. */
export type Rich = (string | { scenario: number })[];

export const plain = (rich: Rich, model: Model): string =>
  rich.map((part) => (typeof part === "string" ? part : model.title(part.scenario))).join("");

/* ---- Numbers */

export interface MoneyUnit {
  word: "bn" | "m";
  /** What a value in million USD is divided by. */
  by: number;
}

export const moneyUnit = (largest: number): MoneyUnit =>
  largest >= 950 ? { word: "bn", by: 1000 } : { word: "m", by: 1 };

const digits = (x: number): string => {
  const size = Math.abs(x);
  if (size < 0.05) return "0";
  return size >= 9.95 ? round(x, 2) : fixed(x, 1, true);
};

/** $17 bn; x in million USD, its sign left out. */
export function amount(x: number, unit: MoneyUnit): string {
  return `$${digits(Math.abs(x) / unit.by)}\u00a0${unit.word}`;
}

export const isNothing = (x: number, unit: MoneyUnit): boolean => Math.abs(x) / unit.by < 0.05;

/** " (12 to 22)", or nothing without a range. */
export function range(low: Maybe, high: Maybe, unit: MoneyUnit): string {
  if (!exists(low) || !exists(high)) return "";
  return ` (${digits(low / unit.by)} to ${digits(high / unit.by)})`;
}

/** A share of a whole in words. */
export function fraction(share: number): string {
  const steps: [number, string][] = [
    [0.93, "nearly all"],
    [0.7, "about three quarters"],
    [0.6, "about two thirds"],
    [0.45, "about half"],
    [0.29, "about a third"],
    [0.22, "about a quarter"],
    [0.17, "about a fifth"],
    [0.08, "about a tenth"],
  ];
  for (const [least, words] of steps) if (share > least) return words;
  return percent(share, 1);
}

/** How often something holds over the draws. */
export function inDraws(share: number): string {
  if (share >= 1) return "in all draws";
  if (share <= 0) return "in no draw";
  if (share > 0.99) return "in over 99% of draws";
  return `in ${percent(share, 2)} of draws`;
}

/* ---- The answer: three paragraphs and notes */

/** The metric that counts the price. */
export const PRICE = "genuine_trade_lost";

export function answer(model: Model): Rich[] {
  const success = model.headline(0);
  if (!success) return [["The results hold no headline metric."]];
  const largest = Math.max(...success.level.map((each) => each?.[0] ?? 0));
  const unit = moneyUnit(largest);
  if (model.scenarios.length === 1) return alone(model, unit);
  if (model.reference === null) return levels(model, unit);
  return [first(model, unit), ...second(model, unit), ...price(model), ...countries(model)];
}

const span = (model: Model): string =>
  `between ${model.calendar.name(0)} and ${model.calendar.name(model.calendar.last)}`;

function stands(model: Model, scenario: number, unit: MoneyUnit): string {
  const level = model.headline(0)?.level[scenario];
  if (!level) return "nothing is known";
  if (isNothing(level[0], unit) && isNothing(level[5] ?? 0, unit)) {
    return `no restricted trade arrives through another country or under another name ${span(model)}`;
  }
  return `${amount(level[0], unit)}${range(level[1], level[5], unit)} of restricted trade still arrives through another country or under another name ${span(model)}`;
}

function first(model: Model, unit: MoneyUnit): Rich {
  return ["The reference is ", { scenario: model.reference! }, `. Under it, ${stands(model, model.reference!, unit)}.`];
}

/** Which scenario cuts most, what comes next and last, and how sure the order is. */
function second(model: Model, unit: MoneyUnit): Rich[] {
  const order = model.standings(0, 0);
  const best = order[0];
  if (!best) return [];
  if (best.mean >= 0 || isNothing(best.mean, unit)) return [["No other scenario cuts this trade noticeably."]];
  const whole = model.headline(0)?.level[model.reference!]?.[0] ?? 0;
  const out: Rich = [
    { scenario: best.scenario },
    ` cuts this trade${order.length > 1 ? " most:" : ""} by ${amount(best.mean, unit)}${cutRange(best, unit)}`,
  ];
  if (whole > 0) out.push(`, ${fraction(-best.mean / whole)} of it`);
  out.push(".");
  const next = order[1];
  if (next) out.push(" Next comes ", { scenario: next.scenario }, `, ${less(next, unit)}.`);
  out.push(...sureness(model, best, order));
  const last = order.slice(2).at(-1);
  if (last) out.push(" Last comes ", { scenario: last.scenario }, `, ${less(last, unit)}.`);
  return [out];
}

interface Rival {
  scenario: number;
  share: number;
}

/** The scenario that the best lies below least often. */
function closestRival(model: Model, best: Standing, order: Standing[]): Rival | undefined {
  const rivals = order
    .slice(1)
    .map((each) => ({ scenario: each.scenario, share: model.lower(0, best.scenario, each.scenario) }));
  return rivals.filter((each): each is Rival => exists(each.share)).sort((a, b) => a.share - b.share)[0];
}

/** "with $11 bn (0.8 to 26) less" */
function less(each: Standing, unit: MoneyUnit): string {
  if (isNothing(each.mean, unit)) return "with next to no change";
  const spread = each.mean < 0 ? cutRange(each, unit) : range(each.p05, each.p95, unit);
  return `with ${amount(each.mean, unit)}${spread} ${each.mean < 0 ? "less" : "more"}`;
}

const cutRange = (each: Standing, unit: MoneyUnit): string =>
  exists(each.p05) && exists(each.p95) ? range(-each.p95, -each.p05, unit) : "";

/** How often the best lies below its closest rival and below the reference. */
function sureness(model: Model, best: Standing, order: Standing[]): Rich {
  if (!model.paired) return [" The draws are not paired, so only means can be compared."];
  const below = exists(best.below) ? `below the reference ${inDraws(best.below)}` : "";
  const rival = closestRival(model, best, order);
  if (!rival) return below ? [` It lies ${below}.`] : [];
  const tail = ` ${inDraws(rival.share)}${below ? `, and ${below}` : ""}.`;
  return rival.scenario === order[1]?.scenario
    ? [` The first lies below the second${tail}`]
    : [" The first lies below ", { scenario: rival.scenario }, `, its closest rival,${tail}`];
}

/** What bystanders pay. */
function price(model: Model): Rich[] {
  const metric = model.metric(PRICE);
  const order = metric < 0 ? [] : model.standings(metric, 0).reverse();
  if (order.length === 0) return [];
  const unit = moneyUnit(Math.max(...order.map((each) => Math.abs(each.mean))));
  const dear = order.filter((each) => each.mean > 0 && !isNothing(each.mean, unit));
  const costliest = dear[0];
  if (!costliest)
    return [["Bystanders, who are buyers in the countries between, lose no more trade than under the reference."]];
  const out: Rich = [
    `Bystanders are buyers in the countries between. Nobody meant to stop their trade. They lose ${amount(costliest.mean, unit)}${range(costliest.p05, costliest.p95, unit)} more of it under `,
    { scenario: costliest.scenario },
    " than under the reference",
  ];
  // Nobody who pays is left out, unless there are too many to read.
  for (const next of dear.slice(1, 4))
    out.push(`, ${amount(next.mean, unit)} more under `, { scenario: next.scenario });
  out.push(".");
  const free = order.filter((each) => isNothing(each.mean, unit));
  if (free.length > 0 && free.length <= 3) {
    out.push(" They lose next to nothing more under ");
    free.forEach((each, i) =>
      out.push(i === 0 ? "" : i === free.length - 1 ? " and " : ", ", { scenario: each.scenario }),
    );
    out.push(".");
  }
  return [out];
}

/** Which party loses and gains most under the scenario that cuts most. */
function countries(model: Model): Rich[] {
  const group = model.report.gains?.[0];
  const best = model.standings(0, 0)[0];
  if (!group || !best || best.mean >= 0) return [];
  const column = group.columns[0]!;
  if (column.unit !== "usd") return [];
  const rows = gainRows(group, best.scenario, 0, 0).filter((row) => row[4] < 0);
  const loser = rows[0];
  if (!loser) return [];
  const unit = moneyUnit(Math.abs(loser[4]));
  const lost = (row: GainRow): string => {
    return `${amount(row[4], unit)}${range(neg(row[6]), neg(row[5]), unit)}`;
  };
  const out: Rich = [
    "Under ",
    { scenario: best.scenario },
    `, ${the(nameOf(group.parties[loser[2]]))} loses most ${column.noun}: ${lost(loser)}`,
  ];
  const next = rows[1];
  if (next && !isNothing(next[4], unit))
    out.push(`. Then comes ${the(nameOf(group.parties[next[2]]))} with ${lost(next)}`);
  out.push(".");
  return [out];
}

const neg = (x: Maybe): Maybe => (exists(x) ? -x : x);

function alone(model: Model, unit: MoneyUnit): Rich[] {
  const out: Rich[] = [["Under ", { scenario: 0 }, `, ${stands(model, 0, unit)}.`]];
  const rate = model.headline(model.metric("circumvention_rate"))?.level[0];
  if (rate) {
    const spread =
      exists(rate[1]) && exists(rate[5]) ? ` (${round(rate[1] * 100, 2)} to ${round(rate[5] * 100, 2)})` : "";
    out.push([`That is ${percent(rate[0])}${spread} of the trade that the restrictions keep from going direct.`]);
  }
  const lost = model.headline(model.metric(PRICE))?.level[0];
  if (lost) {
    const small = moneyUnit(lost[0]);
    out.push([
      `Bystanders lose ${amount(lost[0], small)}${range(lost[1], lost[5], small)} of trade that nobody meant to stop.`,
    ]);
  }
  return out;
}

/** Without a reference there are levels only. */
function levels(model: Model, unit: MoneyUnit): Rich[] {
  const known = model.scenarios.filter((s) => model.headline(0)?.level[s]);
  const order = known.sort((a, b) => model.headline(0)!.level[a]![0] - model.headline(0)!.level[b]![0]);
  const best = order[0];
  const worst = order.at(-1);
  if (best === undefined || worst === undefined) return [];
  const out: Rich[] = [["Least trade goes around the restrictions under ", { scenario: best }, `: ${stands(model, best, unit)}.`]];
  if (worst !== best) {
    const level = model.headline(0)!.level[worst]!;
    out.push([
      "Most trade goes around them under ",
      { scenario: worst },
      `, ${amount(level[0], unit)}${range(level[1], level[5], unit)}. The scenarios have no common reference, so levels are compared.`,
    ]);
  }
  return out;
}

/** The heading of the page, and the line above it. */
export const pageTitle = (model: Model): string =>
  model.scenarios.length === 1
    ? "What becomes of restricted trade"
    : "What cuts trade around the restrictions, and what it costs others";

export function about(model: Model): string {
  const { calendar, report } = model;
  const scenarios = plural(model.scenarios.length, "scenario");
  return `${report.basis.program} report. ${capital(scenarios)}, ${fixed(report.head.draws, 0)} draws${model.scenarios.length > 1 ? " each" : ""}, ${calendar.name(0)} to ${calendar.name(calendar.last)}`;
}

/** Small print below the answer. */
export function answerNotes(model: Model): Rich[] {
  const out: Rich[] = [];
  const small: Rich = [
    "Ranges in brackets hold 90% of the draws. They show what the assumptions leave open. They are no forecast.",
  ];
  if (model.reference !== null && model.others.length > 0) {
    small.push(
      " All differences are from ",
      { scenario: model.reference },
      model.paired ? ", draw by draw." : ", by their means.",
    );
  }
  out.push(small);
  const assumed = model.scenarios.filter((s) => model.report.scenarios[s]?.assumed);
  if (assumed.length > 0) {
    const names: Rich = [];
    if (assumed.length > 5) names.push(plural(assumed.length, "scenario"));
    else
      assumed.forEach((s, i) => names.push(i === 0 ? "" : i === assumed.length - 1 ? " and " : ", ", { scenario: s }));
    out.push([
      "The strengths of the secondary sanctions in ",
      ...names,
      " are assumed, except where records moved them. What these sanctions cut is therefore an assumption, not a finding.",
    ]);
  }
  return out;
}

/* ---- Headings: one for each section. They follow what the reader chose. */

const quoted = (model: Model, scenario: number): string => `‘${model.title(scenario)}’`;

export function rankingHeading(model: Model, metric: number, good: number): string {
  const of = good === 0 ? "" : ` for ${lower(model.good(good))}`;
  const what = model.report.metrics[metric]!;
  const order = model.standings(metric, good);
  const best = order[0];
  if (!best) return `${capital(metricName(what))}${of}: nothing to compare`;
  if (what.unit === "ratio") {
    const most = order.at(-1)!;
    return `${quoted(model, most.scenario)} costs the targets most for each dollar that bystanders lose: $${round(most.mean, 2)}`;
  }
  if (model.reference === null) return `Least ${metricNoun(what)}${of} under ${quoted(model, best.scenario)}`;
  const noun = metricNoun(what);
  if (best.mean >= 0) return `No scenario ${metric === 0 ? "cuts" : "lowers"} ${noun}${of}`;
  const verb = metric === 0 ? `cuts most${of}` : `lowers ${noun}${of} most`;
  const found =
    good === 0
      ? groups(
          model,
          metric,
          order.map((each) => each.scenario),
        )
      : [];
  const head = found.find((group) => group[0] === best.scenario);
  const name = quoted(model, best.scenario);
  if (head)
    return `${name} ${verb} on average, but ${head.length === 2 ? "the next cannot be told apart from it" : `the first ${count(head.length)} cannot be told apart`}`;
  const second = found.find((group) => group[0] === order[1]?.scenario);
  if (second) return `${name} ${verb}; the next ${count(second.length)} cannot be told apart`;
  if (order.length === 1) return `${name} lowers ${noun}${of}`;
  return good === 0 ? `${name} ${verb}` : `${name} ${verb} on average`;
}

/** A name within a sentence: a capital that only begins it becomes small, one of an acronym stays. */
export const lower = (text: string): string =>
  /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

/** Rows of one column, the largest loss first. */
export function gainRows(group: GainGroup, scenario: number, good: number, column: number): GainRow[] {
  return group.rows
    .filter((row) => row[0] === scenario && row[1] === good && row[3] === column)
    .sort((a, b) => a[4] - b[4]);
}

/** Whether the range of a row lies on one side of zero; rows without range count as clear. */
export const isClear = (row: GainRow): boolean => !exists(row[5]) || !exists(row[6]) || row[5] > 0 || row[6] < 0;

export function gainsHeading(model: Model, group: GainGroup, scenario: number, good: number): string {
  const column = group.columns[0]!;
  const rows = gainRows(group, scenario, good, 0);
  const of = good === 0 ? "" : ` in ${lower(model.good(good))}`;
  if (rows.length === 0) return `No ${column.noun} of ${group.name} changes${of}`;
  if (model.isLevel(scenario)) {
    const most = [...rows].sort((a, b) => Math.abs(b[4]) - Math.abs(a[4]))[0]!;
    return `${capital(the(nameOf(group.parties[most[2]])))} has most ${column.noun}${of}: ${value(most[4], column.unit)}`;
  }
  const loser = rows[0]!;
  if (loser[4] >= 0) return `None of the ${group.name} loses ${column.noun}${of}`;
  return `${capital(the(nameOf(group.parties[loser[2]])))} loses most ${column.noun}${of}: ${value(Math.abs(loser[4]), column.unit)}`;
}

/** A value of any unit in short words. */
export function value(x: number, unit: string): string {
  if (unit === "usd") return amount(x, moneyUnit(Math.abs(x)));
  if (unit === "share") return percent(x);
  return `${round(x, 2)} ${unit}`;
}

export function monthsHeading(
  model: Model,
  choice: { scenario: number; metric: number; good: number; via: number },
): string {
  const { scenario, metric, good, via } = choice;
  const what = model.report.metrics[metric]!;
  const at = model.calendar.last;
  const noun = `${metricNoun(what)}${good === 0 ? "" : ` in ${lower(model.good(good))}`}${via < 0 ? "" : ` through ${the(model.land(via))}`}`;
  const now = model.fan(scenario, metric, good, via)?.p50[at];
  const month = `In ${model.calendar.name(at)} `;
  if (!exists(now)) return `${month}there is no ${noun}`;
  const before = model.reference === null ? null : model.fan(model.reference, metric, good, via)?.p50[at];
  if (scenario === model.reference || !exists(before) || before === 0)
    return `${month}${noun} ${now === 0 ? "is nothing" : `is ${monthly(now, what.unit)}`}`;
  // The median of the differences is not the difference of the medians: only the former is shown where it is known.
  const gap = model.gap(scenario, metric, good, via);
  const by = gap ? gap.p50[at] : now - before;
  const how = gap ? "" : ", median against median";
  const isUsd = what.unit === "usd";
  if (!exists(by) || (isUsd ? isNothing(by, moneyUnit(Math.abs(by))) : Math.abs(by) < 0.0005))
    return `${month}${noun} is as under the reference`;
  const side = by < 0 ? "below" : "above";
  const size =
    what.unit === "share" ? `${round(Math.abs(by) * 100, 2)} percentage points` : monthly(Math.abs(by), what.unit);
  return `${month}${noun} is ${size} ${side} the reference${how}`;
}

const monthly = (x: number, unit: string): string =>
  unit === "usd" ? `${amount(x, moneyUnit(Math.abs(x)))} a month` : value(x, unit);

export function recordName(model: Model, index: number): string {
  const series = model.report.records!.series[index]!;
  const verb = series.flow === "export" ? "exports to" : "imports from";
  return `${model.landShort(series.reporter)} ${verb} ${model.landShort(series.partner)}, ${lower(model.good(series.good))}`;
}

export function recordsHeading(model: Model, scenario: number, index: number): string {
  const fan = model.record(scenario, index);
  const seen = model.observed(index);
  const name = recordName(model, index);
  if (!fan) return `${name}: nothing`;
  if (!seen) {
    const last = fan.p50[model.calendar.last];
    const unit = model.report.records!.series[index]!.unit;
    return `${name}: ${exists(last) ? monthly(last, unit) : "nothing"} in ${model.calendar.name(model.calendar.last)}`;
  }
  const months = seen.flatMap((x, i) => (exists(x) && exists(fan.p05[i]) && exists(fan.p95[i]) ? [i] : []));
  const inside = months.filter((i) => seen[i]! >= fan.p05[i]! && seen[i]! <= fan.p95[i]!).length;
  return `${name}: ${count(inside)} of ${count(months.length)} observed months lie in the 90% band`;
}

export interface FlowTotals {
  seller: string;
  good: number;
  month: number;
  before: number;
  after: number;
  /** Of the trade after, what goes by an intermediary. */
  hidden: number;
}

export function flowsHeading(model: Model, totals: FlowTotals): string {
  const what = totals.good === 0 ? "Restricted goods" : capital(model.good(totals.good));
  const head = `${what} from ${the(totals.seller)}`;
  const unit = moneyUnit(Math.max(totals.before, totals.after));
  const [then, now] = [model.calendar.name(0), model.calendar.name(totals.month)];
  if (totals.after === 0) return `${head}: nothing in ${now}`;
  const share = totals.hidden / totals.after;
  return `${head}: ${amount(totals.before, unit)} in ${then}, ${amount(totals.after, unit)} in ${now}. ${share < 0.005 ? "All of it goes direct" : `${percent(share)} of it goes through another country`}`;
}

export function changeHeading(
  model: Model,
  seller: string,
  month: number,
  most: { way: string; by: number } | null,
  least: { way: string; by: number } | null,
): string {
  const when = `in ${model.calendar.name(month)}`;
  const part = (each: { way: string; by: number }): string =>
    `${each.way} ${each.by < 0 ? "loses" : "gains"} ${amount(each.by, moneyUnit(Math.abs(each.by)))}`;
  const parts = [least, most].flatMap((each) => (each ? [part(each)] : []));
  if (parts.length === 0) return `Trade from ${the(seller)} is as under the reference ${when}`;
  return `Against the reference, ${parts.join(", and ")} ${when}`;
}

/** `former` says what traffic is compared with, as in "against 2021". */
export function mapHeading(name: string, former: string, loss: string | null, gain: string | null): string {
  const head = `Against ${former}, `;
  if (loss && gain) return `${head}traffic in ${name} falls most on ${loss} and rises most on ${gain}`;
  if (loss) return `${head}traffic in ${name} falls most on ${loss}`;
  if (gain) return `${head}traffic in ${name} rises most on ${gain}`;
  return `${head}traffic in ${name} hardly changes`;
}

/** `kinds`: "port", "border", "network", in the order in which they are shown. */
export function capacitiesHeading(
  model: Model,
  good: number,
  month: number,
  kinds: string[],
  total: number,
  binding: number,
): string {
  const of = good === 0 ? "" : ` for ${lower(model.good(good))}`;
  const many = kinds.length > 2 ? "ports, borders, networks and other ways" : list(kinds.map((kind) => (total === 1 ? kind : kindPlural(kind))));
  const verb = binding === 1 ? "is" : "are";
  return `In ${model.calendar.name(month)} ${binding === 0 ? "none" : count(binding)} of ${count(total)} ${many}${of} ${verb} full`;
}

export function designationsHeading(model: Model, scenario: number, month: number): string {
  const rows = model.report.designations?.rows[scenario] ?? [];
  const targets = [...new Set(rows.map((row) => row[1]))];
  if (targets.length === 0) return `No firms are listed under ${quoted(model, scenario)}`;
  const likely = targets.filter((target) => rows.some((row) => row[1] === target && (row[3][month] ?? 0) >= 0.5));
  return `By ${model.calendar.name(month)} firms of ${count(likely.length)} of ${plural(targets.length, "country", "countries")} have been listed in most draws`;
}

export function driversHeading(tried: number, clear: number): string {
  const head = `Of ${fixed(tried, 0)} uncertain numbers, `;
  return `${head}${clear === 0 ? "none stands" : clear === 1 ? "one stands" : `${count(clear)} stand`} out from chance`;
}

export function basisHeading(model: Model): string {
  const all = model.report.basis.baseline?.find((row) => row.good === 0);
  if (all) return `By value, ${percent(all.assumed)} of the trade before the measures is assumed`;
  const numbers = model.report.basis.uncertain.map((each) => each[0]);
  return `${fixed(Math.max(...numbers), 0)} numbers are uncertain`;
}
