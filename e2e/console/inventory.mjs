// The inventory and the landing page in a browser. LINKS holds one-time links of
// an administrator, between commas; each is used once. The server has the tokens
// bulk-00 to bulk-59.
import { browser, signIn, settle, axe, test, equal, origin, widths, themes } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const inventory = origin + "/admin/inventory";

await test("tokens that are ticked are disabled after a preview", async () => {
  const page = await signIn(links[0]);
  await page.goto(inventory + "?q=bulk-0&sort=name&order=asc");
  await page.getByLabel("Tick bulk-00").check();
  await page.getByLabel("Tick bulk-01").check();
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  equal(await page.getByRole("heading", { level: 1 }).textContent(), "Disable 2 tokens?", "the question");
  await page.getByRole("button", { name: "Disable 2 tokens" }).click();
  await page.getByText("The tokens are disabled").waitFor();
  await page.goto(inventory + "?q=bulk-0&state=disabled");
  equal(await page.locator(".list tbody tr").count(), 2, "disabled");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("a change of many goes on by itself and says how far it is", async () => {
  const page = await signIn(links[1]);
  await page.goto(inventory + "?q=bulk-");
  await page.getByRole("link", { name: "Revoke all" }).click();
  await page.getByLabel("Reason").fill("clean-up");
  await page.getByRole("button", { name: "Revoke 60 tokens for ever" }).click();
  await page.getByText("The tokens are revoked").waitFor();
  await page.goto(inventory + "?q=bulk-&state=usable");
  await page.getByText("Nothing matches").waitFor();
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("without scripts a button takes each step", async () => {
  const page = await signIn(links[2], { javaScriptEnabled: false });
  await page.goto(inventory + "?q=plain-");
  await page.getByRole("link", { name: "Disable all" }).click();
  await page.getByRole("button", { name: "Disable 30 tokens" }).click();
  await page.getByText("25 of 30 done").waitFor();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("30 of 30 done").waitFor();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("The tokens are disabled").waitFor();
  await page.context().close();
});

await test("a field of the calendar leads to the tokens that it counts", async () => {
  const page = await signIn(links[3]);
  await page.goto(inventory);
  await page.locator(".heat td a").first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".list tbody tr").first().waitFor();
  equal(new URL(page.url()).searchParams.get("state"), "usable", "the list");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const page = await signIn(links[4], { bypassCSP: true });
  const found = [];
  await page.goto(inventory + "?state=disabled");
  const detail = await page.locator(".list tbody th a").first().getAttribute("href");
  for (const path of ["/", "/admin/inventory", "/admin/inventory?q=nothing", "/admin/inventory/change?action=revoke&all=yes&q=plain-", detail]) {
    await page.goto(origin + path);
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
