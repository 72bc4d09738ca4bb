/** What every section has: heading, how to read, controls, the picture, what can be saved, and its data as a table. */

import { button, html, table } from "./dom";
import type { Model } from "./model";
import { type Sheet, framed, saveCsv, savePng, saveSvg } from "./save";
import type { State, Store } from "./state";

export interface View {
  /** Keys of the state at whose change the view draws again. */
  keys: (keyof State)[];
  update(): void;
  /** Draws at another width: the window changed, or it is to be printed. */
  resize?(width?: number): void;
}

export type Builder = (section: HTMLElement, store: Store) => View | null;

export interface Content {
  heading: string;
  /** HTML of the line below the heading: the legend in words. Built from our own texts and escaped names only. */
  reading: string;
  draw(width: number): SVGSVGElement | null;
  sheet(): Sheet;
  /** Said in place of a picture, where there is nothing to draw. */
  empty?: string;
}

export const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);

/** The figure of a section. */
export class Figure {
  readonly controls: HTMLElement;
  /** For what stands between picture and tools: lists, notes. */
  readonly below = html("div", { class: "below" });
  readonly above = html("div", { class: "above" });
  private readonly host = html("div", { class: "picture" });
  private readonly details = html("details", { class: "data" }, html("summary", {}, "Show as table"));
  private readonly tools: HTMLElement;
  private content: Content | null = null;
  private drawn: SVGSVGElement | null = null;

  constructor(
    private readonly section: HTMLElement,
    private readonly model: Model,
    private readonly name: string,
  ) {
    const place = section.querySelector<HTMLElement>("[data-figure]")!;
    this.controls = html("div", { class: "controls" });
    this.tools = html(
      "div",
      { class: "tools" },
      button("Save as SVG", () => this.drawn && saveSvg(this.name, this.standing())),
      button("PNG", () => void (this.drawn && savePng(this.name, this.standing()))),
      button("CSV", () => this.content && saveCsv(this.name, this.content.sheet())),
    );
    // The same three words stand below each picture: for those who hear them, the section's name follows.
    this.tools
      .querySelectorAll("button")
      .forEach((each) => each.setAttribute("aria-label", `${each.textContent}: ${name}`));
    place.replaceChildren(this.controls, this.above, this.host, this.below, this.tools, this.details);
    section.querySelector("[data-plain]")?.setAttribute("hidden", "");
    this.details.addEventListener("toggle", () => this.fill());
  }

  private standing(): SVGSVGElement {
    const { basis, head } = this.model.report;
    const source = `${basis.program} ${basis.version}, ${head.draws} draws, seed ${basis.seed}. ${this.content?.heading ? "Results are conditional on priors." : ""}`;
    const reading = html("p");
    reading.innerHTML = this.content?.reading ?? "";
    return framed(this.drawn!, {
      title: this.content?.heading ?? this.name,
      reading: reading.textContent ?? "",
      source,
    });
  }

  show(content: Content): void {
    this.content = content;
    const heading = this.section.querySelector("h2");
    if (heading && heading.textContent !== content.heading) heading.textContent = content.heading;
    const reading = this.section.querySelector("[data-reading]");
    if (reading) reading.innerHTML = content.reading;
    this.paint();
    this.fill();
  }

  paint(width = this.host.clientWidth): void {
    if (!this.content || width === 0) return;
    this.drawn = this.content.draw(width);
    this.tools.hidden = this.drawn === null;
    this.details.hidden = this.drawn === null;
    if (this.drawn) this.host.replaceChildren(this.drawn);
    else
      this.host.replaceChildren(
        html("p", { class: "empty" }, this.content.empty ?? "There is nothing to show for this choice."),
      );
  }

  get svg(): SVGSVGElement | null {
    return this.drawn;
  }

  private fill(): void {
    if (!this.details.open || !this.content) return;
    const { head, rows } = this.content.sheet();
    const most = 400;
    const shown = html(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": `Data of ${this.name}` },
      table(this.content.heading, head, rows.slice(0, most)),
    );
    this.details.replaceChildren(this.details.firstElementChild!, shown);
    if (rows.length > most)
      this.details.append(
        html(
          "p",
          { class: "note" },
          `The first ${most} of ${rows.length.toLocaleString("en-GB")} rows. The CSV has all.`,
        ),
      );
  }
}
