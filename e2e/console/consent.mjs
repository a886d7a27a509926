// The consent of a person to what a program of somebody else asks, all the way
// from that program's page and back. The program stands here, on a port of its
// own. ALICE and BOB hold one-time links, between commas; ADMIN is a bearer that
// registers the program.
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { browser, open, signIn, judge, test, equal, origin } from "./browser.mjs";

const links = { alice: process.env.ALICE.split(","), bob: process.env.BOB.split(",") };
const name = "Report builder " + "of a team with a very long name ".repeat(3).slice(0, 85);

// The program: / leads to the question, /callback takes the answer and redeems
// it, as any public client does (RFC 6749, RFC 7636).
const begun = new Map();
const program = createServer(async (request, response) => {
  const at = new URL(request.url, "http://program");
  if (at.pathname === "/") {
    const state = randomBytes(16).toString("base64url"), verifier = randomBytes(32).toString("base64url");
    begun.set(state, verifier);
    const to = new URL("/api/auth/v1/authorize", origin);
    to.search = new URLSearchParams({
      response_type: "code", client_id: client, redirect_uri: callback, scope: at.searchParams.get("scope"), state,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256",
    });
    response.setHeader("Content-Type", "text/html");
    return response.end(`<!doctype html><html lang="en"><title>Program</title><a href="${to.href.replaceAll("&", "&amp;")}">Connect</a>`);
  }
  if (at.pathname !== "/callback") return response.writeHead(404).end();
  const verifier = begun.get(at.searchParams.get("state")) || "";
  begun.delete(at.searchParams.get("state"));
  response.end(JSON.stringify(await outcome(at.searchParams, verifier)));
}).listen(0, "127.0.0.1");
await once(program, "listening");
const home = `http://127.0.0.1:${program.address().port}`, callback = home + "/callback";

// outcome is what the program got: whom it acts as, or why not.
async function outcome(answer, verifier) {
  if (answer.has("error")) return { error: answer.get("error"), state: verifier !== "" };
  const form = { grant_type: "authorization_code", code: answer.get("code"), redirect_uri: callback, client_id: client, code_verifier: verifier };
  const tokens = await (await fetch(origin + "/api/auth/v1/token", { method: "POST", body: new URLSearchParams(form) })).json();
  const person = await (await fetch(origin + "/api/auth/v1/userinfo", { headers: { Authorization: "Bearer " + tokens.access_token } })).json();
  return { sub: person.sub, scope: tokens.scope, lasting: Boolean(tokens.refresh_token) };
}

const registered = await (await fetch(origin + "/api/auth/v1/register", {
  method: "POST", headers: { Authorization: "Bearer " + process.env.ADMIN, "Content-Type": "application/json" },
  body: JSON.stringify({ client_name: name, redirect_uris: [callback], token_endpoint_auth_method: "none" }),
})).json();
const client = registered.client_id;

// begin goes to the question from the program's page.
async function begin(page, scope = "openid offline_access catalog:read") {
  await page.goto(home + "/?scope=" + encodeURIComponent(scope));
  await page.getByRole("link", { name: "Connect" }).click();
}

const answered = async (page) => { await page.waitForURL(callback + "**"); return JSON.parse(await page.locator("body").textContent()); };
const question = (page) => page.getByRole("heading", { name: "Let this application act as you?" }).waitFor();

// clean gives what went wrong on our pages; the program's own are none of ours.
const clean = (page) => page.faults.filter((fault) => !fault.startsWith("a request to " + home));

for (const javaScriptEnabled of [true, false]) {
  await test(`yes: the program acts as the person, scripts ${javaScriptEnabled}`, async () => {
    const page = await signIn(links.alice.shift(), { javaScriptEnabled });
    await begin(page);
    await question(page);
    equal(await page.locator("#client").textContent(), name, "who asks");
    equal(await page.locator("#host").textContent(), new URL(home).host, "where it leads");
    await page.getByRole("main").getByText("user:default/alice").first().waitFor();
    await page.getByText("Read access to the Software Catalog API").waitFor();
    await page.getByRole("button", { name: "Authorize" }).click();
    equal(await answered(page), { sub: "user:default/alice", scope: "openid offline_access catalog:read", lasting: true }, "what the program got");
    equal(clean(page), [], "faults");
    await page.context().close();
  });

  await test(`no: the program is told so and gets nothing, scripts ${javaScriptEnabled}`, async () => {
    const page = await signIn(links.alice.shift(), { javaScriptEnabled });
    await begin(page);
    await page.getByRole("button", { name: "Cancel" }).click();
    equal(await answered(page), { error: "access_denied", state: true }, "what the program got");
    equal(clean(page), [], "faults");
    await page.context().close();
  });
}

await test("two people in two browsers: each answers their own question", async () => {
  const alice = await signIn(links.alice.shift()), bob = await signIn(links.bob.shift());
  await begin(alice, "openid");
  await begin(bob, "openid");
  await question(alice);
  const hers = alice.url(), his = bob.url();
  await bob.goto(hers);
  await bob.getByRole("heading", { name: "This question is not waiting for you" }).waitFor();
  await alice.getByRole("button", { name: "Authorize" }).click();
  equal((await answered(alice)).sub, "user:default/alice", "whom the program acts as");
  await bob.goto(his);
  await bob.getByRole("button", { name: "Authorize" }).click();
  equal((await answered(bob)).sub, "user:default/bob", "whom the program acts as");
  await bob.goto(his);
  await bob.getByRole("heading", { name: "This question is not waiting for you" }).waitFor();
  for (const page of [alice, bob]) await page.context().close();
});

await test("who is not signed in signs in, and is asked then", async () => {
  const page = await open();
  await begin(page, "openid");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  const next = new URL(page.url()).searchParams.get("next");
  await page.goto(links.bob.shift());
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.goto(origin + "/sign-in?next=" + encodeURIComponent(next));
  await question(page);
  await page.getByText("Do everything that you may do here").waitFor();
  await page.getByRole("button", { name: "Authorize" }).click();
  equal((await answered(page)).sub, "user:default/bob", "whom the program acts as");
  await page.context().close();
});

await test("axe finds nothing, light and dark, narrow and wide", async () => {
  const page = await signIn(links.bob.shift(), { bypassCSP: true });
  await begin(page, "openid");
  await page.getByText("More about the application").click();
  const found = await judge(page);
  await page.goto(origin + "/oauth2/authorize/none");
  found.push(...await judge(page));
  await page.goto(origin + "/api/auth/v1/authorize?client_id=none");
  found.push(...await judge(page));
  equal(found, [], "axe");
  await page.context().close();
});

await browser.close();
program.close();
