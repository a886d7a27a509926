// Every page with its text from right to left, and in the narrowest window: nothing
// is wider than the screen. LINK is a one-time link of an administrator, PAGES is
// JSON: the paths.
import { browser, signIn, test, equal, origin, widths } from "./browser.mjs";

const page = await signIn(process.env.LINK, { bypassCSP: true });

// overflow gives what stands out of the window, by its markup.
const overflow = () => page.evaluate(() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => { const { left, right } = one.getBoundingClientRect(); return right > room + 1 || left < -1; })
    .filter((one) => !one.closest(".side-list")) // which scrolls by itself
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 120));
});

for (const path of JSON.parse(process.env.PAGES)) {
  await test(`${path} from right to left`, async () => {
    await page.goto(origin + path);
    await page.evaluate(() => { document.documentElement.dir = "rtl"; });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      equal(await overflow(), [], `what is wider than ${width} px`);
    }
    for (const opener of await page.locator("main a[data-dialog]").all()) {
      if (!await opener.isVisible()) continue;
      await page.setViewportSize({ width: widths[0], height: 800 });
      await opener.click();
      await page.locator("dialog[open] .dialog-body:not(.skeleton)").waitFor();
      equal(await overflow(), [], "what is wider than the window with a dialog");
      const inside = await page.evaluate(() => { const d = document.getElementById("dialog"); return d.scrollWidth - d.clientWidth; });
      equal(inside, 0, "px that the content of the dialog is too wide");
      await page.keyboard.press("Escape");
      break;
    }
  });
}

await browser.close();
