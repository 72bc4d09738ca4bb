/** Success and price side by side: scenarios in rows, lowest first. Groups that cannot be told apart stand in a bracket. */

import { valueScale, uprightGrid } from "../axis";
import { SOFT } from "../colours";
import { type Shown, shortChange, shown, styleOf } from "../context";
import type { Metric, TableRow } from "../data";
import { html, select } from "../dom";
import { type Builder, Figure } from "../figure";
import { exists, percent } from "../format";
import { type Model, type Standing, groups, isApart } from "../model";
import { PRICE, rankingHeading } from "../sentences";
import type { State, Store } from "../state";
import { circle, el, line, lines, measure, picture, text, title, wrap } from "../svg";
import { metricName } from "../words";

interface Panel {
  metric: number;
  name: string;
  under: string;
  rows: Standing[];
  how: Shown;
}

/** What a dollar buys is no change from the reference. */
const isRatio = (metric: Metric): boolean => metric.unit === "ratio";

/** Rows stand closer where there are many. */
const rowHeight = (rows: number): number => (rows > 10 ? 46 : 56);

/** Distance of brackets that overlap. */
const LANE = 13;
const NARROW = 640;

export const ranking: Builder = (section, store) => {
  const { model } = store;
  if (model.scenarios.length < 2) return null;
  const figure = new Figure(section, model, "ranking");
  const metrics = headlineChoices(model);
  const metric = select("Metric", (value) => store.set({ metric: Number(value) }));
  figure.controls.append(metric.node);
  const notes = html("div", { class: "notes" });
  figure.below.append(notes);

  const update = (): void => {
    const { state } = store;
    metric.set(String(state.metric), metrics);
    const panels = panelsOf(model, state).filter((panel) => panel.rows.length > 0);
    notes.replaceChildren(...apartNotes(model, state, panels), ...notesOf(store));
    const known = panels.some((panel) => panel.rows.length > 0);
    figure.show({
      heading: rankingHeading(model, state.metric, state.good),
      reading: reading(model, state, panels),
      draw: (width) => (known ? pickable(draw(width, store, panels), store) : null),
      sheet: () => sheet(model, panels),
      empty: "The results hold no difference of this metric for this good.",
    });
  };
  return { keys: ["metric", "good", "scenario", "beside"], update, resize: (width) => figure.paint(width) };
};

/** Pairs that cannot be told apart though no bracket joins them, for one between them can; and where none is known. */
function apartNotes(model: Model, state: State, panels: Panel[]): HTMLElement[] {
  const panel = panels[0];
  if (!panel || model.reference === null) return [];
  const say = (words: string): HTMLElement[] => [html("p", { class: "note" }, words)];
  if (isRatio(model.report.metrics[panel.metric]!)) return [];
  if (state.good !== 0) return say("Which scenarios can be told apart is known for all goods together, not for one.");
  const order = panel.rows.map((row) => row.scenario);
  const found = brackets(model, state, panel);
  const pairs = order.flatMap((one, i) =>
    order
      .slice(i + 1)
      .filter((other) => !isApart(model, panel.metric, one, other))
      .filter((other) => !found.some((group) => group.includes(one) && group.includes(other)))
      .map((other) => `${model.title(one)} and ${model.title(other)}`),
  );
  if (pairs.length === 0) return [];
  const shown = pairs.slice(0, 4).join("; ");
  const more = pairs.length > 4 ? `; and ${pairs.length - 4} more pairs` : "";
  return say(`No bracket joins these, but they cannot be told apart either: ${shown}${more}.`);
}

/** What must be said of the scenario looked at, most of all that strengths are assumed. */
function notesOf({ model, state }: Store): HTMLElement[] {
  const said = model.report.scenarios[state.scenario]?.notes ?? [];
  return said.map((note) => html("p", { class: "note" }, html("b", {}, `${model.title(state.scenario)}: `), note));
}

/** Metrics with a difference for the whole run, headline metrics all. */
export function headlineChoices(model: Model): { value: string; label: string }[] {
  const found = (model.report.headlines ?? []).filter(
    (each) => each.difference || model.scenarios.length === 1 || each.level.some(Boolean),
  );
  const known = found.map((each) => each.metric);
  // Those without draws, such as a ratio of two differences, stand in the table alone.
  for (const row of model.report.table?.rows ?? [])
    if (isWhole(row) && exists(row[9]) && !known.includes(row[1])) known.push(row[1]);
  return known.map((each) => ({ value: String(each), label: metricName(model.report.metrics[each]!) }));
}

/** A row for the whole run and all goods, whoever is concerned. */
const isWhole = (row: TableRow): boolean => row[2] === 0 && row[3] === 0 && row[4] < 0 && row[5] < 0;

function panelsOf(model: Model, state: State): Panel[] {
  const first = state.metric;
  const price = model.metric(PRICE);
  const second = first === price ? 0 : price;
  const order = model.standings(first, state.good).map((each) => each.scenario);
  if (isRatio(model.report.metrics[first]!)) order.reverse();
  return [first, second]
    .filter((metric) => metric >= 0)
    .map((metric) => {
      const what = model.report.metrics[metric]!;
      // Both panels have the rows of the first, whose names stand beside them.
      const known = model.standings(metric, state.good);
      const rows = order.length > 0 ? known.filter((each) => order.includes(each.scenario)) : known;
      rows.sort((a, b) => order.indexOf(a.scenario) - order.indexOf(b.scenario));
      const largest = Math.max(0, ...rows.map((row) => Math.abs(row.mean)));
      const how =
        what.unit === "usd" && largest >= 500
          ? { by: 1000, name: "bn USD", percent: false }
          : shown(what.unit, largest);
      const tail =
        model.reference === null
          ? ""
          : metric === 0
            ? "; a cut is a success"
            : metric === price
              ? "; a rise is the price"
              : "";
      const unit = how.percent ? "percentage points" : how.name;
      return {
        metric,
        name: metricName(what),
        under: isRatio(what)
          ? `dollars that targets lose for each one that bystanders lose, over ${model.calendar.length()}; more is better`
          : `${model.reference === null ? "" : "change, "}${unit} over ${model.calendar.length()}${tail}`,
        rows,
        how,
      };
    });
}

function reading(model: Model, state: State, panels: Panel[]): string {
  const inner = panels.some((panel) => panel.rows.some((row) => exists(row.p25)));
  const ranges = panels.some((panel) => panel.rows.some((row) => exists(row.p05)));
  if (model.reference === null)
    return "Dot: mean. Thin line: 90% of draws. Thick line: the middle half. The scenarios have no common reference, so amounts are compared.";
  if (panels[0] && isRatio(model.report.metrics[panels[0].metric]!))
    return "Dot at the left: what the targets lose more than under the reference, for each dollar that bystanders lose more. It is a ratio of two means and has no range. A scenario under which bystanders lose nothing more has none.";
  if (!ranges) return "Dot: mean change from the reference. The draws are not paired, so there are no ranges.";
  const lower = state.good === 0 && model.headline(state.metric)?.lower;
  return `Dot: mean change from the reference. Thin line: 90% of draws.${inner ? " Thick line: the middle half." : ""}${
    lower
      ? " A bracket joins scenarios that cannot be told apart: none is lower than another in at least 95% of draws."
      : ""
  }`;
}

/** A click on a row looks at its scenario; the choice at the top does the same for the keyboard. */
function pickable(root: SVGSVGElement, store: Store): SVGSVGElement {
  root.addEventListener("click", (event) => {
    const row = (event.target as Element).closest("[data-pick]");
    if (row) store.set({ scenario: Number(row.getAttribute("data-pick")) });
  });
  return root;
}

function draw(width: number, store: Store, panels: Panel[]): SVGSVGElement {
  const narrow = width < NARROW;
  return narrow ? stacked(width, store, panels) : sideBySide(width, store, panels);
}

const brackets = (model: Model, state: State, panel: Panel): number[][] =>
  state.good === 0
    ? groups(
        model,
        panel.metric,
        panel.rows.map((row) => row.scenario),
      )
    : [];

function sideBySide(width: number, store: Store, panels: Panel[]): SVGSVGElement {
  const { model, state } = store;
  const count = Math.max(...panels.map((panel) => panel.rows.length));
  const ROW = rowHeight(count);
  const top = width < 900 ? 98 : 66;
  const bottom = top + count * ROW;
  const root = picture(width, bottom + 30, rankingHeading(model, state.metric, state.good));
  const labels = Math.min(260, width * 0.23);
  const found = brackets(model, state, panels[0]!);
  const lanes = lanesOf(found, panels[0]!.rows);
  const bracketRoom = found.length === 1 ? 92 : found.length === 0 ? 12 : 22 + LANE * Math.max(...lanes);
  const single = panels.length === 1;
  const gap = 44;
  const room = width - labels - bracketRoom - gap - 40;
  const first = single ? Math.min(room, 620) : room * 0.58;
  const areas = [
    [labels + 24, labels + 24 + first],
    [labels + 24 + first + bracketRoom + gap, width - 20],
  ] as const;
  const rows = panels[0]!.rows;
  rows.forEach((row, i) => {
    const y = top + i * ROW + ROW / 2;
    const name = wrap(
      model.title(row.scenario),
      labels,
      14,
      row.scenario === state.scenario ? 600 : 400,
      ROW < 50 ? 2 : 3,
    );
    const label = lines(0, y + 5 - (name.length - 1) * 9, name, 18, {
      size: 14,
      weight: row.scenario === state.scenario ? 600 : undefined,
    });
    root.append(el("g", { "data-pick": row.scenario, cursor: "pointer" }, ...label));
    if (i > 0) root.append(line(0, y - ROW / 2, width, y - ROW / 2, "#F1F3F5"));
  });
  panels.forEach((panel, k) => {
    const [left, right] = areas[k]!;
    // A narrow page breaks what stands over a panel into two lines each.
    const wide = Math.min(width, right + 20) - left;
    const name = wrap(panel.name, wide, 15, 600, 2);
    root.append(...lines(left, 16, name, 18, { size: 15, weight: 600 }));
    root.append(
      ...lines(left, 36 + (name.length - 1) * 18, wrap(panel.under, wide, 13, 400, 3), 16, { size: 13, fill: SOFT }),
    );
    root.append(...marks(panel, store, left, right, top, ROW, (i) => top + i * ROW + ROW / 2));
  });
  root.append(
    ...found.flatMap((group, k) =>
      bracket(
        group,
        rows,
        areas[0][1] + 16 + lanes[k]! * LANE,
        (i) => top + i * ROW + ROW / 2,
        found.length === 1 ? "beside" : "none",
      ),
    ),
  );
  return root;
}

function stacked(width: number, store: Store, panels: Panel[]): SVGSVGElement {
  const { model, state } = store;
  const isLong = panels.some((panel) =>
    panel.rows.some((each) => wrap(model.title(each.scenario), width - 60, 13, 600, 9).length > 1),
  );
  const row = isLong ? 78 : 64;
  const heights = panels.map((panel) => 58 + panel.rows.length * row + 46);
  const root = picture(
    width,
    heights.reduce((a, b) => a + b, 0),
    rankingHeading(model, state.metric, state.good),
  );
  let top = 0;
  panels.forEach((panel, k) => {
    const found = k === 0 ? brackets(model, state, panel) : [];
    const lanes = lanesOf(found, panel.rows);
    const right = width - (found.length === 1 ? 44 : found.length > 1 ? 34 + LANE * Math.max(...lanes) : 22);
    root.append(text(0, top + 16, panel.name, { size: 15, weight: 600 }));
    root.append(...lines(0, top + 34, wrap(panel.under, width, 12, 400, 2), 15, { size: 12, fill: SOFT }));
    const from = top + 54;
    const at = (i: number): number => from + i * row + row - 22;
    root.append(...marks(panel, store, 22, right, from, row, at, true));
    panel.rows.forEach((each, i) => {
      const weight = each.scenario === state.scenario ? 600 : 400;
      const name = wrap(model.title(each.scenario), right - 4, 13, weight, isLong ? 2 : 1);
      const foot = from + i * row + row - 42 - (name.length - 1) * 15;
      root.append(...lines(0, foot, name, 15, { size: 13, halo: true, weight }));
    });
    root.append(
      ...found.flatMap((group, g) =>
        bracket(group, panel.rows, right + 14 + lanes[g]! * LANE, at, found.length === 1 ? "upright" : "none"),
      ),
    );
    top += heights[k]!;
  });
  return root;
}

function marks(
  panel: Panel,
  store: Store,
  left: number,
  right: number,
  top: number,
  row: number,
  at: (i: number) => number,
  below = false,
): SVGElement[] {
  const { how, rows } = panel;
  const ends = rows.flatMap((each) => [each.mean, each.p05, each.p95].filter(exists)).map((x) => x / how.by);
  const scale = valueScale(Math.min(0, ...ends), Math.max(0, ...ends), left, right, right - left > 260 ? 5 : 3);
  const bottom = top + rows.length * row;
  const out = uprightGrid(scale.ticks, scale.at, top, bottom, how.percent);
  const x = (value: number): number => scale.at(value / how.by);
  rows.forEach((each, i) => {
    const y = at(i);
    const { colour } = styleOf(store, each.scenario);
    const group = el("g", { "data-pick": each.scenario, cursor: "pointer" });
    if (exists(each.p05) && exists(each.p95)) group.append(range(x(each.p05), x(each.p95), y, colour, 2.5, 0.45));
    if (exists(each.p25) && exists(each.p75)) group.append(range(x(each.p25), x(each.p75), y, colour, 6, 0.65));
    group.append(circle(x(each.mean), y, 5.5, colour, "#fff", 1.5));
    const change = shortChange(each.mean, how);
    const isLevel = store.model.reference === null || isRatio(store.model.report.metrics[panel.metric]!);
    const label = isLevel ? change.replace("+", "") : change;
    const half = measure(label, 13, 600) / 2;
    const place = labelPlace(x(each.mean), x(0), half, each.mean, left, right);
    group.append(
      text(place, below ? y + 20 : y - 11, label, {
        size: 13,
        weight: 600,
        fill: colour,
        anchor: "middle",
        halo: true,
      }),
    );
    out.push(title(group as SVGElement, `${store.model.title(each.scenario)}: ${label}${rangeWords(each, how)}`));
  });
  return out;
}

/** A label that would stand on the line of zero moves to its own side of it. */
function labelPlace(wish: number, zero: number, half: number, mean: number, left: number, right: number): number {
  const side =
    mean < 0 && wish + half > zero - 4 ? zero - 4 - half : mean >= 0 && wish - half < zero + 4 ? zero + 4 + half : wish;
  return Math.min(Math.max(side, left - 20 + half), right + 20 - half);
}

const range = (x1: number, x2: number, y: number, colour: string, width: number, opacity: number): SVGElement =>
  el("line", {
    x1,
    x2: Math.max(x2, x1 + 0.5),
    y1: y,
    y2: y,
    stroke: colour,
    "stroke-width": width,
    "stroke-opacity": String(opacity),
  });

function rangeWords(each: Standing, how: Shown): string {
  if (!exists(each.p05) || !exists(each.p95)) return "";
  const below = exists(each.below) ? `; below the reference in ${percent(each.below)} of draws` : "";
  return ` (${shortChange(each.p05, how)} to ${shortChange(each.p95, how)})${below}`;
}

const placesOf = (group: number[], rows: Standing[]): number[] =>
  group.map((scenario) => rows.findIndex((row) => row.scenario === scenario));

/** Brackets that overlap stand beside one another. */
function lanesOf(found: number[][], rows: Standing[]): number[] {
  const ends: number[] = [];
  return found.map((group) => {
    const places = placesOf(group, rows);
    const free = ends.findIndex((end) => end < Math.min(...places));
    const lane = free < 0 ? ends.length : free;
    ends[lane] = Math.max(...places);
    return lane;
  });
}

function bracket(
  group: number[],
  rows: Standing[],
  x: number,
  at: (i: number) => number,
  words: "beside" | "upright" | "none",
): SVGElement[] {
  const places = placesOf(group, rows);
  const y1 = at(Math.min(...places)) - 8;
  const y2 = at(Math.max(...places)) + 8;
  const middle = (y1 + y2) / 2;
  const edge = el("path", {
    d: `M${x - 5} ${y1}H${x}V${y2}H${x - 5}`,
    fill: "none",
    stroke: SOFT,
    "stroke-width": 1.2,
  });
  if (words === "none") return [edge];
  if (words === "upright")
    return [edge, text(x + 8, middle, "order not certain", { size: 12, fill: SOFT, anchor: "middle", rotate: 90 })];
  return [
    edge,
    text(x + 9, middle - 3, "Cannot be", { size: 13, fill: SOFT }),
    text(x + 9, middle + 14, "told apart", { size: 13, fill: SOFT }),
  ];
}

function sheet(model: Model, panels: Panel[]): { head: string[]; rows: (string | number | null)[][] } {
  const head = [
    "Scenario",
    "Metric",
    "Unit",
    "Mean change",
    "5%",
    "25%",
    "75%",
    "95%",
    "Share of draws below the reference",
  ];
  const rows = panels.flatMap((panel) =>
    panel.rows.map((row) => [
      model.title(row.scenario),
      panel.name,
      unitOf(model, panel.metric),
      row.mean,
      row.p05 ?? null,
      row.p25 ?? null,
      row.p75 ?? null,
      row.p95 ?? null,
      row.below ?? null,
    ]),
  );
  return { head, rows };
}

export const unitOf = (model: Model, metric: number): string => {
  const unit = model.report.metrics[metric]!.unit;
  return unit === "usd" ? "million USD" : unit;
};
