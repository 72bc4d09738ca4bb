/** Small things that all views ask for: the style of a scenario, its name as HTML, units. */

import { type Style, scenarioStyles } from "./colours";
import { escape } from "./figure";
import { round } from "./format";
import type { State, Store } from "./state";

export const styleOf = ({ model, state }: { model: Store["model"]; state: State }, scenario: number): Style =>
  scenarioStyles(model.scenarios.length, model.reference, state.scenario, state.beside)[scenario] ?? {
    colour: "#55606C",
    dash: "",
  };

export const scenarioHtml = (store: Store, scenario: number): string =>
  `<b style="color:${styleOf(store, scenario).colour}">${escape(store.model.title(scenario))}</b>`;

/** How amounts of a unit are shown: what to divide by, and its name. */
export interface Shown {
  by: number;
  name: string;
  percent: boolean;
}

export function shown(unit: string, largest: number, each = ""): Shown {
  if (unit === "share") return { by: 1, name: "%", percent: true };
  if (unit === "usd")
    return largest >= 10000
      ? { by: 1000, name: `bn USD${each}`, percent: false }
      : { by: 1, name: `million USD${each}`, percent: false };
  if (unit === "t")
    return largest >= 1e6
      ? { by: 1e6, name: `million t${each}`, percent: false }
      : { by: 1, name: `t${each}`, percent: false };
  return { by: 1, name: `${unit}${each}`, percent: false };
}

export const say = (x: number, how: Shown, digits = 3): string =>
  how.percent ? `${round(x * 100, digits)}%` : round(x / how.by, digits);

/** One decimal in bn USD, "about 0" below 0.05; else two digits that count. With its sign. */
export function shortChange(x: number, how: Shown): string {
  const value = how.percent ? x * 100 : x / how.by;
  const sign = value > 0 ? "+" : "";
  const tail = how.percent ? " pts" : "";
  if (Math.abs(value) < 0.05) return "about 0";
  if (Math.abs(value) < 9.95) return `${sign}${value.toFixed(1).replace("-", "−")}${tail}`;
  return `${sign}${round(value, Math.abs(value) >= 100 ? 3 : 2)}${tail}`;
}
