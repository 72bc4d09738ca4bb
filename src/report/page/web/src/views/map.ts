/** The region with its corridors: width in proportion to what passes, colour for the change, pale for what it was. */

import { FORMER, INK, LAND, LESS, MORE, SEA, SOFT, UNCLEAR } from "../colours";
import { scenarioHtml } from "../context";
import type { MapData } from "../data";
import { choice, html, select } from "../dom";
import { type Builder, Figure } from "../figure";
import { list, period, round } from "../format";
import type { Model } from "../model";
import { mapHeading } from "../sentences";
import type { State, Store } from "../state";
import { circle, el, measure, path, picture, rect, text, title } from "../svg";
import { nameOf } from "../words";

interface Corridor {
  from: number;
  to: number;
  /** Shape in the plane. */
  shape: string;
  modes: Set<string>;
  now: number;
  then: number;
}

interface Frame {
  left: number;
  top: number;
  scale: number;
  width: number;
  height: number;
}

/** Land places with so much of the busiest corridor make the frame. */
const BUSY = 0.03;
/** Shorter links lie inside a town and make no heading. */
const TOWN_KM = 60;

export const map: Builder = (section, store) => {
  const { model } = store;
  const data = model.report.map;
  if (!data) return null;
  const figure = new Figure(section, model, "map");
  const years = select("Period", (value) => store.set({ period: Number(value) }));
  const against = choice("Compare with", [{ value: "start", label: period(data.periods[0] ?? "") }, { value: "reference", label: "the reference" }], (value) => store.set({ against: value as State["against"] }));
  figure.controls.append(years.node, against.node);
  const note = html("p", { class: "note" });
  figure.below.append(note);

  const update = (): void => {
    const { state } = store;
    years.set(String(state.period), data.periods.map((each, i) => ({ value: String(i), label: period(each) })));
    const canCompare = model.reference !== null && state.scenario !== model.reference;
    against.show(canCompare);
    against.set(canCompare ? state.against : "start");
    const { all, base, good, corridors, busiest, heading } = gathered(model, data, state);
    const former = canCompare && state.against === "reference" ? "the reference" : period(data.periods[0] ?? "");
    figure.show({
      heading,
      reading: `Under ${scenarioHtml(store, state.scenario)}, mean flow of a month; width in proportion. Against ${former}: <b style="color:${MORE}">blue more</b>, <b style="color:${LESS}">orange less</b>, <b>grey about the same</b>, pale orange what it was. Lines join places and are not the exact road, railway or shipping lane.${good === state.good ? "" : " All goods: the chosen one does not pass here."}`,
      draw: (width) => (corridors.length > 0 ? draw(width, data, corridors, busiest, frameOf(data, [all, base], good, busiest, width), (far) => (note.textContent = far)) : null),
      sheet: () => sheet(data, corridors),
      empty: "Nothing passes any link for this good.",
    });
    note.hidden = corridors.length === 0;
  };
  return { keys: ["scenario", "good", "period", "against"], update, resize: (width) => figure.paint(width) };
};

interface Gathered {
  all: Rows;
  base: Rows;
  good: number;
  corridors: Corridor[];
  busiest: number;
  heading: string;
}

/** What passes in the period chosen, beside what it is compared with. */
function gathered(model: Model, data: MapData, state: State): Gathered {
  const toReference = model.reference !== null && state.scenario !== model.reference && state.against === "reference";
  const all = model.links(state.scenario);
  const good = state.good !== 0 && all.some((row) => row[1] === state.good) ? state.good : 0;
  const base = toReference ? model.links(model.reference!) : all;
  const corridors = gather(data, all, base, good, state.period, toReference ? state.period : 0);
  const busiest = busiestOf(data, [all, base], good);
  const [loss, gain] = extremes(data, corridors, busiest);
  return { all, base, good, corridors, busiest, heading: mapHeading(period(data.periods[state.period] ?? ""), loss, gain) };
}

export const openingHeading = (model: Model, state: State): string => gathered(model, model.report.map!, state).heading;

type Rows = ReturnType<Store["model"]["links"]>;

const pairOf = (data: MapData, link: number): [number, number] => {
  const { from, to } = data.links[link]!;
  return from < to ? [from, to] : [to, from];
};

/** Road and rail between the same places add up to one line; sea lanes have a way of their own. */
function keyOf(data: MapData, link: number): string {
  const [a, b] = pairOf(data, link);
  return `${a} ${b} ${data.links[link]!.path ? link : ""}`;
}

function gather(data: MapData, now: Rows, then: Rows, good: number, period: number, former: number): Corridor[] {
  const out = new Map<string, Corridor>();
  const add = (rows: Rows, at: number, which: "now" | "then"): void => {
    for (const [link, of, amounts] of rows) {
      if ((good !== 0 && of !== good) || (good === 0 && of === 0)) continue;
      const known = data.links[link]!;
      if (known.mode === "paper") continue;
      const key = keyOf(data, link);
      const corridor = out.get(key) ?? { from: known.from, to: known.to, shape: known.path ?? straight(data, link), modes: new Set<string>(), now: 0, then: 0 };
      corridor[which] += amounts[at] ?? 0;
      corridor.modes.add(known.mode);
      out.set(key, corridor);
    }
  };
  add(now, period, "now");
  add(then, former, "then");
  return [...out.values()].filter((each) => each.now > 0 || each.then > 0);
}

function straight(data: MapData, link: number): string {
  const { from, to } = data.links[link]!;
  const [a, b] = [data.places[from]!, data.places[to]!];
  return `M${a.x} ${a.y}L${b.x} ${b.y}`;
}

/** The busiest corridor of any period: the scale of widths, the same for all periods. */
function busiestOf(data: MapData, sets: Rows[], good: number): number {
  let most = 0;
  for (const rows of sets) data.periods.forEach((_, i) => (most = Math.max(most, ...gather(data, rows, rows, good, i, i).map((each) => each.now))));
  return most;
}

/** Names of the corridors with the largest fall and rise. */
function extremes(data: MapData, corridors: Corridor[], busiest: number): [string | null, string | null] {
  const far = corridors.filter((each) => {
    const [a, b] = [data.places[each.from]!, data.places[each.to]!];
    return data.km === undefined || Math.hypot(a.x - b.x, a.y - b.y) * data.km > TOWN_KM;
  });
  const order = [...far].sort((a, b) => a.now - a.then - (b.now - b.then));
  const name = (each: Corridor | undefined, sign: number): string | null =>
    each && sign * (each.now - each.then) > busiest / 1000 ? `${nameOf(data.places[each.from])} – ${nameOf(data.places[each.to])}` : null;
  return [name(order[0], -1), name(order.at(-1), 1)];
}

/** Fixed over the periods: all places of land links that are ever busy, with room around. */
function frameOf(data: MapData, sets: Rows[], good: number, busiest: number, width: number): Frame {
  const narrow = width < 640;
  const xs: number[] = [];
  const ys: number[] = [];
  const visit = (every: boolean): void => {
    for (const rows of sets) {
      data.periods.forEach((_, i) => {
        for (const each of gather(data, rows, rows, good, i, i)) {
          const overSea = each.modes.has("sea") || each.modes.has("air");
          if (!every && (each.now < (narrow ? 2 : 1) * BUSY * busiest || overSea)) continue;
          for (const place of [data.places[each.from]!, data.places[each.to]!]) {
            xs.push(place.x);
            ys.push(place.y);
          }
        }
      });
    }
  };
  visit(false);
  if (xs.length === 0) visit(true);
  const [x1, x2, y1, y2] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const least = data.width / 12;
  const w = Math.max(x2 - x1, least) * 1.16;
  const h = Math.max(y2 - y1, least) * 1.16;
  const ratio = Math.min(narrow ? 1.15 : 0.66, Math.max(narrow ? 0.9 : 0.5, h / w));
  const scale = Math.min(width / w, (width * ratio) / h);
  const height = Math.min(width * ratio, data.height * scale);
  // The frame stays on the plane where it can: beyond it there is no land to draw.
  const within = (start: number, length: number, most: number): number => (length > most ? (most - length) / 2 : Math.min(Math.max(start, 0), most - length));
  const left = within((x1 + x2) / 2 - width / scale / 2, width / scale, data.width);
  return { left, top: within((y1 + y2) / 2 - height / scale / 2, height / scale, data.height), scale, width, height };
}

const at = (frame: Frame, place: { x: number; y: number }): [number, number] => [(place.x - frame.left) * frame.scale, (place.y - frame.top) * frame.scale];

const inside = (frame: Frame, [x, y]: [number, number], margin = 0): boolean => x > margin && y > margin && x < frame.width - margin && y < frame.height - margin;

function draw(width: number, data: MapData, corridors: Corridor[], busiest: number, frame: Frame, far: (note: string) => void): SVGSVGElement {
  const label = "Map of corridors";
  const root = picture(width, frame.height, label);
  const id = "map-frame";
  root.append(el("defs", {}, el("clipPath", { id }, rect(0, 0, frame.width, frame.height, "#000"))));
  const clipped = el("g", { "clip-path": `url(#${id})` });
  clipped.append(rect(0, 0, frame.width, frame.height, SEA));
  const plane = el("g", { transform: `scale(${frame.scale.toFixed(5)}) translate(${(-frame.left).toFixed(1)} ${(-frame.top).toFixed(1)})` });
  plane.append(path(data.land, { fill: LAND, "fill-rule": "evenodd", stroke: "#C3CCD3", "stroke-width": 0.8, "vector-effect": "non-scaling-stroke" }));
  if (data.borders) plane.append(path(data.borders, { fill: "none", stroke: "#D5DBE0", "stroke-width": 0.8, "vector-effect": "non-scaling-stroke" }));
  const most = width < 640 ? 14 : 20;
  const thick = (amount: number): number => (amount / busiest) * most;
  const order = [...corridors].sort((a, b) => b.now - a.now);
  for (const each of order) if (thick(each.then) > Math.max(thick(each.now), 0.5)) plane.append(stroke(each, FORMER, thick(each.then)));
  for (const each of order) {
    if (thick(each.now) < 0.15) continue;
    plane.append(title(stroke(each, colourOf(each, busiest), Math.max(0.6, thick(each.now))), says(data, each)));
  }
  clipped.append(plane);
  const boxes: Box[] = [];
  const dots = places(data, corridors, frame, busiest);
  for (const each of dots) clipped.append(circle(each.x, each.y, 2.4, INK, "#fff", 0.8));
  const corner = keyCorner(frame, dots, plane, corridors, data);
  const key = keyBox(frame, corner);
  boxes.push(key);
  for (const each of dots) boxes.push({ x: each.x - 4, y: each.y - 4, w: 8, h: 8 });
  for (const each of dots) {
    const placed = place(each, boxes, frame);
    if (placed) clipped.append(placed);
  }
  root.append(clipped, widthKey(key, busiest, thick));
  far(farNote(data, corridors, frame, busiest));
  return root;
}

function stroke(each: Corridor, colour: string, width: number): SVGElement {
  return path(each.shape, { fill: "none", stroke: colour, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round", "vector-effect": "non-scaling-stroke" });
}

function colourOf(each: Corridor, busiest: number): string {
  if (Math.abs(each.now - each.then) <= Math.max(0.1 * each.then, busiest / 2000)) return UNCLEAR;
  return each.now > each.then ? MORE : LESS;
}

const says = (data: MapData, each: Corridor): string =>
  `${nameOf(data.places[each.from])} – ${nameOf(data.places[each.to])} (${[...each.modes].join(", ")}): ${round(each.now)} million USD a month, was ${round(each.then)}`;

interface Dot {
  x: number;
  y: number;
  name: string;
  weight: number;
}

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Places in the frame that something passes, busiest first. */
function places(data: MapData, corridors: Corridor[], frame: Frame, busiest: number): Dot[] {
  const weights = new Map<number, number>();
  for (const each of corridors) {
    const most = Math.max(each.now, each.then);
    if (most < busiest * 0.015) continue;
    for (const place of [each.from, each.to]) weights.set(place, Math.max(weights.get(place) ?? 0, most));
  }
  const dots = [...weights.entries()].map(([place, weight]) => {
    const [x, y] = at(frame, data.places[place]!);
    return { x, y, name: nameOf(data.places[place]), weight };
  });
  return dots.filter((dot) => inside(frame, [dot.x, dot.y], 4)).sort((a, b) => b.weight - a.weight);
}

const overlaps = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Eight positions around the dot; a name that fits none is left out. */
function place(dot: Dot, boxes: Box[], frame: Frame): SVGElement | null {
  const w = measure(dot.name, 13) + 4;
  const h = 15;
  const spots: [number, number][] = [
    [7, -h / 2], [-7 - w, -h / 2], [-w / 2, -h - 6], [-w / 2, 6], [5, -h - 3], [5, 3], [-5 - w, -h - 3], [-5 - w, 3],
  ];
  for (const [dx, dy] of spots) {
    const box = { x: dot.x + dx, y: dot.y + dy, w, h };
    const fits = box.x > 2 && box.y > 2 && box.x + w < frame.width - 2 && box.y + h < frame.height - 2;
    if (!fits || boxes.some((other) => overlaps(box, other))) continue;
    boxes.push(box);
    return text(box.x + 2, box.y + 11.5, dot.name, { size: 13, halo: true });
  }
  return null;
}

const KEY = { w: 158, h: 72 };

function keyBox(frame: Frame, corner: [boolean, boolean]): Box {
  return { x: corner[0] ? frame.width - KEY.w : 0, y: corner[1] ? frame.height - KEY.h : 0, ...KEY };
}

/** The corner with the fewest dots and ends of lines. */
function keyCorner(frame: Frame, dots: Dot[], _plane: SVGElement, corridors: Corridor[], data: MapData): [boolean, boolean] {
  const corners: [boolean, boolean][] = [[true, true], [false, true], [true, false], [false, false]];
  const points: [number, number][] = dots.map((dot) => [dot.x, dot.y]);
  for (const each of corridors) {
    const a = at(frame, data.places[each.from]!);
    const b = at(frame, data.places[each.to]!);
    for (let i = 1; i < 12; i++) points.push([a[0] + ((b[0] - a[0]) * i) / 12, a[1] + ((b[1] - a[1]) * i) / 12]);
  }
  const score = (corner: [boolean, boolean]): number => {
    const box = keyBox(frame, corner);
    return points.filter(([x, y]) => x > box.x - 30 && x < box.x + box.w + 30 && y > box.y - 20 && y < box.y + box.h + 20).length;
  };
  return corners.sort((a, b) => score(a) - score(b))[0]!;
}

/** Two widths with round amounts. */
function widthKey(box: Box, busiest: number, thick: (amount: number) => number): SVGElement {
  const group = el("g", {}, rect(box.x, box.y, box.w, box.h, "#fff"));
  const big = roundDown(busiest);
  [roundDown(big / 4), big].forEach((amount, i) => {
    const y = box.y + 17 + i * 21;
    group.append(el("line", { x1: box.x + 12, x2: box.x + 46, y1: y, y2: y, stroke: UNCLEAR, "stroke-width": Math.max(0.6, thick(amount)) }));
    group.append(text(box.x + 56, y + 4.5, round(amount, 1), { size: 12 }));
  });
  group.append(text(box.x + 12, box.y + 64, "million USD a month", { size: 12, fill: SOFT }));
  return group;
}

/** 1, 2 or 5 times a power of ten, at most x. */
function roundDown(x: number): number {
  if (x <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(x));
  return power * ([5, 2, 1].find((each) => each * power <= x) ?? 1);
}

function farNote(data: MapData, corridors: Corridor[], frame: Frame, busiest: number): string {
  const out = new Map<string, number>();
  for (const each of corridors) {
    if (each.now < busiest * 0.01) continue;
    for (const end of [each.from, each.to]) {
      if (!inside(frame, at(frame, data.places[end]!))) out.set(nameOf(data.places[end]), Math.max(out.get(nameOf(data.places[end])) ?? 0, each.now));
    }
  }
  const names = [...out.entries()].sort((a, b) => b[1] - a[1]).slice(0, 6).map(([name]) => name);
  return `${names.length > 0 ? `Lines that leave the frame go to ${list(names)}. ` : ""}Coastlines and borders: ${data.credit}.`;
}

function sheet(data: MapData, corridors: Corridor[]): { head: string[]; rows: (string | number | null)[][] } {
  const rows = [...corridors].sort((a, b) => Math.abs(b.now - b.then) - Math.abs(a.now - a.then)).map((each) => [
    nameOf(data.places[each.from]), nameOf(data.places[each.to]), [...each.modes].join(", "), Number(each.then.toPrecision(4)), Number(each.now.toPrecision(4)), Number((each.now - each.then).toPrecision(4)),
  ]);
  return { head: ["From", "To", "By", "Before, million USD a month", "Now, million USD a month", "Change"], rows };
}
