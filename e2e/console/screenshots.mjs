// Takes a picture of every page: FOLDER/NAME-THEME-WIDTH.png. PAGES is JSON:
// [{name, path, click?, fill?, stranger?}]; LINK is a one-time link of an administrator.
// {n} in what is filled in is another number each time.
// ONLY is a regular expression for the names of a few.
import { browser, open, signIn, settle, origin, widths, themes } from "./browser.mjs";

const person = await signIn(process.env.LINK), stranger = await open();
let n = 0;
for (const one of JSON.parse(process.env.PAGES)) {
  if (process.env.ONLY && !new RegExp(process.env.ONLY).test(one.name)) continue;
  const page = one.stranger ? stranger : person;
  for (const theme of themes) for (const width of widths) {
    await settle(page, theme, width);
    await page.goto(new URL(one.path, origin).href);
    n++;
    for (const [label, text] of Object.entries(one.fill || {})) await page.getByLabel(label, { exact: true }).first().fill(text.replaceAll("{n}", n));
    for (const name of one.click || []) {
      await page.getByRole(name.role, { name: name.name }).first().click();
      if (name.wait) await page.locator(name.wait).waitFor();
    }
    await page.waitForTimeout(one.pause || 60);
    await page.screenshot({ path: `${process.env.FOLDER}/${one.name}-${theme}-${width}.png`, fullPage: !one.dialog });
  }
}
await browser.close();
