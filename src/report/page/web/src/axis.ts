/** Axes and grids that several views share. */

import { scaleLinear } from "d3-scale";
import { INK, RULE, SOFT } from "./colours";
import type { Calendar } from "./format";
import { fixed } from "./format";
import { line, measure, text } from "./svg";

export type Scale = (x: number) => number;

/** A linear scale over values and zero, with round ends and ticks that fit. */
export function valueScale(
  low: number,
  high: number,
  from: number,
  to: number,
  ticks = 5,
): { at: Scale; ticks: number[]; low: number; high: number } {
  const bottom = Math.min(low, 0);
  const top = Math.max(high, bottom === 0 && high <= 0 ? 1 : high, 0);
  const scale = scaleLinear([bottom, top], [from, to]).nice(ticks);
  const [niceLow = 0, niceHigh = 1] = scale.domain();
  return { at: (x) => scale(x), ticks: scale.ticks(ticks), low: niceLow, high: niceHigh };
}

/** Decimals that neighbouring ticks need to differ. */
export function tickText(ticks: number[]): (x: number) => string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  let decimals = 0;
  while (decimals < 6 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6) decimals++;
  return (x) => fixed(x, decimals);
}

/** Upright grid lines with their numbers below; zero in ink. */
export function uprightGrid(
  ticks: number[],
  at: Scale,
  top: number,
  bottom: number,
  percentages = false,
): SVGElement[] {
  const out: SVGElement[] = [];
  const say = tickText(percentages ? ticks.map((x) => x * 100) : ticks);
  let last = -Infinity;
  for (const tick of ticks) {
    const x = at(tick);
    out.push(line(x, top, x, bottom, tick === 0 ? INK : RULE, tick === 0 ? 1.2 : 1));
    const label = say(percentages ? tick * 100 : tick);
    const half = measure(label, 12) / 2;
    if (x - half < last + 6) continue;
    last = x + half;
    out.push(text(x, bottom + 17, label, { size: 12, fill: SOFT, anchor: "middle" }));
  }
  return out;
}

/** Ticks of a calendar at the years, their names in the middle where there is room; of a short run its first month. */
export function yearAxis(calendar: Calendar, at: Scale, y: number, size = 12, shortYears = false): SVGElement[] {
  const out: SVGElement[] = [];
  let named = 0;
  for (const { year, from, to } of calendar.years()) {
    const [left, right] = [at(from), at(Math.min(to + 1, calendar.last))];
    if (from > 0) out.push(line(left, y, left, y + 5, SOFT));
    const label = shortYears ? `’${String(year).slice(2)}` : String(year);
    if (measure(label, size) + 6 > right - left) continue;
    named++;
    out.push(text((left + right) / 2, y + 18, label, { size, fill: SOFT, anchor: "middle" }));
  }
  if (named === 0) out.push(text(at(0), y + 18, calendar.name(0), { size, fill: SOFT }));
  return out;
}
