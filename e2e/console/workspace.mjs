// Workspaces and their tokens in a browser: with scripts and without. LINKS holds
// one-time links of an administrator, between commas, OWNERS of an owner of the
// workspace demo; each is used once.
import { browser, signIn, settle, axe, test, equal, origin, widths, themes } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const owners = process.env.OWNERS.split(",");
const mine = origin + "/settings/workspaces";
const tokens = mine + "/demo/api-tokens";
const all = origin + "/admin/workspaces";

await test("a workspace token is made in a dialog, read only unless one says otherwise, and rotated", async () => {
  const page = await signIn(owners[0]);
  await page.goto(mine);
  await page.getByRole("link", { name: "demo" }).click();
  await page.getByRole("link", { name: "New workspace token" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New workspace token" });
  equal(await dialog.getByLabel("Read only").isChecked(), true, "the preset");
  await dialog.getByLabel("Name", { exact: true }).fill("Export <b>x</b>");
  await dialog.getByText("Export <b>x</b> can read in demo and change nothing").waitFor();
  await dialog.getByLabel("Read & write").check();
  await dialog.getByText("can read and write in demo and delete nothing").waitFor();
  await dialog.getByRole("button", { name: "Create token" }).click();
  const ready = page.getByRole("dialog", { name: "is ready" });
  const secret = await ready.locator("#secret").textContent();
  await ready.getByRole("button", { name: "Copy" }).first().click();
  await ready.getByRole("button", { name: "Copied" }).first().waitFor();
  equal(await page.evaluate(() => navigator.clipboard.readText()), secret, "the clipboard");
  await ready.getByRole("link", { name: "Done" }).click();
  await page.getByRole("link", { name: "Export <b>x</b>" }).click();
  equal((await page.content()).includes(secret), false, "the token is on the page");
  await page.getByRole("link", { name: "Rotate" }).click();
  const rotate = page.getByRole("dialog", { name: "Rotate Export" });
  await rotate.getByLabel("Read only").check();
  await rotate.getByRole("button", { name: "Rotate now" }).click();
  await page.locator("#secret").waitFor();
  equal(page.faults, [], "faults");
  page.on("dialog", (d) => d.accept());
  await page.context().close();
});

await test("the call of the API section is copied", async () => {
  const page = await signIn(owners[1]);
  await page.goto(tokens);
  equal(await page.locator("#api-call").isVisible(), false, "the section is open");
  await page.locator("summary", { hasText: "API" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("#api-call").waitFor();
  await page.locator("[data-copy=api-call]").click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  equal((await page.evaluate(() => navigator.clipboard.readText())).startsWith("curl -H"), true, "the clipboard");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("a workspace is added, and a member joins, in dialogs", async () => {
  const page = await signIn(links[0]);
  await page.goto(all);
  await page.getByRole("link", { name: "New workspace" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New workspace" });
  await dialog.getByLabel("Workspace").fill("No Good");
  await dialog.getByRole("button", { name: "Create workspace" }).click();
  await dialog.getByRole("alert").waitFor();
  equal(await page.evaluate(() => document.activeElement.id), "name", "the focus");
  await dialog.getByLabel("Workspace").fill("browser-made");
  await dialog.getByRole("button", { name: "Create workspace" }).click();
  await page.getByText("The workspace is there").waitFor();
  await page.getByRole("link", { name: "Add a member" }).first().click();
  const join = page.getByRole("dialog", { name: "Member of browser-made" });
  await join.getByLabel("Person").fill("user:default/alice");
  await join.getByLabel("Role").selectOption("owner");
  await join.getByRole("button", { name: "Save" }).click();
  await page.getByText("The member is saved").waitFor();
  equal(await page.locator("td[data-label=Role]").textContent(), "Owner", "the role");
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("without scripts a token is made and revoked, and a workspace disabled and enabled", async () => {
  const page = await signIn(owners[2], { javaScriptEnabled: false });
  await page.goto(tokens + "/new");
  await page.getByLabel("Name", { exact: true }).fill("Plain export");
  await page.getByRole("button", { name: "Create token" }).click();
  await page.locator("#secret").waitFor();
  await page.getByRole("link", { name: "Done" }).click();
  await page.getByRole("link", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Revoke for ever" }).click();
  equal(await page.locator(".facts .badge").textContent(), "Revoked", "the state");
  await page.context().close();
  const admin = await signIn(links[1], { javaScriptEnabled: false });
  await admin.goto(all + "/browser-made/members");
  await admin.getByRole("link", { name: "Disable" }).click();
  await admin.getByRole("button", { name: "Disable workspace" }).click();
  equal(await admin.locator(".facts .badge").textContent(), "Disabled", "the state");
  await admin.getByRole("button", { name: "Enable" }).click();
  equal(await admin.locator(".facts .badge").textContent(), "Enabled", "the state");
  await admin.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const found = [];
  const look = async (link, paths) => {
    const page = await signIn(link, { bypassCSP: true });
    for (const path of paths) {
      await page.goto(origin + path);
      for (const closed of await page.locator("details.reveal:not([open]) > summary").all()) await closed.click();
      for (const theme of themes) for (const width of widths) {
        await settle(page, theme, width);
        for (const line of await axe(page)) found.push(`${path} ${theme} ${width}: ${line}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) found.push(`${path} ${theme} ${width}: ${over} px wider than the screen`);
      }
    }
    await page.context().close();
  };
  const own = "/settings/workspaces/demo/api-tokens";
  await look(owners[3], ["/settings/workspaces", own, own + "?view=all", own + "?q=nothing", own + "/new"]);
  await look(links[2], [
    "/admin/workspaces", "/admin/workspaces/new", "/admin/workspaces/browser-made/members",
    "/admin/workspaces/browser-made/join", "/admin/workspaces/browser-made/disable",
  ]);
  equal(found, [], "axe");
});

await browser.close();
