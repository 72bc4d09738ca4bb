/** Saving what is seen: SVG and PNG of a picture, CSV of its data. */

import { INK, SOFT } from "./colours";
import { el, picture, text, wrap } from "./svg";

export interface Sheet {
  head: string[];
  rows: (string | number | null)[][];
}

function download(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export interface Caption {
  /** The heading of the section: what the picture says. */
  title: string;
  /** How to read it. */
  reading: string;
  /** Program, draws and seed. */
  source: string;
}

const MARGIN = 20;

/** The picture with what is needed to read it alone. */
export function framed(drawn: SVGSVGElement, caption: Caption): SVGSVGElement {
  const width = drawn.viewBox.baseVal.width;
  const height = drawn.viewBox.baseVal.height;
  const head = wrap(caption.title, width, 20, 700, 4);
  const reading = wrap(caption.reading, width, 13, 400, 6);
  const source = wrap(caption.source, width, 12, 400, 2);
  const top = MARGIN + head.length * 26 + reading.length * 18 + 16;
  const total = top + height + source.length * 16 + MARGIN;
  const out = picture(width + 2 * MARGIN, total, caption.title);
  out.append(el("rect", { width: width + 2 * MARGIN, height: total, fill: "#fff" }));
  head.forEach((row, i) => out.append(text(MARGIN, MARGIN + 18 + i * 26, row, { size: 20, weight: 700, fill: INK })));
  reading.forEach((row, i) => out.append(text(MARGIN, MARGIN + head.length * 26 + 14 + i * 18, row, { fill: SOFT })));
  source.forEach((row, i) => out.append(text(MARGIN, top + height + 14 + i * 16, row, { size: 12, fill: SOFT })));
  const inner = el("svg", { x: MARGIN, y: top, width, height, viewBox: `0 0 ${width} ${height}` });
  inner.append(...[...drawn.childNodes].map((node) => node.cloneNode(true)));
  inner.querySelectorAll("[data-live]").forEach((node) => node.remove());
  out.append(inner);
  return out;
}

const serial = (drawn: SVGSVGElement): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(drawn)}`;

export const saveSvg = (name: string, drawn: SVGSVGElement): void =>
  download(`${name}.svg`, new Blob([serial(drawn)], { type: "image/svg+xml" }));

/** Twice the size of the screen, so that print is sharp. */
export function savePng(name: string, drawn: SVGSVGElement): Promise<void> {
  const { width, height } = drawn.viewBox.baseVal;
  const image = new Image();
  return new Promise((done, fail) => {
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = width * 2;
      canvas.height = height * 2;
      const pen = canvas.getContext("2d");
      if (!pen) return fail(new Error("no canvas"));
      pen.scale(2, 2);
      pen.drawImage(image, 0, 0, width, height);
      canvas.toBlob((blob) => {
        if (blob) download(`${name}.png`, blob);
        done();
      }, "image/png");
    };
    image.onerror = () => fail(new Error("the picture cannot be read"));
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(serial(drawn))}`;
  });
}

export function csv({ head, rows }: Sheet): string {
  const cell = (value: string | number | null): string => {
    const plain = value === null ? "" : String(value);
    return /[",\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
  };
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

export const saveCsv = (name: string, sheet: Sheet): void =>
  download(`${name}.csv`, new Blob([csv(sheet)], { type: "text/csv" }));
