// The example site, built from the API of the demonstration and kept by its watch mode: the page of a
// project with every fact, every kind of page in every look, links, search, and what editors publish and withdraw.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { serve } from "../../examples/site/serve.js";
import { look } from "./looks.mjs";
import { EDITOR, env, leads, make, says, signedIn, visitor } from "./support.mjs";

const BASE = env("URL");
const API = `${BASE}/api/v1`;
const EXAMPLE = path.resolve(import.meta.dirname, "../../examples/site");
/** How long a build may take before the test gives up on it. */
const PATIENCE = 90_000;

const PROJECT = "/research/leadership-management-and-organisation/organisational-learning";
const OUTPUTS = [
  ["From blame to praise in policing: Implications for leadership and the public conversation", "Action research report", "Tomkins, L", "2020", ""],
  ["From blame to praise in policing: Implications for strategy, culture, process and well-being", "Action research report", "Tomkins, L", "2020", ""],
  ["Asymmetries of leadership: Agency, response and reason", "Academic paper", "Tomkins, L", "2019", "Available on request"],
  ["Learning and well-being: Safety, failure, fault and blame", "Board report", "Tomkins, L", "2019", "Available on request"],
  ["Empowering learning", "Board report", "Bristow, A", "2019", "Available on request"],
  ["Leadership and organisational learning", "Board report", "Tomkins, L", "2019", "Available on request"],
];
/** Every kind of page. */
const KINDS = {
  home: "/",
  themes: "/research",
  theme: "/research/leadership-management-and-organisation",
  project: PROJECT,
  "project-events": `${PROJECT}/events`,
  outputs: "/outputs",
  output: "/outputs/faces-and-figures-tenure-turnover-and-the-meaning-of-local-policing",
  people: "/people",
  person: "/people/chidinma-okafor",
  organisations: "/organisations",
  organisation: "/organisations/metropolitan-police-service",
  news: "/news",
  "news-item": "/news/can-a-virtual-reality-courtroom-be-a-useful-learning-tool",
  events: "/events",
  event: "/events/winter-seminar-families-as-readers-of-reviews",
  page: "/about-the-centre/governance",
  search: "/search?q=learning",
  "not-found": "/no/such/page",
};

const work = await mkdtemp(path.join(tmpdir(), "recto-site-"));
const site = path.join(work, "site");
const watching = spawn(process.execPath, ["watch.js"], {
  cwd: EXAMPLE,
  env: { ...process.env, RECTO_API: API, RECTO_SITE: site, RECTO_SITE_CACHE: path.join(work, "cache") },
  stdio: ["ignore", "pipe", "inherit"],
});
let said = "";
watching.stdout.on("data", (text) => (said += text));
const { server, address } = await serve(site);
after(async () => {
  server.close();
  const ended = new Promise((resolve) => watching.once("exit", resolve));
  watching.kill();
  await ended;
  await rm(work, { recursive: true, force: true });
});

test("the site is built", { timeout: PATIENCE }, async () => {
  await until(() => said.includes("files written"));
});

test("the page of a project says every fact", async () => {
  const { page, faults } = await visitor(address);
  await page.goto(PROJECT);
  const texts = (selector) => page.locator(selector).evaluateAll((all) => all.map((one) => one.innerText.replace(/\s+/g, " ").trim()));
  assert.deepEqual(await texts("nav.way li"), ["Home", "Research", "Theme 3: Leadership, management and organisation", "3.07 Organisational learning"]);
  assert.deepEqual(await texts("h1"), ["3.07 Organisational learning"]);
  assert.deepEqual(await texts(".facts > div"), [
    "Academic team Dr Leah Tomkins Professor Jean Hartley",
    "Policing partners Metropolitan Police Service",
    "Status Complete",
  ]);
  assert.equal(await page.locator(".prose li").count(), 5);
  assert.deepEqual(await texts(".outputs thead th"), ["Title", "Outputs type", "Lead academic", "Year", "To note"]);
  const rows = await page.locator(".outputs tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
  assert.deepEqual(rows, OUTPUTS);
  assert.deepEqual(await texts(".story h3, .story .meta"), ["Can a virtual reality courtroom be a useful learning tool?", "4 December 2023"]);
  assert.deepEqual(await texts(".date > div"), [
    "Membership Group Meeting Thursday 7 December 2023, 10:30 to 12:30",
    "Research Priority workshop Monday 15 January 2024, 11:00 to 13:00 The Open University, Milton Keynes",
  ]);
  assert.deepEqual(
    await page.locator(".pair time").evaluateAll((times) => times.map((time) => time.dateTime)),
    ["2023-12-04", "2023-12-07T10:30", "2023-12-07T12:30", "2024-01-15T11:00", "2024-01-15T13:00"],
  );
  const all = page.locator(".all a");
  assert.deepEqual(await texts(".all a"), ["See all news of this project", "See all events of this project"]);
  await leads(page, `**${PROJECT}/events`, () => all.last().click());
  assert.equal(await page.locator(".date").count(), 2);
  // What search engines and reference managers read comes from the API.
  await page.goto("/outputs/empowering-learning");
  assert.equal(await page.locator('meta[name="citation_author"]').getAttribute("content"), "Bristow, A");
  assert.equal(JSON.parse(await page.locator('script[type="application/ld+json"]').textContent()).name, "Empowering learning");
  assert.match(await page.locator(".citation").textContent(), /^Bristow, A\. \(2019\)\. Empowering learning \[Board report\]\./);
  for (const link of await page.locator(".exports a").all()) {
    assert.equal((await fetch(await link.getAttribute("href"))).status, 200);
  }
  assert.deepEqual(faults, []);
});

test("every kind of page, wide and narrow, light and dark", { concurrency: 2, timeout: 300_000 }, async (t) => {
  const walks = Object.entries(KINDS).map(([name, where]) =>
    t.test(name, async () => {
      const one = await visitor(address, { reducedMotion: "reduce" });
      await one.page.goto(where);
      if (name === "search") await one.page.locator(".hits li").first().waitFor();
      await look(`site-${name}`, one, name === "project" ? undefined : [1440, 390]);
      await one.context.close();
    }),
  );
  await Promise.all(walks);
});

test("every link within the site leads to a page, and every page is linked to", async () => {
  const files = (await readdir(site, { recursive: true })).filter((name) => name.endsWith(".html"));
  const broken = [];
  const linked = new Set(["/", "/404", "/search"]);
  for (const file of files) {
    const html = await readFile(path.join(site, file), "utf8");
    for (const [, href] of html.matchAll(/(?:href|src)="(\/[^"#?]*)/g)) {
      if (linked.has(href)) continue;
      if ((await fetch(address + href)).status === 200) linked.add(href);
      else broken.push(`${href} in ${file}`);
    }
  }
  assert.deepEqual(broken, []);
  const addresses = files.map((file) => `/${file.split(path.sep).join("/").replace(/(^|\/)index\.html$|\.html$/, "")}`);
  const moved = await Promise.all(addresses.map(async (where) => /http-equiv="refresh"/.test(await (await fetch(address + where)).text())));
  const lost = addresses.filter((where, at) => !linked.has(where) && !moved[at]);
  assert.deepEqual(lost, []);
});

test("search finds, and says so where it cannot", async () => {
  const { page, faults } = await visitor(address);
  await page.goto("/");
  await page.getByRole("searchbox").fill("organisational learn");
  await leads(page, "**/search?q=organisational+learn", () => page.keyboard.press("Enter"));
  await says(page, ".told", /^\d+ results for ‘organisational learn’\.$/);
  await page.getByRole("link", { name: "3.07 Organisational learning" }).waitFor();
  await page.getByRole("searchbox").fill("zzzz");
  await page.getByRole("button", { name: "Search" }).click();
  await says(page, ".told", /^Nothing was found for ‘zzzz’/);
  await page.goBack();
  await says(page, ".told", /^\d+ results/);
  assert.deepEqual(faults, []);

  const { page: plain } = await visitor(address, { javaScriptEnabled: false });
  await plain.goto("/search?q=learning");
  assert.match(await plain.locator("noscript").textContent(), /Searching needs JavaScript/);
});

test("the keyboard gets past the masthead, and shows where it is", async () => {
  const { page } = await visitor(address);
  await page.goto(PROJECT);
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  assert.ok(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().top >= 0));
  assert.notEqual(await skip.evaluate((link) => getComputedStyle(link).outlineStyle), "none");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Dr Leah Tomkins");
});

test("what is published appears, moves with its address, and goes when it is withdrawn", { timeout: 4 * PATIENCE }, async () => {
  const { context, page } = await signedIn(BASE, EDITOR);
  const project = (await (await fetch(`${API}/projects/3.07?fields=title`)).json()).data.id;
  const title = "A kettle of one’s own";
  const id = await make(context, "news", { title, summary: "The office has moved.", date: new Date().toISOString().slice(0, 10), "projects.0.target": project });
  const there = async (where) => (await fetch(address + where)).status === 200;
  const publish = async () => {
    await page.goto(`/admin/news/${id}/publish`);
    await leads(page, "**?done=published", () => page.getByRole("button", { name: "Publish", exact: true }).click());
  };

  assert.equal(await there("/news/a-kettle-of-ones-own"), false, "a draft is nowhere");
  await publish();
  await until(() => there("/news/a-kettle-of-ones-own"));
  for (const where of ["/news", PROJECT, `${PROJECT}/news`]) {
    await until(async () => (await (await fetch(address + where)).text()).includes(title));
  }

  await page.goto(`/admin/news/${id}`);
  await page.fill("#f-slug", "kettle");
  await leads(page, "**/publish", () => page.getByRole("button", { name: "Publish…" }).click());
  await publish();
  await until(() => there("/news/kettle"));
  const { page: reader } = await visitor(address);
  await until(async () => (await (await fetch(`${address}/news/a-kettle-of-ones-own`)).text()).includes("/news/kettle"));
  await reader.goto("/news/a-kettle-of-ones-own");
  await reader.waitForURL("**/news/kettle");

  await page.goto(`/admin/news/${id}`);
  await leads(page, "**?done=unpublished", () => page.getByRole("button", { name: "Unpublish" }).click());
  await until(async () => !(await there("/news/kettle")) && !(await there("/news/a-kettle-of-ones-own")));
  assert.ok(!(await (await fetch(address + PROJECT)).text()).includes(title), "nor is it on the project's page");
});

/** Waits until something is so; says what the watcher said if it never is. */
async function until(is) {
  for (const began = performance.now(); !(await is()); await pause(100)) {
    if (performance.now() - began > PATIENCE) assert.fail(`it never came to be; the watcher said:\n${said}`);
    assert.equal(watching.exitCode, null, `the watcher ended:\n${said}`);
  }
}
