/**
 * The contract between the command `report` and the page: one JSON object in
 * `<script type="application/json" id="data">`, with `</` written as `<\/`.
 *
 * Rules that hold for the whole object
 *
 * - Money is in million USD, mass in tonnes, a share in fractions of one, a price or rent in USD per tonne.
 *   A month's row is an amount per month, a year's per year, `all` one of the whole run.
 * - Numbers carry three significant digits (four in `headlines`), `null` for an empty cell. A number below a
 *   thousandth of its unit is written 0.
 * - Rows of the same kind are tuples, in the order of the type. Keys in them are indices into the lists at the top.
 *   -1 stands for "none or any" (an empty `via`, no party).
 * - A monthly series is stored from the first month in which it differs from the reference's: `from` is that month's
 *   index, and the months before it are the reference's. A row that is the reference's in every month is left out.
 *   In the reference itself `from` is the first month that is not zero, and what is left out is zero.
 * - Above ten scenarios, to keep a report of 25 well below 10 MB: `months.levels` by good only for metric 0, without
 *   `via`; `months.differences` of good 0 only; `table` by good only for the whole run and without `via`.
 * - A part that has no data is left out altogether (`undefined`), never an empty list: its section then leaves the page.
 */
export interface Report {
  /** 1. The page refuses another number in plain words. */
  format: 1;
  head: Head;
  /** In the order of the batch. Colours and dashes go by this order, so it never depends on what is shown. */
  scenarios: Scenario[];
  /** Index 0 is `all`. The rest as in the world's commodities.csv. */
  goods: Named[];
  /** Jurisdictions, blocs and groups that any row names: jurisdictions.csv. */
  lands: Named[];
  /** Metrics that any row names. Index 0 is the success, usually `circumvented`. */
  metrics: Metric[];
  /** Measures and secondary programmes of all scenarios, each once: the scenario files. */
  measures?: Measure[];
  /** Exact ranges of the headline metrics: draws.csv. At least the row of metric 0. */
  headlines?: Headline[];
  /** Who gains and who loses: rows with a `party` in metrics.csv and comparison.csv. */
  gains?: GainGroup[];
  /** Metrics by month: metrics.csv, and comparison.csv for `differences`. */
  months?: Months;
  /** Customs records, simulated and observed: books.csv and the world's observed.csv. */
  records?: Records;
  /** Where trade goes: flows.csv, summed over supplies and demands of a jurisdiction or bloc. */
  flows?: Flows;
  /** Corridors: links.csv, nodes.csv, coastlines. Left out for a world without coordinates. */
  map?: MapData;
  /** capacities.csv. */
  capacities?: Capacities;
  /** events.csv. */
  designations?: Designations;
  /** Rank correlations with parameters: draws.csv. */
  drivers?: Drivers;
  /** metrics.csv and comparison.csv, whole run and years. */
  table?: Table;
  basis: Basis;
}

/** A thing with an id of the files and a name for readers. The page shows `name`, and `id` beside it in tables. */
export interface Named {
  id: string;
  /** Plain English, without the role in the model: "Kazakhstan", "Potash". Falls back to the id in words. */
  name?: string;
  /** A name of at most some 14 letters for pictures: "Emirates". Falls back to `name`. */
  short?: string;
}

export interface Head {
  /** First month, YYYY-MM: manifest.json `start`. */
  start: string;
  /** Number of months: manifest.json `months`. */
  count: number;
  /** Index of the reference among the scenarios: manifest.json `reference`. `null` if it is not in the batch. */
  reference: number | null;
  /** Whether comparison.csv says paired. If not, differences have a mean and no range (`null` quantiles). */
  paired: boolean;
  /** Draws of a scenario: manifest.json `draws`. */
  draws: number;
}

export interface Scenario extends Named {
  /** `name` is the title in the scenario file. */
  /** The question: the first comment of the scenario file, if it has one. */
  question?: string;
  /** Indices into `measures`, in force in this scenario, sorted by month. */
  measures?: number[];
  /** What must be said of it: the notes that `compare` prints, without the scenario's name before it. */
  notes?: string[];
  /** Whether the scenario has secondary programmes whose strength is assumed in part (manifest.json `evidence.programmes`). */
  assumed?: boolean;
}

export interface Metric extends Named {
  /** Unit of the files, but for `effectiveness`, a ratio of two amounts in USD. The page writes usd as million or bn USD. */
  unit: "usd" | "t" | "share" | "usd/t" | "months" | "ratio";
}

export interface Measure {
  /** The id in the scenario file. */
  id: string;
  /** The table's key: "ban", "closure", "designation", "payments", ... The page has words for known kinds. */
  kind: string;
  /** The issuer's name: "EU", "Kazakhstan". */
  issuer?: string;
  /** Whom it is aimed at, by name: territories of transit, targets, destinations or origins. At most some eight names. */
  targets?: string[];
  /** How those stand to the trade it bears on; left out for targets. */
  direction?: "to" | "from" | "through";
  /** The goods it touches, indices into `goods`. Left out for all. */
  goods?: number[];
  /** Month index of `from`; negative before the run. */
  from: number;
  /** Month index of `until`, the first month in which it is no longer in force. */
  until?: number;
  /** The key `source`, whole. */
  source?: string;
}

/** mean, p05, p25, p50, p75, p95 over draws. */
export type Spread = [
  mean: number,
  p05: number | null,
  p25: number | null,
  p50: number | null,
  p75: number | null,
  p95: number | null,
];

/** One headline metric, whole run, all goods: from draws.csv, with exact quantiles (not the binned ones). */
export interface Headline {
  /** Index into `metrics`. */
  metric: number;
  /** By scenario. `null` where the metric does not exist. */
  level: (Spread | null)[];
  /** By scenario: less the reference, draw by draw; mean alone if unpaired. `null` for the reference. */
  difference?: (Spread | null)[];
  /** By scenario: share of draws with a difference below zero. `null` for the reference or unpaired. */
  below?: (number | null)[];
  /** lower[i][j]: share of draws in which scenario i is strictly lower than j. Needed for metrics 0 and the price only. */
  lower?: number[][];
}

/** A figure of gainers and losers: parties of one kind, with the columns that make sense for them. */
export interface GainGroup {
  /** "countries", "exporters", "ports and borders", "networks": the words of the choice. */
  name: string;
  /** What a party is: the value of the column's `party` prefix. Used as the key in the address. */
  id: string;
  parties: Named[];
  /** Shown from left to right, at most four. The first is the one that the heading speaks of. */
  columns: GainColumn[];
  /** One row for each scenario, good, party and column that is not zero. */
  rows: GainRow[];
}

export interface GainColumn {
  /** The metric in metrics.csv. */
  id: string;
  /** Two short lines at most: "Restricted trade by its roads or papers". */
  name: string;
  unit: "usd" | "t" | "share";
  /** A noun for headings: "transit", "sales". */
  noun: string;
}

/**
 * Whole run; what a party loses is below zero in every column. Of the reference, and of each scenario if there is no reference: its level. Of another scenario: the paired difference from the reference. Ranges are
 * `null` where only means exist.
 */
export type GainRow = [
  scenario: number,
  good: number,
  party: number,
  column: number,
  mean: number,
  p05: number | null,
  p95: number | null,
];

export interface Months {
  /** Indices into `lands` that `via` takes, largest first. */
  via: number[];
  /** Levels by scenario, in the order of `scenarios`. */
  levels: MonthRow[][];
  /** Differences from the reference by scenario, an empty list for the reference. */
  differences?: MonthRow[][];
}

/** `metric` an index into metrics, `via` into lands or -1 for all. The three lists hold the months from `from` on. */
export type MonthRow = [
  metric: number,
  good: number,
  via: number,
  from: number,
  p05: (number | null)[],
  p50: (number | null)[],
  p95: (number | null)[],
];

export interface Records {
  /** Series that have observed values, or the largest if none has: at most some sixty, blocs before members. */
  series: RecordSeries[];
  /** Simulated records by scenario. `series` an index, then as in MonthRow. */
  levels: [series: number, from: number, p05: (number | null)[], p50: (number | null)[], p95: (number | null)[]][][];
  /** Observed values: months from `from` on, `null` where nothing was recorded or its publication is not for use. */
  observed?: [series: number, from: number, values: (number | null)[]][];
  /** One sentence: who recorded it, and until when the world has it. */
  note?: string;
}

export interface RecordSeries {
  reporter: number;
  partner: number;
  flow: "export" | "import";
  good: number;
  unit: "usd" | "t";
}

export interface Flows {
  /** Groups of sellers, largest first. The first is the default. */
  sellers: Named[];
  /** Buyers, largest first. */
  buyers: Named[];
  /** Ways in a fixed order: direct first, then by intermediary. */
  ways: Way[];
  /**
   * By scenario. Only goods, sellers and buyers of which some measure of some scenario restricts or leaves the direct
   * trade. Means, million USD in the month, unrounded sums rounded once.
   */
  rows: FlowRow[][];
}

export interface Way {
  kind: "direct" | "reexport" | "ghost" | "relabel";
  /** Index into `lands`, -1 for direct. */
  via: number;
}

/** Good is never 0 here: the page adds goods up. */
export type FlowRow = [good: number, seller: number, way: number, buyer: number, from: number, mean: number[]];

export interface MapData {
  /** Size of the projected plane; y points down. Some 10,000 wide, so that whole numbers suffice. */
  width: number;
  height: number;
  /** Kilometres for one unit of the plane at its middle, for the key. */
  km?: number;
  /**
   * Filled outlines of land, a closed SVG path for each ring in the plane, even-odd (lakes and seas inside are holes).
   * A ring that crosses 180 degrees must be unrolled first, and drawn once more 360 degrees away where that reaches the plane.
   */
  land: string;
  /** Borders as open lines in the same plane. */
  borders?: string;
  /** Whose shapes: "Natural Earth (public domain)". */
  credit: string;
  places: MapPlace[];
  links: MapLink[];
  /** What the amounts of `rows` are of, in the order of the tuple: first the month before, then the years. */
  periods: string[];
  /** By scenario; a row that is the reference's is left out. */
  rows: MapRow[][];
}

export interface MapPlace extends Named {
  x: number;
  y: number;
  /** nodes.csv `kind`. */
  kind: string;
  /** Index into lands. */
  land: number;
}

export interface MapLink {
  from: number;
  to: number;
  mode: "road" | "rail" | "sea" | "air" | "pipeline" | "paper";
  /** A path of way points in the plane for sea lanes; a straight line without it. */
  path?: string;
}

/** Million USD: a mean month of each period (a year's amount by its months). Good 0 may be left out: the page adds up. */
export type MapRow = [link: number, good: number, amounts: number[]];

export interface Capacities {
  items: CapacityItem[];
  /** By scenario. */
  rows: CapacityRow[][];
}

export interface CapacityItem extends Named {
  /** "port", "border", "network", "relation", "measure", ...: from the world's `applies_to`. */
  kind: string;
  /** Indices into goods. Empty for all. */
  goods: number[];
}

/**
 * Tonnes in the month; rent in USD per tonne; `binding` is the share of draws at the limit. Limit and rent are medians.
 * Only capacities that something passes, at most twelve of a good (six above ten scenarios): those that earn most rent, then
 * those that bind most often.
 */
export type CapacityRow = [
  item: number,
  from: number,
  limit: (number | null)[],
  flow05: (number | null)[],
  flow50: (number | null)[],
  flow95: (number | null)[],
  rent: (number | null)[],
  binding: (number | null)[],
];

export interface Designations {
  /** By scenario: one row for each programme and target. Shares of draws by month: firms listed in it, and until its end. */
  rows: [measure: number, target: number, occurs: number[], hasOccurred: number[]][][];
}

export interface Drivers {
  /** Parameters that any list names. */
  parameters: Parameter[];
  lists: DriverList[];
}

export interface Parameter {
  /** The dotted name in draws.csv. */
  id: string;
  /** What it is, in words, if the tool can say it: "How large Kazakhstan's network for machinery can become". */
  name?: string;
}

/** Spearman's rank correlation over draws, the largest of them, by size. */
export interface DriverList {
  scenario: number;
  /** Index into metrics. */
  metric: number;
  of: "level" | "difference";
  /** How many parameters vary. */
  tried: number;
  /** 95% quantile of the largest |rho| over 200 permutations. */
  chance: number;
  /** At most twelve. */
  rows: [parameter: number, rho: number][];
}

export interface Table {
  /** "all", then years. */
  periods: string[];
  /** Parties that rows name; omitted if none. */
  parties?: Named[];
  /**
   * Rows of which level and difference are zero are left out. Years: good 0 or no `via`. Differences are `null` in
   * the reference's rows and in unpaired ones but for the mean.
   */
  rows: TableRow[];
}

export type TableRow = [
  scenario: number,
  metric: number,
  period: number,
  good: number,
  via: number,
  party: number,
  mean: number | null,
  p05: number | null,
  p95: number | null,
  difference: number | null,
  d05: number | null,
  d95: number | null,
  below: number | null,
];

export interface Basis {
  program: string;
  /** All of manifest.json; texts may be missing only in results of older versions. */
  version: string;
  seed: number;
  sampling: string;
  tolerance: number;
  residual: number;
  accountingGap?: number;
  /** By scenario: how many numbers are uncertain, how many the posterior table moved. */
  uncertain: [numbers: number, posterior: number][];
  /** Digests, in full: the world's, then those of scenarios and of result files. */
  digests: { name: string; digest: string }[];
  /** Shares of baseline trade by value and by status of its source: baseline.csv and sources.csv. Good 0 included. */
  baseline?: { good: number; observed: number; derived: number; assumed: number }[];
  /** sources.csv. */
  sources?: { id: string; citation: string; licence: string; status: string }[];
  /** Uncertain numbers of any scenario. `text` as in the scenario file: "triangular 0.05, 0.15, 0.3". */
  priors?: { id: string; name?: string; text: string; posterior?: boolean; source?: string }[];
  /** What the results cannot tell, one sentence each. */
  limits: string[];
  /** One paragraph to copy. */
  cite: string;
  /** The command that makes the same results again. */
  command: string;
  /** Whose data it is, one line. */
  credits: string;
}
