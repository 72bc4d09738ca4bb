/** Where trade goes: seller, way, buyer. Before and after at one scale, or what changed against the reference. */

import { KIND, LESS, MORE, SOFT } from "../colours";
import { scenarioHtml } from "../context";
import { choice, select, slider } from "../dom";
import { type Builder, Figure } from "../figure";
import { exists, round, signed, the } from "../format";
import type { Model } from "../model";
import { changeHeading, flowsHeading } from "../sentences";
import type { State, Store } from "../state";
import { el, picture, text } from "../svg";
import { MODES, nameOf } from "../words";
import { type Flow, TALL_SLOT, diagram, layout, short } from "./sankey";

const NARROW = 640;

export const flows: Builder = (section, store) => {
  const { model } = store;
  const data = model.report.flows;
  if (!data) return null;
  const figure = new Figure(section, model, "flows");
  const seller = select("Sellers", (value) => store.set({ seller: Number(value) }));
  const mode = choice(
    "Show",
    [
      { value: "sides", label: "before and after" },
      { value: "change", label: "change" },
    ],
    (value) => store.set({ sankey: value as State["sankey"] }),
  );
  const month = slider("Month", model.calendar.last, (value) => store.set({ month: value }));
  figure.controls.append(seller.node, mode.node, month.node);
  const rows = model.flows.bind(model);

  const update = (): void => {
    const { state } = store;
    seller.set(String(state.seller), [
      ...data.sellers.map((each, i) => ({ value: String(i), label: nameOf(each) })),
      { value: String(data.sellers.length), label: "all sellers" },
    ]);
    mode.set(state.sankey);
    month.set(state.month, model.calendar.name(state.month));
    const pick = (scenario: number, at: number): Flow[] => gather(rows(scenario), state, data.sellers.length, at);
    const good = state.good !== 0 && rows(state.scenario).some(({ row }) => row[0] === state.good) ? state.good : 0;
    const view = { ...state, good };
    const at = (scenario: number, when: number): Flow[] =>
      good === state.good ? pick(scenario, when) : gather(rows(scenario), view, data.sellers.length, when);
    if (state.sankey === "change") showChange(figure, store, at);
    else showSides(figure, store, at, good);
  };
  return { keys: ["scenario", "good", "seller", "month", "sankey"], update, resize: (width) => figure.paint(width) };
};

/** Adds up goods, and only what the choice of sellers asks for. */
function gather(rows: ReturnType<Model["flows"]>, state: State, sellers: number, month: number): Flow[] {
  const sums = new Map<string, Flow>();
  for (const { row, mean } of rows) {
    const [good, seller, way, buyer] = row;
    if (state.good !== 0 && good !== state.good) continue;
    if (state.seller < sellers && seller !== state.seller) continue;
    const amount = mean[month];
    if (!exists(amount) || amount === 0) continue;
    const key = `${seller} ${way} ${buyer}`;
    const sum = sums.get(key) ?? { seller, way, buyer, amount: 0 };
    sum.amount += amount;
    sums.set(key, sum);
  }
  return [...sums.values()];
}

const total = (found: Flow[]): number => found.reduce((sum, each) => sum + each.amount, 0);

function sellerName(model: Model, state: State): string {
  const one = model.report.flows!.sellers[state.seller];
  return one ? nameOf(one) : "all sellers";
}

function legend(model: Model, found: Flow[]): string {
  const kinds = [...new Set(found.map((each) => model.report.flows!.ways[each.way]!.kind))];
  const words: Record<string, string> = {
    direct: "Grey: direct.",
    reexport: "Blue: cleared by a third country and sent on.",
    ghost: "Orange: declared for a third country, never arrives there.",
    relabel: "Purple: sold as another country’s product.",
  };
  const ink: Record<string, string> = { ...KIND, direct: SOFT };
  return Object.keys(words)
    .filter((kind) => kinds.includes(kind as never))
    .map((kind) => `<b style="color:${ink[kind]}">${words[kind]}</b>`)
    .join(" ");
}

function headingOf(model: Model, state: State, good: number, before: Flow[], after: Flow[]): string {
  const ways = model.report.flows!.ways;
  const hidden = total(after.filter((each) => ways[each.way]!.kind !== "direct"));
  return flowsHeading(model, {
    seller: sellerName(model, state),
    good,
    month: state.month,
    before: total(before),
    after: total(after),
    hidden,
  });
}

function showSides(figure: Figure, store: Store, at: (scenario: number, month: number) => Flow[], good: number): void {
  const { model, state } = store;
  const before = at(state.scenario, 0);
  const after = at(state.scenario, state.month);
  const both = [...before, ...after];
  const heading = headingOf(model, state, good, before, after);
  const note = good === state.good ? "" : " All goods: of the chosen one nothing is restricted.";
  figure.show({
    heading,
    reading: `Under ${scenarioHtml(store, state.scenario)}, mean of the draws, both sides at one scale. ${legend(model, both)}${note}`,
    draw: (width) => (both.length > 0 ? drawSides(width, store, before, after, heading) : null),
    sheet: () =>
      sheet(model, [
        [model.calendar.iso(0), before],
        [model.calendar.iso(state.month), after],
      ]),
    empty: "None of these sellers’ trade is restricted for this good.",
  });
}

function showChange(figure: Figure, store: Store, at: (scenario: number, month: number) => Flow[]): void {
  const { model, state } = store;
  const isReference = model.reference === null || state.scenario === model.reference;
  const base = isReference ? at(state.scenario, 0) : at(model.reference!, state.month);
  const now = at(state.scenario, state.month);
  const changes = difference(base, now);
  const byWay = new Map<string, number>();
  for (const each of changes) {
    const { kind, via } = model.report.flows!.ways[each.way]!;
    const name = via < 0 ? "direct trade" : `the way through ${the(model.land(via))}`;
    byWay.set(kind === "direct" ? "direct trade" : name, (byWay.get(name) ?? 0) + each.amount);
  }
  const order = [...byWay.entries()].map(([way, by]) => ({ way, by })).sort((a, b) => a.by - b.by);
  const least = order[0] && order[0].by < 0 ? order[0] : null;
  const most = order.at(-1) && order.at(-1)!.by > 0 ? order.at(-1)! : null;
  const heading = isReference
    ? changeHeading(model, sellerName(model, state), state.month, most, least)
        .replace("Against the reference", `Against ${model.calendar.name(0)}`)
        .replace("as under the reference", "as at the start")
    : changeHeading(model, sellerName(model, state), state.month, most, least);
  const against = isReference ? model.calendar.name(0) : "the reference in the same month";
  figure.show({
    heading,
    reading: `Change under ${scenarioHtml(store, state.scenario)} against ${against}; width: size of the change. <b style="color:${LESS}">Orange: less.</b> <b style="color:${MORE}">Blue: more.</b>`,
    draw: (width) => (changes.length > 0 ? drawChange(width, store, changes, total(base), heading) : null),
    sheet: () => sheet(model, [[`${model.calendar.iso(state.month)}, change`, changes]]),
    empty: "These flows are the same as in the reference.",
  });
}

/** Changes below a thousandth of what flows are rounding. */
function difference(base: Flow[], now: Flow[]): Flow[] {
  const sums = new Map<string, Flow>();
  const add = (each: Flow, sign: number): void => {
    const key = `${each.seller} ${each.way} ${each.buyer}`;
    const sum = sums.get(key) ?? { ...each, amount: 0 };
    sum.amount += sign * each.amount;
    sums.set(key, sum);
  };
  for (const each of now) add(each, 1);
  for (const each of base) add(each, -1);
  const least = Math.max(total(base), total(now)) / 1000;
  return [...sums.values()].filter((each) => Math.abs(each.amount) > least);
}

function drawSides(width: number, store: Store, before: Flow[], after: Flow[], heading: string): SVGSVGElement {
  const { model, state } = store;
  const narrow = width < NARROW;
  const room = narrow ? width : (width - 60) / 2;
  const scale = (narrow ? 210 : 300) / Math.max(total(before), total(after), 1e-9);
  const sides = [
    { name: `Before: ${model.calendar.name(0)}`, found: before },
    { name: `After: ${model.calendar.name(state.month)}`, found: after },
  ].map((side) => ({ ...side, plan: layout(model, side.found, scale, false, narrow ? TALL_SLOT : undefined) }));
  const tall = Math.max(...sides.map((side) => side.plan.height));
  const height = narrow ? sides.reduce((sum, side) => sum + side.plan.height + 74, 0) : tall + 54;
  const root = picture(width, height, heading);
  let y = 0;
  sides.forEach((side, i) => {
    const group = el("g", { transform: `translate(${narrow ? 0 : i * (room + 60)} ${y})` });
    group.append(
      text(0, 15, side.name, { size: 15, weight: 600 }),
      text(0, 34, `${round(total(side.found))} million USD in the month`, { size: 13, fill: SOFT }),
    );
    if (side.found.length === 0) group.append(text(0, 66, "nothing", { fill: SOFT }));
    else group.append(diagram(side.plan, room, scale, short, KIND));
    root.append(group);
    if (narrow) y += side.plan.height + 74;
  });
  return root;
}

function drawChange(width: number, store: Store, changes: Flow[], before: number, heading: string): SVGSVGElement {
  const { model } = store;
  const size = changes.reduce((sum, each) => sum + Math.abs(each.amount), 0);
  const scale = (width < NARROW ? 220 : 300) / size;
  const plan = layout(model, changes, scale, true, width < NARROW ? TALL_SLOT : undefined);
  const root = picture(width, plan.height + 54, heading);
  const group = el("g", {});
  group.append(text(0, 15, `Change in ${model.calendar.name(store.state.month)}`, { size: 15, weight: 600 }));
  group.append(
    text(0, 34, `${signed(total(changes))} million USD in the month, from ${round(before)}`, { size: 13, fill: SOFT }),
  );
  group.append(
    diagram(plan, Math.min(width, 860), scale, (amount) => (amount > 0 ? `+${short(amount)}` : short(amount)), {
      less: LESS,
      more: MORE,
    }),
  );
  root.append(group);
  return root;
}

function sheet(model: Model, sides: [string, Flow[]][]): { head: string[]; rows: (string | number | null)[][] } {
  const { ways, sellers, buyers } = model.report.flows!;
  const rows = sides.flatMap(([month, found]) =>
    [...found]
      .sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount))
      .map((each) => {
        const { kind, via } = ways[each.way]!;
        return [
          month,
          nameOf(sellers[each.seller]),
          via < 0 ? "" : model.land(via),
          MODES[kind] ?? kind,
          nameOf(buyers[each.buyer]),
          Number(each.amount.toPrecision(4)),
        ];
      }),
  );
  return { head: ["Month", "Seller", "Through", "Kind", "Buyer", "Million USD"], rows };
}
