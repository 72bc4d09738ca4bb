/** Ports, borders and networks: what may pass, what does, and what a tonne earns because room is scarce. */

import { area, line as curve } from "d3-shape";
import { yearAxis } from "../axis";
import { INK, LESS, MORE, RULE, SOFT } from "../colours";
import { scenarioHtml } from "../context";
import type { CapacityItem } from "../data";
import { check, html, select } from "../dom";
import { type Builder, Figure } from "../figure";
import { type Maybe, capital, count, exists, round } from "../format";
import type { Model } from "../model";
import { capacitiesHeading, lower } from "../sentences";
import { el, line, lines, path, picture, rect, text, title, wrap } from "../svg";
import { kindPlural, measureTitle, nameOf } from "../words";

interface Panel {
  item: CapacityItem;
  name: string;
  limit: Maybe[];
  low: Maybe[];
  flow: Maybe[];
  high: Maybe[];
  rent: Maybe[];
  binding: Maybe[];
  most: number;
  /** Million USD over the run: the median rent of a tonne times the median flow. */
  earned: number;
  /** Months in which it binds in at least half of the draws. */
  bound: number;
}

const MOST = 12;

export const capacities: Builder = (section, store) => {
  const { model } = store;
  if (!model.report.capacities) return null;
  const figure = new Figure(section, model, "ports and networks");
  const good = select("Good", (value) => store.set({ good: Number(value) }));
  const kind = select("What", (value) => store.set({ kind: value }));
  const all = check("", false, (on) => store.set({ limits: on ? "all" : "most" }));
  const allBox = html("div", { class: "control" }, all);
  figure.controls.append(good.node, kind.node, allBox);
  const note = html("p", { class: "note" });
  figure.below.append(note);
  const goods = goodsWithLimits(model);

  const update = (): void => {
    const { state } = store;
    const ofGood = panelsOf(model, state.scenario, state.good);
    const found = ofGood.length > 0 ? ofGood : panelsOf(model, state.scenario, 0);
    const chosenGood = ofGood.length > 0 ? state.good : 0;
    good.set(String(chosenGood), [
      { value: "0", label: "all goods" },
      ...goods.map((each) => ({ value: String(each), label: nameOf(model.report.goods[each]) })),
    ]);
    good.show(goods.length > 1);
    const kinds = [...new Set(found.map((panel) => panel.item.kind))].sort();
    const chosen = kinds.includes(state.kind) ? state.kind : "";
    kind.set(chosen, [
      { value: "", label: "all kinds" },
      ...kinds.map((each) => ({ value: each, label: kindPlural(each) })),
    ]);
    kind.show(kinds.length > 1);
    const panels = chosen ? found.filter((panel) => panel.item.kind === chosen) : found;
    const isAll = state.limits === "all";
    const drawn = isAll ? panels : foremost(panels, chosenGood !== 0, chosen !== "");
    all.querySelector("input")!.checked = isAll;
    all.querySelector("span")!.textContent = `Show all ${count(panels.length)}`;
    allBox.hidden = panels.length <= MOST;
    note.textContent = notes(drawn.length, panels.length, chosenGood);
    const heading = headingOf(model, panels, chosenGood, state.month);
    figure.show({
      heading,
      reading: `Tonnes a month under ${scenarioHtml(store, state.scenario)}, medians. <b>Dashed: limit.</b> <b style="color:${MORE}">Blue: flow</b>, pale its 90% range. <b style="color:${LESS}">Orange: rent</b>, what a tonne earns beyond its cost because room is scarce. Each panel has its own scales. Full: at the limit in at least half of the draws.${chosenGood === state.good ? "" : " All goods: the chosen one has no such limit."}`,
      draw: (width) => (drawn.length > 0 ? draw(width, model, drawn, heading, state.month) : null),
      sheet: () => sheet(model, panels),
      empty: "Nothing passes a place or network with a limit.",
    });
  };
  return { keys: ["scenario", "good", "kind", "month", "limits"], update, resize: (width) => figure.paint(width) };
};

/** How the panels were chosen, and where the others are. */
function notes(drawn: number, found: number, good: number): string {
  const order = "First come the limits that earn most rent over the run, then those that bind most often";
  const spread =
    good === 0 && drawn < found ? ". Those of one good or kind make room for others" : "";
  const rest = drawn < found ? ` ${drawn} of ${found} are shown; the table below has all of these.` : "";
  return `${order}${spread}.${rest} The file capacities.csv has every limit.`;
}

const goodsWithLimits = (model: Model): number[] =>
  [...new Set(model.report.capacities!.items.flatMap((item) => item.goods))].sort((a, b) => a - b);

/** Panels of one good, and of one kind, among those first shown. */
const OF_GOOD = 3;
const OF_KIND = 4;

/** The panels that matter most, but no more of one good or kind than leaves room for others. */
function foremost(panels: Panel[], isOneGood: boolean, isOneKind: boolean): Panel[] {
  const taken = new Map<string | number, number>();
  const isFree = (key: string | number, most: number): boolean => (taken.get(key) ?? 0) < most;
  const out = panels.filter((panel) => {
    const { kind, goods } = panel.item;
    const of = goods[0] ?? 0;
    const fits = (isOneGood || isFree(of, OF_GOOD)) && (isOneKind || isFree(kind, OF_KIND));
    if (!fits) return false;
    taken.set(of, (taken.get(of) ?? 0) + 1);
    taken.set(kind, (taken.get(kind) ?? 0) + 1);
    return true;
  });
  // Room that is left goes to the next, whatever they are.
  const rest = panels.filter((panel) => !out.includes(panel));
  const shown = new Set([...out, ...rest].slice(0, MOST));
  return panels.filter((panel) => shown.has(panel));
}

/** A limit is reached if it is so in at least half of the draws. */
const isReached = (share: Maybe): boolean => (share ?? 0) >= 0.5;

function headingOf(model: Model, panels: Panel[], good: number, month: number): string {
  const binding = panels.filter((panel) => isReached(panel.binding[month])).length;
  const kinds = [...new Set(panels.map((panel) => panel.item.kind))].sort();
  return capacitiesHeading(model, good, month, kinds, panels.length, binding);
}

function panelsOf(model: Model, scenario: number, good: number): Panel[] {
  const items = model.report.capacities!.items;
  const out = model.capacities(scenario).flatMap(({ row, series }): Panel[] => {
    const item = items[row[0]]!;
    if (good !== 0 && item.goods.length > 0 && !item.goods.includes(good)) return [];
    const [limit = [], low = [], flow = [], high = [], rent = [], binding = []] = series;
    const most = Math.max(0, ...flow.filter(exists));
    if (most <= 0) return [];
    const earned = flow.reduce<number>((sum, tonnes, i) => sum + ((tonnes ?? 0) * (rent[i] ?? 0)) / 1e6, 0);
    const bound = binding.filter(isReached).length;
    return [{ item, name: panelName(model, item, good), limit, low, flow, high, rent, binding, most, earned, bound }];
  });
  return out.sort((a, b) => b.earned - a.earned || b.bound - a.bound || b.most - a.most);
}

/** A limit of a measure has the measure's name. */
function panelName(model: Model, item: CapacityItem, good: number): string {
  const [id = "", ...rest] = item.id.split(":");
  const measure = item.kind === "measure" ? model.report.measures?.find((each) => each.id === id) : undefined;
  const by = rest.length === 1 && MODES.includes(rest[0]!) ? `, by ${rest[0]}` : "";
  const name = measure ? capital(measureTitle(measure)) + by : nameOf(item);
  const only = item.goods.length === 1 && good === 0 ? item.goods[0]! : 0;
  return only === 0 ? name : `${name}: ${lower(model.report.goods[only]?.short ?? model.good(only))}`;
}

/** Modes of transport that a measure may limit apart. */
const MODES = ["road", "rail", "sea", "air", "pipeline"];

function draw(width: number, model: Model, panels: Panel[], label: string, month: number): SVGSVGElement {
  const columns = Math.min(panels.length, width < 640 ? 2 : 4);
  const gap = width < 640 ? 16 : 26;
  const room = Math.min((width - gap * (columns - 1)) / columns, 330);
  const high = 230 + 16 * nameRows(room);
  const rows = Math.ceil(panels.length / columns);
  const root = picture(width, rows * high, label);
  panels.forEach((panel, i) => {
    const group = el("g", {
      transform: `translate(${(i % columns) * (room + gap)} ${Math.floor(i / columns) * high})`,
    });
    group.append(...one(panel, model, room, month));
    root.append(group);
  });
  return root;
}

/** Lines for the name of a panel. */
const nameRows = (width: number): number => (width < 200 ? 3 : 2);

function one(panel: Panel, model: Model, width: number, month: number): SVGElement[] {
  const names = nameRows(width);
  const top = 32 + 16 * names;
  const bottom = top + 84;
  const known = [...panel.limit, ...panel.flow].filter(exists);
  // The range of a network can be many times its median: it may leave the panel, so that limit and flow are seen.
  const most = Math.max(...known, Math.min(Math.max(...panel.high.filter(exists), 0), 1.5 * Math.max(...known)));
  const x = (i: number): number => (model.months < 2 ? 0 : (i / (model.months - 1)) * width);
  const y = (value: number): number => bottom - (Math.min(value, most) / (most || 1)) * (bottom - top);
  const every = panel.flow.map((_, i) => i);
  const band = area<number>()
    .defined((i) => exists(panel.low[i]) && exists(panel.high[i]))
    .x(x)
    .y0((i) => y(panel.low[i]!))
    .y1((i) => y(panel.high[i]!))
    .digits(1);
  const flow = area<number>()
    .defined((i) => exists(panel.flow[i]))
    .x(x)
    .y0(bottom)
    .y1((i) => y(panel.flow[i]!))
    .digits(1);
  const edge = curve<number>()
    .defined((i) => exists(panel.flow[i]))
    .x(x)
    .y((i) => y(panel.flow[i]!))
    .digits(1);
  const limit = curve<number>()
    .defined((i) => exists(panel.limit[i]))
    .x(x)
    .y((i) => y(panel.limit[i]!))
    .digits(1);
  const rentMost = Math.max(0, ...panel.rent.filter(exists));
  const strip = 26;
  const foot = bottom + 24 + strip;
  const rent = area<number>()
    .defined((i) => exists(panel.rent[i]))
    .x(x)
    .y0(foot)
    .y1((i) => foot - (rentMost > 0 ? (panel.rent[i]! / rentMost) * strip : 0))
    .digits(1);
  const out: SVGElement[] = [
    ...lines(0, 14, wrap(panel.name, width, 13, 600, names), 16, { size: 13, weight: 600 }),
    text(0, 18 + 16 * names, `up to ${round(most)} t`, { size: 12, fill: SOFT }),
    line(0, top, width, top, RULE),
    path(band(every) ?? "", { fill: MORE, "fill-opacity": "0.13" }),
    path(flow(every) ?? "", { fill: MORE, "fill-opacity": "0.4" }),
    path(edge(every) ?? "", { fill: "none", stroke: MORE, "stroke-width": 1.4 }),
    path(limit(every) ?? "", { fill: "none", stroke: INK, "stroke-width": 1.6, "stroke-dasharray": "4 2.5" }),
    line(0, bottom, width, bottom, SOFT),
    ...yearAxis(model.calendar, x, bottom, 11.5, width / model.calendar.years().length < 36),
    path(rent(every) ?? "", { fill: LESS, "fill-opacity": "0.85" }),
    line(0, foot, width, foot, SOFT),
    text(0, foot + 15, rentMost > 0 ? `rent up to ${round(rentMost)} $/t` : "no rent", { size: 12, fill: SOFT }),
    text(0, foot + 31, fullIn(panel), { size: 12, fill: SOFT }),
    line(x(month), top, x(month), bottom, INK, 0.8, "2 2"),
  ];
  const hover = rect(0, 0, width, foot, "transparent");
  out.push(
    title(
      hover,
      `${panel.name}, ${model.calendar.name(month)}: limit ${round(panel.limit[month])} t, flow ${round(panel.flow[month])} t, rent ${round(panel.rent[month])} $/t, at the limit in ${Math.round((panel.binding[month] ?? 0) * 100)}% of draws`,
    ),
  );
  return out;
}

const fullIn = (panel: Panel): string =>
  panel.bound === 0 ? "never full" : `full in ${panel.bound} of ${panel.binding.length} months`;

function sheet(model: Model, panels: Panel[]): { head: string[]; rows: (string | number | null)[][] } {
  const head = [
    "Month",
    "What",
    "Id",
    "Limit, t",
    "Flow 5%, t",
    "Flow median, t",
    "Flow 95%, t",
    "Rent, USD/t",
    "Share of draws at the limit",
  ];
  const rows = panels.flatMap((panel) =>
    panel.flow.map((flow, i) => [
      model.calendar.iso(i),
      panel.name,
      panel.item.id,
      panel.limit[i] ?? null,
      panel.low[i] ?? null,
      flow ?? null,
      panel.high[i] ?? null,
      panel.rent[i] ?? null,
      panel.binding[i] ?? null,
    ]),
  );
  return { head, rows };
}
