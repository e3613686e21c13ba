// The ways around: the palette and the keys of a page, views and columns of a list, a new item like one that there is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "./looks.mjs";
import { editor, env, focused, leads, make, makeProject, says, signedIn, swap } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 120_000 };
const STILL = { reducedMotion: "reduce" };

const selected = (page) => page.locator("#palette [aria-selected=true]").textContent();

test("the palette and the keys of a page", LIMIT, async () => {
  const one = await signedIn(BASE, undefined, STILL);
  const { context, page, faults } = one;
  const project = await makeProject(context, 21, "Walking the beat");
  await make(context, "outputs", { title: "Proof of walking", year: "2019" });
  await page.goto(project.path);
  await page.locator("[data-live]").waitFor();

  // In a field it is what is typed there; elsewhere it lists the keys of what is on the page.
  await page.focus("#f-summary");
  await page.keyboard.type("Why? a/b");
  assert.equal(await page.inputValue("#f-summary"), "Why? a/b");
  // Saved now, not by itself in between: that is told, too.
  await swap(page, () => page.keyboard.press("Control+s"));
  await says(page, "#save-status", /^Saved today/);
  await page.getByRole("link", { name: "New project like this" }).focus();
  await page.keyboard.press("?");
  await focused(page, "dialog.question button");
  const headings = ["Everywhere", "On this form", "Where something is looked for to be added", "In a text", "In the outputs table"];
  assert.deepEqual(await page.locator("dialog.question h3").allTextContents(), headings);
  await look("keys", one, [1440, 390]);
  await page.keyboard.press("Escape");
  await focused(page, 'a[href*="like="]');

  // What the page offers, then what the server finds; nothing is chosen before something is typed.
  await page.focus("#f-title");
  await page.keyboard.press("Control+k");
  await focused(page, "#palette input");
  const offered = ["New project like this", "Save draft", "Publish…"];
  assert.deepEqual(await page.locator("#palette-here [role=option]").allTextContents(), offered);
  await page.locator("#go-0").waitFor();
  assert.equal(await page.locator("#palette [aria-selected=true]").count(), 0);
  await look("palette", one, [1440, 720, 390, 320]);
  // All that is told from here on: the form may tell something of its own right after.
  await page.evaluate(() => {
    window.told = [];
    const hear = () => window.told.push(document.querySelector("[aria-live=polite]")?.textContent);
    new MutationObserver(hear).observe(document.body, { subtree: true, childList: true });
  });
  await page.keyboard.type("wal");
  await page.locator("#palette-found b").first().waitFor();
  await says(page, "#palette [aria-selected=true]", /Walking the beat|Proof of walking/);
  await page.waitForFunction(() => window.told.includes("4 results"));
  await page.keyboard.press("ArrowUp");
  assert.equal(await selected(page), "Search everything for ‘wal’");
  const [active, chosen] = await Promise.all([
    page.getAttribute("#palette input", "aria-activedescendant"),
    page.getAttribute("#palette [aria-selected=true]", "id"),
  ]);
  assert.equal(active, chosen);
  await look("palette-found", one, [1440, 720, 390, 320]);
  await page.keyboard.press("Escape");
  await focused(page, "#f-title");

  // Faster than the server.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("save");
  await swap(page, () => page.keyboard.press("Enter"));
  await says(page, "#save-status", /^Saved today/);
  await focused(page, "#f-title");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("outputs");
  await leads(page, "**/admin/outputs", () => page.keyboard.press("Enter"));
  await page.keyboard.press("/");
  await page.keyboard.type("proof of");
  await page.locator("#palette-found b").first().waitFor();
  await leads(page, "**/admin/outputs/*", () => page.keyboard.press("Enter"));
  await says(page, "h1", /^Proof of walking$/);

  // In a text the same key makes a link.
  await page.goto(project.path);
  await (await editor(page, "body")).focus();
  await page.keyboard.press("Control+k");
  await focused(page, "dialog[open] #rich-find");
  await page.keyboard.press("Escape");

  // Filled in like another: the title is written over, and nothing is saved before somebody does.
  await page.getByRole("link", { name: "New project like this" }).click();
  await focused(page, "#f-title");
  await page.keyboard.type("Another walk");
  assert.equal(await page.inputValue("#f-title"), "Another walk");
  await look("like", one, [1440, 390]);
  assert.deepEqual(faults, []);
});

test("views and columns of a list", LIMIT, async () => {
  const one = await signedIn(BASE, undefined, STILL);
  const { context, page, faults } = one;
  for (const year of ["2019", "2020"]) await make(context, "outputs", { title: `A report of ${year}`, year, note: "Summary only" });
  await page.goto("/admin/outputs?year=2019");
  await page.locator("#view-new > summary").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await focused(page, "#view-new-name");
  await page.keyboard.type("Of 2019");
  await leads(page, /done=view-kept/, () => page.keyboard.press("Enter"));
  await says(page, ".views [aria-current=page]", /^Of 2019$/);

  await page.locator("#columns > summary").focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("To note").check();
  await look("list-columns", one, [1440, 390]);
  await page.keyboard.press("Escape");
  await focused(page, "#columns > summary");
  await page.keyboard.press("Enter");
  await leads(page, /columns=/, () => page.getByRole("button", { name: "Show these" }).click());
  await page.getByRole("columnheader", { name: "To note" }).waitFor();
  await says(page, ".views [aria-current=page]", /^Of 2019$/);
  await look("list-view-differs", one, [1440, 390, 320]);

  await leads(page, /done=view-kept/, () => page.getByRole("button", { name: "Save changes" }).click());
  await page.locator("#view-edit > summary").click();
  await page.getByLabel("Name", { exact: true }).fill("");
  await page.getByLabel("For everybody").check();
  await look("list-view-edit", one, [1440, 390]);
  await page.getByLabel("Name", { exact: true }).fill("Reports of 2019, with a name that is rather long");
  await leads(page, /done=view-kept/, () => page.getByRole("button", { name: "Save", exact: true }).click());
  await look("list-view-shared", one, [1440, 390]);
  await page.locator("#view-edit > summary").click();
  await page.getByText("Delete this view…").click();
  await leads(page, /done=view-deleted/, () => page.getByRole("button", { name: /^Delete ‘Reports/ }).click());
  await says(page, ".flash", /^View deleted/);
  assert.deepEqual(faults, []);
});
