// What other programs put on the clipboard, and what the text becomes of it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { load } from "./bundle.mjs";

const { document, DOMParser, Node } = parseHTML("<!doctype html><html><body></body></html>");
Object.assign(globalThis, { document, window: { document }, DOMParser, Node });
const { clean, read, write } = await load("rich/paste.ts", "rich/html.ts");

const file = (name) => readFile(new URL(`../../tests/fixtures/rich/${name}`, import.meta.url), "utf8");
const pasted = (html) => write(read(clean(html).html));

for (const [program, images] of [["word", 1], ["google-docs", 1], ["libreoffice", 0], ["web-page", 1]]) {
  test(`from ${program}`, async () => {
    const html = await file(`${program}.html`);
    assert.equal(pasted(html), (await file(`${program}.expected.html`)).trim());
    assert.equal(clean(html).images, images);
    assert.doesNotMatch(clean(html).html, /style=|class=|on\w+=|<script/);
  });
}

const word = (body) => `<html xmlns:w="urn:schemas-microsoft-com:office:word"><body><!--StartFragment-->${body}<!--EndFragment--></body></html>`;
const item = (level, text, marker = "·") =>
  `<p class=MsoListParagraph style='mso-list:l0 level${level} lfo1'><![if !supportLists]><span style='mso-list:Ignore'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>${text}</p>`;

test("Word's list beside a list of the other kind, and a level that was left out", () => {
  assert.equal(
    pasted(word(item(1, "Dot") + item(1, "First", "1)") + item(2, "Inner", "a."))),
    "<ul><li><p>Dot</p></li></ul><ol><li><p>First</p><ol><li><p>Inner</p></li></ol></li></ol>",
  );
  assert.equal(pasted(word(item(2, "Deep"))), "<ul><li><p></p><ul><li><p>Deep</p></li></ul></li></ul>");
  assert.equal(pasted(word(item(1, "A") + "<p class=MsoNormal>Between</p>" + item(1, "B"))), "<ul><li><p>A</p></li></ul><p>Between</p><ul><li><p>B</p></li></ul>");
});

test("headings stay as they are when there is no heading 1", () => {
  assert.equal(pasted(word("<h2>One</h2><h5>Deep</h5>")), "<h2>One</h2><h4>Deep</h4>");
});

test("what was cut out of our own editor stays as it is", () => {
  const html = `<p data-pm-slice="1 1 []">a <a href="recto:01890000-0000-7000-8000-000000000001">b</a></p>`;
  assert.deepEqual(clean(html), { html, images: 0 });
});
