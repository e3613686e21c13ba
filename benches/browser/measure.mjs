// Figures of the editing interface in a real browser, against a running `recto demo`:
// the outputs grid with a thousand rows, the scripts of each kind of page, Lighthouse.
//
//   npm ci && node measure.mjs http://127.0.0.1:8440 editor@example.org 'password' [chromium]
//
// Prints each figure beside what it is held to; it does not fail where one is missed.
import { performance } from "node:perf_hooks";
import { gzipSync } from "node:zlib";
import lighthouse from "lighthouse";
import { chromium } from "playwright-core";

const [base, email, password, executablePath = "/usr/bin/chromium"] = process.argv.slice(2);
if (!password) {
  console.error("node measure.mjs ADDRESS EMAIL PASSWORD [CHROMIUM]");
  process.exit(2);
}

const PORT = 20_000 + (process.pid % 20_000);
const ROWS = 1_000;
const KEYS = 200;

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", `--remote-debugging-port=${PORT}`] });
const context = await browser.newContext({ baseURL: base, viewport: { width: 1440, height: 900 } });
const page = await context.newPage();

/** One figure and its limit. */
function line(what, figure, atMost = "") {
  console.log(`${what.padEnd(46)}${String(figure).padStart(14)}${String(atMost).padStart(14)}`);
}

/** The address of the first item of a list. */
async function first(plural, query = "") {
  await page.goto(`/admin/${plural}${query}`);
  return page.locator("main a[href*='-7']").first().getAttribute("href");
}

await page.goto("/admin/");
await page.getByLabel("E-mail").fill(email);
await page.getByLabel("Password").fill(password);
await page.getByRole("button", { name: "Sign in" }).click();
await page.getByRole("button", { name: "Sign out" }).waitFor();

const PAGES = {
  dashboard: "/admin/",
  list: "/admin/outputs",
  project: await first("projects"),
  output: await first("outputs"),
  person: await first("people"),
  event: await first("events"),
  news: await first("news"),
  media: "/admin/media",
  "media item": await first("media"),
  names: "/admin/people/names",
  import: "/admin/outputs/import",
  users: "/admin/users",
  account: "/admin/account",
  search: "/admin/search?q=learning",
  "the API's description": "/docs",
};

console.log("\nScripts, compressed, once all that the page loads by itself is there".padEnd(61), "at most".padStart(13));
for (const [name, path] of Object.entries(PAGES)) {
  const scripts = [];
  const heard = (response) => {
    if (/javascript/.test(response.headers()["content-type"] ?? "")) scripts.push(response.body());
  };
  page.on("response", heard);
  await page.goto(path, { waitUntil: "networkidle" });
  page.off("response", heard);
  const bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  const text = await page.locator("[data-field='body'], .rich").count();
  line(name, `${(bytes / 1000).toFixed(1)} KB`, text > 0 ? "150 KB" : "60 KB");
}

console.log("\nThe outputs grid".padEnd(61), "at most".padStart(13));
{
  const project = await grown();
  const times = [];
  // The grid says itself when it hears keys; its rows are painted a frame later.
  await page.addInitScript(() => {
    const seen = new MutationObserver(() => {
      if (!document.querySelector("[data-live] table[role=grid]")) return;
      seen.disconnect();
      requestAnimationFrame(() => setTimeout(() => (window.rectoLive = performance.now())));
    });
    seen.observe(document, { subtree: true, attributes: true, attributeFilter: ["data-live"] });
  });
  for (let turn = 0; turn < 5; turn += 1) {
    await page.goto(project);
    times.push(await (await page.waitForFunction(() => window.rectoLive)).jsonValue());
  }
  line(`${ROWS} rows, until it is seen and hears keys`, `${median(times).toFixed(0)} ms`, "1,000 ms");
  await page.locator("table.rows tbody tr .cell-title").first().click();
  const session = await context.newCDPSession(page);
  // In time on a core: what else the machine does must not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  for (const [what, key] of [["moving", "ArrowDown"], ["selecting", "Shift+ArrowDown"], ["typing", "x"]]) {
    if (what === "typing") await page.keyboard.press("F2");
    // What the page's thread does for it, from the key to the painted frame.
    const busy = async () => {
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
    };
    const before = await busy();
    for (let at = 0; at < KEYS; at += 1) await page.keyboard.press(key);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    const perKey = ((await busy()) - before) / KEYS;
    line(`a key: ${what}`, `${perKey.toFixed(1)} ms`, "16 ms");
  }
}

console.log("\nLighthouse".padEnd(46), "accessibility".padStart(14), "best practices".padStart(14));
const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
for (const [name, path] of Object.entries({ ...PAGES, "sign-in": "/admin/sign-in" })) {
  const headers = name === "sign-in" ? {} : { Cookie: cookies };
  const { lhr } = await lighthouse(
    new URL(path, base).href,
    { port: PORT, onlyCategories: ["accessibility", "best-practices"], extraHeaders: headers, disableStorageReset: true, logLevel: "silent" },
  );
  const score = (category) => Math.round((lhr.categories[category].score ?? 0) * 100);
  line(name, score("accessibility"), score("best-practices"));
  for (const category of ["accessibility", "best-practices"]) {
    for (const { id, weight } of lhr.categories[category].auditRefs) {
      const { score, title } = lhr.audits[id];
      if (weight > 0 && score !== null && score < 1) console.log(`  ${id}: ${title}`);
    }
  }
}
await browser.close();

/** A project with so many outputs; made once. */
async function grown() {
  await page.goto("/admin/projects?q=Thousand+rows");
  const there = page.locator("main tbody .name a").first();
  if ((await there.count()) > 0) return there.getAttribute("href");
  const theme = /[0-9a-f-]{36}/.exec(await first("themes"))[0];
  const rows = Object.fromEntries(
    Array.from({ length: ROWS }, (_, at) => [
      [`outputs.${at}.title`, `Row ${at} of a table that is long`],
      [`outputs.${at}.year`, String(2010 + (at % 15))],
    ]).flat(),
  );
  const form = { code: "99.99", title: "Thousand rows", theme, status: "active", do: "save", ...rows };
  const answer = await context.request.post("/admin/projects/new", { form });
  return new URL(answer.url()).pathname;
}

function median(times) {
  return times.sort((one, other) => one - other)[Math.floor(times.length / 2)];
}
