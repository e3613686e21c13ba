// Many items at once: ticked with the mouse and by keyboard, done part by part by itself, and undone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "./looks.mjs";
import { env, focused, leads, make, says, signedIn } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 120_000 };
const WIDTHS = [1440, 390];
/** More than are done in one request, and than stand on one page. */
const NEWS = 53;

test("all that fit are published, and taken back", LIMIT, async () => {
  const visit = await signedIn(BASE, undefined, { reducedMotion: "reduce" });
  const { context, page, faults } = visit;
  const items = Array.from({ length: NEWS }, (_, at) => ({ title: `Piece of news ${at}`, summary: "In short.", date: "2026-01-05" }));
  // Several at a time: what is made is not what this is about.
  while (items.length > 0) await Promise.all(items.splice(0, 9).map((item) => make(context, "news", item)));
  await make(context, "news", { title: "Half a piece of news" });

  await page.goto("/admin/news?sort=title");
  const boxes = page.locator("tbody .tick");
  const bar = page.locator("#bulk");
  assert.ok(!(await bar.isVisible()), "no bar before something is ticked");
  await boxes.nth(1).click();
  await says(page, "[data-ticked]", /^1 ticked$/);
  await boxes.nth(4).click({ modifiers: ["Shift"] });
  await says(page, "[data-ticked]", /^4 ticked$/);
  assert.ok(await bar.isVisible());
  await page.locator("thead .tick").click();
  await says(page, "[data-ticked]", /^50 ticked$/);
  await page.getByLabel("All 54 that fit").check();
  await says(page, "[data-ticked]", /^All that fit$/);

  await leads(page, "**/admin/bulk/news?**", () => bar.getByRole("button", { name: "Publish…", exact: true }).click());
  await says(page, ".bulk-sum", /^53 will be published, 1 cannot be and stays as it is\.$/);
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
  await page.reload();
  await page.getByRole("button", { name: "Undo" }).click();
  await says(page, ".flash", /^53 items are as they were before\.$/);
  await page.getByRole("link", { name: "Back to the list" }).click();
  await page.waitForURL("**/admin/news?sort=title");
  assert.deepEqual(faults, []);
});

test("a field of two, by keyboard", LIMIT, async () => {
  const visit = await signedIn(BASE, undefined, { reducedMotion: "reduce" });
  const { context, page, faults } = visit;
  for (const name of ["Ada", "Bea"]) await make(context, "people", { given_names: name, family_name: "Keys" });
  const press = (key) => page.keyboard.press(key);
  await page.goto("/admin/people?q=keys");
  await page.locator("tbody .tick input").first().focus();
  await press("Space");
  await press("Tab");
  await focused(page, "tbody .name a");
  await press("Tab");
  await press("Space");
  await says(page, "[data-ticked]", /^2 ticked$/);
  await look("bulk-list", visit, WIDTHS);
  await page.getByRole("button", { name: "Edit a field…" }).focus();
  await leads(page, "**/admin/bulk/people?**", () => press("Enter"));
  await look("bulk-fields", visit, WIDTHS);
  await page.getByRole("link", { name: "Standing" }).focus();
  await leads(page, "**field=standing**", () => press("Enter"));
  await page.getByRole("button", { name: "Show what will change" }).focus();
  await press("Enter");
  await says(page, "#f-standing-error", /^Say what it should be, or tick that it is to be empty\.$/);
  await look("bulk-value", visit, WIDTHS);
  await page.focus("#f-standing");
  await page.selectOption("#f-standing", { label: "Former" });
  await page.getByRole("button", { name: "Show what will change" }).focus();
  await press("Enter");
  await says(page, "h1", /^Set ‘Standing’ to ‘Former’ in 2 people$/);
  await look("bulk-confirm", visit, WIDTHS);
  await page.getByRole("button", { name: /^Set ‘Standing’/ }).focus();
  await leads(page, "**/admin/changes/*", () => press("Enter"));
  await says(page, "h1", /^Changed 2 people$/);
  await look("bulk-done", visit, WIDTHS);
  await page.getByRole("button", { name: "Undo" }).focus();
  await press("Enter");
  await says(page, ".flash", /^2 items are as they were before\.$/);
  assert.deepEqual(faults, []);
});
