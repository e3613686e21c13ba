// The grid's pure parts: what keys ask for, what is selected, the clipboard, the way back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./bundle.mjs";

const { command } = await load("grid/keys.ts");
const { at, go, rectangle, wholeRows } = await load("grid/select.ts");
const { fromText, isMany, toHtml, toText } = await load("grid/clip.ts");
const { Steps } = await load("grid/steps.ts");
const { Table, blank } = await load("grid/table.ts");

const key = (name, held = {}) => ({ key: name, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test("keys ask for one thing each", () => {
  const control = { ctrlKey: true };
  for (const [pressed, asked] of [
    [key("a"), "type"],
    [key("é"), "type"],
    [key(" "), "edit"],
    [key("F2"), "edit"],
    [key("Tab", { shiftKey: true }), "back"],
    [key("ArrowUp", { altKey: true }), "up"],
    [key("®", { altKey: true, code: "KeyR" }), "request"],
    [key("r", { altKey: true, ctrlKey: true, code: "KeyR" }), "request"],
    // AltGr writes: the euro sign of many keyboards.
    [key("€", { altKey: true, ctrlKey: true, code: "KeyE" }), "type"],
    [key("Z", { ctrlKey: true, shiftKey: true }), "redo"],
    [key("z", { metaKey: true }), "undo"],
    [key("d", control), "fill"],
    [key("End", control), "move"],
    [key("Delete"), "clear"],
    [key("Delete", control), "delete"],
    [key("Enter", control), "publish"],
    // The browser's and the form's own.
    [key("s", control), undefined],
    [key("c", control), undefined],
    [key("v", control), undefined],
    [key("F5"), undefined],
    [key("Shift"), undefined],
  ]) {
    assert.equal(command(pressed), asked, JSON.stringify(pressed));
  }
});

test("movement stays inside, Shift widens, whole rows keep their direction", () => {
  const size = { rows: 4, columns: 9, page: 10 };
  const press = (selection, key, { far = false, widen = false } = {}) => go(selection, { key, far, widen }, size);
  assert.deepEqual(press(at(0, 0), "ArrowUp"), at(0, 0));
  assert.deepEqual(press(at(3, 8), "ArrowRight"), at(3, 8));
  assert.deepEqual(press(at(1, 4), "End", { far: true }), at(3, 8));
  assert.deepEqual(press(at(1, 4), "PageDown"), at(3, 4));
  assert.equal(press(at(0, 0), "x"), undefined);
  const wide = press(press(at(2, 2), "ArrowUp", { widen: true }), "ArrowRight", { widen: true });
  assert.deepEqual(rectangle(wide), { top: 1, bottom: 2, left: 2, right: 3 });
  assert.deepEqual(wide.active, { row: 1, column: 3 });
  assert.deepEqual(press(wide, "ArrowDown"), at(2, 3));
  assert.deepEqual(wholeRows(wide, 9), { anchor: { row: 2, column: 8 }, active: { row: 1, column: 0 } });
});

test("cells survive the way over the clipboard", () => {
  const cells = [
    ["Plain", "", "Tomkins, L"],
    ['Said "no"', "two\nlines", "a\ttab"],
    ['"', "5\" pipe", "ends"],
  ];
  assert.deepEqual(fromText(toText(cells)), cells);
  assert.equal(toText([["a", "b"]]), "a\tb");
  assert.equal(toHtml([['<b> & "x"']]), "<table><tbody><tr><td>&lt;b&gt; &amp; &quot;x&quot;</td></tr></tbody></table>");
  // As spreadsheets and other programs end their lines.
  assert.deepEqual(fromText("a\tb\r\nc\td\r\n"), [["a", "b"], ["c", "d"]]);
  assert.deepEqual(fromText("one"), [["one"]]);
  assert.deepEqual(fromText(""), [[""]]);
  // A quote that nothing closes is a character.
  assert.deepEqual(fromText('"Praise\tin policing'), [['"Praise', "in policing"]]);
  assert.deepEqual(fromText('"From blame" to praise\t2020'), [['"From blame" to praise', "2020"]]);
});

test("rows of a table and bibliographies are looked at first, the cells of one row are not", () => {
  const html = "<table><tr><td>One</td><td>2019</td></tr></table>";
  assert.equal(isMany("", "One\t2019\r\nTwo\t2020\r\n"), true);
  assert.equal(isMany("", "@article{one, title={One}}"), true);
  assert.equal(isMany("", "TY  - JOUR\nTI  - One\nER  - \n"), true);
  assert.equal(isMany("", "One\t2019\n"), false);
  // A break within a quoted cell begins no row.
  assert.equal(isMany("", '"One,\nlonger"\t2019\n'), false);
  assert.equal(isMany("", "Prose,\nof two lines"), false);
  // Outside the grid one row is many too, where it is a table.
  assert.equal(isMany(html, "One\t2019"), true);
});

test("a new step ends what could be done again", () => {
  const steps = new Steps();
  const step = (name) => ({ kind: "order", name, before: [], after: [] });
  steps.add(step("one"));
  steps.add(step("two"));
  assert.equal(steps.undo().name, "two");
  assert.equal(steps.redo().name, "two");
  assert.equal(steps.redo(), undefined);
  steps.undo();
  steps.add(step("three"));
  assert.equal(steps.canRedo, false);
  assert.deepEqual([steps.undo().name, steps.undo().name, steps.undo()], ["three", "one", undefined]);
});

test("rows move together, and by year without being shuffled", () => {
  const table = new Table();
  for (const [id, year] of [["a", "2019"], ["b", ""], ["c", "2021"], ["d", "2019"]]) {
    table.add({ id, version: 1, state: "draft", cells: { ...blank(), year } });
  }
  assert.deepEqual(table.moved(["b", "d"], 0), ["b", "d", "a", "c"]);
  assert.deepEqual(table.moved(["a"], 1), ["b", "a", "c", "d"]);
  assert.deepEqual(table.byYear(), ["c", "a", "d", "b"]);
  assert.equal(table.isByYear(), false);
});

test("what was kept is laid over what the server has, and is sent from where it was typed", () => {
  const table = new Table();
  table.add({ id: "a", version: 4, state: "published", cells: { ...blank(), title: "Theirs by now", year: "2020" } });
  const touched = table.adopt([
    { id: "a", version: 2, cells: { title: "Mine", year: "2020" } },
    { id: "new", version: null, cells: { title: "Never sent" } },
    { id: "gone", version: 3, cells: { title: "Typed in vain" } },
  ]);
  assert.deepEqual(touched, ["a", "new", "gone"]);
  assert.deepEqual(table.typed.get("a"), { title: "Mine" });
  assert.deepEqual(table.kept()[0], { id: "a", version: 2, cells: { title: "Mine" } });
  assert.deepEqual(table.order, ["a", "new", "gone"]);
  assert.deepEqual(table.trouble.get("gone"), { kind: "gone" });
  // A newer answer leaves alone what is typed, and takes away what is not there any more.
  table.add({ id: "other", version: 1, state: "draft", cells: blank() });
  table.take([{ id: "a", version: 5, state: "changed", cells: { ...blank(), title: "Newest" } }]);
  assert.equal(table.cell("a", "title"), "Mine");
  assert.deepEqual(table.order, ["a", "new", "gone"]);
});
