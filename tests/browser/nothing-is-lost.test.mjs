// Two people on one item, a tab closed too early, a session that has ended: whatever happens, nothing that was typed is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "./looks.mjs";
import { ADMIN, EDITOR, cell, editor, env, focused, gridSaved, holds, leads, make, makeProject, outputRows, says, signInHere, signedIn, swap, write } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 120_000 };

/** Two people with the same project before them. */
async function two(number, title, prepare = async () => {}) {
  const [ours, theirs] = [await signedIn(BASE, EDITOR), await signedIn(BASE, ADMIN)];
  const project = await makeProject(ours.context, number, title);
  await prepare(project, ours.context);
  for (const { page } of [ours, theirs]) {
    await page.goto(project.path);
    await editor(page, "body");
  }
  const clean = () => assert.deepEqual([...ours.faults, ...theirs.faults], []);
  return { project, mine: ours.page, theirs: theirs.page, clean };
}

const save = (page) => swap(page, () => page.keyboard.press("Control+s"));

test("changes to different fields and rows are merged", LIMIT, async () => {
  const { project, mine, theirs, clean } = await two(21, "Merging", async ({ id }, context) => {
    for (const [at, title] of ["One", "Two"].entries()) await makeOutput(context, id, title, at);
  });
  const [one, two_] = await outputRows(mine);
  await theirs.fill("#f-summary", "Their summary.");
  await write(theirs, one, "year", "2021");
  await gridSaved(theirs);
  await save(theirs);
  await says(theirs, "#save-status", /^Saved/);

  await mine.fill("#f-title", "Merging, mine");
  await write(mine, two_, "note", "My note");
  await gridSaved(mine);
  await save(mine);
  await says(mine, "#save-status", /^Saved/);
  await holds(mine, "#f-summary", "Their summary.");
  await says(mine, cell(one, "year"), /^2021$/);

  await theirs.goto(project.path);
  await holds(theirs, "#f-title", "Merging, mine");
  await holds(theirs, "#f-summary", "Their summary.");
  await says(theirs, cell(one, "year"), /^2021$/);
  await says(theirs, cell(two_, "note"), /^My note$/);
  clean();
});

test("changes to the same field are shown side by side", LIMIT, async () => {
  const { project, mine, theirs, clean } = await two(22, "Clashing", ({ id }, context) => makeOutput(context, id, "One"));
  const [row] = await outputRows(mine);
  await theirs.fill("#f-title", "Their title");
  await theirs.locator(".ProseMirror").pressSequentially("Their text.");
  await save(theirs);

  await mine.fill("#f-title", "My title");
  await mine.locator(".ProseMirror").pressSequentially("My text.");
  await save(mine);
  await focused(mine, ".error-summary");
  await says(mine, ".error-summary h2", /^Not saved: The admin changed the same today at/);
  await says(mine, "#save-status", /^Not saved yet: Title, Text$/);
  await holds(mine, "#f-title", "My title");
  await says(mine, "#theirs-title", /^Their title$/);
  await says(mine, '[data-field="body"] .ProseMirror', /^My text\.$/);
  await says(mine, "#theirs-body", /^Their text\.$/);

  // One from either side.
  const takeTheirs = mine.locator('[data-field="title"]').getByRole("button", { name: "Use theirs" });
  await swap(mine, () => takeTheirs.click());
  await holds(mine, "#f-title", "Their title");
  await says(mine, '[data-field="body"] .ProseMirror', /^My text\.$/);
  await save(mine);
  await says(mine, "#save-status", /^Saved/);

  // A cell of the table.
  await theirs.goto(project.path);
  await holds(theirs, "#f-title", "Their title");
  await holds(theirs, "#f-body", "<p>My text.</p>");
  await write(theirs, row, "note", "Theirs");
  await gridSaved(theirs);
  await write(mine, row, "note", "Mine");
  await says(mine, `#${row} .cell-note .cell-trouble`, /^The admin changed this today at .* to: ?Theirs/);
  await says(mine, cell(row, "note"), /^Mine$/);
  await mine.locator(`#${row} .cell-note`).getByRole("button", { name: "Keep mine" }).click();
  await gridSaved(mine);
  await theirs.reload();
  await says(theirs, cell(row, "note"), /^Mine$/);
  clean();
});

test("leaving asks only while something would be lost", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  const project = await makeProject(context, 23, "Leaving");
  let asked = 0;
  let answer = "dismiss";
  page.on("dialog", (dialog) => {
    asked += 1;
    assert.equal(dialog.type(), "beforeunload");
    return dialog[answer]();
  });
  const home = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Dashboard" });
  await page.goto(project.path);
  await editor(page, "body");
  await leads(page, "**/admin/", () => home.click());
  assert.equal(asked, 0, "nothing was typed");

  // What can be saved is saved as one leaves, also what the server has only put in its place.
  await page.goto(project.path);
  await (await editor(page, "body")).pressSequentially("Half a thought");
  await page.locator("#f-team-find").pressSequentially("Nobody Yet");
  const create = page.locator("#f-team-found").getByRole("button", { name: "Create ‘Nobody Yet’" });
  await swap(page, () => create.click());
  const saved = page.waitForRequest("**/autosave");
  await leads(page, "**/admin/", () => home.click());
  await saved;
  assert.equal(asked, 0);
  await page.goto(project.path);
  await says(page, ".ProseMirror", /^Half a thought$/);
  await says(page, "#f-team .who", /^Nobody Yet/);

  // What cannot be saved is asked about, and offered again.
  await page.fill("#f-code", "23,");
  await says(page, "#save-status", /^Not saved yet: Code cannot be saved like this\.$/);
  const question = page.waitForEvent("dialog");
  await home.click({ noWaitAfter: true });
  await question;
  await holds(page, "#f-code", "23,");
  answer = "accept";
  await leads(page, "**/admin/", () => home.click());
  assert.equal(asked, 2);
  await page.goto(project.path);
  await says(page, ".kept p", /^There is text from \d\d:\d\d that was not saved: Code\.$/);
  await page.getByRole("button", { name: "Discard" }).click();
  assert.equal(await page.locator(".kept").count(), 0);

  // A row of a table that is there saves by itself, however soon one leaves; one of a new project goes with the form.
  await page.goto(project.path);
  await page.getByRole("button", { name: "Add output" }).click();
  await page.keyboard.type("A row");
  await leads(page, "**/admin/", () => home.click());
  assert.equal(asked, 2);
  await page.goto(project.path);
  await says(page, "table.rows tr[id] .cell-title .text", /^A row$/);
  await page.goto("/admin/projects/new");
  await page.locator("[data-live]").waitFor();
  await page.getByRole("button", { name: "Add output" }).click();
  await page.keyboard.type("Another row");
  await leads(page, "**/admin/", () => home.click());
  assert.equal(asked, 3);

  // Saving, publishing and everything that leads on by itself does not ask.
  await page.goto(project.path);
  await page.fill("#f-title", "Leaving for good");
  await leads(page, "**/publish", () => page.getByRole("button", { name: "Publish…" }).click());
  assert.equal(asked, 3);
  assert.deepEqual(faults, []);
});

test("a session that has ended keeps the text on the page", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  const project = await makeProject(context, 24, "Signed out");
  await page.goto(project.path);
  await (await editor(page, "body")).pressSequentially("Written for an hour.");
  await page.fill("#f-title", "Signed out, and still here");
  await context.clearCookies();
  await save(page);
  await says(page, "#save-status", /^Not saved: you have been signed out\. What you typed is still here\. Sign in in a new tab, then save again\.$/);
  await holds(page, "#f-title", "Signed out, and still here");
  await says(page, ".ProseMirror", /^Written for an hour\.$/);

  const opened = context.waitForEvent("page");
  await page.locator("#save-status a").click();
  const tab = await opened;
  await signInHere(tab, EDITOR);
  await tab.getByRole("button", { name: "Sign out" }).waitFor();
  await tab.close();
  await page.focus("#f-title");
  await save(page);
  await says(page, "#save-status", /^Saved/);
  await page.reload();
  await holds(page, "#f-title", "Signed out, and still here");
  await holds(page, "#f-body", "<p>Written for an hour.</p>");
  assert.deepEqual(faults, []);
});

test("without scripts the text comes back after signing in", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE, EDITOR, { javaScriptEnabled: false });
  const project = await makeProject(context, 25, "Signed out without scripts");
  await page.goto(project.path);
  await page.fill("#f-title", "Typed in vain?");
  await page.fill("#f-body", "<p>No: “kept”, & whole.</p>");
  await context.clearCookies();
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByText("what you typed is kept").waitFor();
  // Not even a mistyped password loses it.
  await signInHere(page, { ...EDITOR, password: "wrong" });
  await page.getByText("do not go together").waitFor();
  await signInHere(page, EDITOR);
  await page.getByText("What you typed is here, and not saved yet.").waitFor();
  assert.equal(await page.inputValue("#f-title"), "Typed in vain?");
  assert.equal(await page.inputValue("#f-body"), "<p>No: “kept”, & whole.</p>");
  await leads(page, "**?done=saved", () => page.getByRole("button", { name: "Save draft" }).click());
  await page.goto(project.path);
  assert.equal(await page.inputValue("#f-title"), "Typed in vain?");
  assert.deepEqual(faults, []);
});

test("a form saves itself, merges, and stops where two have written the same", LIMIT, async () => {
  const { mine, theirs, clean } = await two(26, "By itself");
  const text = await editor(mine, "body");
  await text.pressSequentially("Written and");
  await says(mine, "#save-status", /^Not saved yet: Text$/);
  await says(mine, "#save-status", /^Saved today at \d\d:\d\d\. Not public yet\.$/);
  // Whoever writes notices nothing.
  await mine.keyboard.type(" written on.");
  await says(mine, ".ProseMirror", /^Written and written on\.$/);

  // What the other changed elsewhere comes by itself.
  await theirs.fill("#f-summary", "Their summary.");
  await save(theirs);
  await mine.fill("#f-title", "By itself, mine");
  await says(mine, "#save-status", /^Saved/);
  await holds(mine, "#f-summary", "Their summary.");
  await focused(mine, "#f-title");

  await theirs.fill("#f-title", "By itself, theirs");
  await says(theirs, "#save-status", /^Not saved: The editor changed Title too\. Save to see both sides\.$/);
  await save(theirs);
  await focused(theirs, ".error-summary");
  await says(theirs, "#theirs-title", /^By itself, mine$/);
  await holds(theirs, "#f-title", "By itself, theirs");
  await save(theirs);
  await says(theirs, "#save-status", /^Saved/);
  await mine.reload();
  await says(mine, "#others", /^The admin is editing this too\.$/);
  await mine.emulateMedia({ reducedMotion: "reduce" });
  await look("others", { context: mine.context(), page: mine, faults: [] }, [1440, 390]);
  clean();
});

test("what a page left that is gone is offered again", LIMIT, async () => {
  const one = await signedIn(BASE, EDITOR, { reducedMotion: "reduce" });
  const { context, page, faults } = one;
  const project = await makeProject(context, 27, "Left behind");
  await page.goto(project.path);
  await editor(page, "body");
  await context.clearCookies();
  await page.fill("#f-summary", "Never arrived.");
  await page.locator(".ProseMirror").pressSequentially("Nor this.");
  await says(page, "#save-status", /^Not saved: you have been signed out\. What you typed is still here\./);
  await page.close();

  const next = await context.newPage();
  await next.goto(project.path);
  await signInHere(next, EDITOR);
  await says(next, ".kept p", /^There is text from \d\d:\d\d that was not saved: Summary, Text\.$/);
  await next.getByText("See it").click();
  await says(next, ".kept dl", /^SummaryNever arrived\.TextNor this\.$/);
  await look("kept", { ...one, page: next }, [1440, 390]);
  await next.getByRole("button", { name: "Restore" }).click();
  await holds(next, "#f-summary", "Never arrived.");
  await says(next, ".ProseMirror", /^Nor this\.$/);
  await says(next, "#save-status", /^Saved/);
  assert.equal(await next.locator(".kept").count(), 0);
  await next.reload();
  await holds(next, "#f-summary", "Never arrived.");
  await editor(next, "body");
  assert.equal(await next.locator(".kept").count(), 0);

  // A new item is made when its author says so; what they typed is kept, until they sign out.
  next.on("dialog", (dialog) => dialog.accept());
  await next.goto("/admin/news/new");
  await next.fill("#f-title", "Half a headline");
  await next.goto("/admin/news/new");
  await says(next, ".kept p", /that was not saved: Title\.$/);
  await next.getByRole("button", { name: "Sign out" }).click();
  await next.waitForURL("**/sign-in");
  assert.deepEqual(await next.evaluate(() => Object.keys(localStorage)), []);
  assert.deepEqual(faults, []);
});

test("two tabs of one person are asked as two people are", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  const project = await makeProject(context, 28, "Two tabs");
  await makeOutput(context, project.id, "One");
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto(project.path);
    await editor(tab, "body");
  }
  const [row] = await outputRows(page);
  await write(page, row, "note", "Here");
  await gridSaved(page);
  await write(other, row, "note", "There");
  await says(other, `#${row} .cell-note .cell-trouble`, /^You changed this today at .* to: ?Here/);
  await other.locator(`#${row} .cell-note`).getByRole("button", { name: "Keep mine" }).click();
  await gridSaved(other);
  await page.reload();
  await says(page, cell(row, "note"), /^There$/);
  assert.deepEqual(faults, []);
});

function makeOutput(context, project, title, at = 0) {
  const place = String((at + 1) * 1024);
  return make(context, "outputs", { title, "projects.0.target": project, "projects.0.position": place });
}
