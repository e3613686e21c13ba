// Writing a text by keyboard alone: Markdown's signs, keys, toolbar, links to our own items, tables,
// what other programs put on the clipboard; and that nothing changes on the way to the server and back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { look } from "./looks.mjs";
import { EDITOR, api, caret, editor, env, focused, hand, holds, leads, make, picture, says, signedIn, swap } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 120_000 };
const file = (name) => readFile(new URL(`../fixtures/rich/${name}`, import.meta.url), "utf8");

/** Somebody who writes a piece of news; the page is open, the caret in its text. */
async function writing(title, options = {}) {
  const seat = await signedIn(BASE, EDITOR, options);
  const { page, context } = seat;
  const id = await make(context, "news", { title, summary: "Summary.", date: "2026-01-01" });
  await page.goto(`/admin/news/${id}`);
  await (await editor(page, "body")).focus();
  return { ...seat, id };
}

/** Types, and waits until the text is this. */
async function becomes(page, keys, html) {
  for (const key of keys) {
    if (key.startsWith("!")) await caret(page, key.slice(1));
    else await page.keyboard.type(key);
  }
  await holds(page, "#f-body", html);
}

/** Empties the text. */
async function anew(page) {
  await caret(page, "Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Backspace");
  await holds(page, "#f-body", "");
}

/** Pastes as a program would: its own HTML, and the words beside it. */
function paste(page, types) {
  return page.locator(".ProseMirror").evaluate((target, types) => {
    const clipboardData = new DataTransfer();
    for (const [type, text] of Object.entries(types)) clipboardData.setData(type, text);
    target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, types);
}

/** What screen readers were told last. */
const heard = (page, words) => says(page, "[aria-live=polite]", words);

test("Markdown's signs", LIMIT, async () => {
  const { page, faults } = await writing("By signs");
  await becomes(page, ["## Findings"], "<h2>Findings</h2>");
  await heard(page, /^Heading 2$/);
  await becomes(page, ["!Enter", "Some **bold** and *slanted* words"], "<h2>Findings</h2><p>Some <strong>bold</strong> and <em>slanted</em> words</p>");
  await anew(page);
  await becomes(page, ["- one", "!Enter", "!Tab", "two", "!Enter", "!Shift+Tab", "three"], "<ul><li><p>one</p><ul><li><p>two</p></li></ul></li><li><p>three</p></li></ul>");
  await becomes(page, ["!Enter", "!Enter", "3. third"], "<ul><li><p>one</p><ul><li><p>two</p></li></ul></li><li><p>three</p></li></ul><ol start=\"3\"><li><p>third</p></li></ol>");
  await anew(page);
  await becomes(page, ["> Said", "!Enter", "!Enter", "After"], "<blockquote><p>Said</p></blockquote><p>After</p>");
  await anew(page);
  await becomes(page, ["[Recto](https://example.org) and www.example.org/a, too"], "<p><a href=\"https://example.org\">Recto</a> and <a href=\"https://www.example.org/a\">www.example.org/a</a>, too</p>");
  await anew(page);
  // What was not meant is taken back.
  await becomes(page, ["# ", "!Backspace"], "<p># </p>".replace(" <", "<"));
  assert.deepEqual(faults, []);
});

test("keys, and what is told of them", LIMIT, async () => {
  const { page, faults } = await writing("By keys");
  await page.keyboard.type("Words");
  await caret(page, "Control+a");
  await page.keyboard.press("Control+b");
  await heard(page, /^Bold on$/);
  await becomes(page, ["!Control+i"], "<p><strong><em>Words</em></strong></p>");
  await heard(page, /^Italic on$/);
  await page.keyboard.press("Control+b");
  await heard(page, /^Bold off$/);
  await becomes(page, ["!Control+Alt+3"], "<h3><em>Words</em></h3>");
  await heard(page, /^Heading 3$/);
  await becomes(page, ["!Control+Shift+8"], "<ul><li><p><em>Words</em></p></li></ul>");
  await heard(page, /^Bulleted list$/);
  await becomes(page, ["!Control+Shift+7"], "<ol><li><p><em>Words</em></p></li></ol>");
  await becomes(page, ["!Control+Shift+7", "!Control+Shift+9"], "<blockquote><p><em>Words</em></p></blockquote>");
  await becomes(page, ["!Control+z", "!Control+z"], "<ol><li><p><em>Words</em></p></li></ol>");

  // Tab is the list's, until one says that one wants to leave.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.closest(".rich")), null);
  await page.keyboard.press("Shift+Tab");
  await focused(page, ".ProseMirror");

  // The help says all of it, and gives the focus back.
  await page.keyboard.press("Alt+F10");
  await page.keyboard.press("End");
  await focused(page, '.rich-tools [aria-label="Keys"]');
  await page.keyboard.press("Enter");
  await says(page, "dialog[open] h2", /^Writing without the mouse$/);
  await page.keyboard.press("Escape");
  await focused(page, ".ProseMirror");
  assert.deepEqual(faults, []);
});

test("links to our own items", LIMIT, async () => {
  const { page, context, id, faults } = await writing("With links");
  const theme = await make(context, "themes", { number: "71", title: "Learning from failure" });
  await page.keyboard.type("Read ");
  await page.keyboard.press("Control+k");
  await focused(page, "dialog[open] #rich-find");
  await page.keyboard.type("learning fai");
  await page.locator("#rich-found li").first().waitFor();
  await heard(page, /^1 result$/);
  await page.keyboard.press("ArrowDown");
  await page.locator('#rich-found li[aria-selected="true"] .state-draft').waitFor();
  // The title of a draft is not put before readers.
  await page.keyboard.press("Enter");
  await focused(page, "#rich-words[aria-invalid=true]");
  await page.keyboard.type("our work");
  await page.keyboard.press("Tab");
  await focused(page, "#rich-find");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await focused(page, ".ProseMirror");
  const link = `<a href="recto:${theme}">our work</a>`;
  await becomes(page, [" today."], `<p>Read ${link} today.</p>`);

  // Saved, published, and what readers get before and after the theme is.
  await swap(page, () => page.keyboard.press("Control+s"));
  await page.reload();
  await editor(page, "body");
  await holds(page, "#f-body", `<p>Read ${link} today.</p>`);
  const publish = async (plural, id) => {
    const path = `/admin/${plural}/${id}/publish`;
    const [, version] = /name="version" value="(\d+)"/.exec(await (await context.request.get(path)).text());
    return context.request.post(path, { form: { do: "publish", version } });
  };
  await publish("news", id);
  assert.equal((await api(BASE, `/api/v1/news/${id}`)).body, "<p>Read our work today.</p>");
  await publish("themes", theme);
  assert.equal(
    (await api(BASE, `/api/v1/news/${id}`)).body,
    `<p>Read <a href="/research/learning-from-failure" data-object="theme" data-id="${theme}">our work</a> today.</p>`,
  );

  // At the caret it says where it leads; it is changed and taken away by the same key.
  await page.reload();
  await (await editor(page, "body")).focus();
  await caret(page, "Control+Home");
  for (let step = 0; step < 8; step += 1) await caret(page, "ArrowRight");
  await says(page, ".rich-status", /^Link to Theme 71: Learning from failure$/);
  await page.keyboard.press("Control+k");
  await says(page, "dialog[open] .now", /‘our work’ leads to Theme 71: Learning from failure/);
  await page.keyboard.type("example.org/there");
  await page.locator("#rich-found li").first().waitFor();
  await page.keyboard.press("Enter");
  await holds(page, "#f-body", '<p>Read <a href="https://example.org/there">our work</a> today.</p>');
  await page.keyboard.press("Control+k");
  await page.locator("dialog[open] #rich-find").press("Tab");
  await focused(page, "dialog[open] .rich-dialog-foot button");
  await page.keyboard.press("Enter");
  await holds(page, "#f-body", "<p>Read our work today.</p>");
  await focused(page, ".ProseMirror");
  assert.deepEqual(faults, []);
});

test("images of the library, and new ones", LIMIT, async () => {
  const seat = await writing("With images", { reducedMotion: "reduce" });
  const { page, id, faults } = seat;
  const insert = async () => {
    // Below what stands there.
    await page.locator(".ProseMirror > p").last().click();
    await page.locator(".ProseMirror-selectednode").waitFor({ state: "detached" });
    await page.keyboard.press("Alt+F10");
    await page.locator('.rich-tools [aria-label="Insert image"]').focus();
    await page.keyboard.press("Enter");
    await focused(page, "dialog[open] #rich-find");
  };
  const body = () => page.inputValue("#f-body");
  await page.keyboard.type("Look.");

  // Chosen from the disk: uploaded, described for the library too, put into the text.
  await insert();
  await page.setInputFiles("dialog[open] .drop input", await picture(page, "Olive field.png", 700, 400, "olive"));
  await focused(page, "dialog[open] #rich-alt");
  await look("richtext-image", seat);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator("#rich-alt").focus();
  await page.keyboard.type("A field of olives");
  await page.keyboard.press("Enter");
  await focused(page, ".ProseMirror");
  await says(page, ".ProseMirror figcaption", /^Olive field, draft: readers see it once it is published$/);
  assert.match(await body(), /^<p>Look\.<\/p><figure><img src="recto:[0-9a-f-]{36}" alt=""><\/figure>(<p><\/p>)?$/);

  // Pasted, as nothing but a picture is; one that only decorates.
  await hand(page, ".ProseMirror", "paste", [await picture(page, "Waves.png", 60, 40, "navy")]);
  await focused(page, "dialog[open] #rich-alt");
  await page.locator("#rich-decorates").press("Space");
  await page.getByRole("button", { name: "Insert", exact: true }).click();
  await page.locator(".ProseMirror figure").nth(1).waitFor();

  // What is refused says why and costs nothing.
  await hand(page, ".ProseMirror", "drop", [{ name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") }]);
  await says(page, "dialog[open] .uploads .error", /‘drawing\.svg’ was not taken/);
  await page.keyboard.press("Escape");
  await focused(page, ".ProseMirror");

  // From the library, by keyboard alone, with words of its own.
  await insert();
  await page.keyboard.type("olives");
  await heard(page, /^1 result$/);
  await page.keyboard.press("ArrowDown");
  await page.locator('#rich-found li[aria-selected="true"] img').waitFor();
  await look("richtext-images", seat);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator("#rich-find").focus();
  await page.keyboard.press("Enter");
  await focused(page, "dialog[open] #rich-alt");
  await says(page, "#rich-alt-help", /as the library says: ‘A field of olives’/);
  await page.keyboard.type("Seen from the north");
  await page.keyboard.press("Enter");
  await focused(page, ".ProseMirror");
  await page.locator(".ProseMirror figure").nth(2).waitFor();

  // Published together with the text.
  await swap(page, () => page.keyboard.press("Control+s"));
  await page.goto(`/admin/news/${id}/publish`);
  assert.equal(await page.locator('input[name="together"]:checked').count(), 2);
  await leads(page, /done=published/, () => page.getByRole("button", { name: "Publish", exact: true }).click());
  const shown = (await api(BASE, `/api/v1/news/${id}`)).body;
  assert.deepEqual([...shown.matchAll(/ alt="([^"]*)"/g)].map(([, alt]) => alt).sort(), ["", "A field of olives", "Seen from the north"]);
  for (const [, src] of shown.matchAll(/<img src="([^"]+)"/g)) assert.equal((await fetch(new URL(src, BASE))).status, 200);
  assert.match(shown, /srcset="\/media\/[^"]* 320w, [^"]* 640w, [^"]* 700w" sizes="auto, 100vw" loading="lazy"/);
  assert.deepEqual(faults, []);
});

test("tables", LIMIT, async () => {
  const { page, faults } = await writing("With a table");
  const tool = async (name) => {
    await page.keyboard.press("Alt+F10");
    for (let step = 0; step < 40; step += 1) {
      if (await page.evaluate((name) => document.activeElement.getAttribute("aria-label") === name, name)) break;
      await page.keyboard.press("ArrowRight");
    }
    await focused(page, `.rich-tools [aria-label="${name}"]`);
    await page.keyboard.press("Enter");
    await focused(page, ".ProseMirror");
  };
  const table = (...rows) => `<table><tbody>${rows.map((cells) => `<tr>${cells.map((cell) => (cell.startsWith("!") ? `<th><p>${cell.slice(1)}</p></th>` : `<td><p>${cell}</p></td>`)).join("")}</tr>`).join("")}</tbody></table><p></p>`;
  await tool("Insert table");
  await page.keyboard.type("Year");
  await becomes(page, ["!Tab", "Title", "!Tab", "Who", "!Tab", "2021"], table(["!Year", "!Title", "!Who"], ["2021", "", ""], ["", "", ""]));
  await tool("Remove column");
  await holds(page, "#f-body", table(["!Title", "!Who"], ["", ""], ["", ""]));
  await tool("Add row");
  await tool("Remove row");
  await tool("Header row");
  await holds(page, "#f-body", table(["Title", "Who"], ["", ""], ["", ""]));
  // Past the last cell comes a new row.
  await caret(page, "Control+End");
  await caret(page, "ArrowUp");
  await page.keyboard.press("Tab");
  await becomes(page, ["new"], table(["Title", "Who"], ["", ""], ["", ""], ["new", ""]));
  await tool("Remove table");
  await holds(page, "#f-body", "");
  assert.deepEqual(faults, []);
});

test("what other programs put on the clipboard", LIMIT, async () => {
  const { page, faults } = await writing("Pasted");
  for (const [program, images] of [["word", 1], ["google-docs", 1], ["libreoffice", 0], ["web-page", 1]]) {
    await anew(page);
    await paste(page, { "text/html": await file(`${program}.html`), "text/plain": "words" });
    await holds(page, "#f-body", (await file(`${program}.expected.html`)).trim());
    assert.equal(await page.locator(".rich-note:visible").count(), images, program);
    if (images) await heard(page, /^An image was left out/);
    // One step back takes all of it.
    await page.keyboard.press("Control+z");
    await holds(page, "#f-body", "");
  }
  await becomes(page, ["Words", "!Shift+Home"], "<p>Words</p>");
  await paste(page, { "text/plain": "https://example.org/a" });
  await holds(page, "#f-body", '<p><a href="https://example.org/a">Words</a></p>');
  await anew(page);
  await paste(page, { "text/plain": "One\n\nTwo" });
  await holds(page, "#f-body", "<p>One</p><p>Two</p>");
  assert.deepEqual(faults, []);
});

test("what is saved is what was written", LIMIT, async () => {
  const { page, id, faults } = await writing("To the server and back");
  const texts = JSON.parse(await file("canonical.json"));
  // As a person without the editor would send them, and as the editor would.
  for (const html of texts.filter((html) => /^<(p|h\d|ul|ol)/.test(html)).filter((_, at) => at % 20 === 0)) {
    const answer = await page.request.get(`/admin/news/${id}`);
    const version = /name="version" value="(\d+)"/.exec(await answer.text())?.[1];
    const form = { title: "To the server and back", summary: "Summary.", date: "2026-01-01", body: html, do: "save", ...(version ? { version } : {}) };
    const saved = await page.request.post(`/admin/news/${id}`, { form });
    assert.equal(saved.status(), 200, html);
    await page.goto(`/admin/news/${id}`);
    await (await editor(page, "body")).focus();
    const kept = await page.inputValue("#f-body");
    assert.equal(kept, html === "<p></p>" ? "" : html);
    // The editor reads it and writes it unchanged.
    await caret(page, "Control+Home");
    await page.keyboard.type("x");
    await page.keyboard.press("Backspace");
    await holds(page, "#f-body", kept);
  }
  assert.deepEqual(faults, []);
});

test("it looks right and has no barriers while one writes", LIMIT, async () => {
  const seat = await writing("Looked at", { reducedMotion: "reduce" });
  const { page } = seat;
  await paste(page, { "text/html": await file("word.html"), "text/plain": "words" });
  await look("richtext", seat);
  await page.setViewportSize({ width: 1440, height: 900 });
  await caret(page, "Control+Home");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("looked");
  await page.locator("#rich-found li").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await look("richtext-link", seat);
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press("Alt+F10");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.locator("dialog[open] kbd").first().waitFor();
  await look("richtext-help", seat);
});
