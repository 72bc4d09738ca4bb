/** Dated measures as numbers: those that begin in the same month share one. */

import type { Measure } from "../data";
import { html } from "../dom";
import { capital, list } from "../format";
import { lower } from "../sentences";
import type { Store } from "../state";
import { aimedAt, firstClause, measureName } from "../words";

export interface Mark {
  month: number;
  number: number;
  rows: { name: string; source: string }[];
}

/** Measures of the scenario looked at that begin within the run; by default only what the reference does not have. */
export function marksOf(store: Store): Mark[] {
  const { model, state } = store;
  const { measures, scenarios } = model.report;
  const known = scenarios[state.scenario]?.measures ?? [];
  const reference =
    model.reference === null || state.scenario === model.reference ? [] : (scenarios[model.reference]?.measures ?? []);
  const wanted = known.filter((i) => state.marks === "all" || !reference.includes(i));
  const byMonth = new Map<number, number[]>();
  for (const i of wanted) {
    const month = measures?.[i]?.from ?? -1;
    if (month < 0 || month >= model.months) continue;
    byMonth.set(month, [...(byMonth.get(month) ?? []), i]);
  }
  return [...byMonth.entries()]
    .sort((a, b) => a[0] - b[0])
    .map(([month, found], k) => ({ month, number: k + 1, rows: merged(store, found) }));
}

/** Measures of one kind, issuer and direction in one month are said once, with all they are aimed at. */
function merged(store: Store, found: number[]): { name: string; source: string }[] {
  const { model } = store;
  const groups = new Map<string, Measure[]>();
  for (const i of found) {
    const measure = model.report.measures![i]!;
    const key = `${measure.kind} ${measure.issuer ?? ""} ${measure.direction ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), measure]);
  }
  return [...groups.values()].map((measures) => {
    const first = measures[0]!;
    const goods = [...new Set(measures.flatMap((measure) => measure.goods ?? []))].map((good) =>
      lower(model.good(good)),
    );
    const about = goods.length > 0 && goods.length <= 2 ? ` (${list(goods)})` : "";
    const sources = [
      ...new Set(measures.flatMap((measure) => (measure.source ? [firstClause(measure.source)] : []))),
    ].slice(0, 2);
    const ends = [...new Set(measures.map((measure) => measure.until ?? -1))];
    const until =
      ends.length === 1 && ends[0]! > 0 && ends[0]! < model.months
        ? `, until ${model.calendar.name(ends[0]! - 1)}`
        : "";
    const name = measureName(first.kind, first.direction, aimedAt(measures));
    const issuer = first.issuer ? `${capital(first.issuer)}. ` : "";
    return { name: `${issuer}${name}${about}${until}`, source: sources.map(capital).join(". ") };
  });
}

/** Lanes for circles of 20 px, so that no two touch. */
export function circleRows(marks: Mark[], step: number): { lanes: number; lane: number[] } {
  const ends: number[] = [];
  const lane = marks.map((mark) => {
    const at = mark.month * step;
    let i = ends.findIndex((end) => at - end >= 20);
    if (i < 0) i = ends.length;
    ends[i] = at;
    return i;
  });
  return { lanes: ends.length, lane };
}

export function markList(store: Store, marks: Mark[]): HTMLElement[] {
  if (marks.length === 0) return [];
  const { calendar } = store.model;
  const items = marks.map((mark) => {
    const item = html("li", { value: String(mark.number) });
    mark.rows.forEach((row, i) => {
      const month = i === 0 ? [html("b", {}, calendar.name(mark.month)), " "] : [];
      const source = row.source ? [html("span", { class: "source" }, ` Source: ${row.source}`)] : [];
      item.append(html("div", {}, ...month, `${row.name}.`, ...source));
    });
    return item;
  });
  return [html("ol", { class: `marks${marks.length > 16 ? " many" : ""}` }, ...items)];
}
