// What the server writes, the editor reads and writes letter for letter.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { load } from "./bundle.mjs";

const { document, DOMParser, Node } = parseHTML("<!doctype html><html><body></body></html>");
Object.assign(globalThis, { document, window: { document }, DOMParser, Node });
const { read, write, schema, address, meant, fixTables, EditorState } = await load(
  "rich/html.ts", "rich/schema.ts", "rich/address.ts", "prosemirror-tables", "prosemirror-state",
);

const written = JSON.parse(await readFile(new URL("../../tests/fixtures/rich/canonical.json", import.meta.url), "utf8"));

test("what the server writes stays as it is", () => {
  assert.ok(written.length > 200);
  for (const html of written) {
    const doc = read(html);
    doc.check();
    assert.equal(write(doc), html === "<p></p>" ? "" : html);
    // Nor has the editor anything to mend in its tables.
    assert.equal(fixTables(EditorState.create({ doc })), undefined, html);
  }
});

/** A generator of numbers that is the same each time (Numerical Recipes, §7.1). */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A document as somebody could write it in the editor, at random. */
function generated(next) {
  const pick = (all) => all[next(all.length)];
  const some = (make, least, most) => Array.from({ length: least + next(most - least + 1) }, make);
  const { nodes, marks } = schema;
  const words = ["word", "a b", " ", "  x", "y ", "é", "&", "<b>", '"', "\u00a0", "𝒳"];
  const mark = () => pick([
    marks.strong.create(), marks.em.create(), marks.sub.create(), marks.sup.create(),
    marks.link.create({ href: pick(["https://example.org/?a=1&b", "/people", "mailto:a@example.org", "recto:01890000-0000-7000-8000-000000000001"]) }),
  ]);
  const marked = () => some(mark, 0, 3).reduce((set, one) => one.addToSet(set), []);
  const inline = () => (next(8) === 0 ? nodes.hard_break.create(null, null, marked()) : schema.text(pick(words), marked()));
  const line = (type, attrs) => type.create(attrs, some(inline, 0, 4));
  const paragraph = () => line(nodes.paragraph);
  const small = (deep) => (deep < 3 && next(4) === 0 ? list(deep + 1) : paragraph());
  const item = (deep) => nodes.list_item.create(null, [paragraph(), ...some(() => small(deep), 0, 2)]);
  const list = (deep) => pick([nodes.bullet_list.create(null, some(() => item(deep), 1, 3)), nodes.ordered_list.create({ first: 1 + next(3) }, some(() => item(deep), 1, 3))]);
  const table = () => {
    const width = 1 + next(3);
    const cell = () => pick([nodes.table_cell, nodes.table_header]).create(null, some(() => small(2), 1, 2));
    return nodes.table.create(null, some(() => nodes.table_row.create(null, Array.from({ length: width }, cell)), 1, 3));
  };
  const figure = () => nodes.figure.create({ media: "01890000-0000-7000-8000-000000000001", alt: pick(["", 'A "b" & <c>', " a  b "]) });
  const block = () => pick([paragraph, paragraph, () => line(nodes.heading, { level: 2 + next(3) }), () => list(0), () => nodes.quote.create(null, some(() => small(1), 1, 3)), table, figure])();
  return nodes.doc.create(null, some(block, 1, 6));
}

test("what is written is read as the same text", () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const doc = generated(numbers(seed));
    doc.check();
    const html = write(doc);
    const again = read(html);
    assert.equal(write(again), html, `${seed}`);
    // White space at the ends of lines and in runs says nothing; all else is there.
    const said = (one) => one.textBetween(0, one.content.size, "\n").replace(/[ \n]+/g, "");
    assert.equal(said(again), said(doc), `${seed}`);
  }
});

test("addresses are kept as the server keeps them", () => {
  for (const [typed, kept] of [
    ["https://example.org/a b\u00a0\"<", "https://example.org/a%20b%C2%A0%22%3C"],
    [" HTTPS://example.org ", "HTTPS://example.org"],
    ["recto:01890000-0000-7000-8000-000000000001", "recto:01890000-0000-7000-8000-000000000001"],
    ["/people", "/people"],
    ["javascript:alert(1)", undefined],
    ["java\nscript:alert(1)", undefined],
    ["//example.org", undefined],
    ["/\\example.org", undefined],
    ["recto:someone", undefined],
    ["#there", undefined],
    ["elsewhere", undefined],
  ]) {
    assert.equal(address(typed), kept, typed);
  }
  assert.equal(meant("example.org/a"), "https://example.org/a");
  assert.equal(meant("a@example.org"), "mailto:a@example.org");
  assert.equal(meant("two words"), undefined);
});
