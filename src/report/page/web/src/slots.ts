/**
 * What the tool writes into the template for the state in which a page opens, by the same rules as the page. It is not
 * part of the bundle: `slots.mjs` prints it for a data file, to compare the tool's sentences with.
 */

import type { Report } from "./data";
import { escape } from "./figure";
import { type Maybe, exists } from "./format";
import { Model } from "./model";
import * as say from "./sentences";
import { defaults } from "./state";
import { openingHeading as capacities } from "./views/capacities";
import { openingHeading as drivers } from "./views/drivers";
import { openingHeading as flows } from "./views/flows";
import { openingHeading as map } from "./views/map";
import { metricName, nameOf } from "./words";

export function slots(report: Report): Record<string, string> {
  const model = new Model(report);
  const state = defaults(model);
  const { scenario, metric, month } = state;
  const out: Record<string, string> = {
    title: say.pageTitle(model),
    about: say.about(model),
    h1: say.pageTitle(model),
    answer: say
      .answer(model)
      .map((rich) => paragraph(rich, model))
      .join("\n"),
    "answer-notes": say
      .answerNotes(model)
      .map((rich) => paragraph(rich, model))
      .join("\n"),
    "heading-basis": say.basisHeading(model),
  };
  if (model.scenarios.length > 1) {
    out["heading-ranking"] = say.rankingHeading(model, metric, 0);
    out["plain-ranking"] = ranking(model);
  }
  const group = report.gains?.[0];
  if (group) {
    out["heading-gains"] = say.gainsHeading(model, group, scenario, 0);
    out["plain-gains"] = gains(model, scenario);
  }
  if (report.months) out["heading-months"] = say.monthsHeading(model, { scenario, metric, good: 0, via: -1 });
  else if (report.records) out["heading-months"] = say.recordsHeading(model, scenario, 0);
  if (report.flows) out["heading-flows"] = flows(model, state);
  if (report.map) out["heading-map"] = map(model, state);
  if (report.capacities) out["heading-capacities"] = capacities(model, state);
  if (report.designations) out["heading-designations"] = say.designationsHeading(model, scenario, month);
  if (report.drivers) out["heading-drivers"] = drivers(model, state);
  return out;
}

const paragraph = (rich: say.Rich, model: Model): string =>
  `<p>${rich.map((part) => (typeof part === "string" ? escape(part) : `<b class="s" data-scenario="${part.scenario}">${escape(model.title(part.scenario))}</b>`)).join("")}</p>`;

const row = (cells: string[], tag = "td"): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join("")}</tr>`;
const table = (head: string[], rows: string[][]): string =>
  `<table><thead>${row(head, "th")}</thead><tbody>${rows.map((cells) => row(cells)).join("")}</tbody></table>`;

/** "−$17 bn (−22 to −12)": a change with its sign, for tables. */
function change(mean: number, low: Maybe, high: Maybe, unit: string): string {
  const sign = mean < 0 ? "−" : mean > 0 ? "+" : "";
  if (unit !== "usd") return `${sign}${say.value(Math.abs(mean), unit)}`;
  const money = say.moneyUnit(Math.abs(mean));
  return `${sign}${say.amount(mean, money)}${exists(low) && exists(high) ? say.range(low, high, money) : ""}`;
}

function ranking(model: Model): string {
  const metrics = [0, model.metric(say.PRICE)].filter((metric) => metric >= 0);
  const columns = metrics.map((metric) => ({ metric, rows: model.standings(metric, 0) }));
  const head = [
    "Scenario",
    ...metrics.map(
      (metric) => `${metricName(model.report.metrics[metric]!)}${model.reference === null ? "" : ", change"}`,
    ),
  ];
  const rows = columns[0]!.rows.map(({ scenario }) => [
    model.title(scenario),
    ...columns.map(({ metric, rows: all }) => {
      const found = all.find((each) => each.scenario === scenario);
      return found ? change(found.mean, found.p05, found.p95, model.report.metrics[metric]!.unit) : "–";
    }),
  ]);
  return table(head, rows);
}

function gains(model: Model, scenario: number): string {
  const group = model.report.gains![0]!;
  const columns = group.columns.map((column, index) => ({ column, rows: say.gainRows(group, scenario, 0, index) }));
  const parties = [...new Set(columns.flatMap(({ rows }) => rows.map((each) => each[2])))];
  const rows = parties.map((party) => [
    nameOf(group.parties[party]),
    ...columns.map(({ column, rows: all }) => {
      const found = all.find((each) => each[2] === party);
      return found ? change(found[4], found[5], found[6], column.unit) : "–";
    }),
  ]);
  return table(["Who", ...group.columns.map((column) => column.name)], rows);
}
