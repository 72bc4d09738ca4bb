// Prints what the tool should write into the template for a data file: `node slots.mjs data.json`.
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const made = await build({
  absWorkingDir: here,
  entryPoints: ["src/slots.ts"],
  bundle: true,
  format: "esm",
  write: false,
});
const { slots } = await import(
  `data:text/javascript;base64,${Buffer.from(made.outputFiles[0].text).toString("base64")}`
);
const data = JSON.parse(await readFile(process.argv[2], "utf8"));
console.log(JSON.stringify(slots(data), null, 1));
