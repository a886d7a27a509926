// The log and the description of the API in a browser: with scripts and without.
// LINKS holds one-time links of an administrator, between commas; each is used
// once. The log has more entries than one part of a verification reads.
import { browser, signIn, settle, axe, test, equal, origin, widths, themes } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const list = origin + "/admin/audit";

await test("an entry is found by its filters, opened in a dialog, and proved", async () => {
  const page = await signIn(links[0]);
  await page.goto(list);
  await page.getByLabel("Token, by name or id").fill("browser-job");
  await page.getByLabel("Action", { exact: true }).selectOption("Token created");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/about=browser-job/);
  await page.getByRole("link", { name: "Token created" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Token created" });
  await dialog.getByText("Proved").waitFor();
  const [proof] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("link", { name: "Download the proof" }).click()]);
  equal(/^proof-[0-9a-f-]{36}\.json$/.test(proof.suggestedFilename()), true, "the name of the file");
  await page.keyboard.press("Escape");
  const [table] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export CSV" }).click()]);
  equal(table.suggestedFilename().endsWith(".csv"), true, "the name of the table");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("with scripts a verification goes on by itself, and says what it found", async () => {
  const page = await signIn(links[1]);
  await page.goto(list);
  await page.getByRole("link", { name: "Verify the chain" }).click();
  await page.getByRole("button", { name: "Verify the chain" }).click();
  await Promise.all(["#verification", "#live"].map((part) => page.locator(part).getByText("The log is whole.").waitFor()));
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("without scripts the log is filtered, an entry shown, and verified part by part", async () => {
  const page = await signIn(links[2], { javaScriptEnabled: false });
  await page.goto(list);
  await page.getByLabel("Outcome").selectOption("Allowed");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("link", { name: "Token created" }).first().click();
  equal(await page.getByRole("heading", { level: 1 }).textContent(), "Token created", "the page");
  await page.goto(list + "/verify");
  await page.getByRole("button", { name: "Verify the chain" }).click();
  equal((await page.locator("label[for=progress]").textContent()).startsWith("500 of "), true, "the progress");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("The log is whole.").waitFor();
  await page.context().close();
});

await test("the description of the API is read by its contents, and a call copied", async () => {
  const page = await signIn(links[3]);
  await page.goto(origin + "/docs/api");
  await page.getByRole("link", { name: "Service tokens" }).last().click();
  const operation = page.locator("details", { has: page.locator("#op-issueServiceToken") });
  await operation.locator("summary").first().click();
  await operation.getByRole("button", { name: "Copy" }).click();
  await operation.getByRole("button", { name: "Copied" }).waitFor();
  equal((await page.evaluate(() => navigator.clipboard.readText())).startsWith("curl -X POST -H @- --json "), true, "the clipboard");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const page = await signIn(links[4], { bypassCSP: true });
  const found = [];
  await page.goto(list);
  const entry = await page.getByRole("link", { name: "Token created" }).first().getAttribute("href");
  for (const path of ["/admin/audit", "/admin/audit?about=nothing", entry, "/admin/audit/verify", "/docs/api"]) {
    await page.goto(origin + path);
    await page.evaluate(() => { const first = document.querySelector("details.operation"); if (first) first.open = true; });
    for (const theme of themes) for (const width of widths) {
      await settle(page, theme, width);
      for (const line of await axe(page)) found.push(`${path} ${theme} ${width}: ${line}`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) found.push(`${path} ${theme} ${width}: ${over} px wider than the screen`);
    }
  }
  equal(found, [], "axe");
  await page.context().close();
});

await browser.close();
