// Takes a picture of every page: FOLDER/NAME-THEME-WIDTH.png. PAGES is JSON:
// [{name, path, click?, fill?}]; LINK is a one-time link of an administrator.
import { browser, signIn, settle, origin, widths, themes } from "./browser.mjs";

const page = await signIn(process.env.LINK);
for (const one of JSON.parse(process.env.PAGES)) {
  for (const theme of themes) for (const width of widths) {
    await settle(page, theme, width);
    await page.goto(origin + one.path);
    for (const [label, text] of Object.entries(one.fill || {})) await page.getByLabel(label, { exact: true }).first().fill(text);
    for (const name of one.click || []) {
      await page.getByRole(name.role, { name: name.name }).first().click();
      if (name.wait) await page.locator(name.wait).waitFor();
    }
    await page.waitForTimeout(one.pause || 60);
    await page.screenshot({ path: `${process.env.FOLDER}/${one.name}-${theme}-${width}.png`, fullPage: !one.dialog });
  }
}
await browser.close();
