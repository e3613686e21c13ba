// What Word puts on the clipboard, and what the editor should get of it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { transform } from "esbuild";
import { DOMParser } from "linkedom";

globalThis.DOMParser = class {
  parseFromString(html) {
    return new DOMParser().parseFromString(html, "text/html");
  }
};
const source = await readFile(new URL("../src/word-paste.ts", import.meta.url), "utf8");
const { code } = await transform(source, { loader: "ts", format: "esm" });
const { cleanPaste, cleanWord, looksLikeWord } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

const bullet = (level, text, marker = "·") =>
  `<p class=MsoListParagraphCxSpMiddle style='margin-left:${level * 36}.0pt;mso-add-space:auto;text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span style='font-family:Symbol;mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>${text}<o:p></o:p></p>`;

const page = (body) => `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt;} @list l0 {mso-list-id:42;} --></style></head>
<body lang=EN-GB style='tab-interval:36.0pt'><!--StartFragment-->${body}<!--EndFragment--></body></html>`;

test("headings start at 2 and wrappers go", () => {
  const html = cleanWord(
    page(
      `<h1 style='margin-top:12.0pt'><a name="_Toc1"></a>Findings<o:p></o:p></h1><h2>By force</h2><p class=MsoNormal><span lang=EN-GB style='font-size:11.0pt'>Officers said <b style='mso-bidi-font-weight:normal'>yes</b>, H<sub>2</sub>O.<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>`,
    ),
  );
  assert.equal(html, "<h2>Findings</h2><h3>By force</h3><p>Officers said <b>yes</b>, H<sub>2</sub>O.</p>");
});

test("headings stay as they are when there is no heading 1", () => {
  assert.equal(cleanWord(page("<h2>One</h2><h5>Deep</h5>")), "<h2>One</h2><h4>Deep</h4>");
});

test("list paragraphs become lists, nested by level", () => {
  const html = cleanWord(page(bullet(1, "Learning") + bullet(2, "from success", "o") + bullet(2, "from failure", "o") + bullet(1, "Leadership") + "<p class=MsoNormal>After.</p>"));
  assert.equal(
    html,
    "<ul><li>Learning<ul><li>from success</li><li>from failure</li></ul></li><li>Leadership</li></ul><p>After.</p>",
  );
});

test("numbers make ordered lists, and a new kind a new list", () => {
  const html = cleanWord(page(bullet(1, "First", "1.") + bullet(1, "Second", "2.") + "<p class=MsoNormal>Between</p>" + bullet(1, "Dot")));
  assert.equal(html, "<ol><li>First</li><li>Second</li></ol><p>Between</p><ul><li>Dot</li></ul>");
});

test("a list beside a list of the other kind", () => {
  assert.equal(
    cleanWord(page(bullet(1, "Dot") + bullet(1, "First", "1)") + bullet(2, "Inner", "a."))),
    "<ul><li>Dot</li></ul><ol><li>First<ol><li>Inner</li></ol></li></ol>",
  );
});

test("bold and italic by style become elements", () => {
  assert.equal(
    cleanWord(page(`<p class=MsoNormal><span style='font-weight:bold'>Bold</span> and <span style='font-style:italic'>italic</span></p>`)),
    "<p><strong>Bold</strong> and <em>italic</em></p>",
  );
});

test("tables keep their cells and lose their dress", () => {
  assert.equal(
    cleanWord(page(`<table class=MsoTableGrid border=1 style='border-collapse:collapse'><tr><td width=200 colspan=2 style='width:150pt'><p class=MsoNormal>Year<o:p></o:p></p></td></tr></table>`)),
    `<table><tbody><tr><td colspan="2"><p>Year</p></td></tr></tbody></table>`.replace(/<\/?tbody>/g, ""),
  );
});

test("what is not from Word is left alone", () => {
  const html = `<p class="x">Plain</p>`;
  assert.equal(looksLikeWord(html), false);
  assert.equal(cleanPaste(html), html);
});
