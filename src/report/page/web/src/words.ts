/** Words for what the files call by id. Everything unknown falls back to the id in words. */

import type { Measure, Metric, Named } from "./data";
import { list, the } from "./format";

interface MetricWords {
  /** Over a column, in a choice. */
  name: string;
  /** In a sentence, with its article. */
  noun: string;
}

const METRICS: Record<string, MetricWords> = {
  circumvented: { name: "Trade around the restrictions", noun: "trade around the restrictions" },
  genuine_trade_lost: { name: "Trade lost by bystanders", noun: "trade lost by bystanders" },
  intermediary_rent: { name: "Extra earnings of go-betweens", noun: "extra earnings of go-betweens" },
  target_loss: { name: "Loss of the targets", noun: "the loss of the targets" },
  revenue_lost: { name: "Revenue lost by targeted sellers", noun: "revenue lost by targeted sellers" },
  coalition_trade_lost: {
    name: "Sales lost by those who restrict",
    noun: "sales lost by those who restrict",
  },
  coalition_revenue_lost: {
    name: "Revenue lost by those who restrict",
    noun: "revenue lost by those who restrict",
  },
  circumvention_rate: {
    name: "Share that goes around",
    noun: "the share that goes around the restrictions",
  },
  mirror_gap: {
    name: "Exports never recorded where declared",
    noun: "trade that never arrives where declared",
  },
  ghost_share: {
    name: "Share never recorded where declared",
    noun: "the share never recorded where declared",
  },
  restricted: { name: "Trade under restrictions", noun: "trade under restrictions" },
  direct: {
    name: "Restricted trade that still goes direct",
    noun: "restricted trade that still goes direct",
  },
  diverted_seller: { name: "Sold elsewhere instead", noun: "trade sold elsewhere instead" },
  destroyed_seller: { name: "Sales that vanish", noun: "sales that vanish" },
  diverted_buyer: { name: "Bought elsewhere instead", noun: "trade bought elsewhere instead" },
  destroyed_buyer: { name: "Purchases that vanish", noun: "purchases that vanish" },
  price_rise: {
    name: "Rise of prices for restricted buyers",
    noun: "the rise of prices for restricted buyers",
  },
  markup: { name: "Mark-up on hidden routes", noun: "the mark-up on hidden routes" },
  tariffed: { name: "Trade under a tariff", noun: "trade under a tariff" },
  bypassed: { name: "Trade around sellers’ exits", noun: "trade around sellers’ exits" },
  offset_gross: { name: "Offset in exporters’ records", noun: "the offset in exporters’ records" },
  offset_net: { name: "Offset by goods passed on", noun: "the offset by goods passed on" },
  offset_all_source: { name: "Offset from all sources", noun: "the offset from all sources" },
  port_rent: { name: "Extra earnings of ports", noun: "extra earnings of ports" },
  permit_rent: { name: "Extra earnings of holders of permits", noun: "extra earnings of holders of permits" },
  passage_rent: { name: "Extra earnings of open passages", noun: "extra earnings of open passages" },
  seller_rent: { name: "Mark-up of sellers on limited relations", noun: "the mark-up of sellers" },
  freight_paid: { name: "Freight paid", noun: "freight paid" },
  friction_paid: { name: "Tariffs, charges and risks paid", noun: "charges and risks paid" },
  seized: { name: "Seized", noun: "seized trade" },
  effectiveness: { name: "Effectiveness", noun: "effectiveness" },
  first_designation: { name: "First month with listed firms", noun: "first listing" },
};

/** An id in words: underscores and dashes become spaces. */
export const words = (id: string): string => {
  const text = id.replace(/[_-]+/g, " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const nameOf = (thing: Named | undefined): string => (thing ? (thing.name ?? words(thing.id)) : "");

export const metricName = (metric: Metric): string => metric.name ?? METRICS[metric.id]?.name ?? words(metric.id);
export const metricNoun = (metric: Metric): string => {
  const known = METRICS[metric.id]?.noun;
  if (known) return known;
  const name = metricName(metric);
  return name.charAt(0).toLowerCase() + name.slice(1);
};

/** What a kind of measure is called, and what stands before those it is aimed at. */
const KINDS: Record<string, string> = {
  ban: "Ban",
  closure: "Closure",
  quota: "Quota",
  tariff: "Tariff",
  cost: "Dearer passage",
  exit: "Sellers leave",
  inspection: "Inspections",
  designation: "Firms are listed",
  payments: "Banks refuse payments",
  threat: "Threat of an export ban",
  export_ban: "Export ban extended",
  no_reexport_clause: "Contracts forbid re-export",
  overcompliance: "Caution beyond the law",
};

/** What a ban bears on, by how those it is aimed at stand to the trade. */
const TRADE: Record<string, string> = { to: "exports to", from: "imports from", through: "transit through" };

/** "Ban on transit through Russia", "Firms are listed: Türkiye"; `about` says whom it is aimed at, "" if nobody is named. */
export function measureName(kind: string, direction: string | undefined, about: string): string {
  const name = KINDS[kind] ?? words(kind);
  if (about === "") return name;
  if (direction && kind === "ban") return `${name} on ${TRADE[direction]} ${about}`;
  return direction ? `${name} of goods ${direction} ${about}` : `${name}: ${about}`;
}

/** Names of those a measure is aimed at, or their number if they are many. */
export function aimedAt(measures: Measure[], most = 5): string {
  const issuer = measures[0]?.issuer;
  const names = [...new Set(measures.flatMap((measure) => measure.targets ?? []))].filter((name) => name !== issuer);
  return names.length > most ? `${names.length} countries` : list(names);
}

const PLURALS: Record<string, string> = { relation: "relations of sellers", quota: "quotas" };

/** Kinds of capacities, many: ports, borders, networks. */
export const kindPlural = (kind: string): string => PLURALS[kind] ?? `${words(kind).toLowerCase()}s`;

export const MODES: Record<string, string> = {
  direct: "direct",
  reexport: "cleared and sent on",
  ghost: "declared, never arrives",
  relabel: "sold as its own product",
};

/** First clause of a source: what a list beside a picture has room for. */
export function firstClause(source: string): string {
  const first = (source.split(/;|: |\. /)[0] ?? source).trim();
  // A bracket that the cut left open goes as a whole.
  const clause =
    first.lastIndexOf("(") > first.lastIndexOf(")") ? first.slice(0, first.lastIndexOf("(")).trim() : first;
  return clause.length <= 130 ? clause : `${clause.slice(0, 130).replace(/\s+\S*$/, "")} …`;
}

/** What the last part of a dotted name says of a measure. */
const FIELDS: Record<string, string> = {
  exempt_share: "What stays free",
  stop_share: "How much stops at once",
  wind_down_months: "How long contracts run out",
  recovery_half_life_months: "How soon what stopped comes back",
  return_half_life_months: "How soon trade comes back",
  half_life_months: "How soon the effect fades",
  share_closed: "How much is closed",
  share: "How much trade it stops",
  rate: "How high it is",
  usd_per_t: "What it costs a tonne",
  seizure_probability: "How often goods are seized",
  share_per_firm: "What a listed firm held",
  successor_months: "How soon successors come",
  firms_per_event: "How many firms are listed at a time",
  rate_per_month: "How often firms are listed",
  refused_share: "What banks refuse",
  friction_start: "What banks charge at the start",
  friction_end: "What banks charge in the end",
  exit_share: "How many leave at the threat",
  growth_factor: "How far the threat slows growth",
};

/** A parameter by its dotted name, when the tool has no words for it: those of measures, whose names are here. */
export function parameterName(id: string, measures: Measure[]): string {
  const parts = id.split(".");
  if (parts.length < 3) return words(id);
  const [kind = "", of = ""] = parts;
  const last = parts.at(-1)!;
  const measure = measures.find((each) => each.kind === kind && each.id === of);
  const what = FIELDS[last] ?? words(last);
  if (!measure) return `${what}: ${parts.slice(1, -1).join(", ").replace(/[_-]+/g, " ")}`;
  return `${what}: ${measureTitle(measure)}`;
}

/** A measure in a few words: issuer, kind, aim and the year in its id. */
export function measureTitle(measure: Measure): string {
  const about = aimedAt([measure], 2);
  const name = measure.direction
    ? measureName(measure.kind, measure.direction, about)
    : `${measureName(measure.kind, undefined, "")}${about ? ` (${about})` : ""}`;
  const by = measure.issuer ? ` by ${the(measure.issuer)}` : "";
  const year = /(19|20)\d\d/.exec(measure.id)?.[0];
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}${by}${year ? `, ${year}` : ""}`;
}
