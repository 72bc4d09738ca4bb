// Opens a report as its readers do: at two widths, through every control, on paper and from a link.
//
//   REPORT=/path/to/report.html npm test
//
// CHROMIUM names the browser, BUDGET_MS the time to interactive (3000).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { statSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./browser.mjs";

if (!process.env.REPORT) throw new Error("REPORT must name the report to test");
const file = resolve(process.env.REPORT);
const url = pathToFileURL(file).href;
const BUDGET = Number(process.env.BUDGET_MS ?? 3000);

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function opened(width, hash = "") {
  const page = await browser.page();
  await page.size(width, 900);
  await page.go(url + hash);
  assert.equal(await page.evaluate("document.documentElement.dataset.ready"), "true", "the page says that it is ready");
  return page;
}

/** Faults of all pictures in sight: text on text, text over the edge, small text, nothing drawn. Runs in the page. */
function faults() {
  const found = [];
  const ink = (node) => {
    const box = node.getBoundingClientRect();
    // A box has room for accents and tails; what is drawn fills its middle.
    const cut = Math.min(box.height, box.width) * 0.2;
    const upright = box.height > box.width * 1.5 && node.textContent.length > 3;
    return upright
      ? { left: box.left + cut, right: box.right - cut, top: box.top + 1, bottom: box.bottom - 1, node }
      : {
          left: box.left + 1,
          right: box.right - 1,
          top: box.top + box.height * 0.22,
          bottom: box.bottom - box.height * 0.2,
          node,
        };
  };
  for (const section of document.querySelectorAll("section[data-view]")) {
    const name = section.dataset.view;
    const svg = section.querySelector(".picture svg");
    const empty = section.querySelector(".picture .empty");
    if (!svg) {
      if (section.querySelector(".picture") && !empty?.textContent)
        found.push(`${name}: neither a picture nor a reason`);
      continue;
    }
    if (svg.querySelectorAll("path, circle, rect").length < 1) found.push(`${name}: a picture without marks`);
    if (/NaN|Infinity|undefined/.test(svg.outerHTML)) found.push(`${name}: a number that is none`);
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("text")].filter((node) => node.textContent.trim()).map(ink);
    for (const box of boxes) {
      const words = box.node.textContent;
      if (
        box.left < frame.left - 3 ||
        box.right > Math.max(frame.right, frame.left + svg.viewBox.baseVal.width) + 3 ||
        box.top < frame.top - 3 ||
        box.bottom > frame.bottom + 3
      )
        found.push(`${name}: "${words}" is cut at the edge`);
      if (parseFloat(getComputedStyle(box.node).fontSize) < 11.4) found.push(`${name}: "${words}" is too small`);
    }
    for (let i = 0; i < boxes.length; i++) {
      for (let j = i + 1; j < boxes.length; j++) {
        const [a, b] = [boxes[i], boxes[j]];
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
          found.push(`${name}: "${a.node.textContent}" on "${b.node.textContent}"`);
      }
    }
  }
  for (const node of document.querySelectorAll("h1, h2, .reading, .answer, .eyebrow")) {
    if (/undefined|NaN|\bnull\b|\[object/.test(node.textContent)) found.push(`text: ${node.textContent}`);
    if (node.tagName === "H2" && !node.textContent.trim()) found.push("a heading without words");
  }
  if (document.documentElement.scrollWidth > innerWidth)
    found.push(`wider than the screen: ${document.documentElement.scrollWidth} px`);
  return [...new Set(found)];
}

/** What can be changed: each select option, radio, checkbox, slider, button and detail. */
function controls() {
  const out = [];
  const all = [...document.querySelectorAll("select, input, button, summary")].filter(
    (node) => node.offsetParent !== null,
  );
  all.forEach((node, index) => {
    node.dataset.test = String(index);
    const name = node.labels?.[0]?.textContent || node.getAttribute("aria-label") || node.textContent;
    if (!name?.trim() && node.tagName !== "SUMMARY")
      out.push({ index, kind: "nameless", name: node.outerHTML.slice(0, 80) });
    if (node.tagName === "SUMMARY") return; // opened before
    if (node.tagName === "SELECT") {
      const values = [...node.options].map((option) => option.value);
      // Of a long list the ends and some between stand for all.
      const step = Math.max(1, Math.floor(values.length / 14));
      out.push({
        index,
        kind: "select",
        name,
        values: values.filter((_, i) => i % step === 0 || i === values.length - 1),
        now: node.value,
      });
    } else if (node.type === "range")
      out.push({
        index,
        kind: "range",
        name,
        values: ["0", String(Math.floor(node.max / 2)), node.max],
        now: node.value,
      });
    else if (node.type === "search")
      out.push({ index, kind: "search", name, values: ["potash", "zzzz", ""], now: node.value });
    else out.push({ index, kind: "click", name });
  });
  return out;
}

/** Uses a control as a reader would. False if it has left the page. */
function use(index, kind, value) {
  const node = document.querySelector(`[data-test="${index}"]`);
  if (!node || !node.isConnected) return false;
  if (kind === "click") node.click();
  else {
    node.value = value;
    node.dispatchEvent(new Event(kind === "select" ? "change" : "input", { bubbles: true }));
  }
  return true;
}

const quiet = (page) => assert.deepEqual(page.problems, [], "no console error");
const offline = (page) =>
  assert.deepEqual(
    page.requests.filter(
      (each) => !each.startsWith("data:") && !each.startsWith("blob:") && each.split("#")[0] !== url,
    ),
    [],
    "no request but the file",
  );

test("the report is under 10 MB", () => assert.ok(statSync(file).size < 10e6));

for (const width of [1280, 390]) {
  describe(`at ${width} px`, { concurrency: false }, () => {
    // A section whose scenario has nothing to draw says so in words.
    test("is interactive in time, with all pictures drawn and no fault", async (t) => {
      const page = await opened(width);
      const ready = await page.evaluate("performance.getEntriesByName('ready')[0].startTime");
      t.diagnostic(`ready after ${Math.round(ready)} ms, ${Math.round(statSync(file).size / 1024)} KB`);
      assert.ok(ready < BUDGET, `ready after ${ready} ms`);
      assert.deepEqual(await page.run(faults), []);
      const drawn = await page.evaluate(
        "[...document.querySelectorAll('section[data-view]')].filter((each) => each.querySelector('svg, table, dl, .empty')).length",
      );
      assert.equal(drawn, await page.evaluate("document.querySelectorAll('section[data-view]').length"));
      quiet(page);
      offline(page);
      await page.close();
    });

    test("every control works, and no view breaks", { timeout: 600_000 }, async (t) => {
      const page = await opened(width);
      // Downloads would ask where to go.
      await page.call("Page.setDownloadBehavior", { behavior: "deny" }).catch(() => undefined);
      await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");
      const list = await page.run(controls);
      assert.deepEqual(
        list.filter((each) => each.kind === "nameless"),
        [],
      );
      let steps = 0;
      const broken = [];
      for (const { index, kind, name, values = [null], now } of list) {
        for (const value of values) {
          if (!(await page.run(use, index, kind, value))) continue;
          steps++;
          for (const fault of await page.run(faults)) broken.push(`${name.trim().slice(0, 30)} = ${value}: ${fault}`);
          if (page.problems.length > 0) broken.push(`${name.trim()} = ${value}: ${page.problems.splice(0).join("; ")}`);
        }
        if (now !== undefined) await page.run(use, index, kind, now);
      }
      t.diagnostic(`${list.length} controls, ${steps} steps`);
      assert.deepEqual([...new Set(broken)].slice(0, 30), []);
      offline(page);
      await page.close();
    });

    test("scenarios and goods in all pairs break nothing", { timeout: 600_000 }, async (t) => {
      const page = await opened(width);
      const [scenarios, goods] = await page.evaluate(
        "[...document.querySelectorAll('[data-bar] select')].map((each) => [...each.options].map((option) => option.value))",
      );
      const broken = [];
      for (const scenario of scenarios.length > 8 ? scenarios.filter((_, i) => i % 6 === 0) : scenarios) {
        await page.evaluate(
          `(() => { const s = document.querySelectorAll('[data-bar] select')[0]; s.value = '${scenario}'; s.dispatchEvent(new Event('change')); })()`,
        );
        for (const good of goods) {
          await page.evaluate(
            `(() => { const s = document.querySelectorAll('[data-bar] select')[1]; s.value = '${good}'; s.dispatchEvent(new Event('change')); })()`,
          );
          for (const fault of await page.run(faults)) broken.push(`scenario ${scenario}, good ${good}: ${fault}`);
        }
      }
      t.diagnostic(`${scenarios.length} scenarios, ${goods.length} goods`);
      assert.deepEqual([...new Set(broken)].slice(0, 30), []);
      quiet(page);
      await page.close();
    });
  });
}

test("the address brings back what was chosen", async () => {
  const page = await opened(1280);
  const list = await page.run(controls);
  for (const { index, kind, values, now } of list.filter((each) => each.kind === "select" || each.kind === "range")) {
    const other = values.find((value) => value !== now);
    if (other !== undefined) await page.run(use, index, kind, other);
  }
  for (const radio of await page.evaluate(
    "[...document.querySelectorAll('input[type=radio]:not(:checked)')].filter((each) => each.offsetParent).map((each) => (each.dataset.test ??= String(Math.random())))",
  ))
    await page.run(use, radio, "click", null);
  const look =
    "JSON.stringify([...document.querySelectorAll('h2, .reading')].map((each) => each.textContent).concat([...document.querySelectorAll('select')].map((each) => each.value)).concat([...document.querySelectorAll('.picture svg')].map((each) => each.textContent)))";
  const [hash, seen] = [await page.evaluate("location.hash"), await page.evaluate(look)];
  assert.ok(hash.length > 1, "the address holds the state");
  const again = await opened(1280, hash);
  assert.deepEqual(JSON.parse(await again.evaluate(look)), JSON.parse(seen));
  await page.close();
  await again.close();
});

test("widths between break nothing", async () => {
  for (const width of [360, 640, 700, 768, 900, 1024, 1600]) {
    const page = await opened(width);
    assert.deepEqual(await page.run(faults), [], `at ${width} px`);
    await page.close();
  }
});

test("an address with unknown words is taken as far as it goes", async () => {
  const page = await opened(1280, "#scenario=none&good=none&month=9999-99&map=&who=x&beside=a,b&ranking");
  assert.deepEqual(await page.run(faults), []);
  quiet(page);
  await page.close();
});

test("the month moves with the keys", async () => {
  const page = await opened(1280);
  const moves =
    "document.querySelector('#months svg') && JSON.parse(document.getElementById('data').textContent).head.count > 3";
  if (!(await page.evaluate(`Boolean(${moves})`))) return;
  await page.evaluate("document.querySelector('#months svg').focus()");
  const month = () => page.evaluate("document.querySelector('.readout .month').textContent");
  const last = await month();
  for (const key of ["ArrowLeft", "ArrowLeft"])
    await page.call("Input.dispatchKeyEvent", { type: "keyDown", key, code: key });
  assert.notEqual(await month(), last);
  await page.close();
});

test("each picture can be saved as SVG, PNG and CSV", async () => {
  const page = await opened(1280);
  const saved = await page.evaluate(`(async () => {
    const names = [];
    HTMLAnchorElement.prototype.click = function () { names.push(this.download); };
    const buttons = [...document.querySelectorAll('.tools button')].filter((each) => each.offsetParent && !/more/.test(each.textContent));
    for (const each of buttons) each.click();
    await new Promise((done) => setTimeout(done, 3000));
    return [buttons.length, names.length, names];
  })()`);
  assert.equal(saved[1], saved[0], `saved ${saved[2].join(", ")}`);
  quiet(page);
  offline(page);
  await page.close();
});

test("it prints", async (t) => {
  const page = await opened(1280);
  const { data } = await page.call("Page.printToPDF", { preferCSSPageSize: true, printBackground: false });
  const pdf = Buffer.from(data, "base64");
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  t.diagnostic(`${pages} pages, ${Math.round(pdf.length / 1024)} KB`);
  assert.ok(pages >= 2 && pages < 40);
  assert.deepEqual(await page.run(faults), [], "the page is whole again after printing");
  quiet(page);
  await page.close();
});

/** What stands in each place that the tool fills with a sentence: name and text of each. Runs in the page. */
function sentences() {
  const words = (node) => node.textContent.replace(/\s+/g, " ").trim();
  const found = [["title", document.title.trim()]];
  for (const [name, at] of [
    ["h1", "h1"],
    ["about", "header .eyebrow"],
  ])
    found.push([name, words(document.querySelector(at))]);
  for (const name of ["answer", "answer-notes"])
    document.querySelectorAll(`[data-${name}] p`).forEach((node, i) => found.push([`${name} ${i + 1}`, words(node)]));
  for (const section of document.querySelectorAll("section[data-view]"))
    found.push([`heading-${section.dataset.view}`, words(section.querySelector("h2"))]);
  return found;
}

/** Headings over pictures that need a script: without one they only say what the section is about. */
const PLAIN = ["heading-flows", "heading-map", "heading-capacities"];

test("the tool's sentences are those that the script writes", { skip: !process.env.FILLED }, async () => {
  // The page as the tool filled it, its script taken out.
  const whole = await readFile(file, "utf8");
  const script = whole.lastIndexOf("<script>");
  const silent = whole.slice(0, script) + whole.slice(whole.indexOf("</script>", script));
  // The same page with its sentences taken out, so that the script writes them.
  const emptied = whole
    .replace(/<title>[^<]*/, "<title>")
    .replace(/(<p class="eyebrow">)[^<]*(<\/p>\s*<h1>)[^<]*/, "$1$2")
    .replace(/(<div[^>]* data-answer(?:-notes)?>)[^]*?<\/div>/g, "$1</div>")
    .replace(/(<h2 tabindex="-1">)[^<]*/g, "$1");
  const folder = await mkdtemp(join(tmpdir(), "report-sentences-"));
  const page = await browser.page();
  await page.size(1280, 900);
  const read = async (name, text) => {
    const path = join(folder, name);
    await writeFile(path, text);
    await page.go(pathToFileURL(path).href);
    return page.run(sentences);
  };
  const [byTool, byScript] = [await read("silent.html", silent), await read("emptied.html", emptied)];
  assert.equal(await page.evaluate("document.documentElement.dataset.ready"), "true");
  assert.deepEqual(
    byTool.map(([name]) => name),
    byScript.map(([name]) => name),
  );
  for (const [name, text] of byTool) {
    assert.ok(text, `${name} is empty`);
    // The heading of the table is no sentence about the data: it stands in the template.
    if (PLAIN.includes(name)) assert.doesNotMatch(text, /\d/, name);
    else if (name !== "heading-table") assert.equal(text, Object.fromEntries(byScript)[name], name);
  }
  await page.close();
  await rm(folder, { recursive: true });
});

test("without scripts it still answers", async () => {
  const page = await browser.page();
  await page.call("Emulation.setScriptExecutionDisabled", { value: true });
  await page.size(1280, 900);
  await page.go(url);
  const { root } = await page.call("DOM.getDocument", { depth: 0 });
  const { nodeId } = await page.call("DOM.querySelector", { nodeId: root.nodeId, selector: "body" });
  const { outerHTML } = await page.call("DOM.getOuterHTML", { nodeId });
  assert.match(outerHTML, /A script draws this picture/);
  if (process.env.FILLED) assert.match(outerHTML, /<div class="answer"[^>]*>\s*<p>/);
  await page.close();
});
