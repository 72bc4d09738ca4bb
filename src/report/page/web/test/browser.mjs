// Chromium over its DevTools pipe: enough of the protocol for tests, without a package.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";

export async function launch() {
  const profile = await mkdtemp(join(tmpdir(), "report-page-"));
  const flags = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    `--user-data-dir=${profile}`,
  ];
  const child = spawn(BROWSER, [...flags, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const [, , , input, output] = child.stdio;
  const waiting = new Map();
  const listeners = new Set();
  let next = 0;
  let rest = "";
  output.on("data", (chunk) => {
    const parts = (rest + chunk).split("\0");
    rest = parts.pop();
    for (const part of parts) {
      const message = JSON.parse(part);
      if (message.id) {
        const { done, fail } = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error) fail(new Error(message.error.message));
        else done(message.result);
      } else for (const listener of listeners) listener(message);
    }
  });
  const send = (method, params = {}, sessionId) =>
    new Promise((done, fail) => {
      const id = ++next;
      waiting.set(id, { done, fail });
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  return {
    page: () => open(send, listeners),
    async close() {
      await send("Browser.close").catch(() => undefined);
      await new Promise((done) => (child.exitCode === null ? child.once("exit", done) : done()));
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A page that remembers what went wrong and what was asked for. */
async function open(send, listeners) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  const problems = [];
  const requests = [];
  const once = new Map();
  listeners.add((message) => {
    if (message.sessionId !== sessionId) return;
    const { method, params } = message;
    if (method === "Runtime.exceptionThrown")
      problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(params.type))
      problems.push(params.args.map((arg) => arg.value ?? arg.description).join(" "));
    if (method === "Log.entryAdded" && params.entry.level === "error") problems.push(params.entry.text);
    if (method === "Network.requestWillBeSent") requests.push(params.request.url);
    once.get(method)?.();
    once.delete(method);
  });
  await Promise.all(["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"].map((method) => call(method)));
  const evaluate = async (source) => {
    const { result, exceptionDetails } = await call("Runtime.evaluate", {
      expression: source,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    call,
    problems,
    requests,
    evaluate,
    size: (width, height) =>
      call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false }),
    async go(url) {
      const loaded = new Promise((done) => once.set("Page.loadEventFired", done));
      await call("Page.navigate", { url });
      await loaded;
    },
    /** Runs a function of the page, given as source, with plain arguments. */
    run: (action, ...args) => evaluate(`(${action})(...${JSON.stringify(args)})`),
    close: () => send("Target.closeTarget", { targetId }),
  };
}
