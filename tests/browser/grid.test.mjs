// The outputs grid by keyboard alone: six outputs typed, undone, typed without a connection, changed in two places at once, published.
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "./looks.mjs";
import { ADMIN, EDITOR, cell, env, focused, gridSaved, make, makeProject, outputRows, says, signedIn, write } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 120_000 };
const STILL = { reducedMotion: "reduce" };
const OUTPUTS = [
  ["From blame to praise in policing: Implications for leadership and the public conversation", "Action research report", "Tomkins, L", "2020", "Open"],
  ["From blame to praise in policing: Implications for strategy, culture, process and well-being", "Action research report", "Tomkins, L", "2020", "Open"],
  ["Asymmetries of leadership: Agency, response and reason", "Academic paper", "Tomkins, L", "2019", "Available on request"],
  ["Learning and well-being: Safety, failure, fault and blame", "Board report", "Tomkins, L", "2019", "Available on request"],
  ["Empowering learning", "Board report", "Bristow, A", "2019", "Available on request"],
  ["Leadership and organisational learning", "Board report", "Tomkins, L", "2019", "Available on request"],
];
/** What Chromium says in its console while there is no connection. */
const OFFLINE = /ERR_INTERNET_DISCONNECTED/;

async function open(page, path) {
  await page.goto(path);
  await page.locator("[data-live] table[role=grid]").waitFor();
}

/** Tab by Tab to the table, as somebody does who has no mouse. */
async function tabIn(page) {
  for (let tab = 0; tab < 80; tab += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.matches("table[role=grid] [role=gridcell]"))) return;
  }
  assert.fail("Tab never came to the table");
}

function table(page) {
  const rows = (lines) => lines.map((line) => [...line.querySelectorAll("td > .text")].slice(0, 5).map((text) => text.textContent));
  return page.locator("table.rows tbody tr[id]").evaluateAll(rows);
}

/** Makes an output that stands in a project's table. */
function makeOutput(context, project, fields, at = 0) {
  return make(context, "outputs", { ...fields, "projects.0.target": project, "projects.0.position": String((at + 1) * 1024) });
}

test("six outputs are typed, taken back, and stand there after a reload", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE, EDITOR);
  const project = await makeProject(context, 51, "Typed");
  await open(page, project.path);
  await tabIn(page);
  await focused(page, ".rows-new .cell-title");
  const began = performance.now();
  for (const [title, type, lead, year, availability] of OUTPUTS) {
    for (const text of [title, type, lead, year]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press(availability[0].toLowerCase());
    await page.keyboard.press("Enter");
  }
  console.log(`Six outputs took ${((performance.now() - began) / 1000).toFixed(1)} s to type.`);
  assert.deepEqual(await table(page), OUTPUTS);
  await gridSaved(page);
  await says(page, ".rows-foot", /Readers see this order: newest year first\./);

  // Whole rows are deleted and come back; a cell is written over and comes back.
  const ids = await outputRows(page);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Shift+ArrowUp");
  await page.keyboard.press("Control+Delete");
  await says(page, ".rows-note", /^2 rows deleted\. Ctrl \+ Z undoes it\.$/);
  assert.deepEqual(await outputRows(page), ids.slice(0, 4));
  await page.keyboard.press("Control+z");
  await says(page, ".rows-note", /^Undone: deleted rows$/);
  assert.deepEqual(await outputRows(page), ids);
  assert.deepEqual(await table(page), OUTPUTS);
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("/ slashes are characters here");
  await page.keyboard.press("Enter");
  await says(page, cell(ids[0], "title"), /^\/ slashes/);
  await page.keyboard.press("Control+z");
  await says(page, cell(ids[0], "title"), /^From blame to praise/);
  await focused(page, `#${ids[0]} .cell-title`);

  // One value for several rows, and back.
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Alt+r");
  await says(page, cell(ids[1], "availability"), /^Available on request$/);
  await page.keyboard.press("Control+z");
  await says(page, cell(ids[1], "availability"), /^Open$/);
  await page.keyboard.press("Control+y");
  await page.keyboard.press("Control+z");
  await gridSaved(page);
  await page.reload();
  await page.locator("[data-live]").waitFor();
  assert.deepEqual(await table(page), OUTPUTS);
  assert.deepEqual(faults, []);
  await context.close();
});

test("without a connection nothing is lost, not even with the page", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE, EDITOR);
  const project = await makeProject(context, 52, "Offline");
  await makeOutput(context, project.id, { title: "One" });
  await open(page, project.path);
  const [row] = await outputRows(page);
  await tabIn(page);
  await context.setOffline(true);
  await page.keyboard.type("Typed in a tunnel");
  await page.keyboard.press("Enter");
  await says(page, ".rows-status", /^Not saved: the server cannot be reached\. What you typed is kept in this browser/);
  await page.keyboard.type("And a new one");
  await page.keyboard.press("Enter");
  await context.setOffline(false);
  await gridSaved(page);

  await context.setOffline(true);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.type("A second tunnel");
  await page.keyboard.press("Enter");
  await says(page, ".rows-status", /^Not saved: the server cannot be reached/);
  await page.close();
  await context.setOffline(false);
  const later = await context.newPage();
  await open(later, project.path);
  await gridSaved(later);
  const titles = ["Typed in a tunnel", "A second tunnel"];
  assert.deepEqual((await table(later)).map(([title]) => title), titles);
  await later.reload();
  await later.locator("[data-live]").waitFor();
  assert.deepEqual((await table(later)).map(([title]) => title), titles);
  assert.equal((await outputRows(later))[0], row);
  assert.deepEqual(faults.filter((fault) => !OFFLINE.test(fault)), []);
  await context.close();
});

test("two people in one table: what clashes is decided by who typed last", LIMIT, async () => {
  const [ours, theirs] = [await signedIn(BASE, EDITOR, STILL), await signedIn(BASE, ADMIN)];
  const project = await makeProject(ours.context, 53, "Together");
  await makeOutput(ours.context, project.id, { title: "One" });
  for (const { page } of [ours, theirs]) await open(page, project.path);
  const { page } = ours;
  const [row] = await outputRows(page);
  await write(theirs.page, row, "title", "Their title");
  await write(theirs.page, row, "note", "Their note");
  await gridSaved(theirs.page);

  await tabIn(page);
  await page.keyboard.type("My title");
  await page.keyboard.press("Enter");
  await says(page, `#${row} .cell-title .cell-trouble`, /^The admin changed this today at .* to: ?Their title/);
  await says(page, cell(row, "title"), /^My title$/);
  await says(page, cell(row, "note"), /^Their note$/);
  await look("grid-conflict", ours, [1440, 390]);
  await page.setViewportSize({ width: 1440, height: 900 });
  // Enter leads to what is to be decided.
  await page.keyboard.press("ArrowUp");
  await focused(page, `#${row} .cell-title`);
  await page.keyboard.press("Enter");
  await focused(page, `#${row} .cell-title .cell-trouble button`);
  await page.keyboard.press("Enter");
  await gridSaved(page);
  await theirs.page.reload();
  await says(theirs.page, cell(row, "title"), /^My title$/);
  assert.deepEqual([...ours.faults, ...theirs.faults], []);
  for (const { context } of [ours, theirs]) await context.close();
});

test("pasted cells fill cells, pasted rows are looked at first", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE, EDITOR);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: BASE });
  const project = await makeProject(context, 54, "Pasted");
  await open(page, project.path);
  await tabIn(page);
  const paste = async (text) => {
    await page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await page.keyboard.press("Control+v");
  };
  await paste("Cell by cell\tBoard report\tWinter, A\t2021\tAvailable on request");
  await gridSaved(page);
  assert.deepEqual(await table(page), [["Cell by cell", "Board report", "Winter, A", "2021", "Available on request"]]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.type("Typed just before");
  await paste("Title\tYear\nOne\t2019\nTwo\t2018\n");
  await page.waitForURL(`**${project.path}/outputs/import`);
  await says(page, "h1", /^Import 2 outputs$/);
  await open(page, project.path);
  assert.deepEqual((await table(page)).map(([title]) => title), ["Cell by cell", "Typed just before"]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("some rows are published, and the table is as good to the eye as to a screen reader", LIMIT, async () => {
  const one = await signedIn(BASE, EDITOR, STILL);
  const { context, page, faults } = one;
  const project = await makeProject(context, 55, "Published");
  await open(page, project.path);
  await tabIn(page);
  for (const [title, type, lead, year] of OUTPUTS.slice(0, 3)) {
    for (const text of [title, type, lead, year]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("o");
    await page.keyboard.press("Enter");
  }
  await gridSaved(page);
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Shift+Space");
  await page.keyboard.press("Shift+ArrowDown");
  await look("grid-selection", one, [1440, 390]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press("Control+Enter");
  await says(page, "dialog.question h2", /^Publish 2 outputs\?$/);
  await focused(page, 'dialog.question button[value="yes"]');
  await look("grid-publish", one, [1440, 390]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press("Enter");
  await says(page, ".rows-note", /^2 outputs are public now\.$/);
  const states = await page.locator("table.rows tbody tr[id] .cell-state").allTextContents();
  assert.deepEqual(states, ["Published", "Published", "Draft"]);
  const { data } = await (await fetch(new URL("/api/v1/outputs", BASE))).json();
  assert.deepEqual(data.map(({ title }) => title).sort(), OUTPUTS.slice(0, 2).map(([title]) => title).sort());

  // Editing: a text, a choice, a name.
  for (const column of ["title", "type", "lead"]) {
    await page.keyboard.press("Control+Home");
    for (let right = ["title", "type", "lead"].indexOf(column); right >= 0; right -= 1) await page.keyboard.press("ArrowRight");
    if (column === "lead") await page.keyboard.type("Tom");
    else await page.keyboard.press("F2");
    await focused(page, `.cell-${column} .cell-editor`);
    if (column === "lead") await page.locator(".names li").first().waitFor();
    await look(`grid-edit-${column}`, one, [1440, 390]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.keyboard.press("Escape");
    await focused(page, `.cell-${column}`);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("all outputs in the same grid: written in, added to, taken out and brought back", LIMIT, async () => {
  const one = await signedIn(BASE, EDITOR, STILL);
  const { context, page, faults } = one;
  const project = await makeProject(context, 56, "Everywhere");
  await makeOutput(context, project.id, { title: "Everywhere at home", year: "2019" });
  await make(context, "outputs", { title: "Everywhere alone", year: "2020" });
  await page.goto("/admin/outputs?q=everywhere&sort=year");
  await page.getByRole("group", { name: "Shown as" }).getByRole("link", { name: "Table" }).click();
  await page.waitForURL("**/admin/outputs?q=everywhere&sort=year&as=table");
  await page.locator("[data-live] table[role=grid]").waitFor();
  const [home, alone] = await outputRows(page);
  await tabIn(page);
  await focused(page, `#${home} .cell-title`);
  await page.keyboard.type("Everywhere, and at home");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+r");
  await says(page, cell(alone, "availability"), /^Available on request$/);
  await gridSaved(page);
  assert.deepEqual(await outputRows(page), [home, alone], "they have no order of their own");
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await focused(page, ".rows-new .cell-title");
  await page.keyboard.type("Everywhere and nowhere");
  await page.keyboard.press("Enter");
  await gridSaved(page);
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("End");
  await focused(page, `#${home} .cell-projects a`);
  await look("grid-all", one, [1440, 720, 390]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press("Control+Delete");
  await says(page, ".rows-note", /^Row deleted\. Ctrl \+ Z undoes it\.$/);
  await page.keyboard.press("Control+z");
  await says(page, ".rows-note", /^Undone: deleted rows$/);
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("End");
  await focused(page, `#${home} .cell-projects a`);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${project.path}#outputs-heading`);
  await page.locator("[data-live] table[role=grid]").waitFor();
  assert.deepEqual((await table(page)).map(([title]) => title), ["Everywhere, and at home"]);
  assert.deepEqual(faults, []);
  await context.close();
});
