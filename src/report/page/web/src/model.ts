/** The report's data with its look-ups: whole series in place of stored tails, one style for each scenario. */

import type { CapacityRow, FlowRow, Headline, MapRow, MonthRow, Report, Spread } from "./data";
import { Calendar, type Maybe, exists } from "./format";
import { nameOf } from "./words";

export interface Fan {
  p05: Maybe[];
  p50: Maybe[];
  p95: Maybe[];
}

/** What a ranking shows of one scenario. */
export interface Standing {
  scenario: number;
  mean: number;
  p05: Maybe;
  p25: Maybe;
  p75: Maybe;
  p95: Maybe;
  below: Maybe;
}

export class Model {
  readonly calendar: Calendar;
  readonly reference: number | null;
  private readonly fans = new Map<string, MonthRow>();
  private readonly gaps = new Map<string, MonthRow>();
  // Whole series are made once for each scenario: a slider asks for them at each step.
  private readonly flowRows = new Map<number, { row: FlowRow; mean: Maybe[] }[]>();
  private readonly capacityRows = new Map<number, { row: CapacityRow; series: Maybe[][] }[]>();

  constructor(readonly report: Report) {
    this.calendar = new Calendar(report.head.start, report.head.count);
    this.reference = report.head.reference;
    report.months?.levels.forEach((rows, s) => rows.forEach((row) => this.fans.set(key(s, row), row)));
    report.months?.differences?.forEach((rows, s) => rows.forEach((row) => this.gaps.set(key(s, row), row)));
  }

  get months(): number {
    return this.report.head.count;
  }
  get scenarios(): number[] {
    return this.report.scenarios.map((_, i) => i);
  }
  /** Scenarios but the reference. */
  get others(): number[] {
    return this.scenarios.filter((i) => i !== this.reference);
  }
  title = (scenario: number): string => nameOf(this.report.scenarios[scenario]);
  good = (good: number): string => {
    const name = nameOf(this.report.goods[good]);
    return good === 0 ? "all goods" : name;
  };
  land = (land: number): string => nameOf(this.report.lands[land]);
  landShort = (land: number): string => this.report.lands[land]?.short ?? this.land(land);
  metric = (id: string): number => this.report.metrics.findIndex((metric) => metric.id === id);

  /** Whether amounts of a scenario are shown as they are: it is the reference, or there is none. */
  isLevel = (scenario: number): boolean => this.reference === null || scenario === this.reference;

  /** Whether differences have ranges. */
  get paired(): boolean {
    return this.report.head.paired && this.reference !== null && this.others.length > 0;
  }

  headline(metric: number): Headline | undefined {
    return this.report.headlines?.find((each) => each.metric === metric);
  }

  /** Differences of a metric from the reference over the whole run, lowest first. Without a reference, levels. */
  standings(metric: number, good: number): Standing[] {
    const found =
      this.reference === null ? this.plain(metric, good) : good === 0 ? this.exact(metric) : this.binned(metric, good);
    // Where nothing is restricted nothing can go around: such a scenario would "cut" all.
    const ranked = metric === 0 ? found.filter((each) => this.restricts(each.scenario)) : found;
    return ranked.sort((a, b) => a.mean - b.mean || a.scenario - b.scenario);
  }

  /** Whether a scenario restricts any trade, as far as the data say. */
  private restricts(scenario: number): boolean {
    const restricted = this.report.metrics.findIndex((metric) => metric.id === "restricted");
    const level = restricted < 0 ? undefined : this.headline(restricted)?.level[scenario];
    return !level || level[0] !== 0;
  }

  private plain(metric: number, good: number): Standing[] {
    return this.scenarios.flatMap((scenario) => {
      const spread = good === 0 ? this.headline(metric)?.level[scenario] : null;
      if (spread) return [standing(scenario, spread, null)];
      const level = this.level(scenario, metric, good);
      return level
        ? [{ scenario, mean: level[0], p05: level[1], p25: null, p75: null, p95: level[2], below: null }]
        : [];
    });
  }

  private exact(metric: number): Standing[] {
    const headline = this.headline(metric);
    if (!headline?.difference) return this.binned(metric, 0);
    return this.others.flatMap((scenario) => {
      const difference = headline.difference?.[scenario];
      return difference ? [standing(scenario, difference, headline.below?.[scenario])] : [];
    });
  }

  private binned(metric: number, good: number): Standing[] {
    const rows = this.report.table?.rows ?? [];
    const found = rows.filter(
      (row) => row[1] === metric && row[2] === 0 && row[3] === good && row[4] === -1 && row[5] === -1,
    );
    return found.flatMap((row): Standing[] => {
      const mean = row[9];
      if (row[0] === this.reference || !exists(mean)) return [];
      return [{ scenario: row[0], mean, p05: row[10], p25: null, p75: null, p95: row[11], below: row[12] }];
    });
  }

  /** Level of a metric over the whole run: mean, p05, p95. */
  level(scenario: number, metric: number, good: number): [number, Maybe, Maybe] | null {
    const spread = good === 0 ? this.headline(metric)?.level[scenario] : null;
    if (spread) return [spread[0], spread[1], spread[5]];
    const rows = this.report.table?.rows ?? [];
    const row = rows.find(
      (each) =>
        each[0] === scenario &&
        each[1] === metric &&
        each[2] === 0 &&
        each[3] === good &&
        each[4] === -1 &&
        each[5] === -1,
    );
    return row && exists(row[6]) ? [row[6], row[7], row[8]] : null;
  }

  /** Share of draws in which a is lower than b, if known. */
  lower(metric: number, a: number, b: number): Maybe {
    return this.headline(metric)?.lower?.[a]?.[b];
  }

  /** A metric by month. `null` if no scenario has such a row. */
  fan(scenario: number, metric: number, good: number, via: number): Fan | null {
    const base = this.reference === null ? undefined : this.fans.get(keyOf(this.reference, metric, good, via));
    const own = this.fans.get(keyOf(scenario, metric, good, via));
    if (!base && !own) return null;
    const from = this.whole(base?.[3], base?.slice(4) as Maybe[][] | undefined, null);
    return this.asFan(this.whole(own?.[3], own?.slice(4) as Maybe[][] | undefined, from));
  }

  gap(scenario: number, metric: number, good: number, via: number): Fan | null {
    const own = this.gaps.get(keyOf(scenario, metric, good, via));
    if (!own) return null;
    return this.asFan(this.whole(own[3], own.slice(4) as Maybe[][], null));
  }

  get hasGaps(): boolean {
    return this.gaps.size > 0;
  }

  /** Goods, and ways, of which a metric has monthly rows. */
  hasFan(metric: number, good: number, via: number): boolean {
    return this.scenarios.some((s) => this.fans.has(keyOf(s, metric, good, via)));
  }

  /** Customs records of a series. */
  record(scenario: number, series: number): Fan | null {
    const find = (s: number) => this.report.records?.levels[s]?.find((row) => row[0] === series);
    const base = this.reference === null ? undefined : find(this.reference);
    const own = find(scenario);
    if (!base && !own) return null;
    const from = this.whole(base?.[1], base ? [base[2], base[3], base[4]] : undefined, null);
    return this.asFan(this.whole(own?.[1], own ? [own[2], own[3], own[4]] : undefined, from));
  }

  observed(series: number): Maybe[] | null {
    const row = this.report.records?.observed?.find((each) => each[0] === series);
    if (!row) return null;
    const out: Maybe[] = new Array<Maybe>(this.months).fill(null);
    row[2].forEach((value, i) => (out[row[1] + i] = value));
    return out;
  }

  /** Flows with their whole series. */
  flows(scenario: number): { row: FlowRow; mean: Maybe[] }[] {
    const flows = this.report.flows;
    if (!flows) return [];
    return remember(this.flowRows, scenario, () =>
      this.merged(
        flows.rows,
        scenario,
        (row) => row.slice(0, 4).join(),
        (row) => row[4],
        (row) => [row[5]],
      ).map(({ row, series }) => ({ row, mean: series[0] ?? [] })),
    );
  }

  /** limit, flow05, flow50, flow95, rent, binding. */
  capacities(scenario: number): { row: CapacityRow; series: Maybe[][] }[] {
    const capacities = this.report.capacities;
    if (!capacities) return [];
    return remember(this.capacityRows, scenario, () =>
      this.merged(
        capacities.rows,
        scenario,
        (row) => String(row[0]),
        (row) => row[1],
        (row) => row.slice(2) as Maybe[][],
      ),
    );
  }

  /** Amounts of links: the scenario's own rows over the reference's. */
  links(scenario: number): MapRow[] {
    const rows = this.report.map?.rows;
    if (!rows) return [];
    const out = new Map<string, MapRow>();
    const base = this.reference === null ? [] : (rows[this.reference] ?? []);
    for (const row of [...base, ...(rows[scenario] ?? [])]) out.set(`${row[0]} ${row[1]}`, row);
    return [...out.values()];
  }

  private merged<Row>(
    all: Row[][],
    scenario: number,
    keyOfRow: (row: Row) => string,
    from: (row: Row) => number,
    tails: (row: Row) => Maybe[][],
  ): { row: Row; series: Maybe[][] }[] {
    const out = new Map<string, { row: Row; series: Maybe[][] }>();
    const base = this.reference === null ? [] : (all[this.reference] ?? []);
    for (const row of base) out.set(keyOfRow(row), { row, series: this.whole(from(row), tails(row), null) });
    if (scenario !== this.reference) {
      for (const row of all[scenario] ?? []) {
        const before = out.get(keyOfRow(row))?.series ?? null;
        out.set(keyOfRow(row), { row, series: this.whole(from(row), tails(row), before) });
      }
    }
    return [...out.values()];
  }

  /** Puts a tail behind the months of the base, or behind zeros. */
  private whole(from: number | undefined, tails: Maybe[][] | undefined, base: Maybe[][] | null): Maybe[][] {
    if (from === undefined || !tails) return base ?? [];
    return tails.map((tail, k) => {
      const head = base?.[k]?.slice(0, from) ?? new Array<Maybe>(from).fill(0);
      return [...head, ...tail];
    });
  }

  private asFan(series: Maybe[][]): Fan | null {
    const [p05, p50, p95] = series;
    return p05 && p50 && p95 ? { p05, p50, p95 } : null;
  }
}

function remember<Value>(known: Map<number, Value>, key: number, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

const keyOf = (scenario: number, metric: number, good: number, via: number): string =>
  `${scenario} ${metric} ${good} ${via}`;
const key = (scenario: number, row: MonthRow): string => keyOf(scenario, row[0], row[1], row[2]);

const standing = (scenario: number, spread: Spread, below: Maybe): Standing => ({
  scenario,
  mean: spread[0],
  p05: spread[1],
  p25: spread[2],
  p75: spread[4],
  p95: spread[5],
  below,
});

/** Whether one of two scenarios is lower than the other in at least 95% of draws, as far as it is known. */
export function isApart(model: Model, metric: number, a: number, b: number): boolean {
  const ab = model.lower(metric, a, b);
  const ba = model.lower(metric, b, a);
  return !exists(ab) || !exists(ba) || Math.max(ab, ba) >= 0.95;
}

/**
 * Runs of an order in which no scenario is lower than another in 95% of draws, each as long as it can be. Runs may
 * overlap: A may not be told apart from B, nor B from C, while A lies below C.
 */
export function groups(model: Model, metric: number, order: number[]): number[][] {
  const apart = (a: number, b: number): boolean => isApart(model, metric, a, b);
  const out: number[][] = [];
  let reached = 0;
  for (let start = 0; start < order.length; start++) {
    let end = start + 1;
    while (end < order.length && order.slice(start, end).every((a) => !apart(a, order[end]!))) end++;
    // A run that ends where an earlier one did lies within it.
    if (end - start > 1 && end > reached) out.push(order.slice(start, end));
    reached = Math.max(reached, end);
  }
  return out;
}
