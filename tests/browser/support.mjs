// What all flows share: the browser, signing in, waiting for forms, and the faults that no page may have.
import assert from "node:assert/strict";
import { after } from "node:test";
import { chromium } from "playwright-core";

/** How long anything may take before a test gives up on it. */
const PATIENCE = 15_000;

const browser = await chromium.launch({
  executablePath: env("CHROMIUM"),
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-GB"],
});
after(() => browser.close());

/** What the harness, ../browser.rs, tells of the servers that it has started. */
export function env(name) {
  const value = process.env[`RECTO_TEST_${name}`];
  assert.ok(value, `RECTO_TEST_${name} is not set: run these files by 'cargo test --test browser'`);
  return value;
}

export const EDITOR = { email: "editor@example.org", password: env("PASSWORD") };
export const ADMIN = { email: "admin@example.org", password: env("PASSWORD") };
export const VIEWER = { email: "viewer@example.org", password: env("PASSWORD") };

/**
 * A browser of somebody's own, with an empty page. `faults` collects what must never happen:
 * errors and warnings in the console, reports of the content security policy, failed files.
 */
export async function visitor(base, options = {}) {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1440, height: 900 }, locale: "en-GB", ...options });
  context.setDefaultTimeout(PATIENCE);
  const faults = [];
  if (options.javaScriptEnabled !== false) {
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
      });
      window.rectoRequests = 0;
      document.addEventListener("htmx:finally:request", () => (window.rectoRequests += 1));
    });
  }
  context.on("page", (page) => {
    page.on("console", (message) => {
      // Whether an answer may be an error is told below, by what was asked for.
      const answered = message.text().startsWith("Failed to load resource: the server responded");
      if (["error", "warning"].includes(message.type()) && !answered) faults.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
    page.on("response", (response) => {
      const form = ["document", "fetch", "xhr"].includes(response.request().resourceType());
      if (response.status() >= (form ? 500 : 400)) faults.push(`${response.status()} ${response.url()}`);
    });
  });
  const page = await context.newPage();
  return { context, page, faults };
}

/** Fills in the sign-in page that is shown. */
export async function signInHere(page, { email, password }) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const cookies = new Map();

/** Somebody signed in. Once for each account: the server counts how often a password is tried. */
export async function signedIn(base, who = EDITOR, options = {}) {
  const key = `${base} ${who.email}`;
  if (!cookies.has(key)) cookies.set(key, cookiesOf(base, who));
  return visitor(base, { ...options, storageState: await cookies.get(key) });
}

async function cookiesOf(base, who) {
  const { context, page } = await visitor(base);
  await page.goto("/admin/");
  await signInHere(page, who);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Does something that htmx answers in place, and waits until the answer stands in the page. */
export async function swap(page, deed) {
  const before = await page.evaluate(() => window.rectoRequests);
  await deed();
  await page.waitForFunction(
    (before) => window.rectoRequests > before && !document.querySelector('form[aria-busy="true"]'),
    before,
  );
}

/** Does something that leads to another page, and waits for that page. */
export async function leads(page, to, deed) {
  const there = page.waitForURL(to);
  await deed();
  await there;
}

/** Waits for a text; says what stood there instead. */
export async function says(page, selector, expected) {
  const fits = ([selector, source, flags]) => {
    const text = document.querySelector(selector)?.textContent.replace(/\s+/g, " ").trim();
    return text !== undefined && new RegExp(source, flags).test(text);
  };
  try {
    await page.waitForFunction(fits, [selector, expected.source, expected.flags]);
  } catch {
    const texts = await page.locator(selector).allTextContents();
    assert.fail(`${selector} never said ${expected}, but ${JSON.stringify(texts)}`);
  }
}

/** Waits until a control holds a value; says what it held instead. */
export async function holds(page, selector, expected) {
  const same = ([selector, expected]) => document.querySelector(selector)?.value === expected;
  try {
    await page.waitForFunction(same, [selector, expected]);
  } catch {
    assert.equal(await page.inputValue(selector), expected, selector);
  }
}

/** Waits until what fits the selector has the focus; says what had it instead. */
export async function focused(page, selector) {
  try {
    await page.waitForFunction((selector) => document.activeElement?.matches(selector), selector);
  } catch {
    const active = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 160));
    assert.fail(`the focus was not on ${selector}, but on ${active}`);
  }
}

/** The rich text editor of a field, once it is there. */
export async function editor(page, field) {
  const surface = page.locator(`[data-field="${field}"] .ProseMirror`);
  await surface.waitFor();
  return surface;
}

/**
 * Moves the caret, or what is selected, by a key. Browsers tell an editor of that a moment later, and a
 * key that comes sooner than any finger finds it where it was.
 */
export async function caret(page, key) {
  await page.keyboard.press(key);
  await page.evaluate(() => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(told)))));
}

/** What the public API answers. */
export async function api(base, path) {
  const response = await fetch(new URL(path, base));
  assert.equal(response.status, 200, `${path}: ${response.status}`);
  return (await response.json()).data;
}

/** The ids of the rows of the outputs table, in their order. */
export function outputRows(page) {
  return page.locator("table.rows tbody tr[id]").evaluateAll((rows) => rows.map((row) => row.id));
}

/** What a cell of the outputs grid says. */
export function cell(row, column) {
  return `#${row} .cell-${column} > .text`;
}

/** Writes over a cell of the outputs grid, as one does with mouse and keyboard. */
export async function write(page, row, column, text) {
  await page.locator("[data-live] table[role=grid]").waitFor();
  await page.locator(`#${row} .cell-${column}`).click();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

/** The outputs grid is there, and nothing in it waits to be saved. */
export function gridSaved(page) {
  return says(page, ".rows-status", /^Saved$/);
}

/** Makes an item as somebody who is signed in, past the forms, for what a test is not about. */
export async function make(context, plural, fields, press = "save") {
  const answer = await context.request.post(`/admin/${plural}/new`, { form: { ...fields, do: press } });
  assert.equal(answer.status(), 200, `${plural} ${JSON.stringify(fields)}`);
  return /[0-9a-f-]{36}/.exec(new URL(answer.url()).pathname)[0];
}

/** A project with a theme of its own, both as drafts. */
export async function makeProject(context, number, title) {
  const theme = await make(context, "themes", { number: String(number), title: `On ${title.toLowerCase()}` });
  const code = `${number}.01`;
  const id = await make(context, "projects", { code, title, theme, status: "active" });
  return { id, path: `/admin/projects/${id}`, theme, code };
}

/** A picture drawn by the browser. */
export async function picture(page, name, width, height, colour, type = "image/png") {
  const url = await page.evaluate(
    ([width, height, colour, type]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const pen = canvas.getContext("2d");
      pen.fillStyle = colour;
      pen.fillRect(0, 0, width, height);
      pen.fillStyle = "white";
      pen.fillRect(width / 4, height / 4, width / 3, height / 3);
      return canvas.toDataURL(type);
    },
    [width, height, colour, type],
  );
  return { name, mimeType: type, buffer: Buffer.from(url.split(",")[1], "base64") };
}

/** Lets somebody drop or paste these files over an element. */
export async function hand(page, selector, kind, files) {
  const plain = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
  await page.evaluate(
    ([selector, kind, files]) => {
      const data = new DataTransfer();
      for (const { name, mimeType, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: mimeType }));
      }
      const target = document.querySelector(selector);
      const say = { bubbles: true, cancelable: true };
      if (kind === "paste") {
        target.dispatchEvent(new ClipboardEvent("paste", { ...say, clipboardData: data }));
      } else {
        const { left, top, width, height } = target.getBoundingClientRect();
        const at = { clientX: left + width / 2, clientY: Math.min(Math.max(top + height / 2, 8), innerHeight - 8) };
        for (const type of ["dragover", "drop"]) target.dispatchEvent(new DragEvent(type, { ...say, ...at, dataTransfer: data }));
      }
    },
    [selector, kind, plain],
  );
}
