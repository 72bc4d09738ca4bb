/** A diagram of flows in three columns: seller, way, buyer. Its order is fixed and each node has room for its name. */

import { INK, SOFT } from "../colours";
import { fixed, round } from "../format";
import type { Model } from "../model";
import { clip, el, lines, measure, path, rect, spread, text, title, wrap } from "../svg";
import { MODES, nameOf } from "../words";

export interface Flow {
  seller: number;
  way: number;
  buyer: number;
  amount: number;
}

interface Ribbon {
  from: number;
  to: number;
  kind: string;
  amount: number;
  says: string;
}

interface Bar {
  name: string;
  amount: number;
  y: number;
  height: number;
}

const SLOT = 20;

/** Room for two lines. */
export const TALL_SLOT = 36;

/** Places of bars and ribbons of one diagram. */
interface Layout {
  left: Bar[];
  middle: Bar[];
  right: Bar[];
  /** Least room for a node of the first two columns. */
  slot: number;
  ribbons: { first: Ribbon[]; second: Ribbon[] };
  height: number;
}

/** Middle nodes: direct first, then one for each intermediary, in the fixed order of the data. */
export function layout(model: Model, found: Flow[], scale: number, signedKinds: boolean, slot = SLOT): Layout {
  const { ways, sellers, buyers } = model.report.flows!;
  const nodeOf = (way: number): number => ways[way]!.via;
  const size = (each: Flow): number => Math.abs(each.amount);
  const kindOf = (each: Flow): string => (signedKinds ? (each.amount < 0 ? "less" : "more") : ways[each.way]!.kind);
  const usedSellers = sellers.map((_, i) => i).filter((i) => found.some((each) => each.seller === i));
  const usedBuyers = buyers.map((_, i) => i).filter((i) => found.some((each) => each.buyer === i));
  const nodes = [...new Set(ways.map((way) => way.via))].filter((via) =>
    found.some((each) => nodeOf(each.way) === via),
  );
  const sum = (test: (each: Flow) => boolean, sign = false): number =>
    found.filter(test).reduce((all, each) => all + (sign ? each.amount : size(each)), 0);
  const column = (
    keys: number[],
    test: (key: number) => (each: Flow) => boolean,
    name: (key: number) => string,
    slot: number,
  ): Bar[] => {
    let y = 0;
    return keys.map((key) => {
      const height = sum(test(key)) * scale;
      const room = Math.max(height, slot);
      const bar = { name: name(key), amount: sum(test(key), signedKinds), y: y + (room - height) / 2, height };
      y += room + 4;
      return bar;
    });
  };
  const left = column(
    usedSellers,
    (key) => (each) => each.seller === key,
    (key) => sellers[key]!.short ?? nameOf(sellers[key]),
    usedSellers.length > 1 ? slot : 0,
  );
  const middle = column(
    nodes,
    (key) => (each) => nodeOf(each.way) === key,
    (key) => (key < 0 ? "direct" : model.landShort(key)),
    slot,
  );
  const right = column(
    usedBuyers,
    (key) => (each) => each.buyer === key,
    (key) => buyers[key]!.short ?? nameOf(buyers[key]),
    wrap(longest(usedBuyers.map((key) => buyers[key]!.short ?? nameOf(buyers[key]))), NAMES - 23, 13, 600, 2).length * 15 + 19,
  );
  const order = ["direct", "reexport", "ghost", "relabel", "less", "more"];
  const groupUp = (
    from: (each: Flow) => number,
    to: (each: Flow) => number,
    says: (f: number, t: number, kind: string) => string,
  ): Ribbon[] => {
    const sums = new Map<string, Ribbon>();
    for (const each of found) {
      const key = `${from(each)} ${to(each)} ${kindOf(each)}`;
      const ribbon = sums.get(key) ?? {
        from: from(each),
        to: to(each),
        kind: kindOf(each),
        amount: 0,
        says: says(from(each), to(each), kindOf(each)),
      };
      ribbon.amount += size(each);
      sums.set(key, ribbon);
    }
    return [...sums.values()].sort(
      (a, b) => a.to - b.to || a.from - b.from || order.indexOf(a.kind) - order.indexOf(b.kind),
    );
  };
  const first = groupUp(
    (each) => usedSellers.indexOf(each.seller),
    (each) => nodes.indexOf(nodeOf(each.way)),
    (f, t, kind) => `${left[f]!.name} → ${middle[t]!.name}, ${MODES[kind] ?? kind}`,
  );
  const second = groupUp(
    (each) => nodes.indexOf(nodeOf(each.way)),
    (each) => usedBuyers.indexOf(each.buyer),
    (f, t, kind) => `${middle[f]!.name} → ${right[t]!.name}, ${MODES[kind] ?? kind}`,
  );
  const end = (bars: Bar[]): number => Math.max(0, ...bars.map((bar) => bar.y + bar.height));
  const slotEnd = middle.length > 0 ? Math.max(end(middle), middle.at(-1)!.y + slot / 2) : 0;
  return { left, middle, right, slot, ribbons: { first, second }, height: Math.max(end(left), slotEnd, end(right)) + 8 };
}

const longest = (names: string[]): string => names.reduce((one, other) => (other.length > one.length ? other : one), "");

/** Three digits from a hundred on, two below: a diagram is no table. */
export const short = (amount: number): string =>
  Math.abs(amount) >= 9.95 && Math.abs(amount) < 100
    ? fixed(amount, 0)
    : round(amount, Math.abs(amount) >= 100 ? 3 : 2);

const BAR = 11;

/** Room for the names of buyers. */
const NAMES = 112;

/** Text on a pale plate, so that ribbons do not run through it. */
function onPlate(x: number, y: number, content: string, weight: number): SVGElement[] {
  const plate = rect(x - 3, y - 12.5, measure(content, 13, weight) + 6, 16, "#fff");
  plate.setAttribute("fill-opacity", "0.86");
  plate.setAttribute("rx", "2");
  return [plate, text(x, y, content, { size: 13, weight })];
}

export function diagram(
  plan: Layout,
  width: number,
  scale: number,
  say: (amount: number) => string,
  colours: Record<string, string>,
): SVGElement {
  const group = el("g", { transform: "translate(0 46)" });
  const names = plan.slot > SLOT ? NAMES - 14 : NAMES;
  const x = [0, (width - names) * (plan.slot > SLOT ? 0.38 : 0.44), width - names - BAR] as const;
  group.append(...ribbons(plan.ribbons.first, plan.left, plan.middle, x[0] + BAR, x[1], scale, say, colours));
  group.append(...ribbons(plan.ribbons.second, plan.middle, plan.right, x[1] + BAR, x[2], scale, say, colours));
  for (const [bars, at] of [
    [plan.left, x[0]],
    [plan.middle, x[1]],
    [plan.right, x[2]],
  ] as const) {
    for (const bar of bars) group.append(rect(at, bar.y, BAR, Math.max(bar.height, 0.8), INK));
  }
  plan.left.forEach((bar, i) => {
    const y = plan.left.length === 1 ? bar.y + 17 : bar.y + bar.height / 2 + 4.5;
    group.append(
      ...onPlate(x[0] + BAR + 6, Math.max(y, i === 0 ? 14 : 0), label(bar, say, x[1] - BAR - 15, 600), 600),
    );
  });
  for (const bar of plan.middle) {
    const weight = bar.name === "direct" ? 600 : 400;
    const room = x[2] - x[1] - BAR - 15;
    const whole = `${bar.name} ${say(bar.amount)}`;
    const rows = plan.slot > SLOT ? wrap(whole, room, 13, weight, 2) : [label(bar, say, room, weight)];
    rows.forEach((row, k) =>
      group.append(
        ...onPlate(x[1] + BAR + 6, bar.y + bar.height / 2 + 4.5 + (k - (rows.length - 1) / 2) * 15, row, weight),
      ),
    );
  }
  const rows = plan.right.map((bar) => wrap(bar.name, names - 9, 13, 600, 2));
  const gap = 21 + 15 * Math.max(1, ...rows.map((each) => each.length));
  const places = spread(
    plan.right.map((bar) => bar.y + bar.height / 2),
    gap,
    gap / 2 - 4,
    Math.max(gap / 2 - 4, plan.height - gap / 2),
  );
  plan.right.forEach((bar, i) => {
    const y = places[i]! - 2 - (rows[i]!.length - 1) * 7.5;
    group.append(...lines(x[2] + BAR + 7, y, rows[i]!, 15, { size: 13, weight: 600 }));
    group.append(text(x[2] + BAR + 7, y + rows[i]!.length * 15 + 1, say(bar.amount), { size: 13, fill: SOFT }));
  });
  return group;
}

/** Name and amount, or as much of the name as there is room for. */
function label(bar: Bar, say: (amount: number) => string, room: number, weight: number): string {
  const whole = `${bar.name} ${say(bar.amount)}`;
  return measure(whole, 13, weight) <= room ? whole : clip(bar.name, room, 13, weight);
}

function ribbons(
  found: Ribbon[],
  from: Bar[],
  to: Bar[],
  x1: number,
  x2: number,
  scale: number,
  say: (amount: number) => string,
  colours: Record<string, string>,
): SVGElement[] {
  const leftAt = from.map((bar) => bar.y);
  const rightAt = to.map((bar) => bar.y);
  const bend = (x1 + x2) / 2;
  return found.map((ribbon) => {
    const height = ribbon.amount * scale;
    const y1 = leftAt[ribbon.from]!;
    const y2 = rightAt[ribbon.to]!;
    leftAt[ribbon.from] = y1 + height;
    rightAt[ribbon.to] = y2 + height;
    // Hair lines stay visible.
    const thick = Math.max(height, 0.6);
    const d = `M${p(x1)} ${p(y1)}C${p(bend)} ${p(y1)} ${p(bend)} ${p(y2)} ${p(x2)} ${p(y2)}V${p(y2 + thick)}C${p(bend)} ${p(y2 + thick)} ${p(bend)} ${p(y1 + thick)} ${p(x1)} ${p(y1 + thick)}Z`;
    const node = path(d, { fill: colours[ribbon.kind], "fill-opacity": ribbon.kind === "direct" ? "0.6" : "0.68" });
    return title(node, `${ribbon.says}: ${say(ribbon.kind === "less" ? -ribbon.amount : ribbon.amount)} million USD`);
  });
}

const p = (value: number): string => String(Math.round(value * 10) / 10);
