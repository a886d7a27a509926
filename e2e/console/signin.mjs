// Signing in and out in a browser: with scripts and without. FRESH is a server at
// which nobody has signed in yet; at ORIGIN somebody has, and a provider is
// configured that says no. LINKS holds one-time links, between commas; each is
// used once.
import { browser, open, signIn, settle, judge, test, equal, origin } from "./browser.mjs";

const links = process.env.LINKS.split(",");

await test("a new installation says how the first administrator gets in, to be copied", async () => {
  const page = await open();
  await page.goto(process.env.FRESH + "/");
  equal(new URL(page.url()).pathname, "/sign-in", "where a stranger is led");
  await page.getByRole("heading", { name: "No administrator has signed in yet" }).waitFor();
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  equal(await page.evaluate(() => navigator.clipboard.readText()), "tokenwright admin link", "the clipboard");
  await page.context().close();
});

for (const javaScriptEnabled of [true, false]) {
  await test(`a link signs in once and leads on, and signing out ends it, scripts ${javaScriptEnabled}`, async () => {
    const link = links.shift();
    const page = await signIn(link, { javaScriptEnabled });
    await page.getByRole("heading", { name: "You are signed in" }).waitFor();
    equal(await page.locator("#token").isVisible(), false, "the token is in sight");
    await page.getByText("Access token for the API").click();
    equal((await page.locator("#token").inputValue()).split(".").length, 3, "the token's parts");
    await page.getByRole("link", { name: "Go on" }).click();
    equal(new URL(page.url()).pathname, "/", "the way on");
    await page.goto(link);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "This link does not work any more" }).waitFor();
    await page.goto(origin + "/sign-in");
    await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out").waitFor();
    await page.goto(origin + "/");
    equal(new URL(page.url()).pathname, "/sign-in", "where they are then led");
    equal(page.faults, [], "faults");
    await page.context().close();
  });
}

await test("the provider is asked by a link, and its no is explained", async () => {
  const page = await open();
  await page.goto(origin + "/admin/access-tokens");
  await page.getByRole("link", { name: /^Sign in with 127\.0\.0\.1/ }).click();
  await page.getByRole("heading", { name: "The identity provider did not sign you in" }).waitFor();
  await page.getByText("access_denied").waitFor();
  await page.getByRole("link", { name: "To the sign-in" }).click();
  equal(new URL(page.url()).pathname, "/sign-in", "the way on");
  await page.context().close();
});

await test("language and theme are chosen without being signed in, and keep the way on", async () => {
  const page = await open();
  await page.goto(origin + "/settings/sessions");
  const before = page.url();
  await page.getByRole("combobox", { name: "Language" }).selectOption("de");
  await page.locator("html[lang=de]").waitFor();
  await page.getByRole("button", { name: "Dunkel" }).click();
  await page.locator("html[data-theme=dark]").waitFor();
  equal(page.url(), before, "the address");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const stranger = await open({ bypassCSP: true });
  const found = [];
  for (const at of [process.env.FRESH + "/sign-in", origin + "/sign-in", origin + "/login/link/link_x", origin + "/sign-in/oidc/callback?state=x"]) {
    await stranger.goto(at);
    found.push(...await judge(stranger));
  }
  await stranger.getByRole("link", { name: "To the sign-in" }).waitFor();
  await stranger.context().close();
  const page = await signIn(links.shift(), { bypassCSP: true });
  await page.getByText("Access token for the API").click();
  found.push(...await judge(page));
  await settle(page, "light", 1280);
  await page.goto(origin + "/sign-in");
  found.push(...await judge(page));
  equal(found, [], "axe");
  await page.context().close();
});

await browser.close();
