/** Colours on white, with their contrast. Meaning never rests on colour alone: labels, dashes and places carry it too. */

export const INK = "#1B232C"; // 15.9
export const SOFT = "#55606C"; // 6.4
export const RULE = "#D9DEE3";
export const FAINT = "#ECEFF2";
export const MORE = "#0B5FA5"; // 6.6
export const LESS = "#B64E08"; // 5.1
/** Marks only, never text. */
export const UNCLEAR = "#8A949E";
export const FORMER = "#F3CDAF";
export const LAND = "#FFFFFF";
export const SEA = "#EDF2F5";

export const DIRECT = "#97A3AE";
export const KIND: Record<string, string> = { direct: DIRECT, reexport: MORE, ghost: LESS, relabel: "#4A1570" };

/** The reference, then scenarios in the order of the batch. Smallest difference under the three colour blindnesses: 22. */
export const PALETTE = ["#23272B", "#1A6DF0", "#A0620F", "#5B1391", "#17613A", "#CE1486", "#0000C3", "#690F00"];
const DASHES = ["", "", "7 3", "2 3", "9 3 2 3", "5 2", "12 3", "3 2"];
const REST_DASHES = ["4 4", "8 4", "1 3", "10 3 1 3"];

export interface Style {
  colour: string;
  dash: string;
}

/**
 * The style of each scenario. Up to eight go by their order in the batch. With more, colours cannot tell them apart: the
 * reference is ink, the one looked at blue, those picked beside it take what is left, and all others are grey.
 */
export function scenarioStyles(total: number, reference: number | null, looked: number, picked: number[]): Style[] {
  const styles: Style[] = [];
  const order = [...Array(total).keys()].filter((i) => i !== reference);
  const taken = picked.filter((i) => i !== reference && i !== looked).slice(0, 4);
  for (let i = 0; i < total; i++) {
    let slot: number | null = null;
    if (i === reference) slot = 0;
    else if (total <= 8) slot = 1 + order.indexOf(i);
    else if (i === looked) slot = 1;
    else if (taken.includes(i)) slot = 2 + taken.indexOf(i);
    styles.push(
      slot === null
        ? { colour: SOFT, dash: REST_DASHES[i % REST_DASHES.length] ?? "" }
        : { colour: PALETTE[slot] ?? SOFT, dash: DASHES[slot] ?? "" },
    );
  }
  return styles;
}
