/** When firms of each country are listed: the share of draws in which it has happened, and in which it happens that month. */

import { area, curveStep } from "d3-shape";
import { yearAxis } from "../axis";
import { FAINT, INK, LESS, MORE, SOFT } from "../colours";
import { scenarioHtml } from "../context";
import { type Builder, Figure } from "../figure";
import { percent } from "../format";
import type { Model } from "../model";
import { designationsHeading } from "../sentences";
import { circle, line, path, picture, text, title } from "../svg";

interface Row {
  name: string;
  occurs: number[];
  has: number[];
}

const HIGH = 38;

export const designations: Builder = (section, store) => {
  const { model } = store;
  const data = model.report.designations;
  if (!data || !data.rows.some((rows) => rows.length > 0)) return null;
  const figure = new Figure(section, model, "designations");
  const update = (): void => {
    const { state } = store;
    const rows = rowsOf(model, state.scenario);
    const heading = designationsHeading(model, state.scenario, state.month);
    const some = data.rows.flatMap((each, i) => (each.length > 0 ? [model.title(i)] : []));
    figure.show({
      heading,
      reading: `Under ${scenarioHtml(store, state.scenario)}. <b style="color:${MORE}">Blue: share of draws in which firms of the country have been listed</b>, each row from 0 to 100%. <b style="color:${LESS}">Dots: months with a listing</b>, larger in more draws. Listings before the run are not counted.`,
      draw: (width) => (rows.length > 0 ? draw(width, model, rows, heading, state.month) : null),
      sheet: () => ({
        head: [
          "Country",
          "Month",
          "Share of draws with a listing in the month",
          "Share of draws with a listing until then",
        ],
        rows: rows.flatMap((row) =>
          row.has.map((has, i) => [row.name, model.calendar.iso(i), row.occurs[i] ?? 0, has]),
        ),
      }),
      empty: `This scenario lists no firms. ${some.length > 0 ? `These do: ${some.join("; ")}.` : ""}`,
    });
  };
  return { keys: ["scenario", "month"], update, resize: (width) => figure.paint(width) };
};

/** Several programmes that list firms of one country are shown as one row: the likelier of them in each month. */
function rowsOf(model: Model, scenario: number): Row[] {
  const found = new Map<number, Row>();
  for (const [, target, occurs, has] of model.report.designations!.rows[scenario] ?? []) {
    const row = found.get(target) ?? { name: model.land(target), occurs: occurs.map(() => 0), has: has.map(() => 0) };
    row.occurs = row.occurs.map((value, i) => Math.max(value, occurs[i] ?? 0));
    row.has = row.has.map((value, i) => Math.max(value, has[i] ?? 0));
    found.set(target, row);
  }
  const first = (row: Row): number => row.has.findIndex((value) => value >= 0.5);
  const rank = (row: Row): number => (first(row) < 0 ? Infinity : first(row));
  return [...found.values()].sort((a, b) => rank(a) - rank(b) || b.has.at(-1)! - a.has.at(-1)!);
}

function draw(width: number, model: Model, rows: Row[], label: string, month: number): SVGSVGElement {
  const labels = width < 640 ? 108 : 170;
  const right = width - 62;
  const top = 22;
  const bottom = top + rows.length * HIGH;
  const root = picture(width, bottom + 28, label);
  const x = (i: number): number => labels + (model.months < 2 ? 0 : (i / (model.months - 1)) * (right - labels));
  root.append(text(right + 8, 12, "by the end", { size: 12, fill: SOFT, anchor: "middle" }));
  rows.forEach((row, k) => {
    const foot = top + (k + 1) * HIGH - 6;
    const y = (value: number): number => foot - value * (HIGH - 12);
    const shape = area<number>()
      .x(x)
      .y0(foot)
      .y1((i) => y(row.has[i]!))
      .curve(curveStep)
      .digits(1);
    root.append(text(0, foot - 9, width < 640 ? short(model, row.name) : row.name, { size: 13 }));
    root.append(
      line(labels, y(1), right, y(1), FAINT),
      path(shape(row.has.map((_, i) => i)) ?? "", { fill: MORE, "fill-opacity": "0.28" }),
      line(labels, foot, right, foot, SOFT),
    );
    row.occurs.forEach((value, i) => {
      if (value >= 0.02)
        root.append(
          title(
            circle(x(i), foot, 1 + 3.2 * Math.sqrt(value), LESS),
            `${row.name}, ${model.calendar.name(i)}: listed in ${percent(value)} of draws`,
          ),
        );
    });
    root.append(text(right + 10, foot - 9, percent(row.has.at(-1) ?? 0), { size: 13 }));
  });
  root.append(line(x(month), top, x(month), bottom, INK, 0.8, "2 2"));
  root.append(...yearAxis(model.calendar, x, bottom));
  return root;
}

const short = (model: Model, name: string): string =>
  model.report.lands.find((land) => land.name === name)?.short ?? name;
