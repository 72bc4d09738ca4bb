/** Ports, borders and networks: what may pass, what does, and what a tonne earns because room is scarce. */

import { area, line as curve } from "d3-shape";
import { yearAxis } from "../axis";
import { INK, LESS, MORE, RULE, SOFT } from "../colours";
import { scenarioHtml } from "../context";
import type { CapacityItem } from "../data";
import { html, select } from "../dom";
import { type Builder, Figure } from "../figure";
import { type Maybe, exists, round } from "../format";
import type { Model } from "../model";
import { capacitiesHeading, lower } from "../sentences";
import type { State } from "../state";
import { clip, el, line, path, picture, rect, text, title } from "../svg";
import { kindPlural, nameOf } from "../words";

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
}

const MOST = 12;

export const capacities: Builder = (section, store) => {
  const { model } = store;
  if (!model.report.capacities) return null;
  const figure = new Figure(section, model, "ports and networks");
  const kind = select("What", (value) => store.set({ kind: value }));
  figure.controls.append(kind.node);
  const note = html("p", { class: "note" });
  figure.below.append(note);

  const update = (): void => {
    const { state } = store;
    const all = panelsOf(model, state.scenario, state.good);
    const found = all.length > 0 ? all : panelsOf(model, state.scenario, 0);
    const kinds = [...new Set(found.map((panel) => panel.item.kind))];
    const chosen = kinds.includes(state.kind) ? state.kind : "";
    kind.set(chosen, [
      { value: "", label: "all kinds" },
      ...kinds.map((each) => ({ value: each, label: kindPlural(each) })),
    ]);
    kind.show(kinds.length > 1);
    const panels = chosen ? found.filter((panel) => panel.item.kind === chosen) : found;
    const good = all.length > 0 ? state.good : 0;
    note.textContent =
      panels.length > MOST ? `The ${MOST} largest flows of ${panels.length}; "Show as table" has the others.` : "";
    note.hidden = panels.length <= MOST;
    const heading = headingOf(model, panels, good, state.month);
    figure.show({
      heading,
      reading: `Tonnes a month under ${scenarioHtml(store, state.scenario)}, medians. <b>Dashed: limit.</b> <b style="color:${MORE}">Blue: flow</b>, pale its 90% range, cut where it leaves the panel. <b style="color:${LESS}">Orange: rent</b>, what a tonne earns beyond its cost because room is scarce, on one scale for all. The upper scale is each panel’s own.${good === state.good ? "" : " All goods: the chosen one has no such limit."}`,
      draw: (width) => (panels.length > 0 ? draw(width, model, panels.slice(0, MOST), heading, state.month) : null),
      sheet: () => sheet(model, panels),
      empty: "Nothing passes a place or network with a limit.",
    });
  };
  return { keys: ["scenario", "good", "kind", "month"], update, resize: (width) => figure.paint(width) };
};

/** A way is at its limit if it is so in at least half of the draws. */
function headingOf(model: Model, panels: Panel[], good: number, month: number): string {
  const binding = panels.filter((panel) => (panel.binding[month] ?? 0) >= 0.5).length;
  const kinds = [...new Set(panels.map((panel) => panel.item.kind))].sort();
  return capacitiesHeading(model, good, month, kinds, panels.length, binding);
}

export const openingHeading = (model: Model, state: State): string =>
  headingOf(model, panelsOf(model, state.scenario, 0), 0, state.month);

function panelsOf(model: Model, scenario: number, good: number): Panel[] {
  const items = model.report.capacities!.items;
  const out = model.capacities(scenario).flatMap(({ row, series }): Panel[] => {
    const item = items[row[0]]!;
    if (good !== 0 && item.goods.length > 0 && !item.goods.includes(good)) return [];
    const [limit = [], low = [], flow = [], high = [], rent = [], binding = []] = series;
    const most = Math.max(0, ...flow.filter(exists));
    if (most <= 0) return [];
    const of =
      item.goods.length === 1 && good === 0
        ? `, ${lower(model.report.goods[item.goods[0]!]?.short ?? model.good(item.goods[0]!))}`
        : "";
    return [{ item, name: nameOf(item) + of, limit, low, flow, high, rent, binding, most }];
  });
  return out.sort((a, b) => b.most - a.most);
}

function draw(width: number, model: Model, panels: Panel[], label: string, month: number): SVGSVGElement {
  const columns = Math.min(panels.length, width < 640 ? 2 : 4);
  const gap = width < 640 ? 16 : 26;
  const room = Math.min((width - gap * (columns - 1)) / columns, 330);
  const high = 228;
  const rows = Math.ceil(panels.length / columns);
  const root = picture(width, rows * high, label);
  const dear = Math.max(0, ...panels.flatMap((panel) => panel.rent.filter(exists)));
  panels.forEach((panel, i) => {
    const group = el("g", {
      transform: `translate(${(i % columns) * (room + gap)} ${Math.floor(i / columns) * high})`,
    });
    group.append(...one(panel, model, room, dear, month));
    root.append(group);
  });
  return root;
}

function one(panel: Panel, model: Model, width: number, dear: number, month: number): SVGElement[] {
  const top = 46;
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
    .y1((i) => foot - (dear > 0 ? (panel.rent[i]! / dear) * strip : 0))
    .digits(1);
  const out: SVGElement[] = [
    text(0, 14, clip(panel.name, width, 14, 600), { size: 14, weight: 600 }),
    text(0, 32, `up to ${round(most)} t`, { size: 12, fill: SOFT }),
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
