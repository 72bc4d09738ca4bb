/** Numbers and months in words. No digit is shown that does not count. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** U+2212, as wide as a plus. */
export const MINUS = "−";

export type Maybe = number | null | undefined;

export const exists = (x: Maybe): x is number => x !== null && x !== undefined && Number.isFinite(x);

/** `digits` digits that count, thousands with commas, a true minus. */
export function round(x: Maybe, digits = 3): string {
  if (!exists(x)) return "–";
  if (x === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(x)));
  const decimals = Math.max(0, digits - 1 - size);
  const step = 10 ** (size - digits + 1);
  // Above one a step is a whole number; below, toFixed rounds better than a product of fractions.
  const rounded = step > 1 ? Math.round(x / step) * step : x;
  return fixed(rounded, Math.min(decimals, 6));
}

/** A number with so many decimals; zeros after the point go unless `keep`. */
export function fixed(x: number, decimals: number, keep = false): string {
  let text = Math.abs(x).toFixed(decimals);
  if (!keep && text.includes(".")) text = text.replace(/\.?0+$/, "");
  const [whole = "0", rest] = text.split(".");
  text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
  return x < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

/** A difference: always with its sign. */
export function signed(x: Maybe, digits = 3): string {
  const text = round(x, digits);
  return exists(x) && x > 0 ? `+${text}` : text;
}

export const percent = (share: number, digits = 2): string => {
  const value = share * 100;
  if (value > 99 && value < 99.95) return "over 99%";
  if (value > 0 && value < 0.5) return "under 1%";
  return `${round(value, value > 10 ? 2 : digits)}%`;
};

const ONES = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/** Small counts as words. */
export const count = (n: number): string => ONES[n] ?? fixed(n, 0);

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** a, b and c. */
export function list(words: string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Names that take an article within a sentence. */
export const the = (name: string): string =>
  /^(Other|The)\b/.test(name)
    ? name.charAt(0).toLowerCase() + name.slice(1)
    : /^(European|Eurasian|United|Emirates|EU\b|UK\b|USA\b|US\b|Rest\b|Baltic|[Cc]oalition)/.test(name)
      ? `the ${name.replace(/^Rest/, "rest").replace(/^Coalition/, "coalition")}`
      : name;

/** The calendar of a run. */
export class Calendar {
  private readonly first: number;

  constructor(
    readonly start: string,
    readonly count: number,
  ) {
    this.first = Number(start.slice(0, 4)) * 12 + Number(start.slice(5, 7)) - 1;
  }

  year = (index: number): number => Math.floor((this.first + index) / 12);
  /** 2021-01 */
  iso = (index: number): string => `${this.year(index)}-${String(((this.first + index) % 12) + 1).padStart(2, "0")}`;
  /** Jan 2021 */
  name = (index: number): string => `${MONTHS[(this.first + index) % 12]} ${this.year(index)}`;
  index(iso: string): number {
    return Number(iso.slice(0, 4)) * 12 + Number(iso.slice(5, 7)) - 1 - this.first;
  }
  get last(): number {
    return this.count - 1;
  }
  /** Index of each January within the run, the first month included whatever it is. */
  years(): { year: number; from: number; to: number }[] {
    const out: { year: number; from: number; to: number }[] = [];
    for (let i = 0; i < this.count; i++) {
      const tail = out.at(-1);
      if (tail && tail.year === this.year(i)) tail.to = i;
      else out.push({ year: this.year(i), from: i, to: i });
    }
    return out;
  }
  /** "five years", "18 months". */
  length(): string {
    return this.count % 12 === 0 ? plural(this.count / 12, "year") : plural(this.count, "month");
  }
}

/** A month of a period that the files write as YYYY-MM, or the period itself. */
export function period(text: string): string {
  if (!/^\d{4}-\d{2}$/.test(text)) return text === "all" ? "whole run" : text;
  return `${MONTHS[Number(text.slice(5)) - 1]} ${text.slice(0, 4)}`;
}
