// User tokens in a browser: with scripts and without. LINKS holds one-time links
// of an administrator, between commas; each is used once.
import { browser, signIn, settle, axe, test, equal, origin, widths, themes } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const list = origin + "/admin/api-tokens";

await test("a token is assigned to a person in a dialog, and revoked from its row", async () => {
  const page = await signIn(links[0]);
  await page.goto(list);
  await page.getByRole("link", { name: "New user token" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New user token" });
  await dialog.getByLabel("Name", { exact: true }).fill("Phone <b>x</b>");
  await dialog.getByLabel("Person").fill("user:default/alice");
  await dialog.getByLabel("30 days").check();
  await dialog.getByRole("checkbox", { name: "upload" }).check();
  await dialog.getByText("Phone <b>x</b> will have upload, as user:default/alice").waitFor();
  await dialog.getByRole("button", { name: "Create token" }).click();
  const ready = page.getByRole("dialog", { name: "is ready" });
  const secret = await ready.locator("#secret").textContent();
  await ready.getByRole("button", { name: "Copy" }).first().click();
  await ready.getByRole("button", { name: "Copied" }).first().waitFor();
  await ready.getByRole("link", { name: "Done" }).click();
  await page.getByRole("link", { name: "Phone <b>x</b>" }).waitFor();
  equal((await page.content()).includes(secret), false, "the secret is on the page");
  await page.getByLabel("Actions for Phone").click();
  await page.getByRole("link", { name: "Revoke" }).first().click();
  await page.getByRole("dialog").getByLabel("Reason").fill("a test");
  await page.keyboard.press("Enter");
  await page.getByText("The token is revoked").waitFor();
  equal(await page.locator(".facts .badge").textContent(), "Revoked", "the state");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("without scripts a token is assigned and rotated", async () => {
  const page = await signIn(links[1], { javaScriptEnabled: false });
  await page.goto(list + "/new");
  await page.getByLabel("Name", { exact: true }).fill("Plain phone");
  await page.getByLabel("Person").fill("user:default/alice");
  await page.getByRole("checkbox", { name: "upload" }).check();
  await page.getByRole("button", { name: "Create token" }).click();
  const first = await page.locator("#secret").textContent();
  await page.getByRole("link", { name: "Done" }).click();
  await page.getByRole("link", { name: "Rotate" }).click();
  await page.getByRole("button", { name: "Rotate now" }).click();
  equal(await page.locator("#secret").textContent() === first, false, "the secret is the same");
  await page.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const page = await signIn(links[2], { bypassCSP: true });
  const found = [];
  await page.goto(list);
  const detail = await page.getByRole("link", { name: "Plain phone" }).getAttribute("href");
  for (const path of ["/admin/api-tokens", "/admin/api-tokens?q=nothing", "/admin/api-tokens/new", detail, detail + "/rotate"]) {
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
