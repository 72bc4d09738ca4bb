/** Every metric, searchable and sortable; cards on phones. */

import type { TableRow } from "../data";
import { button, check, html, select } from "../dom";
import type { Builder } from "../figure";
import { exists, fixed, percent, period, round, signed } from "../format";
import { saveCsv } from "../save";
import type { Store } from "../state";
import { metricName, nameOf } from "../words";

interface Column {
  id: string;
  name: string;
  numeric?: boolean;
  text(row: TableRow): string;
  sort(row: TableRow): number | string;
}

const PAGE = innerWidth < 640 ? 8 : 20;
const MORE_ROWS = 200;

export const table: Builder = (section, store) => {
  const { model } = store;
  const data = model.report.table;
  if (!data) return null;
  const host = section.querySelector<HTMLElement>("[data-figure]")!;
  section.querySelector("[data-plain]")?.setAttribute("hidden", "");
  const columns = columnsOf(store);
  const find = html("input", {
    type: "search",
    id: "find",
    placeholder: "potash, or Kazakhstan firms",
    autocomplete: "off",
  });
  find.addEventListener("input", () => store.set({ find: find.value }));
  const span = select("Period", (value) => store.set({ span: Number(value) }));
  const onlyBox = check("Only the scenario looked at", false, (on) => store.set({ only: on }));
  const total = html("p", { class: "total", role: "status" });
  const field = html("div", { class: "control find" }, html("label", { for: "find" }, "Search"), find);
  const controls = html(
    "div",
    { class: "controls" },
    field,
    span.node,
    html("div", { class: "control" }, onlyBox),
    total,
  );
  const head = html("tr");
  const body = html("tbody");
  const grid = html(
    "table",
    { class: "metrics" },
    html("caption", { class: "hidden" }, "All metrics"),
    html("thead", {}, head),
    body,
  );
  const more = button("Show 200 more", () => fill(shownRows + MORE_ROWS));
  const save = button("Save these rows as CSV", () => saveCsv("metrics", sheet(columns, found)));
  host.replaceChildren(
    controls,
    html("div", { class: "wide-table" }, grid),
    html("div", { class: "tools" }, more, save),
  );
  const words = new Map<TableRow, string>();
  const wordsOf = (row: TableRow): string => {
    const known =
      words.get(row) ??
      columns
        .filter((column) => !column.numeric)
        .map((column) => column.text(row))
        .join(" ")
        .toLowerCase();
    words.set(row, known);
    return known;
  };
  let found: TableRow[] = [];
  let shownRows = PAGE;

  const fill = (count: number): void => {
    shownRows = Math.min(count, found.length);
    const now = body.childElementCount;
    if (count > now) body.append(...found.slice(now, count).map((row) => line(columns, row)));
    more.hidden = shownRows >= found.length;
  };
  const update = (): void => {
    const { state } = store;
    if (document.activeElement !== find) find.value = state.find;
    span.set(
      String(state.span),
      data.periods.map((each, i) => ({ value: String(i), label: period(each) })),
    );
    onlyBox.querySelector("input")!.checked = state.only;
    const asked = state.find.toLowerCase().split(/\s+/).filter(Boolean);
    found = data.rows.filter(
      (row) =>
        row[2] === state.span &&
        (!state.only || row[0] === state.scenario) &&
        asked.every((word) => wordsOf(row).includes(word)),
    );
    const by = columns.find((column) => column.id === state.sort) ?? columns.find((column) => column.id === "amount")!;
    found.sort((a, b) => compare(by.sort(a), by.sort(b)) * (state.down ? -1 : 1));
    head.replaceChildren(...columns.map((column) => heading(column, by.id, store)));
    total.textContent = found.length === 1 ? "1 row" : `${fixed(found.length, 0)} rows`;
    body.replaceChildren();
    fill(PAGE);
  };
  return { keys: ["find", "span", "sort", "down", "only", "scenario"], update };
};

/** Missing values stand last whatever the direction is not worth its code: they count as the smallest. */
function compare(a: number | string, b: number | string): number {
  if (typeof a === "string" || typeof b === "string") return String(a).localeCompare(String(b));
  return a - b;
}

function heading(column: Column, sorted: string, store: Store): HTMLElement {
  const { state } = store;
  const on = sorted === column.id;
  const arrow = on ? (state.down ? " ↓" : " ↑") : "";
  const press = html("button", { type: "button" }, column.name, html("span", { "aria-hidden": "true" }, arrow));
  press.addEventListener("click", () =>
    store.set(on ? { down: !state.down } : { sort: column.id, down: column.numeric ?? false }),
  );
  const th = html("th", { scope: "col", ...(column.numeric ? { class: "n" } : {}) }, press);
  if (on) th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
  return th;
}

function line(columns: Column[], row: TableRow): HTMLElement {
  return html(
    "tr",
    {},
    ...columns.map((column) =>
      html("td", { "data-name": column.name, ...(column.numeric ? { class: "n" } : {}) }, column.text(row)),
    ),
  );
}

function columnsOf(store: Store): Column[] {
  const { model } = store;
  const { metrics, table: data } = model.report;
  const unit = (row: TableRow): string => metrics[row[1]]!.unit;
  const say = (x: number | null, row: TableRow, change = false): string => {
    if (!exists(x)) return "–";
    if (unit(row) === "share") return `${change && x > 0 ? "+" : ""}${round(x * 100)}`;
    return change ? signed(x) : round(x);
  };
  const ends = (low: number | null, high: number | null, row: TableRow, change = false): string =>
    exists(low) && exists(high) ? `${say(low, row, change)} to ${say(high, row, change)}` : "–";
  const size = (x: number | null): number => (exists(x) ? Math.abs(x) : -1);
  const out: Column[] = [
    { id: "scenario", name: "Scenario", text: (row) => model.title(row[0]), sort: (row) => row[0] },
    {
      id: "metric",
      name: "What",
      text: (row) => metricName(metrics[row[1]]!),
      sort: (row) => metricName(metrics[row[1]]!),
    },
    { id: "good", name: "Good", text: (row) => model.good(row[3]), sort: (row) => row[3] },
    {
      id: "via",
      name: "Through",
      text: (row) => (row[4] < 0 ? "all" : model.land(row[4])),
      sort: (row) => (row[4] < 0 ? "" : model.land(row[4])),
    },
    { id: "unit", name: "Unit", text: (row) => ({ usd: "m USD", share: "%", ratio: "USD per USD" })[unit(row)] ?? unit(row), sort: unit },
    { id: "amount", name: "Amount", numeric: true, text: (row) => say(row[6], row), sort: (row) => size(row[6]) },
    {
      id: "range",
      name: "90% range",
      numeric: true,
      text: (row) => ends(row[7], row[8], row),
      sort: (row) => (exists(row[7]) && exists(row[8]) ? row[8] - row[7] : -1),
    },
    {
      id: "difference",
      name: "Difference",
      numeric: true,
      text: (row) => say(row[9], row, true),
      sort: (row) => size(row[9]),
    },
    {
      id: "spread",
      name: "90% range of difference",
      numeric: true,
      text: (row) => ends(row[10], row[11], row, true),
      sort: (row) => (exists(row[10]) && exists(row[11]) ? row[11] - row[10] : -1),
    },
    {
      id: "below",
      name: "Draws below reference",
      numeric: true,
      text: (row) => (exists(row[12]) ? percent(row[12]) : "–"),
      sort: (row) => row[12] ?? -1,
    },
  ];
  if (data!.parties)
    out.splice(4, 0, {
      id: "party",
      name: "Who",
      text: (row) => (row[5] < 0 ? "all" : nameOf(data!.parties![row[5]])),
      sort: (row) => row[5],
    });
  return model.reference === null || model.others.length === 0
    ? out.filter((column) => !["difference", "spread", "below"].includes(column.id))
    : out;
}

/** Numbers in full in the file, words on the page. */
function sheet(columns: Column[], rows: TableRow[]): { head: string[]; rows: (string | number | null)[][] } {
  const wordy = columns.filter((column) => !column.numeric && column.id !== "unit");
  const head = [
    ...wordy.map((column) => column.name),
    "Mean",
    "5%",
    "95%",
    "Difference",
    "Difference 5%",
    "Difference 95%",
    "Share of draws below the reference",
    "Unit",
  ];
  const unit = columns.find((column) => column.id === "unit")!;
  const unitOf = (row: TableRow): string => (unit.text(row) === "%" ? "share" : unit.text(row));
  return { head, rows: rows.map((row) => [...wordy.map((column) => column.text(row)), ...row.slice(6), unitOf(row)]) };
}
