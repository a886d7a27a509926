// Pages that show tokens take over what changes, in a browser. LINKS holds
// one-time links of an administrator, between commas; BEARER is an access JWT of
// theirs, by which tokens are made and revoked behind the pages' backs.
import { browser, signIn, test, equal, origin } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const list = origin + "/admin/access-tokens";
const headers = { Authorization: "Bearer " + process.env.BEARER, "Content-Type": "application/json" };

// make makes a token over the API and gives its id.
async function make(name) {
  const body = { name, description: "made elsewhere", groupEntityRef: "platform", scopes: ["catalog:read"], expiresInDays: 200 };
  const answer = await fetch(origin + "/api/access-tokens/service", { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.status !== 201) throw new Error(`issue: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).token.id;
}

async function revoke(id) {
  const answer = await fetch(`${origin}/api/access-tokens/service/${id}`, { method: "DELETE", headers, body: JSON.stringify({ reason: "a test" }) });
  if (!answer.ok) throw new Error(`revoke: ${answer.status}`);
}

// listening waits until the page hears of changes: what happens after it is an
// event, and not part of the page as it came.
async function listening(page, act) {
  const heard = page.waitForRequest((request) => new URL(request.url()).pathname === "/live");
  await act();
  await (await heard).response();
}

const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

await test("a new, a revoked and a changed token appear in an open list by themselves", async () => {
  const page = await signIn(links[0]);
  await listening(page, () => page.goto(list));
  const id = await make("live-first");
  await row(page, "live-first").waitFor();
  equal(await row(page, "live-first").locator(".badge").textContent(), "Active", "the state");
  await revoke(id);
  await row(page, "live-first").getByText("Revoked").waitFor();
  equal(page.url(), list, "the address");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("focus, open menus, filters and what was typed stay", async () => {
  await make("live-kept");
  const page = await signIn(links[1]);
  await listening(page, () => page.goto(list + "?q=live"));
  await page.getByRole("searchbox").fill("half typed");
  await page.getByLabel("Actions for live-kept").click();
  await page.getByRole("link", { name: "Rotate" }).first().focus();
  const path = await page.evaluate(() => document.activeElement.getAttribute("href"));
  await make("live-second");
  await row(page, "live-second").waitFor();
  equal(await page.evaluate(() => document.activeElement.getAttribute("href")), path, "the focus");
  equal(await page.locator("details.menu[open]").count(), 1, "open menus");
  equal(await page.getByRole("searchbox").inputValue(), "half typed", "what was typed");
  equal(await page.locator("tbody tr").first().getByRole("link").first().textContent(), "live-second", "the order");
  await make("other-name");
  await make("live-third");
  await row(page, "live-third").waitFor();
  equal(await row(page, "other-name").count(), 0, "rows that the filter leaves out");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("an open dialog and selected text are not disturbed", async () => {
  const page = await signIn(links[2]);
  await listening(page, () => page.goto(list + "?q=calm"));
  await page.getByText("Nothing matches").waitFor();
  await page.getByRole("link", { name: "New service token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("typed-so-far");
  await make("calm-one");
  await page.waitForTimeout(1500); // long enough for what must not happen
  equal(await row(page, "calm-one").count(), 0, "rows behind the dialog");
  equal(await dialog.getByLabel("Name", { exact: true }).inputValue(), "typed-so-far", "what was typed");
  await page.keyboard.press("Escape");
  await row(page, "calm-one").waitFor();
  await page.evaluate(() => getSelection().selectAllChildren(document.querySelector("tbody th code")));
  await make("calm-two");
  await page.waitForTimeout(1500);
  equal(await row(page, "calm-two").count(), 0, "rows while text is selected");
  await page.evaluate(() => getSelection().removeAllRanges());
  await row(page, "calm-two").waitFor();
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("a page about a token follows it, and one that nobody sees does not listen", async () => {
  const id = await make("live-detail");
  const page = await signIn(links[3]);
  await listening(page, () => page.goto(`${list}/${id}`));
  equal(await page.locator(".facts .badge").textContent(), "Active", "the state");
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await revoke(id);
  await page.waitForTimeout(1500);
  equal(await page.locator(".facts .badge").textContent(), "Active", "the state on a page that nobody sees");
  await listening(page, () => page.evaluate(() => {
    delete document.hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  }));
  await page.locator(".facts .badge").getByText("Revoked").waitFor();
  await page.getByText("a test").waitFor();
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("without scripts a list is as it was when it came, and works", async () => {
  const page = await signIn(links[4], { javaScriptEnabled: false });
  const heard = [];
  page.on("request", (request) => { if (request.url().includes("/live")) heard.push(request.url()); });
  await page.goto(list);
  await make("live-plain");
  equal(await row(page, "live-plain").count(), 0, "rows that came by themselves");
  await page.reload();
  equal(await row(page, "live-plain").count(), 1, "rows after a reload");
  equal(heard, [], "what was listened to");
  await page.context().close();
});

await test("a page that cannot be had is said in place, and tried again", async () => {
  const page = await signIn(links[5]);
  await page.goto(list);
  await page.route("**/new", (route) => route.abort());
  await page.getByRole("link", { name: "New service token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("alert").waitFor();
  await page.unroute("**/new");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("kept-name");
  await page.route("**/new", (route) => route.abort());
  await dialog.getByRole("button", { name: "Create token" }).click();
  await dialog.getByRole("alert").waitFor();
  equal(await dialog.getByLabel("Name", { exact: true }).inputValue(), "kept-name", "what was typed");
  await page.unroute("**/new");
  await page.route("**/new", async (route) => { await new Promise((done) => setTimeout(done, 600)); await route.continue(); });
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "New service token" }).first().click();
  await page.locator("dialog .skeleton").waitFor();
  await dialog.getByLabel("Name", { exact: true }).waitFor();
  equal(await page.locator("dialog .skeleton").count(), 0, "what stands in its place");
  await page.context().close();
});

await browser.close();
