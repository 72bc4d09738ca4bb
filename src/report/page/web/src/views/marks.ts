/** Dated measures as numbers: those that begin in the same month share one. */

import { html } from "../dom";
import { list } from "../format";
import { lower } from "../sentences";
import type { Store } from "../state";
import { firstClause, measureName } from "../words";

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

/** Measures of one kind and issuer in one month are said once, with all they are aimed at. */
function merged(store: Store, found: number[]): { name: string; source: string }[] {
  const { model } = store;
  const groups = new Map<string, number[]>();
  for (const i of found) {
    const { kind, issuer } = model.report.measures![i]!;
    const key = `${kind} ${issuer ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  return [...groups.values()].map((same) => {
    const measures = same.map((i) => model.report.measures![i]!);
    const first = measures[0]!;
    const targets = [...new Set(measures.flatMap((measure) => measure.targets ?? []))].filter(
      (name) => name !== first.issuer,
    );
    const goods = [...new Set(measures.flatMap((measure) => measure.goods ?? []))].map((good) =>
      lower(model.good(good)),
    );
    const about =
      targets.length > 0 && targets.length <= 5
        ? ` (${list(targets)})`
        : targets.length > 5
          ? ` (${targets.length} countries)`
          : goods.length > 0 && goods.length <= 3
            ? ` (${list(goods)})`
            : "";
    const by = first.issuer ? `, by ${first.issuer}` : "";
    const sources = [
      ...new Set(measures.flatMap((measure) => (measure.source ? [firstClause(measure.source)] : []))),
    ].slice(0, 2);
    const ends = [...new Set(measures.map((measure) => measure.until ?? -1))];
    const until =
      ends.length === 1 && ends[0]! > 0 && ends[0]! < model.months
        ? `, until ${model.calendar.name(ends[0]! - 1)}`
        : "";
    return { name: `${measureName(first)}${about}${by}${until}`, source: sources.join("; ") };
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
    const item = html("li", { value: String(mark.number) }, html("b", {}, calendar.name(mark.month)), " ");
    mark.rows.forEach((row, i) => {
      if (i > 0) item.append(html("br"));
      item.append(row.name);
      if (row.source) item.append(html("span", { class: "source" }, ` ${row.source}`));
    });
    return item;
  });
  return [html("ol", { class: `marks${marks.length > 16 ? " many" : ""}` }, ...items)];
}
