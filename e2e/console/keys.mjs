// Signing keys and settings in a browser: with scripts and without. LINKS holds
// one-time links of an administrator, between commas; each is used once.
import { browser, signIn, settle, axe, test, equal, origin, widths, themes } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const list = origin + "/admin/keys";

await test("a key is rotated in a dialog, and the former one removed by one click more", async () => {
  const page = await signIn(links[0]);
  await page.goto(list);
  const keys = page.locator("#use-log");
  await keys.getByRole("link", { name: "Rotate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make a new key" }).click();
  await page.getByText("The new key signs in ten seconds").waitFor();
  equal(await keys.locator("tbody .badge").allTextContents(), ["Ready", "Signs"], "the states");
  await keys.locator("tbody summary").last().click();
  await keys.getByRole("link", { name: "Remove in an emergency" }).last().click();
  const dialog = page.getByRole("dialog", { name: "Remove this key?" });
  await dialog.getByRole("button", { name: "Remove for ever" }).click();
  await dialog.getByText("Check this box to remove the key.").waitFor();
  await dialog.getByLabel("I have read what stops").check();
  await dialog.getByRole("button", { name: "Remove for ever" }).click();
  await page.getByText("The key is removed").waitFor();
  equal(await keys.locator("tbody .badge").allTextContents(), ["Signs", "Removed"], "the states afterwards");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("without scripts a key is rotated and retired", async () => {
  const page = await signIn(links[1], { javaScriptEnabled: false });
  await page.goto(list);
  const keys = page.locator("#use-access");
  await keys.getByRole("link", { name: "Rotate" }).click();
  await page.getByRole("button", { name: "Make a new key" }).click();
  await keys.locator("tbody summary").first().click();
  await keys.getByRole("link", { name: "Retire" }).first().click();
  await page.getByRole("button", { name: "Retire the key" }).click();
  await page.getByText("The key signs nothing more").waitFor();
  await page.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const page = await signIn(links[2], { bypassCSP: true });
  const found = [];
  await page.goto(list);
  const remove = await page.locator("#use-log .menu-body a").last().getAttribute("href");
  for (const path of ["/admin/keys", "/admin/keys/rotate?use=log", remove, "/admin/settings"]) {
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
