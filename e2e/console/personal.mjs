// Personal tokens in a browser: with scripts and without. LINKS holds one-time
// links of one person, between commas; each is used once.
import { browser, signIn, contentOf, settle, axe, test, equal, origin, widths, themes } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const list = origin + "/settings/personal-tokens";
const shown = "#minted:not([hidden]) #secret";

// ask fills in the form of a new token and goes on to the consent page.
async function ask(page, name) {
  await page.goto(list + "/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Create token" }).waitFor();
}

const consent = (page) => page.getByRole("button", { name: "Create token" }).click();

// exchanged reports whether a token is good.
async function exchanged(page, token) {
  const answer = await page.request.post(origin + "/api/auth/v1/token", { form: { grant_type: "refresh_token", refresh_token: token } });
  return answer.status() === 200;
}

await test("a token is made from the dialog, by consent, copied, and gone", async () => {
  const page = await signIn(links[0]);
  await page.goto(list);
  await page.getByRole("link", { name: "New personal token" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New personal token" });
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Name", { exact: true }).fill("browser-made");
  await dialog.getByLabel("90 days").check();
  await dialog.getByText("browser-made will act as you").waitFor();
  await dialog.getByRole("button", { name: "Go on" }).click();
  await page.waitForURL(/\/oauth2\/authorize\//);
  await consent(page);
  const secret = await page.locator(shown).textContent();
  equal(page.url(), list, "the address");
  equal(await page.evaluate(() => location.hash), "", "the fragment");
  await page.getByRole("heading", { name: "browser-made is ready" }).waitFor();
  equal(/^[0-9a-f-]{36}\.[\w-]{43}$/.test(secret), true, "the token looks like one");
  equal(await exchanged(page, secret), true, "the token is good");
  equal((await page.locator("#snippet-1").textContent()).includes("refresh_token=" + secret), true, "the token is in the recipe");
  await page.getByRole("button", { name: "Copy" }).first().click();
  await page.getByRole("button", { name: "Copied" }).first().waitFor();
  equal(await page.evaluate(() => navigator.clipboard.readText()), secret, "the clipboard");
  await page.getByRole("link", { name: "Done" }).click();
  await page.locator("#minted").waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "browser-made" }).waitFor();
  equal((await page.content()).includes(secret), false, "the secret is on the page");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("a reload, the way back and the way forward show nothing", async () => {
  const page = await signIn(links[1]);
  page.on("dialog", (question) => question.accept()); // it is left uncopied
  await ask(page, "left");
  await consent(page);
  const secret = await page.locator(shown).textContent();
  await page.reload();
  equal(await page.locator("#minted").isVisible(), false, "shown after a reload");
  equal((await page.content()).includes(secret), false, "the secret is there after a reload");
  await ask(page, "left again");
  await consent(page);
  const second = await page.locator(shown).textContent();
  await page.goto(origin + "/settings/sessions");
  await page.goBack();
  await page.waitForLoadState();
  equal(new URL(page.url()).pathname, "/settings/personal-tokens", "the way back");
  equal(await page.locator("#minted").isVisible(), false, "shown on the way back");
  equal((await contentOf(page)).includes(second), false, "the secret is there on the way back");
  await page.goBack().catch(() => {});
  await page.goForward().catch(() => {});
  equal((await contentOf(page)).includes(second), false, "the secret is there on the way forward");
  await page.context().close();
});

await test("leaving it uncopied asks once", async () => {
  const page = await signIn(links[2]);
  await ask(page, "uncopied");
  await consent(page);
  await page.locator(shown).click(); // browsers ask only where somebody did something
  const asked = [];
  page.on("dialog", (question) => { asked.push(question.type()); question.accept(); });
  await page.getByRole("link", { name: "Done" }).click();
  await page.locator("#minted").waitFor({ state: "hidden" });
  equal(asked, ["beforeunload"], "questions");
  await page.context().close();
});

await test("two tabs show a token each, their own", async () => {
  const one = await signIn(links[3]);
  const two = await one.context().newPage();
  await ask(one, "tab one");
  await ask(two, "tab two");
  await Promise.all([consent(one), consent(two)]);
  const first = await one.locator(shown).textContent();
  const second = await two.locator(shown).textContent();
  await one.getByRole("heading", { name: "tab one is ready" }).waitFor();
  await two.getByRole("heading", { name: "tab two is ready" }).waitFor();
  equal(first === second, false, "the same token");
  equal([await exchanged(one, first), await exchanged(two, second)], [true, true], "the tokens are good");
  equal(one.faults, [], "faults");
  await one.context().close();
});

await test("a link of a stranger shows nothing of theirs", async () => {
  const page = await signIn(links[4]);
  const coded = (payload) => Buffer.from(JSON.stringify(payload)).toString("base64url");
  const id = "11111111-2222-4333-8444-555555555555";
  const theirs = coded({ type: "personal-access-tokens-mint-result", flowId: "x", token: id + "." + "A".repeat(43), metadata: { id, name: "theirs", expiresAt: "2099-01-01T00:00:00.000Z" } });
  await page.goto(list + "#personal-access-tokens-mint=" + theirs);
  await page.getByRole("alert").getByText("There is no token to show").waitFor();
  equal([await page.evaluate(() => location.hash), (await page.content()).includes("theirs")], ["", false], "what is left of it");
  await page.goto(origin + "/settings/sessions");
  await page.goto(list + "#personal-access-tokens-mint-error=" + coded({ message: "<b>Call 1-555</b>" }));
  await page.getByRole("alert").getByText("No token was made. Begin again.", { exact: true }).waitFor();
  equal((await page.content()).includes("1-555"), false, "their text is on the page");
  await page.goto(origin + "/settings/sessions");
  await page.goto(list + "#personal-access-tokens-mint-error=%%%");
  await page.getByRole("alert").getByText("No token was made. Begin again.", { exact: true }).waitFor();
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("who cancels is told so, and has no token", async () => {
  const page = await signIn(links[5]);
  await ask(page, "cancelled");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("alert").getByText("You cancelled. No token was made.").waitFor();
  equal(await page.getByRole("link", { name: "cancelled" }).count(), 0, "tokens of that name");
  await page.getByLabel("Actions for browser-made").click();
  await page.getByRole("link", { name: "Revoke" }).first().click();
  await page.getByRole("dialog").getByLabel("Reason").fill("a test");
  await page.keyboard.press("Enter");
  await page.getByText("The token is revoked").waitFor();
  equal(await page.locator(".facts .badge").textContent(), "Revoked", "the state");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("without scripts tokens are listed, read and revoked, and what needs scripts is said", async () => {
  const page = await signIn(links[6], { javaScriptEnabled: false });
  await page.goto(list);
  await page.getByRole("link", { name: "tab one" }).click();
  await page.getByRole("link", { name: "Revoke" }).click();
  await page.getByText("all access tokens (JWTs) that came out of it").waitFor();
  await page.getByLabel("Reason").fill("a test");
  await page.getByRole("button", { name: "Revoke for ever" }).click();
  equal(await page.locator(".facts .badge").textContent(), "Revoked", "the state");
  await page.goto(list + "/new");
  equal(await page.getByText("only a script of this page can read it").isVisible(), true, "said before");
  await page.getByLabel("Name", { exact: true }).fill("unseen");
  await page.getByRole("button", { name: "Go on" }).click();
  await consent(page);
  equal(await page.getByText("Revoke it in the list below").isVisible(), true, "said afterwards");
  await page.getByLabel("Actions for unseen").click();
  await page.getByRole("link", { name: "Revoke" }).first().click();
  await page.getByRole("button", { name: "Revoke for ever" }).click();
  equal(await page.locator(".facts .badge").textContent(), "Revoked", "the state");
  await page.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const page = await signIn(links[7], { bypassCSP: true });
  const found = [];
  const judge = async (what) => {
    for (const theme of themes) for (const width of widths) {
      await settle(page, theme, width);
      for (const line of await axe(page)) found.push(`${what} ${theme} ${width}: ${line}`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) found.push(`${what} ${theme} ${width}: ${over} px wider than the screen`);
    }
  };
  await page.goto(list);
  const detail = await page.getByRole("link", { name: "tab two" }).getAttribute("href");
  for (const path of ["", "?q=nothing", "/new"]) {
    await page.goto(list + path);
    await judge(path || "list");
  }
  for (const path of [detail, detail + "/revoke"]) {
    await page.goto(origin + path);
    await judge(path);
  }
  await page.goto(list + "#personal-access-tokens-mint-error=x");
  await page.locator("#failed:not([hidden])").waitFor();
  await judge("a failure");
  page.on("dialog", (question) => question.accept());
  await ask(page, "judged");
  await consent(page);
  await page.locator(shown).waitFor();
  await judge("a new token");
  equal(found, [], "axe");
  await page.context().close();
});

await browser.close();
