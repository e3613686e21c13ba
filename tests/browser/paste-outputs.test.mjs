// The outputs table of a project from the clipboards of five programs, by keyboard alone: paste, look, Enter; and taken back again.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { EDITOR, env, focused, make, makeProject, outputRows, says, signedIn } from "./support.mjs";

const BASE = env("URL");
const FIXTURES = new URL("../fixtures/import/", import.meta.url);
const TITLES = [
  "From blame to praise in policing: Implications for leadership and the public conversation",
  "From blame to praise in policing: Implications for strategy, culture, process and well-being",
  "Asymmetries of leadership: Agency, response and reason",
  "Learning and well-being: Safety, failure, fault and blame",
  "Empowering learning",
  "Leadership and organisational learning",
];

/** Another program, from which things are copied: a page without a policy, which Chromium would hold what is written against. */
async function program(context) {
  const other = await context.newPage();
  await other.route("**/program", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><link rel=icon href='data:,'>" }));
  await other.goto("/program");
  return other;
}

/** Copies something in another program and comes back. */
async function copy(other, page, html, text) {
  await other.bringToFront();
  await other.evaluate(
    ([html, text]) => {
      const type = (name, value) => ({ [name]: new Blob([value], { type: name }) });
      return navigator.clipboard.write([new ClipboardItem({ ...type("text/html", html), ...type("text/plain", text) })]);
    },
    [html, text],
  );
  await page.bringToFront();
}

async function fixture(name) {
  return readFile(new URL(name, FIXTURES), "utf8");
}

test("rows are pasted from five programs", { timeout: 120_000 }, async () => {
  const { context, page, faults } = await signedIn(BASE, EDITOR);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: BASE });
  const other = await program(context);
  await make(context, "people", { honorific: "Dr", given_names: "Leah", family_name: "Tomkins" });
  for (const [at, name] of ["excel", "word", "google-sheets", "libreoffice", "web-page"].entries()) {
    const project = await makeProject(context, 30 + at, `Pasted from ${name}`);
    await page.goto(project.path);
    await copy(other, page, await fixture(`${name}.html`), await fixture("excel.txt"));
    const began = performance.now();
    await page.keyboard.press("Control+v");
    await page.waitForURL(`**${project.path}/outputs/import`);
    // From the second program on the outputs are there, and join this table too.
    await says(page, "h1", /^Import 6 outputs$/);
    await focused(page, 'button[value="take"]');
    await page.keyboard.press("Enter");
    await page.waitForURL("**/admin/imports/*");
    await focused(page, ".page-foot a");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**${project.path}*`);
    await page.locator("[data-live]").waitFor();
    if (at === 0) console.log(`Six outputs took ${((performance.now() - began) / 1000).toFixed(1)} s and three keystrokes.`);
    const titles = await page.locator("[data-live] table.rows tr[id] .cell-title .text").allTextContents();
    assert.deepEqual(titles, TITLES, name);
    await page.goBack();
    await page.getByRole("button", { name: "Undo import" }).focus();
    await page.keyboard.press("Enter");
    await says(page, ".flash", at === 0 ? /^6 items were moved to the trash\.$/ : /6 items/);
    await page.goto(project.path);
    assert.deepEqual(await outputRows(page), [], name);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("a single cell is pasted where it is typed, and wrong cells are mended by keyboard", { timeout: 60_000 }, async () => {
  const { context, page, faults } = await signedIn(BASE, EDITOR);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: BASE });
  const project = await makeProject(context, 40, "Mended");
  await page.goto(project.path);
  await page.focus("#f-summary");
  await page.evaluate(() => navigator.clipboard.writeText("One\tline"));
  await page.keyboard.press("Control+v");
  assert.equal(await page.inputValue("#f-summary"), "One\tline");
  await page.goto("/admin/outputs/import");
  await focused(page, "#f-text");
  await page.evaluate(() => navigator.clipboard.writeText("Title\tYear\nA good one\t2019\nA bad one\tsoon\n"));
  await page.keyboard.press("Control+v");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Show what it says" }).press("Enter");
  await focused(page, ".error-summary");
  await page.locator(".error-summary a").first().press("Enter");
  await focused(page, "#cell-1-1");
  await page.fill("#cell-1-1", "2020");
  await page.keyboard.press("Enter");
  await says(page, "h1", /^Import 2 outputs$/);
  await focused(page, 'button[value="take"]');
  assert.deepEqual(faults, []);
  await context.close();
});
