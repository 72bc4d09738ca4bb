/** Who gains and who loses: parties in rows, one column for each thing they can gain or lose, each with its own scale. */

import { uprightGrid, valueScale } from "../axis";
import { FAINT, INK, LESS, MORE, SOFT, UNCLEAR } from "../colours";
import { scenarioHtml, shortChange, shown } from "../context";
import type { GainColumn, GainGroup, GainRow } from "../data";
import { select } from "../dom";
import { type Builder, Figure } from "../figure";
import { exists } from "../format";
import { gainRows, gainsHeading, isClear } from "../sentences";
import type { Store } from "../state";
import { circle, el, line, lines, measure, picture, text, title, wrap } from "../svg";
import { nameOf } from "../words";

const ROW = 30;
const MOST = 18;
const NARROW = 640;

interface Column {
  column: GainColumn;
  index: number;
  rows: Map<number, GainRow>;
}

export const gains: Builder = (section, store) => {
  const { model } = store;
  const all = model.report.gains;
  if (!all || all.length === 0) return null;
  const figure = new Figure(section, model, "gainers and losers");
  const who = select("Who", (value) => store.set({ who: Number(value) }));
  if (all.length > 1) figure.controls.append(who.node);

  const update = (): void => {
    const { state } = store;
    const group = all[state.who] ?? all[0]!;
    who.set(
      String(state.who),
      all.map((each, i) => ({ value: String(i), label: each.name })),
    );
    // Where a group knows nothing of a good, all goods are shown and the line says so.
    const good = group.rows.some((row) => row[1] === state.good) ? state.good : 0;
    const columns = columnsOf(group, state.scenario, good);
    const parties = order(group, columns, model.isLevel(state.scenario));
    figure.show({
      heading: gainsHeading(model, group, state.scenario, good),
      reading: reading(store, group, columns, good),
      draw: (width) => (parties.length > 0 ? draw(width, store, group, columns, parties, good) : null),
      sheet: () => sheet(group, columns, parties),
      empty: `Nothing changes for ${group.name} under this scenario.`,
    });
  };
  return { keys: ["scenario", "good", "who", "beside"], update, resize: (width) => figure.paint(width) };
};

function columnsOf(group: GainGroup, scenario: number, good: number): Column[] {
  return group.columns
    .map((column, index) => ({
      column,
      index,
      rows: new Map(gainRows(group, scenario, good, index).map((row) => [row[2], row])),
    }))
    .filter((each) => each.rows.size > 0);
}

/** By the first column that knows a party, largest loss first (of amounts, largest first); then those of the next. */
function order(group: GainGroup, columns: Column[], isLevel: boolean): number[] {
  const out: number[] = [];
  for (const { rows } of columns) {
    const fresh = [...rows.values()].filter((row) => !out.includes(row[2]));
    fresh.sort((a, b) => (isLevel ? Math.abs(b[4]) - Math.abs(a[4]) : a[4] - b[4]));
    out.push(...fresh.map((row) => row[2]));
  }
  if (out.length <= MOST) return out;
  // The smallest changes leave the picture; the table has them.
  const size = (party: number): number => Math.max(...columns.map((each) => Math.abs(each.rows.get(party)?.[4] ?? 0)));
  const kept = new Set([...out].sort((a, b) => size(b) - size(a)).slice(0, MOST));
  return out.filter((party) => kept.has(party) && party < group.parties.length);
}

function reading(store: Store, group: GainGroup, columns: Column[], good: number): string {
  const { model, state } = store;
  const isReference = model.isLevel(state.scenario);
  const bare = columns.some(({ rows }) => [...rows.values()].some((row) => !exists(row[5])));
  const head = isReference
    ? `Amounts under ${scenarioHtml(store, state.scenario)}.`
    : `Change under ${scenarioHtml(store, state.scenario)}.`;
  const colours = isReference
    ? ""
    : ` <b style="color:${LESS}">Orange: loses.</b> <b style="color:${MORE}">Blue: gains.</b> Grey: the 90% range holds zero.`;
  const goods = good === state.good ? "" : ` All goods: of ${group.name} there are no numbers by good here.`;
  return `${head}${colours}${bare ? " Hollow dots are means without a range." : ""}${goods}`;
}

const colourOf = (row: GainRow, isReference: boolean): string => {
  if (isReference) return INK;
  if (!isClear(row)) return UNCLEAR;
  return row[4] > 0 ? MORE : LESS;
};

function draw(
  width: number,
  store: Store,
  group: GainGroup,
  columns: Column[],
  parties: number[],
  good: number,
): SVGSVGElement {
  const { model, state } = store;
  const label = gainsHeading(model, group, state.scenario, good);
  const narrow = width < NARROW;
  if (narrow) return stacked(width, store, group, columns, parties, label);
  const labels = columns.length > 2 ? 150 : 230;
  const gap = 36;
  const room = Math.min((width - labels - gap * (columns.length - 1) - 16) / columns.length, 420);
  const top = room < 190 ? 124 : 70;
  const bottom = top + parties.length * ROW;
  const root = picture(width, bottom + 44, label);
  parties.forEach((party, i) => {
    const y = top + i * ROW + ROW / 2;
    root.append(...partyName(nameOf(group.parties[party]), labels - 12, y));
    if (i > 0) root.append(line(0, y - ROW / 2, width, y - ROW / 2, FAINT));
  });
  columns.forEach((each, k) => {
    const left = labels + k * (room + gap);
    root.append(...head(store, each, left, room, top));
    root.append(...marks(store, group, each, left + 8, left + room - 8, top, parties));
  });
  return root;
}

/** The name of a row, in two lines where one is too short. */
function partyName(name: string, room: number, middle: number): SVGElement[] {
  const rows = wrap(name, room, 13, 400, 2);
  return lines(0, middle + 5 - (rows.length - 1) * 7, rows, 14, { size: 13 });
}

function head(store: Store, { column, rows }: Column, left: number, room: number, height: number): SVGElement[] {
  const how = unitOf(column, rows);
  const under = wrap(`${how.name} over ${store.model.calendar.length()}`, room, 12, 400, 2);
  const names = wrap(column.name, room, 14, 600, 4);
  // Both stand on the foot of the head, whatever their lines.
  const foot = height - 18 - (under.length - 1) * 15;
  return [
    ...lines(left, foot - 19 - (names.length - 1) * 17, names, 17, { size: 14, weight: 600 }),
    ...lines(left, foot, under, 15, { size: 12, fill: SOFT }),
  ];
}

function unitOf(column: GainColumn, rows: Map<number, GainRow>): ReturnType<typeof shown> {
  const largest = Math.max(0, ...[...rows.values()].map((row) => Math.abs(row[4])));
  return column.unit === "usd" && largest >= 500
    ? { by: 1000, name: "bn USD", percent: false }
    : shown(column.unit, largest);
}

function marks(
  store: Store,
  group: GainGroup,
  { column, rows }: Column,
  left: number,
  right: number,
  top: number,
  parties: number[],
): SVGElement[] {
  const how = unitOf(column, rows);
  const shownRows = [...rows.values()].filter((row) => parties.includes(row[2]));
  const ends = shownRows.flatMap((row) => [row[4], row[5], row[6]].filter(exists)).map((x) => x / how.by);
  const scale = valueScale(Math.min(0, ...ends), Math.max(0, ...ends), left, right, 4);
  const out = uprightGrid(scale.ticks, scale.at, top, top + parties.length * ROW, how.percent);
  const isReference = store.model.isLevel(store.state.scenario);
  out.push(...sides(scale.at(0), left, right, top + parties.length * ROW + 35, !isReference || ends.some((x) => x < 0)));
  parties.forEach((party, i) => {
    const row = rows.get(party);
    if (!row) return;
    const y = top + i * ROW + ROW / 2;
    const colour = colourOf(row, isReference);
    const x = scale.at(row[4] / how.by);
    const node = el("g", {});
    const [, , , , , low, high] = row;
    const ranged = exists(low) && exists(high);
    if (ranged)
      node.append(
        el("line", {
          x1: scale.at(low / how.by),
          x2: scale.at(high / how.by),
          y1: y,
          y2: y,
          stroke: colour,
          "stroke-width": 2.5,
          "stroke-opacity": "0.45",
        }),
      );
    node.append(ranged ? circle(x, y, 5, colour) : circle(x, y, 4.5, "#fff", colour, 1.8));
    const words = ranged ? ` (${shortChange(low, how)} to ${shortChange(high, how)})` : " (mean)";
    out.push(title(node, `${nameOf(group.parties[party])}: ${shortChange(row[4], how)}${words}`));
  });
  return out;
}

/** What the two sides of zero mean, each where it has room. */
function sides(zero: number, left: number, right: number, y: number, isSigned: boolean): SVGElement[] {
  if (!isSigned) return [];
  const style = { size: 12, fill: SOFT };
  const room = measure("← loses", 12) + 6;
  const out: SVGElement[] = [];
  if (zero - left >= room - 12) out.push(text(zero - 6, y, "← loses", { ...style, anchor: "end" }));
  if (right - zero >= room - 12) out.push(text(zero + 6, y, "gains →", style));
  return out;
}

/** On a phone the columns stand below one another, each with its own rows only. */
function stacked(
  width: number,
  store: Store,
  group: GainGroup,
  columns: Column[],
  parties: number[],
  label: string,
): SVGSVGElement {
  const labels = 130;
  const blocks = columns.map((each) => ({ each, own: parties.filter((party) => each.rows.has(party)) }));
  const heights = blocks.map(({ own }) => 66 + own.length * ROW + 58);
  const root = picture(
    width,
    heights.reduce((a, b) => a + b, 0),
    label,
  );
  let top = 0;
  blocks.forEach(({ each, own }, k) => {
    const group1 = el("g", { transform: `translate(0 ${top})` });
    group1.append(...head(store, each, 0, width, 66));
    own.forEach((party, i) =>
      group1.append(
        ...partyName(
          group.parties[party]?.short ?? nameOf(group.parties[party]),
          labels - 8,
          66 + i * ROW + ROW / 2,
        ),
      ),
    );
    group1.append(...marks(store, group, each, labels + 8, width - 22, 66, own));
    root.append(group1);
    top += heights[k]!;
  });
  return root;
}

function sheet(
  group: GainGroup,
  columns: Column[],
  parties: number[],
): { head: string[]; rows: (string | number | null)[][] } {
  const all = new Set([...parties, ...columns.flatMap((each) => [...each.rows.keys()])]);
  const rows = [...all].flatMap((party) =>
    columns.flatMap(({ column, rows: own }) => {
      const row = own.get(party);
      return row
        ? [
            [
              nameOf(group.parties[party]),
              column.name,
              column.unit === "usd" ? "million USD" : column.unit,
              row[4],
              row[5],
              row[6],
            ],
          ]
        : [];
    }),
  );
  return { head: ["Who", "What", "Unit", "Mean", "5%", "95%"], rows };
}
