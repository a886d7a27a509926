// People and groups in a browser: with scripts and without. LINKS holds one-time
// links of an administrator, between commas; each is used once.
import { browser, signIn, settle, axe, test, equal, origin, widths, themes } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const list = origin + "/admin/people";

await test("a person is added, given a role and a group, in dialogs", async () => {
  const page = await signIn(links[0]);
  await page.goto(list);
  await page.getByRole("link", { name: "Add a person" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add a person" });
  await dialog.getByRole("button", { name: "Add person" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Ref").fill("user:default/dora");
  await dialog.getByLabel("Name").fill("Dora <img src=x onerror=alert(1)>");
  await dialog.getByRole("button", { name: "Add person" }).click();
  await page.getByText("The person is added").waitFor();
  await page.getByRole("link", { name: "Give a role" }).click();
  const role = page.getByRole("dialog", { name: "Give Dora" });
  await role.getByLabel("Role").selectOption("auditor");
  await role.getByRole("button", { name: "Give a role" }).click();
  await page.getByText("The role is given").waitFor();
  await page.getByRole("link", { name: "Add to a group" }).click();
  const group = page.getByRole("dialog", { name: "to a group" });
  await group.getByLabel("Group").fill("group:default/data");
  await group.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("They are in the group").waitFor();
  equal(await page.getByRole("link", { name: "group:default/data" }).count() > 0, true, "the group");
  await page.getByRole("link", { name: "Take back auditor" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await page.getByText("The role is taken back").waitFor();
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("people are found by a part of their name", async () => {
  const page = await signIn(links[1]);
  await page.goto(list);
  await page.getByLabel("Name, ref or mail").fill("dor");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=dor/);
  equal(await page.locator("tbody tr").count(), 1, "people");
  await page.getByLabel("State").selectOption("disabled");
  await page.getByText("Nothing matches").waitFor();
  equal(page.faults, [], "faults");
  await page.context().close();
});

await test("without scripts somebody is disabled and enabled, and the last administrator stays", async () => {
  const page = await signIn(links[2], { javaScriptEnabled: false });
  await page.goto(list + "/default/dora");
  await page.getByRole("link", { name: "Disable" }).click();
  await page.getByRole("button", { name: "Disable person" }).click();
  equal(await page.locator(".facts .badge").textContent(), "Disabled", "the state");
  await page.getByRole("button", { name: "Enable" }).click();
  equal(await page.locator(".facts .badge").textContent(), "Enabled", "the state");
  await page.goto(list + "/default/admin/disable");
  await page.getByRole("button", { name: "Disable person" }).click();
  await page.getByText("This is the last administrator").waitFor();
  await page.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const page = await signIn(links[3], { bypassCSP: true });
  const found = [];
  for (const path of [
    "/admin/people", "/admin/people?q=nothing", "/admin/people/new", "/admin/people/default/admin", "/admin/people/default/dora/disable",
    "/admin/people/default/dora/roles/grant", "/admin/groups", "/admin/groups/default/data", "/admin/groups/default/data/join",
  ]) {
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
