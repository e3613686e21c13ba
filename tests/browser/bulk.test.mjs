// Many items at once: ticked with the mouse and by keyboard, done part by part by itself, and undone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "./looks.mjs";
import { env, focused, leads, make, says, signedIn } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 60_000 };
const WIDTHS = [1440, 390];
/** More than are done in one request, and than stand on one page. */
const NEWS = 53;

test("all that fit are published, and taken back", LIMIT, async () => {
  const visit = await signedIn(BASE, undefined, { reducedMotion: "reduce" });
  const { context, page, faults } = visit;
  const items = Array.from({ length: NEWS }, (_, at) => ({ title: `Piece of news ${at}`, summary: "In short.", date: "2026-01-05" }));
  for (const item of items) await make(context, "news", item);
  await make(context, "news", { title: "Half a piece of news" });

  await page.goto("/admin/news?q=&sort=title");
  const boxes = page.locator("tbody .tick");
  const bar = page.locator("#bulk");
  assert.ok(!(await bar.isVisible()), "no bar before something is ticked");
  await boxes.nth(1).click();
  await says(page, "[data-ticked]", /^1 ticked$/);
  await boxes.nth(4).click({ modifiers: ["Shift"] });
  await says(page, "[data-ticked]", /^4 ticked$/);
  await look("bulk-list", visit, WIDTHS);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator("thead .tick").click();
  await says(page, "[data-ticked]", /^50 ticked$/);
  await page.getByLabel("All 54 that fit").check();
  await says(page, "[data-ticked]", /^All that fit$/);

  await leads(page, "**/admin/bulk/news?**", () => bar.getByRole("button", { name: "Publish…" }).click());
  await says(page, ".bulk-sum", /^53 will be published, 1 cannot be and stays as it is\.$/);
  await look("bulk-confirm", visit, WIDTHS);

  // The second part waits until the page was looked at.
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route("**/admin/bulk/news/*", async (route) => {
    if (route.request().headers()["hx-request"]) await held;
    await route.continue();
  });
  await page.getByRole("button", { name: "Publish 53 news items" }).click();
  await says(page, "#bulk-run [role=status]", /^50 of 53 done$/);
  await look("bulk-progress", visit, WIDTHS);
  await leads(page, "**/admin/changes/*", async () => go());
  await says(page, "h1", /^Published 53 news items$/);
  await look("bulk-done", visit, WIDTHS);
  await page.reload();
  await page.getByRole("button", { name: "Undo" }).click();
  await says(page, ".flash", /^53 items are as they were before\.$/);
  await page.getByRole("link", { name: "Back to the list" }).click();
  await page.waitForURL("**/admin/news?sort=title");
  assert.deepEqual(faults, []);
});

test("a field of two, by keyboard", LIMIT, async () => {
  const visit = await signedIn(BASE, undefined, { reducedMotion: "reduce" });
  const { page, faults } = visit;
  const press = (key) => page.keyboard.press(key);
  await page.goto("/admin/news?sort=title");
  await page.locator("tbody .tick input").first().focus();
  await press("Space");
  await press("Tab");
  await focused(page, "tbody .name a");
  await press("Tab");
  await press("Space");
  await says(page, "[data-ticked]", /^2 ticked$/);
  await page.getByRole("button", { name: "Edit a field…" }).focus();
  await leads(page, "**/admin/bulk/news?**", () => press("Enter"));
  await look("bulk-fields", visit, WIDTHS);
  await page.getByRole("link", { name: "Date", exact: true }).focus();
  await leads(page, "**field=date**", () => press("Enter"));
  await page.fill("#f-date", "2026-02-14");
  await look("bulk-value", visit, WIDTHS);
  await page.focus("#f-date");
  await press("Enter");
  await says(page, "h1", /^Set ‘Date’ to ‘14 February 2026’ in 2 news items$/);
  await page.getByRole("button", { name: /^Set ‘Date’/ }).focus();
  await leads(page, "**/admin/changes/*", () => press("Enter"));
  await says(page, "h1", /^Changed 2 news items$/);
  await page.getByRole("button", { name: "Undo" }).focus();
  await press("Enter");
  await says(page, ".flash", /^2 items are as they were before\.$/);
  assert.deepEqual(faults, []);
});
