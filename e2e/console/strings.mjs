// The nastiest texts, in a browser: on every page where they stand, and typed into
// a form. LINK is a one-time link of an administrator; PAGES and TEXTS are JSON.
// The texts are in the lists already, as names and descriptions of tokens.
import { browser, signIn, test, equal, origin } from "./browser.mjs";

const texts = JSON.parse(process.env.TEXTS);
const pages = JSON.parse(process.env.PAGES);
const page = await signIn(process.env.LINK);
const happened = [];
page.on("dialog", (d) => { happened.push("a dialog: " + d.message()); return d.dismiss(); });
page.on("frameattached", (frame) => happened.push("a frame: " + frame.url()));
await page.addInitScript(() => {
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective + " " + event.sample));
});

// clean fails when anything on the page came out of a text.
async function clean() {
  const found = await page.evaluate(() => ({
    violations: window.violations,
    scripts: [...document.scripts].filter((one) => !one.src || new URL(one.src).origin !== location.origin).length,
    strangers: document.querySelectorAll("img, iframe, object, embed, base, style, marquee, video, audio, math, frameset, template, [onerror], [onload], [onclick], [style]").length,
    targets: [...document.querySelectorAll("[href], [src], [action]")].map((one) => one.href?.baseVal ?? one.href ?? one.src ?? one.action)
      .filter((target) => typeof target === "string" && new URL(target, location).origin !== location.origin),
  }));
  equal(found, { violations: [], scripts: 0, strangers: 0, targets: [] }, "what came out of a text");
  equal(happened, [], "what happened");
  equal(page.faults, [], "faults");
}

const spaced = (text) => text.replace(/\s+/gu, " ").trim();

await test("on every page a text is a text", async () => {
  const missing = new Set(texts.map(spaced));
  for (const path of pages) {
    await page.goto(origin + path);
    await clean();
    const shown = await page.evaluate(() => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const list = [];
      while (walk.nextNode()) list.push(walk.currentNode.data.replace(/\s+/gu, " ").trim());
      return list;
    });
    for (const text of shown) missing.delete(text);
    for (const text of missing) if (shown.some((one) => one.includes(text))) missing.delete(text);
  }
  equal([...missing], [], "texts that no page shows");
});

await test("typed into a form, previewed and refused, a text is a text", async () => {
  await page.goto(origin + "/admin/api-tokens");
  await page.getByRole("link", { name: "New user token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Person").fill("user:default/alice");
  await dialog.getByRole("checkbox", { name: "upload" }).check();
  for (const text of texts) {
    await dialog.getByLabel("Name", { exact: true }).fill(text);
    await page.waitForResponse((answer) => answer.url().endsWith("/summary"));
    await clean();
  }
  await dialog.getByLabel("Person").fill('"><img src=x onerror=alert(1)>');
  await dialog.getByRole("button", { name: "Create token" }).click();
  await dialog.getByRole("alert").waitFor();
  equal(await dialog.getByLabel("Person").inputValue(), '"><img src=x onerror=alert(1)>', "what was typed");
  await clean();
});

await browser.close();
