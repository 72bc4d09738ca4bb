/** The region with its corridors: width in proportion to what passes, colour for the change, pale for what it was. */

import { LESS, MORE } from "../colours";
import { scenarioHtml } from "../context";
import type { MapData } from "../data";
import { choice, html, select } from "../dom";
import { type Builder, Figure } from "../figure";
import { period } from "../format";
import type { Model } from "../model";
import { mapHeading } from "../sentences";
import type { State, Store } from "../state";
import { nameOf } from "../words";
import { type Corridor, type Frame, draw } from "./mapPicture";

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
  const against = choice(
    "Compare with",
    [
      { value: "start", label: period(data.periods[0] ?? "") },
      { value: "reference", label: "the reference" },
    ],
    (value) => store.set({ against: value as State["against"] }),
  );
  figure.controls.append(years.node, against.node);
  const note = html("p", { class: "note" });
  figure.below.append(note);

  const update = (): void => {
    const { state } = store;
    years.set(
      String(state.period),
      data.periods.map((each, i) => ({ value: String(i), label: period(each) })),
    );
    const canCompare = model.reference !== null && state.scenario !== model.reference;
    against.show(canCompare);
    against.set(canCompare ? state.against : "start");
    const { all, base, good, corridors, busiest, heading } = gathered(model, data, state);
    const former = canCompare && state.against === "reference" ? "the reference" : period(data.periods[0] ?? "");
    figure.show({
      heading,
      reading: `Under ${scenarioHtml(store, state.scenario)}, mean flow of a month; width in proportion. Against ${former}: <b style="color:${MORE}">blue more</b>, <b style="color:${LESS}">orange less</b>, <b>grey about the same</b>, pale orange what it was. Lines on land join places and are not the exact road or railway. Sea lanes are the shortest way by water.${good === state.good ? "" : " All goods: the chosen one does not pass here."}`,
      draw: (width) =>
        corridors.length > 0
          ? draw(
              width,
              data,
              corridors,
              busiest,
              frameOf(data, [all, base], good, busiest, width),
              (far) => (note.textContent = far),
            )
          : null,
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
  return {
    all,
    base,
    good,
    corridors,
    busiest,
    heading: mapHeading(
      period(data.periods[state.period] ?? ""),
      toReference ? "the reference" : period(data.periods[0] ?? ""),
      loss,
      gain,
    ),
  };
}

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
      const corridor = out.get(key) ?? {
        from: known.from,
        to: known.to,
        shape: known.path ?? straight(data, link),
        modes: new Set<string>(),
        now: 0,
        then: 0,
      };
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
  for (const rows of sets)
    data.periods.forEach(
      (_, i) => (most = Math.max(most, ...gather(data, rows, rows, good, i, i).map((each) => each.now))),
    );
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
    each && sign * (each.now - each.then) > busiest / 1000
      ? `${nameOf(data.places[each.from])} – ${nameOf(data.places[each.to])}`
      : null;
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
  const within = (start: number, length: number, most: number): number =>
    length > most ? (most - length) / 2 : Math.min(Math.max(start, 0), most - length);
  const left = within((x1 + x2) / 2 - width / scale / 2, width / scale, data.width);
  return { left, top: within((y1 + y2) / 2 - height / scale / 2, height / scale, data.height), scale, width, height };
}

function sheet(data: MapData, corridors: Corridor[]): { head: string[]; rows: (string | number | null)[][] } {
  const rows = [...corridors]
    .sort((a, b) => Math.abs(b.now - b.then) - Math.abs(a.now - a.then))
    .map((each) => [
      nameOf(data.places[each.from]),
      nameOf(data.places[each.to]),
      [...each.modes].join(", "),
      Number(each.then.toPrecision(4)),
      Number(each.now.toPrecision(4)),
      Number((each.now - each.then).toPrecision(4)),
    ]);
  return { head: ["From", "To", "By", "Before, million USD a month", "Now, million USD a month", "Change"], rows };
}
