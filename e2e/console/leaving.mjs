// A secret that was not copied: every way to leave it asks. LINKS holds one-time
// links of an administrator, between commas; each is used once.
import { browser, signIn, test, equal, origin } from "./browser.mjs";

const links = process.env.LINKS.split(",");
const list = origin + "/admin/access-tokens";

// shown makes a token and gives a page that shows its secret: in the dialog of the
// list, or as a page of its own.
async function shown(link, name, inDialog) {
  const page = await signIn(link);
  await page.goto(list);
  if (inDialog) await page.getByRole("link", { name: "New service token" }).first().click();
  else await page.goto(list + "/new");
  const form = page.locator(inDialog ? "dialog form" : "main form.form");
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByLabel("Description").fill("x");
  await form.getByLabel("Group").fill("group:default/platform");
  await form.getByRole("button", { name: "Create token" }).click();
  await page.locator("#secret").waitFor();
  return page;
}

// answers has every question answered the same, and gives the list of those that
// were asked.
function answers(page, yes) {
  const asked = [];
  page.removeAllListeners("dialog");
  page.on("dialog", (d) => { asked.push(d.type()); return yes ? d.accept() : d.dismiss(); });
  return asked;
}

const visible = (page) => page.locator("#secret").isVisible();

await test("Escape asks each time, however often it is pressed", async () => {
  const page = await shown(links[0], "left-by-escape", true);
  let asked = answers(page, false);
  for (let i = 0; i < 4; i++) await page.keyboard.press("Escape");
  equal(asked.length, 4, "questions");
  equal(await visible(page), true, "the secret is there after No");
  asked = answers(page, true);
  await page.keyboard.press("Escape");
  await page.locator("#secret").waitFor({ state: "detached" });
  equal(asked, ["confirm"], "questions with Yes");
  await page.getByRole("link", { name: "left-by-escape" }).waitFor();
  equal(await page.evaluate(() => document.querySelector("dialog").open), false, "the dialog is open");
  await page.context().close();
});

await test("a browser that closes the dialog by itself is asked all the same", async () => {
  const page = await shown(links[1], "left-by-the-browser", true);
  let asked = answers(page, false);
  await page.evaluate(() => document.getElementById("dialog").close());
  await page.waitForFunction(() => document.getElementById("dialog").open);
  equal([asked.length, await visible(page)], [1, true], "questions, and the secret");
  asked = answers(page, true);
  await page.getByRole("dialog").getByRole("link", { name: "Done" }).click();
  await page.locator("#secret").waitFor({ state: "detached" });
  equal(asked, ["confirm"], "questions of Done");
  await page.context().close();
});

await test("the way back and the end of the tab ask, in a dialog and on a page", async () => {
  for (const [i, inDialog] of [true, false].entries()) {
    const page = await shown(links[2 + i], "left-by-back-" + i, inDialog);
    let asked = answers(page, false);
    await page.goBack({ timeout: 2000 }).catch(() => {});
    equal([asked, await visible(page)], [["beforeunload"], true], "questions of the way back");
    asked = answers(page, false);
    await page.close({ runBeforeUnload: true });
    await page.waitForFunction(() => true);
    equal(asked, ["beforeunload"], "questions of the end of the tab");
    await page.context().close();
  }
});

await test("on a page of its own Done asks once", async () => {
  const page = await shown(links[4], "left-by-done", false);
  let asked = answers(page, false);
  await page.getByRole("link", { name: "Done" }).click();
  equal([asked, await visible(page)], [["beforeunload"], true], "questions");
  asked = answers(page, true);
  await page.getByRole("link", { name: "Done" }).click();
  await page.getByRole("heading", { level: 1, name: "left-by-done" }).waitFor();
  equal(asked, ["beforeunload"], "questions with Yes");
  await page.context().close();
});

await test("whoever copied it is not asked", async () => {
  for (const [i, leave] of ["Escape", "Done"].entries()) {
    const page = await shown(links[5 + i], "copied-" + i, true);
    const asked = answers(page, true);
    await page.getByRole("dialog").getByRole("button", { name: "Copy" }).first().click();
    await page.getByRole("button", { name: "Copied" }).first().waitFor();
    if (leave === "Escape") await page.keyboard.press("Escape");
    else await page.getByRole("dialog").getByRole("link", { name: "Done" }).click();
    await page.locator("#secret").waitFor({ state: "detached" });
    equal(asked, [], "questions");
    equal(page.faults, [], "faults");
    await page.context().close();
  }
});

await browser.close();
