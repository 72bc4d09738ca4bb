/** Drawing the map: land, corridors, names where they fit, and the key in the emptiest corner. */

import { FORMER, INK, LAND, LESS, MORE, SEA, SOFT, UNCLEAR } from "../colours";
import type { MapData } from "../data";
import { list, round } from "../format";
import { circle, el, measure, path, picture, rect, text, title } from "../svg";
import { nameOf } from "../words";

export interface Corridor {
  from: number;
  to: number;
  /** Shape in the plane. */
  shape: string;
  modes: Set<string>;
  now: number;
  then: number;
}

export interface Frame {
  left: number;
  top: number;
  scale: number;
  width: number;
  height: number;
}

const at = (frame: Frame, place: { x: number; y: number }): [number, number] => [
  (place.x - frame.left) * frame.scale,
  (place.y - frame.top) * frame.scale,
];

const inside = (frame: Frame, [x, y]: [number, number], margin = 0): boolean =>
  x > margin && y > margin && x < frame.width - margin && y < frame.height - margin;

export function draw(
  width: number,
  data: MapData,
  corridors: Corridor[],
  busiest: number,
  frame: Frame,
  far: (note: string) => void,
): SVGSVGElement {
  const label = "Map of corridors";
  const root = picture(width, frame.height, label);
  const id = "map-frame";
  root.append(el("defs", {}, el("clipPath", { id }, rect(0, 0, frame.width, frame.height, "#000"))));
  const clipped = el("g", { "clip-path": `url(#${id})` });
  clipped.append(rect(0, 0, frame.width, frame.height, SEA));
  const plane = el("g", {
    transform: `scale(${frame.scale.toFixed(5)}) translate(${(-frame.left).toFixed(1)} ${(-frame.top).toFixed(1)})`,
  });
  plane.append(
    path(data.land, {
      fill: LAND,
      "fill-rule": "evenodd",
      stroke: "#C3CCD3",
      "stroke-width": 0.8,
      "vector-effect": "non-scaling-stroke",
    }),
  );
  if (data.borders)
    plane.append(
      path(data.borders, {
        fill: "none",
        stroke: "#D5DBE0",
        "stroke-width": 0.8,
        "vector-effect": "non-scaling-stroke",
      }),
    );
  const most = width < 640 ? 14 : 20;
  const thick = (amount: number): number => (amount / busiest) * most;
  const order = [...corridors].sort((a, b) => b.now - a.now);
  for (const each of order)
    if (thick(each.then) > Math.max(thick(each.now), 0.5)) plane.append(stroke(each, FORMER, thick(each.then)));
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
  far(farNote(data, corridors, frame));
  return root;
}

function stroke(each: Corridor, colour: string, width: number): SVGElement {
  return path(each.shape, {
    fill: "none",
    stroke: colour,
    "stroke-width": width,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "vector-effect": "non-scaling-stroke",
  });
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
    [7, -h / 2],
    [-7 - w, -h / 2],
    [-w / 2, -h - 6],
    [-w / 2, 6],
    [5, -h - 3],
    [5, 3],
    [-5 - w, -h - 3],
    [-5 - w, 3],
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
function keyCorner(
  frame: Frame,
  dots: Dot[],
  _plane: SVGElement,
  corridors: Corridor[],
  data: MapData,
): [boolean, boolean] {
  const corners: [boolean, boolean][] = [
    [true, true],
    [false, true],
    [true, false],
    [false, false],
  ];
  const points: [number, number][] = dots.map((dot) => [dot.x, dot.y]);
  for (const each of corridors) {
    const a = at(frame, data.places[each.from]!);
    const b = at(frame, data.places[each.to]!);
    for (let i = 1; i < 12; i++) points.push([a[0] + ((b[0] - a[0]) * i) / 12, a[1] + ((b[1] - a[1]) * i) / 12]);
  }
  const score = (corner: [boolean, boolean]): number => {
    const box = keyBox(frame, corner);
    return points.filter(
      ([x, y]) => x > box.x - 30 && x < box.x + box.w + 30 && y > box.y - 20 && y < box.y + box.h + 20,
    ).length;
  };
  return corners.sort((a, b) => score(a) - score(b))[0]!;
}

/** Two widths with round amounts. */
function widthKey(box: Box, busiest: number, thick: (amount: number) => number): SVGElement {
  const group = el("g", {}, rect(box.x, box.y, box.w, box.h, "#fff"));
  const big = roundDown(busiest);
  [roundDown(big / 4), big].forEach((amount, i) => {
    const y = box.y + 17 + i * 21;
    group.append(
      el("line", {
        x1: box.x + 12,
        x2: box.x + 46,
        y1: y,
        y2: y,
        stroke: UNCLEAR,
        "stroke-width": Math.max(0.6, thick(amount)),
      }),
    );
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

function farNote(data: MapData, corridors: Corridor[], frame: Frame): string {
  const out = new Map<string, number>();
  for (const each of corridors) {
    for (const end of [each.from, each.to]) {
      if (!inside(frame, at(frame, data.places[end]!)))
        out.set(nameOf(data.places[end]), Math.max(out.get(nameOf(data.places[end])) ?? 0, each.now));
    }
  }
  const names = [...out.entries()]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6)
    .map(([name]) => name);
  return `${names.length > 0 ? `Lines that leave the frame go to ${list(names)}. ` : ""}Coasts and borders: ${data.credit}.`;
}
