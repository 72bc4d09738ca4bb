/** What drives the result: rank correlations with the uncertain numbers, beside what chance alone reaches. */

import { uprightGrid } from "../axis";
import { INK, LESS, MORE, SOFT } from "../colours";
import { scenarioHtml } from "../context";
import type { DriverList } from "../data";
import { choice, select } from "../dom";
import { type Builder, Figure } from "../figure";
import { capital, plural } from "../format";
import type { Model } from "../model";
import { driversHeading } from "../sentences";
import type { State } from "../state";
import { lines, picture, rect, text, title, wrap } from "../svg";
import { metricName, metricNoun, parameterName } from "../words";

const MOST = 10;

export const drivers: Builder = (section, store) => {
  const { model } = store;
  const data = model.report.drivers;
  if (!data || data.lists.length === 0) return null;
  const figure = new Figure(section, model, "drivers");
  const metric = select("Result", (value) => store.set({ metric: Number(value) }));
  const of = choice(
    "Of",
    [
      { value: "difference", label: "the difference" },
      { value: "level", label: "the amount" },
    ],
    (value) => store.set({ driver: value as State["driver"] }),
  );
  figure.controls.append(metric.node, of.node);
  const update = (): void => {
    const found = chosen(model, store.state);
    const metrics = [...new Set(data.lists.map((list) => list.metric))].sort((a, b) => a - b);
    metric.set(
      String(found?.metric ?? store.state.metric),
      metrics.map((each) => ({ value: String(each), label: metricName(model.report.metrics[each]!) })),
    );
    const both = (["difference", "level"] as const).filter((each) =>
      data.lists.some(
        (list) => list.scenario === store.state.scenario && list.metric === found?.metric && list.of === each,
      ),
    );
    of.show(both.length > 1);
    of.set(found?.of ?? "level");
    if (!found) {
      figure.show({
        heading: "Nothing varies the result",
        reading: "",
        draw: () => null,
        sheet: () => ({ head: [], rows: [] }),
        empty: "No correlation is known for this scenario: the result is the same in every draw.",
      });
      return;
    }
    const heading = headingOf(model, found);
    const fixedOnes = numbersOf(model, found) - found.tried;
    const same = fixedOnes > 0 ? ` ${capital(plural(fixedOnes, "of the numbers has", "of the numbers have"))} the same value in all these draws.` : "";
    const what = model.report.metrics[found.metric]!;
    const asked =
      found.metric === store.state.metric
        ? ""
        : ` There is none for ${metricNoun(model.report.metrics[store.state.metric]!)}.`;
    figure.show({
      heading,
      reading: `Each bar is a rank correlation over the draws, from −1 to 1. It says how closely an uncertain number goes with ${found.of === "difference" ? "the difference from the reference in " : ""}${metricNoun(what)} under ${scenarioHtml(store, found.scenario)}, all goods. Grey zone: what chance alone gives the largest of all bars in 95 of 100 cases. More draws make it narrower.${same}${asked}`,
      draw: (width) => draw(width, model, found, heading),
      sheet: () => ({
        head: ["Uncertain number", "Name in draws.csv", "Rank correlation", "Chance alone, 95%"],
        rows: found.rows.map(([i, rho]) => [nameOfParameter(model, i), data.parameters[i]!.id, rho, found.chance]),
      }),
    });
  };
  return { keys: ["scenario", "metric", "driver"], update, resize: (width) => figure.paint(width) };
};

/** The list asked for, or the nearest: the other kind, then the success metric. */
function chosen(model: Model, state: State): DriverList | undefined {
  const lists = model.report.drivers!.lists.filter((list) => list.scenario === state.scenario);
  const rank = (list: DriverList): number =>
    (list.metric === state.metric ? 0 : list.metric === 0 ? 2 : 4) + (list.of === state.driver ? 0 : 1);
  return [...lists].sort((a, b) => rank(a) - rank(b))[0];
}

/** The uncertain numbers of a scenario, with those that are the same in all draws. */
const numbersOf = (model: Model, list: DriverList): number =>
  model.report.basis.uncertain[list.scenario]?.[0] ?? list.tried;

const headingOf = (model: Model, list: DriverList): string =>
  driversHeading(numbersOf(model, list), list.rows.filter((row) => Math.abs(row[1]) > list.chance).length);

const nameOfParameter = (model: Model, i: number): string => {
  const parameter = model.report.drivers!.parameters[i]!;
  return parameter.name ?? parameterName(parameter.id, model.report.measures ?? []);
};

/** What a higher value of a number to the left of zero does, and of one to the right. */
function effects(model: Model, list: DriverList): [string, string] {
  if (list.of === "level") return ["goes with less of it", "goes with more of it"];
  const mean = model.headline(list.metric)?.difference?.[list.scenario]?.[0] ?? 0;
  if (mean < 0) {
    const fall = list.metric === 0 ? "cut" : "fall";
    return [`makes the ${fall} deeper`, `makes the ${fall} smaller`];
  }
  return ["makes the rise smaller", "makes the rise larger"];
}

function draw(width: number, model: Model, list: DriverList, label: string): SVGSVGElement {
  const narrow = width < 640;
  const rows = list.rows.slice(0, MOST);
  const row = narrow ? 62 : 32;
  const labels = narrow ? 0 : Math.min(400, width * 0.42);
  const top = narrow ? 30 : 34;
  const bottom = top + rows.length * row;
  const root = picture(width, bottom + 76, label);
  const far = Math.max(list.chance, ...rows.map((each) => Math.abs(each[1])));
  const limit = far < 0.4 ? 0.5 : far < 0.75 ? 0.8 : 1;
  const left = labels + 44;
  const right = width - 44;
  const x = (rho: number): number => (left + right) / 2 + (rho / limit) * ((right - left) / 2);
  root.append(rect(x(-list.chance), top, x(list.chance) - x(-list.chance), bottom - top, "#EBEEF1"));
  root.append(text(x(0), top - 8, "could be chance", { size: 12, fill: SOFT, anchor: "middle" }));
  if (!narrow) root.append(text(0, top - 8, "Uncertain number", { size: 13, weight: 600 }));
  root.append(...uprightGrid([-limit, -limit / 2, 0, limit / 2, limit], x, top, bottom));
  rows.forEach(([i, rho], k) => {
    const clear = Math.abs(rho) > list.chance;
    const y = top + k * row + (narrow ? 48 : row / 2);
    const name = nameOfParameter(model, i);
    const style = { size: 13, weight: clear ? 600 : undefined, fill: clear ? INK : SOFT, halo: narrow };
    if (narrow) {
      const broken = wrap(name, width, 13, clear ? 600 : 400, 2);
      root.append(...lines(0, top + k * row + 31 - (broken.length - 1) * 15, broken, 15, style));
    } else {
      const broken = wrap(name, labels - 8, 13, clear ? 600 : 400, 2);
      root.append(...lines(0, y + 4.5 - (broken.length - 1) * 7.5, broken, 15, style));
    }
    const bar = rect(
      Math.min(x(0), x(rho)),
      y - 6.5,
      Math.abs(x(rho) - x(0)),
      13,
      clear ? (rho < 0 ? LESS : MORE) : "#A5AFB8",
    );
    root.append(title(bar, `${name}: ${rho.toFixed(2)}`));
    root.append(
      text(x(rho) + (rho < 0 ? -6 : 6), y + 4.5, `${rho > 0 ? "+" : "−"}${Math.abs(rho).toFixed(2)}`, {
        size: 12,
        fill: clear ? INK : SOFT,
        anchor: rho < 0 ? "end" : "start",
        halo: true,
      }),
    );
  });
  const style = { size: 12, fill: SOFT };
  const [down, up] = effects(model, list);
  const room = (right - left) / 2 - 6;
  root.append(
    text(x(0), bottom + 36, "A higher value", { ...style, anchor: "middle" }),
    ...wrap(`← ${down}`, room, 12, 400, 2).map((row, k) => text(x(0) - 10, bottom + 54 + k * 15, row, { ...style, anchor: "end" })),
    ...lines(x(0) + 10, bottom + 54, wrap(`${up} →`, room, 12, 400, 2), 15, style),
  );
  return root;
}
