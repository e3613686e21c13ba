// Rows on their way to the server, over a connection that does what a test says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./bundle.mjs";

const { Lost, Refused, SignedOut, Sync } = await load("grid/sync.ts");
const { Table, blank } = await load("grid/table.ts");

/** A table of two rows, and a wire whose answers wait to be given. */
function desk() {
  const table = new Table();
  for (const id of ["a", "b"]) table.add({ id, version: 1, state: "draft", cells: { ...blank(), title: id.toUpperCase() } });
  const asked = [];
  const kept = [];
  const waits = [];
  const refused = [];
  const ask = (verb) => (sent) => new Promise((answer, fail) => asked.push({ verb, sent, answer, fail }));
  const sync = new Sync(table, {
    wire: { save: ask("save"), order: ask("order") },
    keep: (rows) => (kept.push(structuredClone(rows)), true),
    changed: () => {},
    refused: (message) => refused.push(message),
    later: (deed, milliseconds) => {
      waits.push({ deed, milliseconds });
      return () => waits.pop();
    },
  });
  /** Answers the oldest request as the server would that takes everything. */
  const accept = async (change = {}) => {
    const { sent, answer } = asked.shift();
    answer(
      sent.map(({ id, version, cells }) => {
        const now = { ...table.rows.get(id).cells, ...cells };
        return { outcome: "saved", id, version: (version ?? 0) + 1, state: "draft", cells: Object.values(now), ...change };
      }),
    );
    await turn();
  };
  return { table, sync, asked, kept, waits, refused, accept };
}

const turn = () => new Promise((next) => setImmediate(next));

test("one request at a time, and what is typed meanwhile goes with the next", async () => {
  const { table, sync, asked, accept, kept } = desk();
  sync.type("a", "title", "A1");
  void sync.pump();
  sync.type("a", "title", "A2");
  sync.type("b", "year", "2020");
  void sync.pump();
  assert.equal(asked.length, 1);
  assert.deepEqual(asked[0].sent, [{ id: "a", version: 1, cells: { title: "A1" } }]);
  assert.equal(sync.standing, "saving");
  await accept();
  assert.deepEqual(asked[0].sent, [
    { id: "a", version: 2, cells: { title: "A2" } },
    { id: "b", version: 1, cells: { year: "2020" } },
  ]);
  await accept();
  assert.equal(asked.length, 0);
  assert.equal(sync.standing, "saved");
  assert.equal(sync.open, false);
  assert.deepEqual([table.rows.get("a").version, table.cell("a", "title")], [3, "A2"]);
  assert.deepEqual(kept.at(-1), [], "nothing is left beside the page");
});

test("typed and taken back is no change, unless it is on its way", async () => {
  const { sync, asked, accept, table } = desk();
  sync.type("a", "title", "A1");
  sync.type("a", "title", "A");
  await sync.pump();
  assert.equal(asked.length, 0);
  sync.type("a", "title", "A1");
  void sync.pump();
  sync.type("a", "title", "A");
  await accept();
  assert.deepEqual(asked[0].sent, [{ id: "a", version: 2, cells: { title: "A" } }]);
  await accept();
  assert.equal(table.cell("a", "title"), "A");
  assert.equal(sync.open, false);
});

test("a lost connection keeps everything and is tried again, later each time", async () => {
  const { sync, asked, waits, accept, kept } = desk();
  sync.type("a", "title", "A1");
  for (const milliseconds of [1_000, 2_000, 5_000]) {
    const done = sync.pump();
    asked.shift().fail(new Lost());
    await done;
    assert.equal(sync.standing, "lost");
    assert.equal(waits.at(-1).milliseconds, milliseconds);
  }
  sync.type("b", "title", "B1");
  assert.deepEqual(kept.at(-1).map(({ id, cells }) => [id, cells.title]), [["a", "A1"], ["b", "B1"]]);
  sync.wake();
  assert.equal(waits.length, 0, "it asks at once instead");
  await accept();
  assert.equal(sync.standing, "saved");
  assert.deepEqual(kept.at(-1), []);
});

test("what was sent and not answered goes again as it was, before what was typed since", async () => {
  const { table, sync, asked, accept, kept } = desk();
  sync.type("a", "title", "A1");
  const done = sync.pump();
  asked.shift().fail(new Lost());
  await done;
  sync.type("a", "title", "A2");
  sync.type("a", "year", "2020");
  assert.deepEqual(kept.at(-1), [{ id: "a", version: 1, cells: { title: "A2", year: "2020" }, sent: { title: "A1" } }]);
  sync.wake();
  assert.deepEqual(asked[0].sent, [{ id: "a", version: 1, cells: { title: "A1" } }]);
  await accept();
  assert.deepEqual(asked[0].sent, [{ id: "a", version: 2, cells: { title: "A2", year: "2020" } }]);
  await accept();
  assert.deepEqual([table.cell("a", "title"), table.cell("a", "year"), sync.open], ["A2", "2020", false]);
});

test("typed and taken back while no answer comes is a change", async () => {
  const { sync, asked, accept, table } = desk();
  sync.type("a", "title", "A1");
  const done = sync.pump();
  asked.shift().fail(new Lost());
  await done;
  sync.type("a", "title", "A");
  sync.wake();
  await accept();
  assert.deepEqual(asked[0].sent, [{ id: "a", version: 2, cells: { title: "A" } }]);
  await accept();
  assert.equal(table.cell("a", "title"), "A");
});

test("a page that takes over sends first what the earlier one had sent", async () => {
  const { sync, asked } = desk();
  sync.adopt([{ id: "a", version: 1, cells: { title: "A2" }, sent: { title: "A1" } }]);
  void sync.pump();
  assert.deepEqual(asked[0].sent, [{ id: "a", version: 1, cells: { title: "A1" } }]);
});

test("what is wrong and was typed over meanwhile is sent again at once", async () => {
  const { table, sync, asked } = desk();
  sync.type("a", "year", "soon");
  void sync.pump();
  sync.type("a", "year", "2020");
  asked.shift().answer([{ outcome: "invalid", id: "a", problems: { year: "Write four digits." } }]);
  await turn();
  assert.equal(table.trouble.size, 0);
  assert.deepEqual(asked[0].sent, [{ id: "a", version: 1, cells: { year: "2020" } }]);
});

test("a session that has ended loses nothing, and goes on after signing in", async () => {
  const { sync, asked, accept } = desk();
  sync.type("a", "title", "A1");
  const done = sync.pump();
  asked.shift().fail(new SignedOut());
  await done;
  assert.equal(sync.standing, "signed-out");
  assert.equal(sync.open, true);
  sync.wake();
  await accept();
  assert.equal(sync.standing, "saved");
});

test("a clash waits until somebody decides, cell by cell, and keeps what was seen", async () => {
  const { table, sync, asked, kept, accept } = desk();
  sync.type("a", "title", "Mine");
  sync.type("a", "year", "2001");
  sync.type("a", "note", "Mine alone");
  void sync.pump();
  const cells = ["Theirs", "", "", "2002", "", ""];
  asked.shift().answer([{ outcome: "conflict", id: "a", version: 7, state: "draft", cells, clashes: ["title", "year"], who: "Ada", when: "today" }]);
  await turn();
  assert.deepEqual([table.cell("a", "title"), table.rows.get("a").cells.title], ["Mine", "Theirs"], "both sides are there");
  assert.equal(kept.at(-1)[0].version, 1, "after a reload it is a conflict still");
  sync.type("b", "title", "B1");
  void sync.pump();
  assert.deepEqual(asked[0].sent.map(({ id }) => id), ["b"], "other rows go on");
  await accept();
  sync.settle("a", "title", true);
  assert.equal(asked.length, 0, "one is left");
  sync.settle("a", "year", false);
  assert.deepEqual(asked[0].sent, [{ id: "a", version: 7, cells: { title: "Mine", note: "Mine alone" } }]);
  await accept();
  assert.equal(table.cell("a", "year"), "2002");
});

test("what is wrong waits for other text, what is gone and what is refused is not sent again", async () => {
  const { table, sync, asked } = desk();
  sync.type("a", "year", "soon");
  sync.type("b", "title", "B1");
  void sync.pump();
  asked.shift().answer([
    { outcome: "invalid", id: "a", problems: { year: "Write four digits." } },
    { outcome: "gone", id: "b" },
  ]);
  await turn();
  assert.equal(asked.length, 0);
  assert.deepEqual(table.typed.get("b"), { title: "B1" }, "it is shown all the same");
  sync.type("a", "year", "2020");
  void sync.pump();
  assert.deepEqual(asked[0].sent, [{ id: "a", version: 1, cells: { year: "2020" } }]);
  asked.shift().fail(new Refused("You may not."));
  await turn();
  assert.deepEqual(table.trouble.get("a"), { kind: "refused", message: "You may not." });
  assert.equal(table.cell("a", "year"), "2020");
  assert.equal(asked.length, 0);
});

test("new rows go before the order, and a version that skips one is not taken for ours", async () => {
  const { table, sync, asked, accept, refused } = desk();
  table.add({ id: "new", version: null, state: "new", cells: blank() }, 0);
  sync.type("new", "title", "First");
  sync.move();
  void sync.pump();
  assert.deepEqual(asked[0].sent, [{ id: "new", version: null, cells: { title: "First" } }]);
  await accept();
  assert.deepEqual([asked[0].verb, asked[0].sent], ["order", ["new", "a", "b"]]);
  asked.shift().answer([
    { id: "a", version: 2, state: "changed", cells: [] },
    { id: "b", version: 9, state: "changed", cells: [] },
  ]);
  await turn();
  assert.deepEqual([table.rows.get("a").version, table.rows.get("b").version], [2, 1]);
  assert.equal(sync.open, false);
  sync.move();
  void sync.pump();
  asked.shift().fail(new Lost());
  await turn();
  assert.equal(sync.open, true, "the order is not forgotten");
  sync.wake();
  asked.shift().fail(new Refused("Not yours."));
  await turn();
  assert.deepEqual([refused, sync.open], [["Not yours."], false]);
});

test("rows that go with the form are not sent by themselves", async () => {
  const { sync, asked, kept } = desk();
  sync.held = true;
  sync.type("a", "title", "A1");
  sync.move();
  await sync.pump();
  assert.deepEqual([asked, kept], [[], []]);
});
