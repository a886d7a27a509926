// Service tokens in a browser: with scripts and without. LINKS holds one-time
// links of an administrator, between commas; each is used once.
import { browser, signIn, contentOf, settle, axe, test, equal, origin, widths, themes } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const list = origin + "/admin/access-tokens";

await test("a token is made in a dialog, copied, and gone", async () => {
  const page = await signIn(links[0]);
  await page.goto(list);
  await page.getByRole("link", { name: "New service token" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New service token" });
  await dialog.getByLabel("Name", { exact: true }).fill("browser-made");
  await dialog.getByLabel("Description").fill("made by a test <img src=x onerror=alert(1)>");
  await dialog.getByLabel("Group").fill("group:default/platform");
  await dialog.getByLabel("90 days").check();
  await dialog.getByText("browser-made will have").waitFor();
  await dialog.getByRole("button", { name: "Create token" }).click();
  const ready = page.getByRole("dialog", { name: "browser-made is ready" });
  const secret = await ready.locator("#secret").textContent();
  await ready.getByRole("button", { name: "Copy" }).first().click();
  await ready.getByRole("button", { name: "Copied" }).first().waitFor();
  equal(await page.evaluate(() => navigator.clipboard.readText()), secret, "the clipboard");
  await ready.getByRole("link", { name: "Done" }).click();
  await page.getByRole("link", { name: "browser-made" }).waitFor();
  equal(page.url(), list, "the address");
  equal((await page.content()).includes(secret), false, "the secret is on the page");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("faults are shown in the dialog, and what was typed stays", async () => {
  const page = await signIn(links[1]);
  await page.goto(list);
  await page.getByRole("link", { name: "New service token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Not Good");
  await dialog.getByRole("button", { name: "Create token" }).click();
  await dialog.getByRole("alert").waitFor();
  equal(await dialog.getByLabel("Name", { exact: true }).inputValue(), "Not Good", "the name");
  equal(await page.evaluate(() => document.activeElement.id), "name", "the focus");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("leaving an uncopied secret asks once", async () => {
  const page = await signIn(links[2]);
  await page.goto(list);
  await page.getByRole("link", { name: "New service token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("left-uncopied");
  await dialog.getByLabel("Description").fill("x");
  await dialog.getByLabel("Group").fill("group:default/platform");
  await dialog.getByRole("button", { name: "Create token" }).click();
  await page.locator("#secret").waitFor();
  const asked = [];
  page.on("dialog", (d) => { asked.push(d.message()); asked.length === 1 ? d.dismiss() : d.accept(); });
  await page.keyboard.press("Escape");
  equal(await page.locator("#secret").isVisible(), true, "still there after No");
  await page.keyboard.press("Escape");
  await page.locator("#secret").waitFor({ state: "detached" });
  equal(asked.length, 2, "questions");
  await page.context().close();
});

await test("a token is revoked from its row by keyboard, with the focus kept", async () => {
  const page = await signIn(links[3]);
  await page.goto(list);
  const menu = page.getByLabel("Actions for browser-made");
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Revoke" }).first().focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Revoke browser-made?" });
  await dialog.getByLabel("Reason").fill("a test");
  await page.keyboard.press("Enter");
  await page.getByText("The token is revoked").waitFor();
  equal(await page.locator(".facts .badge").textContent(), "Revoked", "the state");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("without scripts everything works, and back and reload do not show the secret", async () => {
  const page = await signIn(links[4], { javaScriptEnabled: false });
  await page.goto(list);
  await page.getByRole("link", { name: "New service token" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("plain-made");
  await page.getByLabel("Description").fill("x");
  await page.getByLabel("Group").fill("group:default/platform");
  await page.getByRole("button", { name: "Create token" }).click();
  const secret = await page.locator("#secret").textContent();
  await page.getByRole("link", { name: "Done" }).click();
  equal(await page.getByRole("heading", { level: 1 }).textContent(), "plain-made", "the page");
  // The answer to a POST is not kept: the browser asks before it sends the form again.
  await page.goBack().catch(() => {});
  equal((await contentOf(page)).includes(secret), false, "the secret is there on the way back");
  const next = await page.context().newPage(); // the other one may show a page of the browser's own
  await next.goto(list);
  await next.getByRole("link", { name: "plain-made" }).click();
  await next.getByRole("link", { name: "Revoke" }).click();
  await next.getByRole("button", { name: "Revoke for ever" }).click();
  equal(await next.locator(".facts .badge").textContent(), "Revoked", "the state");
  await page.context().close();
});

await test("with scripts a reload after the one-time display leads to the token", async () => {
  const page = await signIn(links[5]);
  page.on("dialog", (d) => d.accept());
  await page.goto(list + "/new");
  await page.getByLabel("Name", { exact: true }).fill("reloaded");
  await page.getByLabel("Description").fill("x");
  await page.getByLabel("Group").fill("group:default/platform");
  await page.getByRole("button", { name: "Create token" }).click();
  const secret = await page.locator("#secret").textContent();
  await page.reload();
  equal(await page.getByRole("heading", { level: 1 }).textContent(), "reloaded", "the page");
  equal((await page.content()).includes(secret), false, "the secret is there after a reload");
  await page.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const page = await signIn(links[6], { bypassCSP: true });
  const found = [];
  await page.goto(list);
  const detail = await page.getByRole("link", { name: "plain-made" }).getAttribute("href");
  for (const path of ["/", "/admin/access-tokens", "/admin/access-tokens?q=nothing", "/admin/access-tokens/new", detail, "/admin/access-tokens/none"]) {
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
