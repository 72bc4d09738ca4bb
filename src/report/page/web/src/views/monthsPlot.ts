/** Drawing months: bands, medians, observed dots, measures as numbers, and a month that can be read. */

import { line as curve, area, curveLinear } from "d3-shape";
import { tickText, valueScale, yearAxis } from "../axis";
import { INK, RULE, SOFT } from "../colours";
import { type Shown, styleOf } from "../context";
import { type Maybe, exists } from "../format";
import type { Fan } from "../model";
import type { Store } from "../state";
import { circle, el, line, lines, measure, path, picture, rect, spread, text, wrap } from "../svg";
import { type Mark, circleRows } from "./marks";

export interface Line {
  scenario: number;
  fan: Fan;
}

export interface Plot {
  isRecord: boolean;
  lines: Line[];
  /** The difference of the scenario looked at from the reference, where lines are amounts and it is known. */
  gap: Fan | null;
  dots: Maybe[] | null;
  marks: Mark[];
  how: Shown;
  heading: string;
}

const NARROW = 640;

export function draw(
  width: number,
  store: Store,
  plot: Plot,
  onMonth: (month: number | null) => void,
  current: () => number | null,
): SVGSVGElement {
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

function band(
  { scenario, fan }: Line,
  store: Store,
  x: (i: number) => number,
  v: (value: number) => number,
): SVGElement {
  const shape = area<number>()
    .defined((i) => exists(fan.p05[i]) && exists(fan.p95[i]))
    .x((i) => x(i))
    .y0((i) => v(fan.p05[i]!))
    .y1((i) => v(fan.p95[i]!))
    .curve(curveLinear)
    .digits(1);
  return path(shape(fan.p50.map((_, i) => i)) ?? "", { fill: styleOf(store, scenario).colour, "fill-opacity": "0.15" });
}

function stroke(
  { scenario, fan }: Line,
  store: Store,
  x: (i: number) => number,
  v: (value: number) => number,
): SVGElement {
  const shape = curve<number>()
    .defined((i) => exists(fan.p50[i]))
    .x((i) => x(i))
    .y((i) => v(fan.p50[i]!))
    .digits(1);
  const { colour, dash } = styleOf(store, scenario);
  return path(shape(fan.p50.map((_, i) => i)) ?? "", {
    fill: "none",
    stroke: colour,
    "stroke-width": 2.2,
    "stroke-dasharray": dash,
    "stroke-linejoin": "round",
  });
}

/** Measures as numbered circles in as many lanes as they need. */
function circles(
  marks: Mark[],
  lane: number[],
  x: (i: number) => number,
  from: number,
  top: number,
  bottom: number,
): SVGElement[] {
  return marks.flatMap((mark, i) => {
    const at = x(mark.month);
    const y = from + lane[i]! * 21 + 9;
    const label = String(mark.number);
    const node = el(
      "g",
      {},
      circle(at, y, 8.5, "#fff", SOFT, 1),
      text(at, y + 4, label, { size: 11.5, anchor: "middle" }),
    );
    node.append(el("title", {}, mark.rows.map((row) => row.name).join("; ")));
    return [line(at, Math.max(y + 9, top - 6), at, bottom, "#A9B2BB", 1, "1.5 3"), node];
  });
}

function endLabels(
  store: Store,
  plot: Plot,
  x: number,
  v: (value: number) => number,
  top: number,
  bottom: number,
  width: number,
): SVGElement[] {
  const room = width - x - 26;
  const labels = plot.lines.flatMap(({ scenario, fan }) => {
    const value = [...fan.p50].reverse().find(exists);
    return value === undefined
      ? []
      : [{ scenario, y: v(value), rows: wrap(store.model.title(scenario), room, 13, 600, 3) }];
  });
  const tallest = Math.max(1, ...labels.map((label) => label.rows.length));
  const gap = tallest * 16 + 4;
  const places = spread(
    labels.map((label) => label.y),
    gap,
    top + (tallest - 1) * 8,
    bottom - (tallest - 1) * 8,
  );
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
    const next: Record<string, number> = {
      ArrowLeft: now - 1,
      ArrowRight: now + 1,
      PageUp: now - 12,
      PageDown: now + 12,
      Home: 0,
      End: model.calendar.last,
    };
    const to = next[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(Math.min(model.calendar.last, Math.max(0, to)));
  });
  root.addEventListener("blur", () => go(null));
  if (narrow) root.setAttribute("data-narrow", "");
  return root;
}
