// Where somebody is signed in, in a browser: with scripts and without. LINKS
// holds one-time links of one person, between commas; each is used once.
import { browser, signIn, settle, axe, test, equal, origin, widths, themes } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const list = origin + "/settings/sessions";

// ended reports whether a browser is led to the sign-in.
async function ended(page) {
  await page.goto(list);
  return new URL(page.url()).pathname === "/sign-in";
}

await test("one session is ended, then all others, and this one stays", async () => {
  const page = await signIn(links[0]);
  const second = await signIn(links[1]);
  await page.goto(list);
  const row = page.getByRole("row").filter({ hasText: "This browser" });
  equal((await row.textContent()).includes("Chrome on Linux"), true, "the name of this browser");
  await page.getByRole("button", { name: "Sign out Chrome on Linux" }).nth(1).click();
  await page.getByText("That browser is signed out").waitFor();
  equal(await ended(second), true, "the newest session is ended");
  const third = await signIn(links[2]);
  await page.goto(list);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByText("All other browsers are signed out").waitFor();
  equal(await ended(third), true, "another session is ended");
  equal(await ended(page), false, "this session is ended");
  equal(page.faults, [], "faults");
  for (const one of [page, second, third]) await one.context().close();
});

await test("without scripts this browser signs itself out; axe finds nothing before", async () => {
  const page = await signIn(links[3], { bypassCSP: true });
  const found = [];
  await page.goto(list);
  for (const theme of themes) for (const width of widths) {
    await settle(page, theme, width);
    for (const line of await axe(page)) found.push(`${theme} ${width}: ${line}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) found.push(`${theme} ${width}: ${over} px wider than the screen`);
  }
  equal(found, [], "axe");
  await page.context().close();
  const plain = await signIn(links[4], { javaScriptEnabled: false });
  await plain.goto(list);
  await plain.getByRole("row").filter({ hasText: "This browser" }).getByRole("button", { name: "Sign out" }).click();
  equal(await ended(plain), true, "this session is ended");
  await plain.context().close();
});

await browser.close();
