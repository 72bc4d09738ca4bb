/** HTML elements and the page's controls. Native ones throughout: they come with keyboard and names. */

type Child = Node | string;

export function html<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

let ids = 0;
const unique = (): string => `c${++ids}`;

export interface Option {
  value: string;
  label: string;
  /** Options with the same heading stand together. */
  group?: string;
}

export interface Select {
  node: HTMLElement;
  input: HTMLSelectElement;
  set(value: string, options?: Option[]): void;
  show(visible: boolean): void;
}

export function select(label: string, onChange: (value: string) => void): Select {
  const id = unique();
  const input = html("select", { id });
  const node = html("div", { class: "control" }, html("label", { for: id }, label), input);
  let shown = "";
  input.addEventListener("change", () => onChange(input.value));
  return {
    node,
    input,
    set(value, options) {
      const now = JSON.stringify(options);
      if (options && now !== shown) {
        shown = now;
        input.replaceChildren(...grouped(options));
      }
      input.value = value;
    },
    show: (visible) => (node.hidden = !visible),
  };
}

function grouped(options: Option[]): HTMLElement[] {
  const out: HTMLElement[] = [];
  for (const option of options) {
    const node = html("option", { value: option.value }, option.label);
    if (!option.group) {
      out.push(node);
      continue;
    }
    const last = out.at(-1);
    if (last instanceof HTMLOptGroupElement && last.label === option.group) last.append(node);
    else out.push(html("optgroup", { label: option.group }, node));
  }
  return out;
}

export interface Choice {
  node: HTMLElement;
  set(value: string): void;
  show(visible: boolean): void;
}

/** One of a few, all in sight: radio buttons that look like one bar. */
export function choice(label: string, options: Option[], onChange: (value: string) => void): Choice {
  const name = unique();
  const bar = html("span", { class: "bar" });
  for (const option of options) {
    const input = html("input", { type: "radio", name, value: option.value });
    input.addEventListener("change", () => input.checked && onChange(option.value));
    bar.append(html("label", {}, input, html("span", {}, option.label)));
  }
  const node = html("fieldset", { class: "control choice" }, html("legend", {}, label), bar);
  return {
    node,
    set: (value) => bar.querySelectorAll("input").forEach((input) => (input.checked = input.value === value)),
    show: (visible) => (node.hidden = !visible),
  };
}

export interface Slider {
  node: HTMLElement;
  set(value: number, says: string): void;
}

export function slider(label: string, most: number, onChange: (value: number) => void): Slider {
  const id = unique();
  const input = html("input", { type: "range", id, min: "0", max: String(most), step: "1" });
  const says = html("b");
  input.addEventListener("input", () => onChange(Number(input.value)));
  return {
    node: html("div", { class: "control wide" }, html("label", { for: id }, `${label}: `, says), input),
    set(value, text) {
      input.value = String(value);
      input.setAttribute("aria-valuetext", text);
      says.textContent = text;
    },
  };
}

export function check(label: Child, on: boolean, onChange: (on: boolean) => void): HTMLLabelElement {
  const input = html("input", { type: "checkbox" });
  input.checked = on;
  input.addEventListener("change", () => onChange(input.checked));
  return html("label", { class: "check" }, input, html("span", {}, label));
}

export function button(label: string, onClick: () => void): HTMLButtonElement {
  const node = html("button", { type: "button", class: "link" }, label);
  node.addEventListener("click", onClick);
  return node;
}

/** A table with a caption for screen readers. Numbers stand right. */
export function table(caption: string, head: string[], rows: (string | number | null)[][]): HTMLTableElement {
  const numeric = head.map((_, i) => rows.some((row) => typeof row[i] === "number"));
  const cell = (value: string | number | null, i: number, tag: "td" | "th"): HTMLElement => {
    const text =
      value === null
        ? "–"
        : typeof value === "number"
          ? value.toLocaleString("en-GB", { maximumSignificantDigits: 3 }).replace("-", "−")
          : value;
    return html(tag, numeric[i] ? { class: "n" } : {}, text);
  };
  const top = html(
    "tr",
    {},
    ...head.map((each, i) => {
      const th = cell(each, i, "th");
      th.setAttribute("scope", "col");
      return th;
    }),
  );
  const body = html("tbody", {}, ...rows.map((row) => html("tr", {}, ...row.map((value, i) => cell(value, i, "td")))));
  return html("table", {}, html("caption", { class: "hidden" }, caption), html("thead", {}, top), body);
}
