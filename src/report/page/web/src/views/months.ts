/** Month by month: median and 90% band of a metric or of a customs record, with the measures and what was observed. */

import { say, scenarioHtml, shown, styleOf } from "../context";
import { check, choice, html, select } from "../dom";
import { type Builder, Figure, escape } from "../figure";
import { exists } from "../format";
import { lower, monthsHeading, recordName, recordsHeading } from "../sentences";
import type { State, Store } from "../state";
import { metricName, metricNoun, nameOf } from "../words";
import { markList, marksOf } from "./marks";
import { type Line, type Plot, draw } from "./monthsPlot";

export const months: Builder = (section, store) => {
  const { model } = store;
  const { report } = model;
  if (!report.months && !report.records) return null;
  const figure = new Figure(section, model, "month by month");
  const what = select("What", (value) => {
    if (value.startsWith("r")) store.set({ series: "record", record: Number(value.slice(1)) });
    else store.set({ series: "metric", metric: Number(value) });
  });
  const via = select("Through", (value) => store.set({ via: Number(value) }));
  const show = choice(
    "Show",
    [
      { value: "amounts", label: "amounts" },
      { value: "differences", label: "differences" },
    ],
    (value) => store.set({ show: value as State["show"] }),
  );
  const marks = choice(
    "Measures",
    [
      { value: "added", label: "added to the reference" },
      { value: "all", label: "all" },
    ],
    (value) => store.set({ marks: value as State["marks"] }),
  );
  figure.controls.append(what.node, via.node, show.node, marks.node);
  const beside = html(
    "details",
    { class: "beside" },
    html("summary", {}, "Choose up to four scenarios to compare"),
    html("div", { class: "checks" }),
  );
  const readout = html("p", { class: "readout", "aria-live": "polite" });
  figure.above.append(beside, readout);

  let at: number | null = null;
  let plot: Plot | null = null;
  const tell = (): void => {
    if (plot) readout.replaceChildren(...reading(store, plot, at ?? model.calendar.last));
  };

  const update = (): void => {
    const { state } = store;
    const asMetric = state.series === "metric" && report.months !== undefined;
    const chosen = effective(store);
    what.set(asMetric ? String(chosen.metric) : `r${state.record}`, whatOptions(store));
    via.set(String(chosen.via), viaOptions(store));
    via.show(asMetric && viaOptions(store).length > 1);
    show.set(chosen.show);
    show.show(asMetric && model.hasGaps);
    marks.set(state.marks);
    marks.show(state.scenario !== model.reference && model.reference !== null && (report.measures?.length ?? 0) > 0);
    fillChecks(beside, store);
    plot = asMetric ? metricPlot(store, chosen) : recordPlot(store);
    const current = plot;
    figure.show({
      heading: current.heading,
      reading: legend(store, current, chosen),
      draw: (width) =>
        current.lines.length > 0
          ? draw(
              width,
              store,
              current,
              (month) => ((at = month), tell()),
              () => at,
            )
          : null,
      sheet: () => sheet(store, current),
      empty: "No scenario has this metric for this good and way.",
    });
    readout.hidden = current.lines.length === 0;
    tell();
    figure.below.replaceChildren(...markList(store, current.marks));
  };
  return {
    keys: ["scenario", "metric", "good", "via", "series", "record", "show", "beside", "marks"],
    update,
    resize: (width) => figure.paint(width),
  };
};

/** What is really shown: a choice that a metric does not have falls back to all. */
interface Effective {
  metric: number;
  good: number;
  via: number;
  show: State["show"];
  note: string;
}

function effective(store: Store): Effective {
  const { model, state } = store;
  // A metric that is not followed by month gives way to the first.
  const metric = model.hasFan(state.metric, 0, -1) ? state.metric : 0;
  const via = model.hasFan(metric, state.good, state.via) || model.hasFan(metric, 0, state.via) ? state.via : -1;
  const hasGood = model.hasFan(metric, state.good, via);
  const good = hasGood ? state.good : 0;
  // Above ten scenarios differences by good are left out of the data.
  const gaps = shownScenarios(store).some((s) => model.gap(s, metric, good, via));
  const show = state.show === "differences" && gaps ? "differences" : "amounts";
  const other =
    metric === state.metric
      ? ""
      : ` The chosen metric is not followed by month; this is ${metricNoun(model.report.metrics[metric]!)}.`;
  const all = hasGood ? "" : ` All goods: there is none of it for ${escape(lower(model.good(state.good)))} alone.`;
  return { metric, good, via, show, note: other + all };
}

function whatOptions(store: Store): { value: string; label: string; group?: string }[] {
  const { model } = store;
  const { metrics, records } = model.report;
  const out: { value: string; label: string; group?: string }[] = [];
  const group = records ? "Fate of restricted trade" : undefined;
  metrics.forEach((metric, i) => {
    if (model.hasFan(i, 0, -1)) out.push({ value: String(i), label: metricName(metric), group });
  });
  records?.series.forEach((_, i) =>
    out.push({
      value: `r${i}`,
      label: recordName(model, i),
      group:
        model.report.records!.observed ? "Customs records, beside what was observed" : "Customs records",
    }),
  );
  return out;
}

function viaOptions(store: Store): { value: string; label: string }[] {
  const { model, state } = store;
  const metric = model.hasFan(state.metric, 0, -1) ? state.metric : 0;
  const ways = (model.report.months?.via ?? []).filter(
    (via) => model.hasFan(metric, 0, via) || model.hasFan(metric, state.good, via),
  );
  return [
    { value: "-1", label: "all countries" },
    ...ways.map((via) => ({ value: String(via), label: nameOf(model.report.lands[via]) })),
  ];
}

/** The reference, the scenario looked at and those picked beside it: at most six lines. */
function shownScenarios(store: Store): number[] {
  const { model, state } = store;
  const out = [state.scenario, ...state.beside];
  if (model.reference !== null) out.unshift(model.reference);
  return [...new Set(out)].slice(0, 6);
}

function metricPlot(store: Store, chosen: Effective): Plot {
  const { model, state } = store;
  const { metric, good, via, show } = chosen;
  const found = shownScenarios(store).flatMap((scenario) => {
    const fan =
      show === "differences" ? model.gap(scenario, metric, good, via) : model.fan(scenario, metric, good, via);
    return fan && fan.p50.some(exists) ? [{ scenario, fan }] : [];
  });
  const unit = model.report.metrics[metric]!.unit;
  const how = shown(unit, largest(found), unit === "usd" || unit === "t" ? " a month" : "");
  return {
    lines: found,
    gap: show === "amounts" && found.length > 1 ? model.gap(state.scenario, metric, good, via) : null,
    isRecord: false,
    dots: null,
    marks: marksOf(store),
    how,
    heading: monthsHeading(model, { scenario: state.scenario, metric, good, via }),
  };
}

function recordPlot(store: Store): Plot {
  const { model, state } = store;
  const found = shownScenarios(store).flatMap((scenario) => {
    const fan = model.record(scenario, state.record);
    return fan ? [{ scenario, fan }] : [];
  });
  const unit = model.report.records!.series[state.record]?.unit ?? "usd";
  const dots = model.observed(state.record);
  return {
    lines: found,
    gap: null,
    isRecord: true,
    dots,
    marks: marksOf(store),
    how: shown(unit, largest(found), " a month"),
    heading: recordsHeading(model, state.scenario, state.record),
  };
}

const largest = (found: Line[]): number =>
  Math.max(0, ...found.flatMap(({ fan }) => [...fan.p95, ...fan.p05].filter(exists).map(Math.abs)));

function legend(store: Store, plot: Plot, chosen: Effective): string {
  const { model, state } = store;
  const name = scenarioHtml(store, state.scenario);
  const numbers = plot.marks.length > 0 ? " Numbers mark the month in which a measure begins." : "";
  if (plot.isRecord) {
    const dots = plot.dots ? ` ${escape(model.report.records?.note ?? "Dots: observed.")}` : "";
    return `Simulated under ${name}. Line: median. Band: 90% of draws.${dots}${numbers}`;
  }
  const kind = chosen.show === "differences" ? "Difference from the reference, draw by draw." : `Amounts under ${name}.`;
  const gap = plot.gap
    ? " The heading states the median of the differences draw by draw. The gap between two medians need not be the same."
    : "";
  return `${kind} Line: median. Band: 90% of draws.${numbers}${gap}${chosen.note}`;
}

function fillChecks(beside: HTMLElement, store: Store): void {
  const { model, state } = store;
  const rest = model.scenarios.filter((s) => s !== model.reference && s !== state.scenario);
  beside.hidden = rest.length === 0;
  const host = beside.querySelector(".checks")!;
  const wanted = JSON.stringify([state.scenario, rest]);
  if (host.getAttribute("data-for") === wanted) {
    host.querySelectorAll("input").forEach((input, i) => (input.checked = state.beside.includes(rest[i]!)));
    return;
  }
  host.setAttribute("data-for", wanted);
  host.replaceChildren(
    ...rest.map((scenario) =>
      check(model.title(scenario), state.beside.includes(scenario), (on) => {
        const others = store.state.beside.filter((s) => s !== scenario);
        store.set({ beside: on ? [...others, scenario].slice(-4) : others });
      }),
    ),
  );
}

/** The line of numbers above the picture, for the month under the pointer. */
function reading(store: Store, plot: Plot, month: number): Node[] {
  const { model } = store;
  const out: Node[] = [html("b", { class: "month" }, model.calendar.name(month))];
  for (const { scenario, fan } of plot.lines) {
    const value = fan.p50[month];
    const words = exists(value)
      ? `${say(value, plot.how)} (${say(fan.p05[month] ?? value, plot.how)} to ${say(fan.p95[month] ?? value, plot.how)})`
      : "none";
    const [main = "", rest = ""] = words.split(/(?= \()/);
    out.push(
      html(
        "span",
        { style: `color:${styleOf(store, scenario).colour}` },
        `${model.title(scenario)}: `,
        html("b", {}, main),
        rest,
      ),
    );
  }
  const gap = plot.gap;
  const by = gap?.p50[month];
  if (gap && exists(by)) {
    const change = (x: number): string => (x > 0 ? `+${say(x, plot.how)}` : say(x, plot.how));
    const ends = `(${change(gap.p05[month] ?? by)} to ${change(gap.p95[month] ?? by)})`;
    out.push(html("span", { class: "unit" }, "difference, draw by draw: ", html("b", {}, change(by)), ` ${ends}`));
  }
  const seen = plot.dots?.[month];
  if (exists(seen)) out.push(html("span", {}, "observed: ", html("b", {}, say(seen, plot.how))));
  return out;
}

function sheet(store: Store, plot: Plot): { head: string[]; rows: (string | number | null)[][] } {
  const { model } = store;
  const unit = plot.how.percent
    ? "share"
    : plot.how.name.startsWith("t") || plot.how.name.startsWith("million t")
      ? "t"
      : "million USD";
  const head = ["Month", "Scenario", "Unit", "5%", "Median", "95%", ...(plot.dots ? ["Observed"] : [])];
  const rows = plot.lines.flatMap(({ scenario, fan }) =>
    fan.p50.map((value, i) => [
      model.calendar.iso(i),
      model.title(scenario),
      unit,
      fan.p05[i] ?? null,
      value ?? null,
      fan.p95[i] ?? null,
      ...(plot.dots ? [plot.dots[i] ?? null] : []),
    ]),
  );
  return { head, rows };
}
