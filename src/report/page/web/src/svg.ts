/** Building SVG by hand: elements, text with a measured width, lines broken to fit. Styles are attributes, so that a saved file looks the same. */

import { INK } from "./colours";

const NS = "http://www.w3.org/2000/svg";

/** Not system-ui: on Linux that is often DejaVu, clearly wider. */
export const FONT = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif";

type Value = string | number | undefined;
type Attributes = Record<string, Value>;

export function el(tag: string, attributes: Attributes = {}, ...children: (Node | string)[]): SVGElement {
  const node = document.createElementNS(NS, tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === "") continue;
    node.setAttribute(key, typeof value === "number" ? tidy(value) : value);
  }
  node.append(...children);
  return node;
}

/** Coordinates with one decimal: half the file, no difference to the eye. */
const tidy = (x: number): string => String(Math.round(x * 10) / 10);

export function picture(width: number, height: number, label: string): SVGSVGElement {
  const root = el("svg", {
    xmlns: NS,
    viewBox: `0 0 ${tidy(width)} ${tidy(height)}`,
    width,
    height,
    role: "img",
    "aria-label": label,
    "font-family": FONT,
    "font-size": 13,
    fill: INK,
  });
  return root as SVGSVGElement;
}

export interface TextStyle {
  size?: number;
  weight?: number;
  fill?: string;
  anchor?: "start" | "middle" | "end";
  /** A white edge, where text stands on marks. */
  halo?: boolean;
  rotate?: number;
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): SVGElement {
  return el(
    "text",
    {
      x,
      y,
      "font-size": style.size,
      "font-weight": style.weight,
      fill: style.fill,
      "text-anchor": style.anchor === "start" ? undefined : style.anchor,
      ...(style.halo ? { stroke: "#fff", "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" } : {}),
      transform: style.rotate ? `rotate(${style.rotate} ${tidy(x)} ${tidy(y)})` : undefined,
    },
    content,
  );
}

export function lines(x: number, y: number, rows: string[], leading: number, style: TextStyle = {}): SVGElement[] {
  return rows.map((row, i) => text(x, y + i * leading, row, style));
}

export const line = (
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  stroke: string,
  width = 1,
  dash = "",
): SVGElement => el("line", { x1, y1, x2, y2, stroke, "stroke-width": width, "stroke-dasharray": dash });

export const circle = (cx: number, cy: number, r: number, fill: string, stroke?: string, width?: number): SVGElement =>
  el("circle", { cx, cy, r, fill, stroke, "stroke-width": width });

export const rect = (x: number, y: number, width: number, height: number, fill: string): SVGElement =>
  el("rect", { x, y, width: Math.max(0, width), height: Math.max(0, height), fill });

export const path = (d: string, attributes: Attributes): SVGElement => el("path", { d, ...attributes });

/** A tooltip that screen readers read as well. */
export const title = (node: SVGElement, content: string): SVGElement => {
  node.append(el("title", {}, content));
  return node;
};

let pen: CanvasRenderingContext2D | null = null;

/** Width of a text in pixels. */
export function measure(content: string, size = 13, weight = 400): number {
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return content.length * size * 0.55;
  pen.font = `${weight} ${size}px ${FONT}`;
  return pen.measureText(content).width;
}

/** Breaks a text at spaces into lines no wider than `width`; the last of `most` ends in an ellipsis if it must. */
export function wrap(content: string, width: number, size = 13, weight = 400, most = 3): string[] {
  const out: string[] = [];
  let row = "";
  for (const word of content.split(" ")) {
    const longer = row ? `${row} ${word}` : word;
    if (row && measure(longer, size, weight) > width) {
      out.push(row);
      row = word;
    } else row = longer;
  }
  if (row) out.push(row);
  if (out.length > most) {
    const rest = out.slice(most - 1).join(" ");
    return [...out.slice(0, most - 1), clip(rest, width, size, weight)];
  }
  return out.map((each) => clip(each, width, size, weight));
}

/** Cuts a text that is too wide and says so with an ellipsis. */
export function clip(content: string, width: number, size = 13, weight = 400): string {
  if (measure(content, size, weight) <= width) return content;
  let short = content;
  while (short.length > 1 && measure(`${short}…`, size, weight) > width) short = short.slice(0, -1);
  return `${short.trimEnd()}…`;
}

/** Moves positions apart so that neighbours keep `gap`, within [low, high], each as near to its wish as that allows. */
export function spread(wishes: number[], gap: number, low: number, high: number): number[] {
  const order = wishes.map((wish, i) => ({ wish, i })).sort((a, b) => a.wish - b.wish);
  const at = order.map((each) => Math.min(Math.max(each.wish, low), high));
  for (let k = 1; k < at.length; k++) at[k] = Math.max(at[k]!, at[k - 1]! + gap);
  const over = (at.at(-1) ?? low) - high;
  if (over > 0) {
    at[at.length - 1] = high;
    for (let k = at.length - 2; k >= 0; k--) at[k] = Math.min(at[k]!, at[k + 1]! - gap);
  }
  const out: number[] = [];
  order.forEach((each, k) => (out[each.i] = at[k]!));
  return out;
}
