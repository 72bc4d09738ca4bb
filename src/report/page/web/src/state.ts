/** What the reader has chosen. It stands in the address, with defaults left out, so that a view can be sent as a link. */

import type { Model } from "./model";
import { exists } from "./format";

export interface State {
  /** The scenario looked at. */
  scenario: number;
  /** Index into goods, 0 for all. */
  good: number;
  /** Index into metrics. */
  metric: number;
  /** Index into lands, -1 for all. */
  via: number;
  /** What the monthly picture shows: a metric or a customs record. */
  series: "metric" | "record";
  record: number;
  show: "amounts" | "differences";
  /** Further scenarios in the monthly picture. */
  beside: number[];
  /** Whether the months mark what the reference has as well. */
  marks: "added" | "all";
  /** Index into the sellers of the flows; one past the last for all. */
  seller: number;
  /** Month of the Sankey, capacities and designations. */
  month: number;
  sankey: "sides" | "change";
  /** Period of the map, index into `periods`. */
  period: number;
  /** What the map compares with: the month before, or the reference in the same period. */
  against: "start" | "reference";
  /** Group of gainers and losers. */
  who: number;
  /** What capacities are shown, and whether all of them. */
  kind: string;
  limits: "most" | "all";
  driver: "level" | "difference";
  /** The table of all metrics. */
  find: string;
  span: number;
  sort: string;
  down: boolean;
  only: boolean;
}

type Key = keyof State;

/** Names in the address. Short, but readable. */
const NAMES: Record<Key, string> = {
  scenario: "scenario",
  good: "good",
  metric: "metric",
  via: "via",
  series: "series",
  record: "record",
  show: "show",
  beside: "beside",
  marks: "marks",
  seller: "seller",
  month: "month",
  sankey: "flows",
  period: "map",
  against: "against",
  who: "who",
  kind: "capacity",
  limits: "limits",
  driver: "drivers",
  find: "find",
  span: "period",
  sort: "sort",
  down: "down",
  only: "only",
};

export function defaults(model: Model): State {
  const best = model.standings(0, 0)[0]?.scenario;
  const alone = model.others[0] ?? model.reference ?? 0;
  const map = model.report.map;
  const scenario = best ?? alone;
  return {
    scenario,
    good: 0,
    metric: 0,
    via: -1,
    series: "metric",
    record: 0,
    show: "amounts",
    beside: [],
    marks: "added",
    seller: 0,
    month: model.calendar.last,
    sankey: "sides",
    period: (map?.periods.length ?? 1) - 1,
    against: "reference",
    who: 0,
    kind: "",
    limits: "most",
    driver: model.report.drivers?.lists.some((list) => list.of === "difference") ? "difference" : "level",
    find: "",
    span: 0,
    sort: "difference",
    down: true,
    only: false,
  };
}

/** Text of a value in the address: ids rather than numbers, so that a link survives another order of scenarios. */
function write(model: Model, state: State, key: Key): string {
  const { report } = model;
  const value = state[key];
  switch (key) {
    case "scenario":
      return report.scenarios[state.scenario]?.id ?? "";
    case "good":
      return report.goods[state.good]?.id ?? "";
    case "metric":
      return report.metrics[state.metric]?.id ?? "";
    case "via":
      return state.via < 0 ? "all" : (report.lands[state.via]?.id ?? "all");
    case "beside":
      return state.beside.map((s) => report.scenarios[s]?.id ?? "").join(",");
    case "seller":
      return report.flows?.sellers[state.seller]?.id ?? "all";
    case "month":
      return model.calendar.iso(state.month);
    case "period":
      return report.map?.periods[state.period] ?? "";
    case "span":
      return report.table?.periods[state.span] ?? "";
    case "who":
      return report.gains?.[state.who]?.id ?? "";
    case "record":
      return recordId(model, state.record);
    default:
      return String(value);
  }
}

export function recordId(model: Model, index: number): string {
  const series = model.report.records?.series[index];
  if (!series) return "";
  const { lands, goods } = model.report;
  return [lands[series.reporter]?.id, lands[series.partner]?.id, series.flow, goods[series.good]?.id].join(".");
}

function read(model: Model, state: State, key: Key, text: string): void {
  const { report } = model;
  const among = (ids: string[] | undefined, set: (i: number) => void): void => {
    const i = ids?.indexOf(text) ?? -1;
    if (i >= 0) set(i);
  };
  const ids = (things: { id: string }[] | undefined): string[] | undefined => things?.map((thing) => thing.id);
  switch (key) {
    case "scenario":
      return among(ids(report.scenarios), (i) => (state.scenario = i));
    case "good":
      return among(ids(report.goods), (i) => (state.good = i));
    case "metric":
      return among(ids(report.metrics), (i) => (state.metric = i));
    case "via":
      return among(ids(report.lands), (i) => (state.via = i));
    case "seller":
      return among([...(ids(report.flows?.sellers) ?? []), "all"], (i) => (state.seller = i));
    case "who":
      return among(ids(report.gains), (i) => (state.who = i));
    case "period":
      return among(report.map?.periods, (i) => (state.period = i));
    case "span":
      return among(report.table?.periods, (i) => (state.span = i));
    case "record":
      return among(
        report.records?.series.map((_, i) => recordId(model, i)),
        (i) => (state.record = i),
      );
    case "beside":
      state.beside = text
        .split(",")
        .map((id) => ids(report.scenarios)!.indexOf(id))
        .filter((i) => i >= 0);
      return;
    case "month": {
      const month = /^\d{4}-\d{2}$/.test(text) ? model.calendar.index(text) : -1;
      if (exists(month) && month >= 0 && month < model.months) state.month = month;
      return;
    }
    case "down":
      state.down = text === "true";
      return;
    case "only":
      state.only = text === "true";
      return;
    case "series":
      if (text === "record" && report.records) state.series = "record";
      return;
    case "show":
      if (text === "differences" && model.hasGaps) state.show = "differences";
      return;
    case "marks":
      if (text === "all") state.marks = "all";
      return;
    case "sankey":
      if (text === "change") state.sankey = "change";
      return;
    case "against":
      if (text === "start") state.against = text;
      return;
    case "limits":
      if (text === "all") state.limits = text;
      return;
    case "driver":
      if (text === "level" || text === "difference") state.driver = text;
      return;
    case "find":
      state.find = text;
      return;
    case "sort":
      state.sort = text;
      return;
    case "kind":
      state.kind = text;
      return;
  }
}

/** The address of a state: what differs from the defaults, and the section it was sent from. */
export function toHash(model: Model, state: State): string {
  const plain = defaults(model);
  const parts: string[] = [];
  for (const key of Object.keys(NAMES) as Key[]) {
    const text = write(model, state, key);
    if (text !== write(model, plain, key)) parts.push(`${NAMES[key]}=${encodeURIComponent(text)}`);
  }
  return parts.join("&");
}

export function fromHash(model: Model, hash: string): State {
  const state = defaults(model);
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  for (const key of Object.keys(NAMES) as Key[]) {
    const text = given.get(NAMES[key]);
    if (text !== null) read(model, state, key, text);
  }
  return state;
}

type Listener = (changed: Set<Key>) => void;

/** Holds the state and tells the views which keys changed. */
export class Store {
  private readonly listeners: Listener[] = [];

  constructor(
    readonly model: Model,
    public state: State,
  ) {}

  set(change: Partial<State>): void {
    const changed = new Set<Key>();
    for (const key of Object.keys(change) as Key[]) {
      if (JSON.stringify(this.state[key]) !== JSON.stringify(change[key])) changed.add(key);
    }
    if (changed.size === 0) return;
    this.state = { ...this.state, ...change };
    const hash = toHash(this.model, this.state);
    // Also where the address cannot be written, the page goes on.
    try {
      history.replaceState(null, "", hash ? `#${hash}` : "#");
    } catch {
      location.hash = hash;
    }
    for (const listener of this.listeners) listener(changed);
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }
}
