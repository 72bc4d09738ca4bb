/** Words for what the files call by id. Everything unknown falls back to the id in words. */

import type { Measure, Metric, Named } from "./data";

interface MetricWords {
  /** Over a column, in a choice. */
  name: string;
  /** In a sentence, with its article. */
  noun: string;
  sense?: 1 | -1 | 0;
}

const METRICS: Record<string, MetricWords> = {
  circumvented: { name: "Trade around the restrictions", noun: "trade around the restrictions", sense: -1 },
  genuine_trade_lost: { name: "Trade lost by bystanders", noun: "trade lost by bystanders", sense: -1 },
  intermediary_rent: { name: "Extra earnings of go-betweens", noun: "extra earnings of go-betweens", sense: -1 },
  target_loss: { name: "Loss of the targets", noun: "the loss of the targets", sense: 1 },
  revenue_lost: { name: "Revenue lost by targeted sellers", noun: "revenue lost by targeted sellers", sense: 1 },
  coalition_trade_lost: {
    name: "Sales lost by those who restrict",
    noun: "sales lost by those who restrict",
    sense: -1,
  },
  coalition_revenue_lost: {
    name: "Revenue lost by those who restrict",
    noun: "revenue lost by those who restrict",
    sense: -1,
  },
  circumvention_rate: {
    name: "Share that goes around",
    noun: "the share that goes around the restrictions",
    sense: -1,
  },
  mirror_gap: {
    name: "Exports never recorded where declared",
    noun: "trade that never arrives where declared",
    sense: -1,
  },
  ghost_share: {
    name: "Share never recorded where declared",
    noun: "the share never recorded where declared",
    sense: -1,
  },
  restricted: { name: "Trade under restrictions", noun: "trade under restrictions", sense: 0 },
  direct: {
    name: "Restricted trade that still goes direct",
    noun: "restricted trade that still goes direct",
    sense: -1,
  },
  diverted_seller: { name: "Sold elsewhere instead", noun: "trade sold elsewhere instead", sense: 0 },
  destroyed_seller: { name: "Sales that vanish", noun: "sales that vanish", sense: 0 },
  diverted_buyer: { name: "Bought elsewhere instead", noun: "trade bought elsewhere instead", sense: 0 },
  destroyed_buyer: { name: "Purchases that vanish", noun: "purchases that vanish", sense: 0 },
  price_rise: {
    name: "Rise of prices for restricted buyers",
    noun: "the rise of prices for restricted buyers",
    sense: 1,
  },
  markup: { name: "Mark-up on hidden routes", noun: "the mark-up on hidden routes", sense: 1 },
  tariffed: { name: "Trade under a tariff", noun: "trade under a tariff", sense: 0 },
  bypassed: { name: "Trade around sellers’ exits", noun: "trade around sellers’ exits", sense: -1 },
  offset_gross: { name: "Offset in exporters’ records", noun: "the offset in exporters’ records", sense: -1 },
  offset_net: { name: "Offset by goods passed on", noun: "the offset by goods passed on", sense: -1 },
  offset_all_source: { name: "Offset from all sources", noun: "the offset from all sources", sense: -1 },
  port_rent: { name: "Extra earnings of ports", noun: "extra earnings of ports", sense: 0 },
  permit_rent: { name: "Extra earnings of holders of permits", noun: "extra earnings of holders of permits", sense: 0 },
  passage_rent: { name: "Extra earnings of open passages", noun: "extra earnings of open passages", sense: 0 },
  seller_rent: { name: "Mark-up of sellers on limited relations", noun: "the mark-up of sellers", sense: 0 },
  freight_paid: { name: "Freight paid", noun: "freight paid", sense: 0 },
  friction_paid: { name: "Tariffs, charges and risks paid", noun: "charges and risks paid", sense: 0 },
  seized: { name: "Seized", noun: "seized trade", sense: 0 },
  effectiveness: { name: "Loss of the targets for a dollar that bystanders lose", noun: "effectiveness", sense: 1 },
  first_designation: { name: "First month with listed firms", noun: "first listing", sense: 0 },
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
export const metricSense = (metric: Metric): 1 | -1 | 0 => metric.sense ?? METRICS[metric.id]?.sense ?? 0;

const KINDS: Record<string, string> = {
  ban: "Ban",
  closure: "Closure",
  quota: "Quota",
  tariff: "Tariff",
  cost: "Cost of passage changes",
  exit: "Sellers leave",
  inspection: "Inspections",
  designation: "Firms are listed",
  payments: "Banks refuse payments",
  payment: "Banks refuse payments",
  threat: "Threat of an export ban",
  extended_ban: "Export ban extended",
  export_ban: "Export ban extended",
  extension: "Export ban extended",
  contract: "Contracts forbid re-export",
  no_reexport: "Contracts forbid re-export",
  no_reexport_clause: "Contracts forbid re-export",
  clause: "Contracts forbid re-export",
  overcompliance: "Caution beyond the law",
  registration: "Origin must be registered",
};

/** "Ban on Russia (EU)", "Firms are listed (US)". */
export function measureName(measure: Measure): string {
  return KINDS[measure.kind] ?? words(measure.kind);
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

/** What the last part of a dotted name measures. The rest says of what. */
const FIELDS: Record<string, string> = {
  ceiling_t_per_month: "How large it can become",
  limit_t_per_month: "How much it can pass at the start",
  growth_per_month: "How fast it grows",
  dead_time_months: "How long before it grows",
  rent_half: "What rent makes it grow",
  extra_cost_usd_per_t: "Extra cost of a tonne",
  potential_share: "How much could go that way",
  elasticity: "How trade answers to prices",
  route_choice: "How closely routes follow cost",
  growth_per_year: "Growth a year",
  cost_index: "Cost of transport",
  share_per_firm: "What a listed firm held",
  successor_months: "How soon successors come",
  firms_per_event: "Firms listed at a time",
  rate_per_month: "How often firms are listed",
  exempt_share: "What a ban leaves free",
  seizure_probability: "How much is seized",
  refused_share: "What banks refuse",
  stop_share: "How much stops at once",
  wind_down_months: "How long contracts run out",
  recovery_half_life_months: "How soon trade recovers",
  share_closed: "How much is closed",
  friction_start: "What banks charge at the start",
  exit_share: "How many leave at the threat",
  growth_factor: "How far the threat slows growth",
};

/** A parameter by its dotted name, when the tool has no words for it. */
export function parameterName(id: string): string {
  const parts = id.split(".");
  if (parts.length < 2) return words(id);
  const last = parts.at(-1)!;
  const where = parts
    .slice(parts.length > 2 ? 1 : 0, -1)
    .map((part) => part.replace(/[_-]+/g, " "))
    .join(", ");
  return `${FIELDS[last] ?? words(last)}: ${where}`;
}
