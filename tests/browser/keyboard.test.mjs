// Everything in the admin is done without a mouse, and the focus is never lost on the way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { caret, cell, editor, env, focused, gridSaved, holds, make, makeProject, outputRows, says, signedIn, swap } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 120_000 };

test("the skip link, and / for what one looks for", LIMIT, async () => {
  const { page, faults } = await signedIn(BASE);
  await page.goto("/admin/projects");
  await page.keyboard.press("Tab");
  await focused(page, "a.skip");
  assert.ok((await page.locator("a.skip").boundingBox()).y >= 0, "it shows while it has the focus");
  await page.keyboard.press("Enter");
  await focused(page, "main");
  await page.keyboard.press("Tab");
  await focused(page, "main *");

  await page.keyboard.press("/");
  await focused(page, "#palette input");
  await page.keyboard.type("a/b");
  assert.equal(await page.inputValue("#palette input"), "a/b", "in a field it is a character");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/admin/search?q=a%2Fb");
  assert.deepEqual(faults, []);
});

test("Ctrl+S saves where one stands", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  const project = await makeProject(context, 11, "Saving by keyboard");
  await open(page, project.path);
  await page.focus("#f-title");
  await page.keyboard.press("End");
  await page.keyboard.type(", twice");
  await says(page, "#save-status", /^Not saved yet: Title$/);
  await deed(page, "Control+s");
  await says(page, "#save-status", /^Saved today at/);
  await focused(page, "#f-title");
  await page.keyboard.type("!");
  await deed(page, "Control+s");
  await says(page, "h1", /^11.01 Saving by keyboard, twice!$/);
  await focused(page, "#f-title");
  await says(page, "[aria-live=polite]", /^Saved/);

  // A title may be long and is one line all the same.
  await page.keyboard.type("?");
  await deed(page, "Enter");
  await says(page, "h1", /^11.01 Saving by keyboard, twice!\?$/);
  await focused(page, "#f-title");
  await holds(page, "#f-title", "Saving by keyboard, twice!?");

  // From within the text, too.
  const text = await editor(page, "body");
  await text.focus();
  await page.keyboard.type("A sentence");
  await deed(page, "Control+s");
  await page.keyboard.type(" and its end.");
  await deed(page, "Control+s");
  await focused(page, ".ProseMirror");
  assert.equal(await text.textContent(), "A sentence and its end.");
  await page.reload();
  await holds(page, "#f-body", "<p>A sentence and its end.</p>");
  assert.deepEqual(faults, []);
});

test("the outputs table", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  const project = await makeProject(context, 12, "The table by keyboard");
  await open(page, project.path);
  await page.locator("[data-live]").waitFor();
  await page.getByRole("button", { name: "Add output" }).focus();
  await page.keyboard.press("Enter");
  await focused(page, ".rows-new .cell-title textarea");
  for (const text of ["The first", "Board", "Winter, A", "2021"]) {
    await page.keyboard.type(text);
    await page.keyboard.press("Tab");
  }
  // One key.
  await page.keyboard.press("a");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Short");
  // Enter goes to the next row, to where one began.
  await page.keyboard.press("Enter");
  const [first] = await outputRows(page);
  await says(page, cell(first, "type"), /^Board report$/);
  await says(page, cell(first, "availability"), /^Available on request$/);
  await focused(page, ".rows-new .cell-title");
  await page.keyboard.type("The second");
  await page.keyboard.press("Enter");
  const second = (await outputRows(page))[1];
  await focused(page, ".rows-new .cell-title");
  await page.keyboard.press("ArrowUp");
  await focused(page, `#${second} .cell-title`);
  for (const to of ["type", "lead", "year"]) {
    await page.keyboard.press("ArrowRight");
    await focused(page, `#${second} .cell-${to}`);
  }
  await page.keyboard.type("2022");
  await page.keyboard.press("Shift+Enter");
  await focused(page, `#${first} .cell-year`);
  await page.keyboard.press("ArrowDown");
  await says(page, cell(second, "year"), /^2022$/);

  // The row moves, the cursor with it, the texts stay in their rows.
  await page.keyboard.press("Alt+ArrowUp");
  assert.deepEqual(await outputRows(page), [second, first]);
  await focused(page, `#${second} .cell-year`);
  await says(page, "[aria-live=polite]", /^Moved to 1 of 2$/);
  await says(page, cell(second, "title"), /^The second$/);
  await says(page, cell(first, "title"), /^The first$/);
  await page.keyboard.press("Alt+ArrowUp");
  assert.deepEqual(await outputRows(page), [second, first], "the first row has nowhere to go");
  await page.keyboard.press("Alt+ArrowDown");
  assert.deepEqual(await outputRows(page), [first, second]);
  await gridSaved(page);

  // What is wrong is said where it is; Escape takes nothing back that was kept.
  await focused(page, `#${second} .cell-year`);
  await page.keyboard.type("soon");
  await page.keyboard.press("Enter");
  await says(page, `#${second} .cell-year[aria-invalid=true] .cell-trouble`, /year/);
  await says(page, ".rows-status", /^Not saved: one row needs attention$/);
  await page.keyboard.press("ArrowUp");
  await focused(page, `#${second} .cell-year[aria-invalid=true]`);
  await page.keyboard.press("F2");
  await page.keyboard.type(" not");
  await page.keyboard.press("Escape");
  await says(page, cell(second, "year"), /^soon$/);
  await page.keyboard.type("2022");
  await page.keyboard.press("Enter");
  await gridSaved(page);
  await deed(page, "Control+s");
  await says(page, "#save-status", /^Saved today/);

  // The buttons are one stop, before the table; Tab leads through and out.
  await page.keyboard.press("Shift+Tab");
  await focused(page, ".rows-bar button");
  await page.keyboard.press("End");
  await focused(page, ".rows-bar button:last-child");
  await page.keyboard.press("Enter");
  await focused(page, "dialog.question button");
  await page.keyboard.press("Escape");
  await focused(page, ".rows-bar button:last-child");
  await page.keyboard.press("Tab");
  await focused(page, ".rows-new .cell-year");
  await page.keyboard.press("Tab");
  await focused(page, 'button[value="add:outputs"]');

  // Taking rows out: the focus goes to a neighbour, at last to the empty row.
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Control+Delete");
  await page.waitForFunction((id) => !document.getElementById(id), second);
  await focused(page, ".rows-new .cell-year");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Control+Delete");
  await page.waitForFunction((id) => !document.getElementById(id), first);
  await focused(page, ".rows-new .cell-year");
  await page.reload();
  await page.locator("[data-live]").waitFor();
  assert.deepEqual(await outputRows(page), []);
  assert.deepEqual(faults, []);
});

test("finding and ordering people", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  const project = await makeProject(context, 13, "Finding by keyboard");
  for (const given_names of ["Agnes", "Bertha", "Clara"]) await make(context, "people", { given_names, family_name: "Quillon" });
  await open(page, project.path);
  await page.focus("#f-team-find");
  await page.keyboard.type("quillon");
  await page.locator("#f-team-found li").nth(2).waitFor();
  await says(page, "[aria-live=polite]", /^3 results$/);
  await page.keyboard.press("ArrowDown");
  await focused(page, "#f-team-found li:nth-child(1) button");
  await page.keyboard.press("ArrowDown");
  await focused(page, "#f-team-found li:nth-child(2) button");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await focused(page, "#f-team-find");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector("#f-team-found").children.length === 0);
  await focused(page, "#f-team-find");
  await page.keyboard.press("Control+a");

  const chosen = [];
  for (let at = 0; at < 3; at += 1) {
    await page.keyboard.type("quillon");
    const choice = page.locator("#f-team-found li button").nth(at);
    await choice.waitFor();
    const value = await choice.getAttribute("value");
    for (let down = 0; down <= at; down += 1) await page.keyboard.press("ArrowDown");
    await focused(page, `button[value="${value}"]`);
    await deed(page, "Enter");
    chosen.push(value.split(":")[2]);
    await focused(page, "#f-team-find");
    await holds(page, "#f-team-find", "");
    assert.equal(await page.locator("#f-team-found *").count(), 0);
  }
  assert.deepEqual(await team(page), chosen);

  // Down to the end: the button that can go no further hands the focus on within its row.
  await page.locator(`#team-${chosen[0]} button[value^="down:"]`).focus();
  await deed(page, "Enter");
  await focused(page, `#team-${chosen[0]} button[value^="down:"]`);
  await deed(page, "Enter");
  await focused(page, `#team-${chosen[0]} button[value^="up:"]`);
  assert.deepEqual(await team(page), [chosen[1], chosen[2], chosen[0]]);
  await page.locator(`#team-${chosen[2]} button[value^="remove:"]`).focus();
  await deed(page, "Enter");
  await focused(page, "#f-team-find");
  assert.deepEqual(await team(page), [chosen[1], chosen[0]]);
  assert.deepEqual(faults, []);
});

test("the toolbar of the text", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  const project = await makeProject(context, 14, "Formatting by keyboard");
  await open(page, project.path);
  const text = await editor(page, "body");
  await text.focus();
  await page.keyboard.type("Much ado");
  await page.keyboard.press("Enter");
  await page.keyboard.type("About");
  await page.keyboard.press("Alt+F10");
  await focused(page, ".rich-tools select");
  for (const name of ["Bold", "Italic", "Subscript", "Superscript", "Bulleted list"]) {
    await page.keyboard.press("ArrowRight");
    await focused(page, `.rich-tools [aria-label="${name}"]`);
  }
  await page.keyboard.press("Enter");
  await focused(page, ".ProseMirror");
  await holds(page, "#f-body", "<p>Much ado</p><ul><li><p>About</p></li></ul>");

  // Back where one was, to either end, and out again.
  await page.keyboard.press("Alt+F10");
  await focused(page, '.rich-tools [aria-label="Bulleted list"][aria-pressed=true]');
  await page.keyboard.press("Home");
  await focused(page, ".rich-tools select");
  await page.keyboard.press("Escape");
  await focused(page, ".ProseMirror");
  await caret(page, "Control+a");
  await page.keyboard.press("Alt+F10");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await holds(page, "#f-body", "<p><strong>Much ado</strong></p><ul><li><p><strong>About</strong></p></li></ul>");
  assert.deepEqual(faults, []);
});

async function open(page, path) {
  await page.goto(path);
  await editor(page, "body");
}

/** Presses a key that the server answers; the focus must be somewhere sensible afterwards. */
async function deed(page, key) {
  await swap(page, () => page.keyboard.press(key));
  await focused(page, "main *");
}

function team(page) {
  return page.locator("#f-team .link-row").evaluateAll((rows) => rows.map((row) => row.id.slice("team-".length)));
}
