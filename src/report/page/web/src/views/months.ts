/** Month by month: median and 90% band of a metric or of a customs record, with the measures and what was observed. */

import { line as curve, area, curveLinear } from "d3-shape";
import { tickText, valueScale, yearAxis } from "../axis";
import { INK, RULE, SOFT } from "../colours";
import { type Shown, say, scenarioHtml, shown, styleOf } from "../context";
import { check, choice, html, select } from "../dom";
import { type Builder, Figure, escape } from "../figure";
import { type Maybe, exists } from "../format";
import type { Fan } from "../model";
import { monthsHeading, recordName, recordsHeading } from "../sentences";
import type { State, Store } from "../state";
import { circle, el, line, lines, measure, path, picture, rect, spread, text, wrap } from "../svg";
import { metricName, nameOf } from "../words";
import { type Mark, circleRows, markList, marksOf } from "./marks";

interface Line {
  scenario: number;
  fan: Fan;
}

interface Plot {
  lines: Line[];
  dots: Maybe[] | null;
  marks: Mark[];
  how: Shown;
  heading: string;
}

const NARROW = 640;

export const months: Builder = (section, store) => {
  const { model } = store;
  const { report } = model;
  if (!report.months && !report.records) return null;
  const figure = new Figure(section, model, "month by month");
  const what = select("What", (value) => {
    if (value.startsWith("r")) store.set({ series: "record", record: Number(value.slice(1)) });
    else store.set({ series: "metric", metric: Number(value) });
  });
  const via = select("Through", (value) => store.set({ via: Number(value) }));
  const show = choice("Show", [{ value: "amounts", label: "amounts" }, { value: "differences", label: "differences" }], (value) => store.set({ show: value as State["show"] }));
  const marks = choice("Measures", [{ value: "added", label: "added to the reference" }, { value: "all", label: "all" }], (value) => store.set({ marks: value as State["marks"] }));
  figure.controls.append(what.node, via.node, show.node, marks.node);
  const beside = html("details", { class: "beside" }, html("summary", {}, "Choose up to four scenarios to compare"), html("div", { class: "checks" }));
  const readout = html("p", { class: "readout", "aria-live": "polite" });
  figure.above.append(beside, readout);

  let at: number | null = null;
  let plot: Plot | null = null;
  const tell = (): void => {
    if (plot) readout.replaceChildren(...reading(store, plot, at ?? model.calendar.last));
  };

  const update = (): void => {
    const { state } = store;
    const asMetric = state.series === "metric" && report.months !== undefined;
    what.set(asMetric ? String(state.metric) : `r${state.record}`, whatOptions(store));
    const chosen = effective(store);
    via.set(String(chosen.via), viaOptions(store));
    via.show(asMetric && viaOptions(store).length > 1);
    show.set(chosen.show);
    show.show(asMetric && model.hasGaps);
    marks.set(state.marks);
    marks.show(state.scenario !== model.reference && model.reference !== null && (report.measures?.length ?? 0) > 0);
    fillChecks(beside, store);
    plot = asMetric ? metricPlot(store, chosen) : recordPlot(store);
    const current = plot;
    figure.show({
      heading: current.heading,
      reading: legend(store, current, chosen),
      draw: (width) => (current.lines.length > 0 ? draw(width, store, current, (month) => ((at = month), tell()), () => at) : null),
      sheet: () => sheet(store, current),
      empty: "No scenario has this metric for this good and way.",
    });
    readout.hidden = current.lines.length === 0;
    tell();
    figure.below.replaceChildren(...markList(store, current.marks));
  };
  return { keys: ["scenario", "metric", "good", "via", "series", "record", "show", "beside", "marks"], update, resize: (width) => figure.paint(width) };
};

/** What is really shown: a choice that a metric does not have falls back to all. */
interface Effective {
  metric: number;
  good: number;
  via: number;
  show: State["show"];
  note: string;
}

function effective(store: Store): Effective {
  const { model, state } = store;
  const via = model.hasFan(state.metric, state.good, state.via) || model.hasFan(state.metric, 0, state.via) ? state.via : -1;
  const hasGood = model.hasFan(state.metric, state.good, via);
  const good = hasGood ? state.good : 0;
  // Above ten scenarios differences by good are left out of the data.
  const gaps = shownScenarios(store).some((s) => model.gap(s, state.metric, good, via));
  const show = state.show === "differences" && gaps ? "differences" : "amounts";
  const note = hasGood ? "" : ` All goods: there is none of it for ${escape(model.good(state.good).toLowerCase())} alone.`;
  return { metric: state.metric, good, via, show, note };
}

function whatOptions(store: Store): { value: string; label: string; group?: string }[] {
  const { model } = store;
  const { metrics, records } = model.report;
  const out: { value: string; label: string; group?: string }[] = [];
  const group = records ? "Fate of restricted trade" : undefined;
  metrics.forEach((metric, i) => {
    if (model.hasFan(i, 0, -1)) out.push({ value: String(i), label: metricName(metric), group });
  });
  records?.series.forEach((_, i) => out.push({ value: `r${i}`, label: recordName(model, i), group: model.report.records!.observed.length > 0 ? "Customs records, beside what was observed" : "Customs records" }));
  return out;
}

function viaOptions(store: Store): { value: string; label: string }[] {
  const { model, state } = store;
  const ways = (model.report.months?.via ?? []).filter((via) => model.hasFan(state.metric, 0, via) || model.hasFan(state.metric, state.good, via));
  return [{ value: "-1", label: "all countries" }, ...ways.map((via) => ({ value: String(via), label: nameOf(model.report.lands[via]) }))];
}

/** The reference, the scenario looked at and those picked beside it: at most six lines. */
function shownScenarios(store: Store): number[] {
  const { model, state } = store;
  const out = [state.scenario, ...state.beside];
  if (model.reference !== null) out.unshift(model.reference);
  return [...new Set(out)].slice(0, 6);
}

function metricPlot(store: Store, chosen: Effective): Plot {
  const { model, state } = store;
  const { metric, good, via, show } = chosen;
  const found = shownScenarios(store).flatMap((scenario) => {
    const fan = show === "differences" ? model.gap(scenario, metric, good, via) : model.fan(scenario, metric, good, via);
    return fan && fan.p50.some(exists) ? [{ scenario, fan }] : [];
  });
  const unit = model.report.metrics[metric]!.unit;
  const how = shown(unit, largest(found), unit === "usd" || unit === "t" ? " a month" : "");
  return { lines: found, dots: null, marks: marksOf(store), how, heading: monthsHeading(model, { scenario: state.scenario, metric, good, via }) };
}

function recordPlot(store: Store): Plot {
  const { model, state } = store;
  const found = shownScenarios(store).flatMap((scenario) => {
    const fan = model.record(scenario, state.record);
    return fan ? [{ scenario, fan }] : [];
  });
  const unit = model.report.records!.series[state.record]?.unit ?? "usd";
  const dots = model.observed(state.record);
  return { lines: found, dots, marks: marksOf(store), how: shown(unit, largest(found), " a month"), heading: recordsHeading(model, state.scenario, state.record) };
}

const largest = (found: Line[]): number => Math.max(0, ...found.flatMap(({ fan }) => [...fan.p95, ...fan.p05].filter(exists).map(Math.abs)));

function legend(store: Store, plot: Plot, chosen: Effective): string {
  const { model, state } = store;
  const name = scenarioHtml(store, state.scenario);
  const numbers = plot.marks.length > 0 ? " Numbers mark the month in which a measure begins." : "";
  if (state.series === "record" && model.report.records) {
    const dots = plot.dots ? ` ${escape(model.report.records.note ?? "Dots: observed.")}` : "";
    return `Simulated for ${name}. Line: median. Band: 90% of draws.${dots}${numbers}`;
  }
  const kind = chosen.show === "differences" ? "Difference from the reference, draw by draw." : `Measured for ${name}.`;
  return `${kind} Line: median. Band: 90% of draws.${numbers}${chosen.note}`;
}

function fillChecks(beside: HTMLElement, store: Store): void {
  const { model, state } = store;
  const rest = model.scenarios.filter((s) => s !== model.reference && s !== state.scenario);
  beside.hidden = rest.length === 0;
  const host = beside.querySelector(".checks")!;
  const wanted = JSON.stringify([state.scenario, rest]);
  if (host.getAttribute("data-for") === wanted) {
    host.querySelectorAll("input").forEach((input, i) => (input.checked = state.beside.includes(rest[i]!)));
    return;
  }
  host.setAttribute("data-for", wanted);
  host.replaceChildren(
    ...rest.map((scenario) =>
      check(model.title(scenario), state.beside.includes(scenario), (on) => {
        const others = store.state.beside.filter((s) => s !== scenario);
        store.set({ beside: on ? [...others, scenario].slice(-4) : others });
      }),
    ),
  );
}

/** The line of numbers above the picture, for the month under the pointer. */
function reading(store: Store, plot: Plot, month: number): Node[] {
  const { model } = store;
  const out: Node[] = [html("b", { class: "month" }, model.calendar.name(month))];
  for (const { scenario, fan } of plot.lines) {
    const value = fan.p50[month];
    const words = exists(value) ? `${say(value, plot.how)} (${say(fan.p05[month] ?? value, plot.how)} to ${say(fan.p95[month] ?? value, plot.how)})` : "none";
    const [main = "", rest = ""] = words.split(/(?= \()/);
    out.push(html("span", { style: `color:${styleOf(store, scenario).colour}` }, `${model.title(scenario)}: `, html("b", {}, main), rest));
  }
  const seen = plot.dots?.[month];
  if (exists(seen)) out.push(html("span", {}, "observed: ", html("b", {}, say(seen, plot.how))));
  return out;
}

function draw(width: number, store: Store, plot: Plot, onMonth: (month: number | null) => void, current: () => number | null): SVGSVGElement {
  const { model } = store;
  const narrow = width < NARROW;
  const say12 = (x: number): number => measure(x.toString(), 12);
  const values = plot.lines.flatMap(({ fan }) => [...fan.p05, ...fan.p50, ...fan.p95].filter(exists));
  const dots = (plot.dots ?? []).filter(exists);
  const by = plot.how.percent ? 0.01 : plot.how.by;
  const low = Math.min(0, ...values, ...dots) / by;
  const high = Math.max(...values, ...dots, 0) / by;
  const rows = circleRows(plot.marks, (width - (narrow ? 60 : 270)) / Math.max(1, model.months - 1));
  const top = 28 + rows.lanes * 21 + (rows.lanes > 0 ? 14 : 0);
  const height = narrow ? 240 : 330;
  const bottom = top + height;
  const y = valueScale(low, high, bottom, top, 6);
  const tick = tickText(y.ticks);
  const left = Math.max(38, ...y.ticks.map((each) => measure(tick(each), 12) + 12), say12(0));
  const right = width - (narrow ? 14 : 214);
  const x = (month: number): number => left + (model.months < 2 ? 0 : (month / (model.months - 1)) * (right - left));
  const v = (value: number): number => y.at(value / by);
  const root = picture(width, bottom + 30, plot.heading);
  root.append(text(0, 13, plot.how.percent ? "percent" : plot.how.name, { size: 12, fill: SOFT }));
  for (const each of y.ticks) {
    root.append(line(left, y.at(each), right, y.at(each), each === 0 ? INK : RULE, each === 0 ? 1.2 : 1));
    root.append(text(left - 8, y.at(each) + 4, tick(each), { size: 12, fill: SOFT, anchor: "end" }));
  }
  root.append(...yearAxis(model.calendar, x, bottom));
  root.append(...circles(plot.marks, rows.lane, x, 26, top, bottom));
  for (const each of plot.lines) root.append(band(each, store, x, v));
  for (const each of plot.lines) root.append(stroke(each, store, x, v));
  (plot.dots ?? []).forEach((value, i) => exists(value) && root.append(circle(x(i), v(value), 3.2, "#fff", INK, 1.5)));
  if (narrow) return withPointer(root, store, plot, { x, v, left, right, top, bottom, onMonth, current }, true);
  root.append(...endLabels(store, plot, x(model.calendar.last), v, top, bottom, width));
  return withPointer(root, store, plot, { x, v, left, right, top, bottom, onMonth, current }, false);
}

function band({ scenario, fan }: Line, store: Store, x: (i: number) => number, v: (value: number) => number): SVGElement {
  const shape = area<number>()
    .defined((i) => exists(fan.p05[i]) && exists(fan.p95[i]))
    .x((i) => x(i)).y0((i) => v(fan.p05[i]!)).y1((i) => v(fan.p95[i]!)).curve(curveLinear).digits(1);
  return path(shape(fan.p50.map((_, i) => i)) ?? "", { fill: styleOf(store, scenario).colour, "fill-opacity": "0.15" });
}

function stroke({ scenario, fan }: Line, store: Store, x: (i: number) => number, v: (value: number) => number): SVGElement {
  const shape = curve<number>().defined((i) => exists(fan.p50[i])).x((i) => x(i)).y((i) => v(fan.p50[i]!)).digits(1);
  const { colour, dash } = styleOf(store, scenario);
  return path(shape(fan.p50.map((_, i) => i)) ?? "", { fill: "none", stroke: colour, "stroke-width": 2.2, "stroke-dasharray": dash, "stroke-linejoin": "round" });
}

/** Measures as numbered circles in as many lanes as they need. */
function circles(marks: Mark[], lane: number[], x: (i: number) => number, from: number, top: number, bottom: number): SVGElement[] {
  return marks.flatMap((mark, i) => {
    const at = x(mark.month);
    const y = from + lane[i]! * 21 + 9;
    const label = String(mark.number);
    const node = el("g", {}, circle(at, y, 8.5, "#fff", SOFT, 1), text(at, y + 4, label, { size: 11.5, anchor: "middle" }));
    node.append(el("title", {}, mark.rows.map((row) => row.name).join("; ")));
    return [line(at, Math.max(y + 9, top - 6), at, bottom, "#A9B2BB", 1, "1.5 3"), node];
  });
}

function endLabels(store: Store, plot: Plot, x: number, v: (value: number) => number, top: number, bottom: number, width: number): SVGElement[] {
  const room = width - x - 26;
  const labels = plot.lines.flatMap(({ scenario, fan }) => {
    const value = [...fan.p50].reverse().find(exists);
    return value === undefined ? [] : [{ scenario, y: v(value), rows: wrap(store.model.title(scenario), room, 13, 600, 3) }];
  });
  const tallest = Math.max(1, ...labels.map((label) => label.rows.length));
  const gap = tallest * 16 + 4;
  const places = spread(labels.map((label) => label.y), gap, top + (tallest - 1) * 8, bottom - (tallest - 1) * 8);
  return labels.flatMap((label, i) => {
    const y = places[i]!;
    const { colour } = styleOf(store, label.scenario);
    const start = y + 4.5 - ((label.rows.length - 1) * 16) / 2;
    return [
      el("path", { d: `M${x} ${label.y}L${x + 14} ${y}`, stroke: colour, fill: "none" }),
      circle(x, label.y, 3.2, colour),
      ...lines(x + 18, start, label.rows, 16, { size: 13, weight: 600, fill: colour }),
    ];
  });
}

interface Field {
  x: (i: number) => number;
  v: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  onMonth: (month: number | null) => void;
  current: () => number | null;
}

/** A month can be read with the pointer and with the arrow keys. */
function withPointer(root: SVGSVGElement, store: Store, plot: Plot, field: Field, narrow: boolean): SVGSVGElement {
  const { model } = store;
  const { x, v, left, right, top, bottom } = field;
  const cursor = el("g", { "data-live": "cursor", "pointer-events": "none" });
  const go = (month: number | null): void => {
    field.onMonth(month);
    cursor.replaceChildren();
    if (month === null) return;
    cursor.append(line(x(month), top, x(month), bottom, INK));
    for (const { scenario, fan } of plot.lines) {
      const value = fan.p50[month];
      if (exists(value)) cursor.append(circle(x(month), v(value), 4, styleOf(store, scenario).colour, "#fff", 1.5));
    }
  };
  root.append(cursor);
  const target = rect(left, top, right - left, bottom - top, "transparent");
  const monthAt = (event: PointerEvent): number => {
    const box = root.getBoundingClientRect();
    const share = ((event.clientX - box.left) * (root.viewBox.baseVal.width / box.width) - left) / (right - left);
    return Math.round(Math.min(1, Math.max(0, share)) * (model.months - 1));
  };
  target.addEventListener("pointermove", (event) => go(monthAt(event as PointerEvent)));
  target.addEventListener("pointerdown", (event) => go(monthAt(event as PointerEvent)));
  target.addEventListener("pointerleave", () => go(null));
  root.append(target);
  root.setAttribute("tabindex", "0");
  root.setAttribute("aria-label", `${plot.heading}. Arrow keys move the month.`);
  root.addEventListener("keydown", (event) => {
    const now = field.current() ?? model.calendar.last;
    const next: Record<string, number> = { ArrowLeft: now - 1, ArrowRight: now + 1, PageUp: now - 12, PageDown: now + 12, Home: 0, End: model.calendar.last };
    const to = next[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(Math.min(model.calendar.last, Math.max(0, to)));
  });
  root.addEventListener("blur", () => go(null));
  if (narrow) root.setAttribute("data-narrow", "");
  return root;
}

function sheet(store: Store, plot: Plot): { head: string[]; rows: (string | number | null)[][] } {
  const { model } = store;
  const unit = plot.how.percent ? "share" : plot.how.name.startsWith("t") || plot.how.name.startsWith("million t") ? "t" : "million USD";
  const head = ["Month", "Scenario", "Unit", "5%", "Median", "95%", ...(plot.dots ? ["Observed"] : [])];
  const rows = plot.lines.flatMap(({ scenario, fan }) =>
    fan.p50.map((value, i) => [model.calendar.iso(i), model.title(scenario), unit, fan.p05[i] ?? null, value ?? null, fan.p95[i] ?? null, ...(plot.dots ? [plot.dots[i] ?? null] : [])]),
  );
  return { head, rows };
}
