// Makes ../bundle from the sources here: `npm ci && npm run build`. The same sources give the same bytes.
import { build } from "esbuild";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const bundle = join(here, "..", "bundle");

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  write: false,
};

async function script() {
  const made = await build({
    ...common,
    entryPoints: ["src/main.ts"],
    format: "iife",
    target: "es2022",
    metafile: true,
  });
  // The text goes into a <script> element, which the first "</script" would end.
  const text = made.outputFiles[0].text.replaceAll("</script", "<\\/script");
  return { text, inputs: Object.keys(made.metafile.inputs) };
}

async function style() {
  const made = await build({ ...common, entryPoints: ["src/page.css"], target: "chrome100" });
  return made.outputFiles[0].text;
}

/** The licence of each package that the bundle holds, in the order of their names. */
async function licences(inputs) {
  const names = [
    ...new Set(inputs.flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? [])),
  ].sort();
  const parts = [];
  for (const name of names) {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).sort().find((each) => /^licen[cs]e/i.test(each));
    parts.push(`${name} ${version} (${license})\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`);
  }
  return `page.js holds these packages.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

await mkdir(bundle, { recursive: true });
const { text, inputs } = await script();
await writeFile(join(bundle, "page.js"), text);
await writeFile(join(bundle, "page.css"), await style());
// The comment at the top is for those who fill the page, not for its readers.
const template = await readFile(join(here, "src", "template.html"), "utf8");
await writeFile(join(bundle, "template.html"), template.replace(/^<!--[^]*?-->\n/, ""));
await writeFile(join(bundle, "LICENSES.txt"), await licences(inputs));
