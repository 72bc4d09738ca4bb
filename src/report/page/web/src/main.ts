/** Reads the data, builds the sections that have some, and keeps them in step with what the reader chooses. */

import type { Report } from "./data";
import { PALETTE } from "./colours";
import { styleOf } from "./context";
import { html, select } from "./dom";
import type { Builder, View } from "./figure";
import { Model } from "./model";
import { type Rich, about, answer, answerNotes, pageTitle } from "./sentences";
import { Store, fromHash } from "./state";
import { basis } from "./views/basis";
import { capacities } from "./views/capacities";
import { designations } from "./views/designations";
import { drivers } from "./views/drivers";
import { flows } from "./views/flows";
import { gains } from "./views/gains";
import { map } from "./views/map";
import { months } from "./views/months";
import { ranking } from "./views/ranking";
import { table } from "./views/table";
import { nameOf } from "./words";

const BUILDERS: Record<string, Builder> = {
  ranking,
  gains,
  months,
  flows,
  map,
  capacities,
  designations,
  drivers,
  table,
  basis,
};

/** Width of a printed picture: A4 less its margins, at 96 px an inch. */
const PAPER = 700;

function start(): void {
  const holder = document.getElementById("data");
  const report = JSON.parse(holder?.textContent ?? "null") as Report | null;
  if (!report || report.format !== 1) {
    document
      .querySelector("main")
      ?.prepend(
        html("p", { class: "empty" }, "This page cannot read its data: it was made by another version of the program."),
      );
    return;
  }
  const model = new Model(report);
  const store = new Store(model, fromHash(model, location.hash));
  document.documentElement.classList.add("scripted");
  fillAnswer(model);
  const paintBar = bar(store);
  const views = build(store);
  const repaint = (changed: Set<string>): void => {
    paintBar();
    paintNames(store);
    for (const view of views) if (view.keys.some((key) => changed.has(key))) view.update();
  };
  store.onChange(repaint);
  paintBar();
  paintNames(store);
  for (const view of views) view.update();
  follow(store, views);
  document.documentElement.dataset.ready = "true";
  performance.mark("ready");
}

/** Sections without data leave the page, and so do their links. */
function build(store: Store): View[] {
  const views: View[] = [];
  for (const section of document.querySelectorAll<HTMLElement>("section[data-view]")) {
    const view = BUILDERS[section.dataset.view ?? ""]?.(section, store) ?? null;
    if (view) views.push(view);
    else {
      document.querySelector(`nav a[href="#${section.id}"]`)?.remove();
      section.remove();
    }
  }
  return views;
}

/** Where the tool left the answer empty, the page writes it by the same rules. */
function fillAnswer(model: Model): void {
  for (const [at, words] of [
    ["h1", pageTitle(model)],
    ["header .eyebrow", about(model)],
  ] as const) {
    const node = document.querySelector(at);
    if (node && !node.textContent?.trim()) node.textContent = words;
  }
  if (!document.title.trim()) document.title = pageTitle(model);
  const host = document.querySelector<HTMLElement>("[data-answer]");
  if (host && !host.querySelector("p")) host.replaceChildren(...answer(model).map((rich) => paragraph(rich, model)));
  const notes = document.querySelector<HTMLElement>("[data-answer-notes]");
  if (notes && !notes.querySelector("p"))
    notes.replaceChildren(...answerNotes(model).map((rich) => paragraph(rich, model)));
}

const paragraph = (rich: Rich, model: Model): HTMLElement =>
  html(
    "p",
    {},
    ...rich.map((part) =>
      typeof part === "string"
        ? part
        : html("b", { class: "s", "data-scenario": String(part.scenario) }, model.title(part.scenario)),
    ),
  );

/** Names of scenarios in their colours, in what the tool wrote as well. */
function paintNames(store: Store): void {
  for (const name of document.querySelectorAll<HTMLElement>("[data-scenario]")) {
    name.style.color = styleOf(store, Number(name.dataset.scenario)).colour;
  }
}

/** The bar that stays at the top: the choices of the whole page. */
function bar(store: Store): () => void {
  const { model } = store;
  const host = document.querySelector<HTMLElement>("[data-bar]");
  if (!host) return () => undefined;
  const dot = html("span", { class: "dot", "aria-hidden": "true" });
  const scenario = select("Looking at", (value) => store.set({ scenario: Number(value) }));
  const good = select("Good", (value) => store.set({ good: Number(value) }));
  scenario.node.classList.add("inline");
  good.node.classList.add("inline");
  host.replaceChildren(dot, scenario.node, good.node);
  scenario.show(model.scenarios.length > 1);
  dot.hidden = model.scenarios.length < 2;
  good.show(model.report.goods.length > 1);
  const scenarios = model.scenarios.map((s) => ({
    value: String(s),
    label: `${model.title(s)}${s === model.reference && model.scenarios.length > 1 ? " (reference)" : ""}`,
  }));
  const goods = model.report.goods.map((each, i) => ({
    value: String(i),
    label: i === 0 ? "all goods" : nameOf(each),
  }));
  return () => {
    scenario.set(String(store.state.scenario), scenarios);
    good.set(String(store.state.good), goods);
    dot.style.background = styleOf(store, store.state.scenario).colour || PALETTE[0]!;
  };
}

/** Links between sections keep the choices in the address; a changed address, width or medium draws again. */
function follow(store: Store, views: View[]): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('nav a[href^="#"]')) {
    link.addEventListener("click", (event) => {
      const target = document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      target.scrollIntoView();
      target.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
    });
  }
  addEventListener("hashchange", () => store.set(fromHash(store.model, location.hash)));
  let width = innerWidth;
  let waiting = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      if (innerWidth !== width) views.forEach((view) => view.resize?.());
      width = innerWidth;
    });
  });
  addEventListener("beforeprint", () => views.forEach((view) => view.resize?.(PAPER)));
  addEventListener("afterprint", () => views.forEach((view) => view.resize?.()));
}

start();
