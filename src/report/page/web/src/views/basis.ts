/** What the results rest on: draws, seed, sources, priors, digests, limits, and how to cite. */

import type { Model } from "../model";
import { button, html, table } from "../dom";
import type { Builder } from "../figure";
import { capital, fixed, percent } from "../format";
import { basisHeading } from "../sentences";
import { saveCsv } from "../save";
import { parameterName } from "../words";

export const basis: Builder = (section, store) => {
  const { model } = store;
  const heading = section.querySelector("h2");
  if (heading) heading.textContent = basisHeading(model);
  const reading = section.querySelector("[data-reading]");
  if (reading && model.report.basis.baseline)
    reading.textContent =
      "Observed and derived trade rests on records. The rest is assumed, and so is what follows from it.";
  section.querySelector("[data-plain]")?.setAttribute("hidden", "");
  section
    .querySelector("[data-figure]")!
    .replaceChildren(
      facts(model),
      html("div", { class: "two" }, html("div", {}, ...baseline(model)), html("div", {}, ...limits(model))),
      html("div", { class: "two" }, html("div", {}, ...citation(model)), html("div", {}, ...again(model))),
      ...lists(model),
      html("p", { class: "note credits" }, model.report.basis.credits),
    );
  return { keys: [], update: () => undefined };
};

function facts(model: Model): HTMLElement {
  const { basis: of, head } = model.report;
  const numbers = of.uncertain.map((each) => each[0]);
  const posterior = of.uncertain.map((each) => each[1]);
  const between = (values: number[]): string => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return low === high ? fixed(low, 0) : `${fixed(low, 0)} to ${fixed(high, 0)}`;
  };
  const rows: [string, string][] = [
    ["Draws a scenario", fixed(head.draws, 0)],
    ["Seed", String(of.seed)],
    ["Sampling", capital(of.sampling.replace(/_/g, " "))],
    ["Program", `${of.program} ${of.version}`],
    ["Largest residual", scientific(of.residual)],
    ...(of.accountingGap === undefined
      ? []
      : [["Largest gap in the accounts", scientific(of.accountingGap)] as [string, string]]),
    ["Uncertain numbers of a scenario", between(numbers)],
    ["Of these moved by records", between(posterior)],
  ];
  return html(
    "dl",
    { class: "facts" },
    ...rows.map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))),
  );
}

function scientific(x: number): string {
  if (x === 0) return "0";
  const power = Math.floor(Math.log10(x) + 1e-4);
  const factor = Math.round((x / 10 ** power) * 10) / 10;
  const raised = String(power).replace(/./g, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"["0123456789".indexOf(sign)] ?? "⁻");
  return `${factor}·10${raised}`;
}

function baseline(model: Model): HTMLElement[] {
  const rows = model.report.basis.baseline;
  if (!rows) return [];
  const bar = (share: number, kind: string): HTMLElement =>
    html("span", { class: kind, style: `width:${(share * 100).toFixed(1)}%` });
  const says = (row: { observed: number; derived: number; assumed: number }): string =>
    row.assumed < 0.005 ? "rests on records" : `${percent(row.assumed)} assumed`;
  const items = [...rows.filter((row) => row.good !== 0), ...rows.filter((row) => row.good === 0)].map((row) =>
    html(
      "div",
      { class: row.good === 0 ? "share all" : "share" },
      html(
        "span",
        { class: "what" },
        row.good === 0 ? "All goods" : (model.report.goods[row.good]?.short ?? model.good(row.good)),
      ),
      html(
        "span",
        { class: "bar2", "aria-hidden": "true" },
        bar(row.observed, "observed"),
        bar(row.derived, "derived"),
        bar(row.assumed, "assumed"),
      ),
      html("span", { class: "says" }, says(row)),
    ),
  );
  return [
    html("h3", {}, "Trade before the measures, by source"),
    html(
      "p",
      { class: "note keys" },
      html("i", { class: "observed" }),
      "observed ",
      html("i", { class: "derived" }),
      "derived from records ",
      html("i", { class: "assumed" }),
      "assumed",
    ),
    ...items,
  ];
}

const limits = (model: Model): HTMLElement[] => [
  html("h3", {}, "Limits"),
  html("ul", {}, ...model.report.basis.limits.map((each) => html("li", {}, each))),
];

function copyable(words: string): HTMLElement[] {
  const done = html("span", { class: "note", role: "status" });
  const code = html("code", {}, words);
  const copy = button("Copy", () => {
    // Without a clipboard, as in some browsers on files, the text is selected instead.
    const fallback = (): void => void getSelection()?.selectAllChildren(code);
    const written = navigator.clipboard?.writeText(words);
    if (!written) return fallback();
    written.then(() => (done.textContent = " copied"), fallback);
  });
  copy.setAttribute("aria-label", `Copy: ${words.slice(0, 40)}`);
  return [html("p", {}, code), html("p", {}, copy, done)];
}

const citation = (model: Model): HTMLElement[] => [html("h3", {}, "How to cite"), ...copyable(model.report.basis.cite)];
const again = (model: Model): HTMLElement[] => [
  html("h3", {}, "The same results again"),
  ...copyable(model.report.basis.command),
];

type Cells = (string | number | null)[][];

function lists(model: Model): HTMLElement[] {
  const { digests, sources, priors } = model.report.basis;
  const out: HTMLElement[] = [];
  out.push(
    opened(
      "The scenarios and their questions",
      "scenarios",
      ["Scenario", "File", "Question", "Measures"],
      model.report.scenarios.map((each, i) => [
        model.title(i),
        each.id,
        each.question ?? "",
        each.measures?.length ?? 0,
      ]),
    ),
  );
  const notes = model.report.scenarios.flatMap((scenario, i) =>
    (scenario.notes ?? []).map((note) => [model.title(i), note]),
  );
  if (notes.length > 0)
    out.push(opened("What is assumed of secondary sanctions", "notes", ["Scenario", "Note"], notes));
  if (priors?.length) {
    const rows = priors.map((prior) => [
      prior.name ?? parameterName(prior.id, model.report.measures ?? []),
      prior.id,
      prior.text,
      prior.posterior ? "records" : "prior",
      prior.source ?? "",
    ]);
    const named = rows.some((row) => row[4]);
    out.push(
      opened(
        `The ${fixed(new Set(priors.map((prior) => prior.id)).size, 0)} uncertain numbers of all scenarios together`,
        "priors",
        ["Number", "Name in the files", "Distribution", "Rests on", ...(named ? ["Source"] : [])],
        named ? rows : rows.map((row) => row.slice(0, 4)),
      ),
    );
  }
  if (sources?.length) {
    const of = (status: string): number => sources.filter((source) => source.status === status).length;
    const says = ["assumed", "derived", "observed"].map((status) => `${of(status)} ${status}`).join(", ");
    out.push(
      opened(
        `${fixed(sources.length, 0)} sources of the world: ${says}`,
        "sources",
        ["Source", "Status", "Citation", "Licence"],
        sources.map((each) => [each.id, each.status, each.citation, each.licence]),
      ),
    );
  }
  out.push(
    opened(
      "Digests",
      "digests",
      ["Of", "BLAKE3"],
      digests.map((each) => [each.name, each.digest]),
    ),
  );
  return out;
}

/** A long list: built when it is opened, with a search when it is long. */
function opened(name: string, file: string, head: string[], rows: Cells): HTMLElement {
  const details = html("details", { class: "data" }, html("summary", {}, name));
  const build = (): void => {
    if (!details.open || details.childElementCount > 1) return;
    const host = html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name });
    const fill = (found: Cells): void => host.replaceChildren(table(name, head, found.slice(0, 500)));
    fill(rows);
    if (rows.length > 30) {
      const id = `find-${file}`;
      const find = html("input", { type: "search", id, autocomplete: "off" });
      find.addEventListener("input", () => {
        const asked = find.value.toLowerCase().split(/\s+/).filter(Boolean);
        fill(rows.filter((row) => asked.every((word) => row.join(" ").toLowerCase().includes(word))));
      });
      details.append(html("div", { class: "control find" }, html("label", { for: id }, "Search"), find));
    }
    details.append(
      host,
      html(
        "div",
        { class: "tools" },
        button(`Save ${file} as CSV`, () => saveCsv(file, { head, rows })),
      ),
    );
  };
  details.addEventListener("toggle", build);
  return details;
}
