// Everything in the admin is done without a mouse, and the focus is never lost on the way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { editor, env, focused, holds, make, makeProject, outputRows, says, signedIn, swap } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 60_000 };

test("the skip link, and / for the search", LIMIT, async () => {
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
  await focused(page, ".top .search input");
  await page.keyboard.type("a/b");
  assert.equal(await page.inputValue(".top .search input"), "a/b", "in a field it is a character");
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
  await page.getByRole("button", { name: "Add output" }).focus();
  await deed(page, "Enter");
  const [first] = await outputRows(page);
  await focused(page, `#${first}-title`);
  await page.keyboard.type("The first");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Board");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Winter, A");
  await page.keyboard.press("Tab");
  await page.keyboard.type("2021");
  await page.keyboard.press("Tab");
  // One key.
  await page.keyboard.press("a");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Short");
  assert.equal(await page.locator(`#${first}-type option:checked`).textContent(), "Board report");
  assert.equal(await page.locator(`#${first}-availability option:checked`).textContent(), "Available on request");

  // Enter after the last row makes another, and stands in its title.
  await deed(page, "Enter");
  const second = (await outputRows(page))[1];
  await focused(page, `#${second}-title`);
  await page.keyboard.type("The second");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowUp");
  await focused(page, `#${first}-title`);
  await page.keyboard.press("Enter");
  await focused(page, `#${second}-title`);
  await page.keyboard.press("Shift+Enter");
  await focused(page, `#${first}-title`);
  await page.focus(`#${first}-year`);
  await page.keyboard.press("ArrowDown");
  await focused(page, `#${second}-year`);
  await page.keyboard.type("2022");

  // The row moves, the cursor with it, the texts stay in their rows.
  await deed(page, "Alt+ArrowUp");
  assert.deepEqual(await outputRows(page), [second, first]);
  await focused(page, `#${second}-year`);
  await says(page, "[aria-live=polite]", /^Moved to 1 of 2$/);
  await holds(page, `#${second}-title`, "The second");
  await holds(page, `#${first}-title`, "The first");
  await page.keyboard.press("Alt+ArrowUp");
  assert.deepEqual(await outputRows(page), [second, first], "the first row has nowhere to go");
  await deed(page, "Alt+ArrowDown");
  assert.deepEqual(await outputRows(page), [first, second]);

  // What is wrong is said where it is, and reached from the summary.
  await page.focus(`#${second}-year`);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("soon");
  await deed(page, "Control+s");
  await focused(page, ".error-summary");
  await page.keyboard.press("Tab");
  await focused(page, ".error-summary a");
  await page.keyboard.press("Enter");
  await focused(page, `#${second}-year[aria-invalid=true]`);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("2022");
  await deed(page, "Control+s");
  await says(page, "#save-status", /^Saved today/);
  await focused(page, `#${second}-year`);

  // Taking rows out: the focus goes to a neighbour, at last to the button that adds.
  await page.locator(`#${first}`).getByRole("button", { name: "Remove row 1" }).focus();
  await deed(page, "Enter");
  await focused(page, `#${second} *`);
  await page.locator(`#${second}`).getByRole("button", { name: "Remove row 1" }).focus();
  await deed(page, "Space");
  await focused(page, "button, input, h2");
  await deed(page, "Control+s");
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
  await page.keyboard.press("Control+a");
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
