// What a list costs a browser that sees it for the first time: everything that is
// sent over the wire, layout shifts, and the time to the first text. One line of
// JSON for each of ROUNDS visits. LINK is a one-time link, LIST a path.
import { browser, origin } from "./browser.mjs";

const setup = await browser.newContext();
const first = await setup.newPage();
await first.goto(process.env.LINK);
await first.locator("main form button").first().click();
await first.waitForLoadState();
const cookies = await setup.cookies();
await setup.close();

for (let i = 0; i < Number(process.env.ROUNDS || 1); i++) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } }); // an empty cache
  await context.addCookies(cookies);
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send("Network.enable");
  let bytes = 0;
  wire.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifts += one.value; }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(origin + process.env.LIST, { waitUntil: "load" });
  const painted = await page.evaluate(() => new Promise((done) => {
    new PerformanceObserver((list) => { const [one] = list.getEntriesByName("first-contentful-paint"); if (one) done(one.startTime); }).observe({ type: "paint", buffered: true });
  }));
  // What moves, moves when the script, the fonts and the first event have come.
  await page.waitForTimeout(700);
  const { shifts, rows } = await page.evaluate(() => ({ shifts: window.shifts, rows: document.querySelectorAll("tbody tr").length }));
  console.log(JSON.stringify({ bytes: Math.round(bytes), shifts, painted, rows }));
  await context.close();
}
await browser.close();
