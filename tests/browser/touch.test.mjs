// The outputs grid by fingers alone, on a phone: written in, chosen in, sorted, several rows at once, taken back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "./looks.mjs";
import { EDITOR, cell, env, gridSaved, makeProject, outputRows, says, signedIn } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 120_000 };
const PHONE = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 }, reducedMotion: "reduce" };

async function live(page) {
  await page.locator("[data-live] table[role=grid]").waitFor();
  // It comes later, and moves what stands below it.
  await page.locator(".ProseMirror").first().waitFor();
}

function titles(page) {
  return page.locator("table.rows tbody tr[id] .cell-title .text").allTextContents();
}

test("a table by fingers alone", LIMIT, async () => {
  const phone = await signedIn(BASE, EDITOR, PHONE);
  const { context, page, faults } = phone;
  const project = await makeProject(context, 57, "Touched");
  await page.goto(project.path);
  await live(page);
  for (const title of ["First", "Second", "Third"]) {
    await page.getByRole("button", { name: "Add output" }).tap();
    await page.locator(".rows-new .cell-title .cell-editor").waitFor();
    // What a keyboard on a screen sends.
    await page.keyboard.insertText(title);
    await page.locator("#outputs-heading").tap();
    await gridSaved(page);
  }
  assert.deepEqual(await titles(page), ["First", "Second", "Third"]);
  const [first, second, third] = await outputRows(page);

  // The first tap chooses a cell, the second one writes in it.
  const year = page.locator(cell(second, "year")).locator("xpath=..");
  await year.tap();
  await year.tap();
  await page.locator(`#${second} .cell-year .cell-editor`).fill("2021");
  const type = page.locator(cell(second, "type")).locator("xpath=..");
  await type.tap();
  await says(page, cell(second, "year"), /^2021$/);
  await type.tap();
  await page.locator(`#${second} .cell-type select`).selectOption({ label: "Board report" });
  await look("grid-touch", phone, [390]);
  await page.getByRole("button", { name: "On request" }).tap();
  await says(page, cell(second, "type"), /^Board report$/);
  await says(page, cell(second, "availability"), /^Available on request$/);

  // By its number a row is chosen, and those between it and the next one that is tapped.
  const number = (row) => page.locator(`#${row} .cell-order`);
  await number(third).tap();
  await page.getByRole("button", { name: "Move up" }).tap();
  assert.deepEqual(await outputRows(page), [first, third, second]);
  await number(third).tap();
  await number(first).tap();
  await says(page, ".rows-bar", /Delete 2 rows/);
  await page.getByRole("button", { name: "Delete 2 rows" }).tap();
  await says(page, ".rows-note", /^2 rows deleted\./);
  assert.deepEqual(await outputRows(page), [second]);
  await page.getByRole("toolbar", { name: "Outputs" }).getByRole("button", { name: "Undo" }).tap();
  await says(page, ".rows-note", /^Undone: deleted rows$/);
  assert.deepEqual(await outputRows(page), [first, third, second]);

  // Dragged by its number, as far as the row above.
  const [from, to] = [await number(second).boundingBox(), await number(first).boundingBox()];
  const finger = await context.newCDPSession(page);
  const touch = (type, box) => {
    const touchPoints = box ? [{ x: box.x + 8, y: box.y + 4 }] : [];
    return finger.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
  await touch("touchStart", from);
  await touch("touchMove", { ...from, y: from.y - 12 });
  await touch("touchMove", to);
  await page.locator(`#${first}.drop-before`).waitFor();
  await touch("touchEnd");
  await page.waitForFunction((row) => document.querySelector("table.rows tbody tr[id]").id === row, second);
  assert.deepEqual(await outputRows(page), [second, first, third]);
  await gridSaved(page);
  await page.reload();
  await live(page);
  assert.deepEqual(await outputRows(page), [second, first, third]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("where the grid cannot be fetched, the table is the form that it is without scripts", LIMIT, async () => {
  const { context, page } = await signedIn(BASE, EDITOR);
  const project = await makeProject(context, 58, "Fetched in vain");
  // The grid's own file: the one that comes once the table is seen.
  const files = (path) => page.goto(path, { waitUntil: "networkidle" }).then(() => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name)));
  const elsewhere = await files("/admin/outputs/new");
  const own = (await files(project.path)).filter((file) => file.endsWith(".js") && !elsewhere.includes(file));
  assert.ok(own.length > 0);
  const fetched = (url) => own.includes(url.href);
  await page.getByRole("button", { name: "Add output" }).click();
  await page.keyboard.type("By the grid");
  await page.keyboard.press("Enter");
  await gridSaved(page);
  await page.route(fetched, (route) => route.abort());
  await page.reload();
  const title = page.getByRole("textbox", { name: "Title, row 1" });
  await title.fill("By the form");
  await page.getByRole("combobox", { name: "Type, row 1" }).selectOption({ label: "Board report" });
  await page.getByRole("button", { name: "Save draft" }).click();
  await says(page, "#save-status", /^Saved today at/);
  await page.unroute(fetched);
  await page.reload();
  await live(page);
  assert.deepEqual(await titles(page), ["By the form"]);
  await context.close();
});
