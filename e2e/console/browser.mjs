// What the browser tests share: Debian's Chromium, people who sign in by a
// one-time link, and axe.
import { chromium } from "playwright-core";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const origin = process.env.ORIGIN;
export const widths = [360, 1280];
export const themes = ["light", "dark"];

export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});

// open gives a page of a browser of its own in which nobody is signed in, and
// notes what goes wrong on it. options are those of a context.
export async function open(options = {}) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("console", (message) => { if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) page.faults.push(message.text()); });
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(origin)) page.faults.push("a request to " + request.url()); });
  return page;
}

// signIn gives a page of a browser of its own in which somebody is signed in.
// link is a one-time link; options are those of a context.
export async function signIn(link, options = {}) {
  const page = await open(options);
  await page.goto(link);
  await page.locator("main form button").first().click();
  await page.waitForLoadState();
  return page;
}

// settle sets the looks of a page and waits until nothing moves.
export async function settle(page, theme, width) {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height: width < 600 ? 800 : 900 });
}

// axe gives what is wrong with a page, one line for each. The policy of the page
// stays in force for everything but this script.
export async function axe(page) {
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} (${n.any.map((c) => c.message).join("; ")})`));
}

// judge gives what axe finds on a page in every theme and width, and where it is
// wider than the screen.
export async function judge(page) {
  const found = [], { pathname } = new URL(page.url());
  for (const theme of themes) for (const width of widths) {
    await settle(page, theme, width);
    for (const line of await axe(page)) found.push(`${pathname} ${theme} ${width}: ${line}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) found.push(`${pathname} ${theme} ${width}: ${over} px wider than the screen`);
  }
  return found;
}

// test runs one test and says on a line of standard output how it ended.
export async function test(name, run) {
  if (process.env.ONLY && !name.includes(process.env.ONLY)) return;
  try {
    await run();
    console.log(JSON.stringify({ name, ok: true }));
  } catch (fault) {
    console.log(JSON.stringify({ name, ok: false, fault: String(fault && fault.stack || fault) }));
  }
}

// contentOf gives the markup of what a page shows; "" where it is a page of the
// browser's own, such as the question whether to send a form again.
export async function contentOf(page) {
  return page.content().catch(() => "");
}

export function equal(got, want, what) {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}
