// A form that saves itself, over a connection and a clock that do what a test says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./bundle.mjs";

const { Autosave, PAUSE } = await load("autosave.ts");

const turn = () => new Promise((next) => setImmediate(next));

/** A form of one field, and a server whose answers wait to be given. */
function desk() {
  let saved = "";
  let now = 0;
  let timer;
  const form = { text: "", held: true };
  const asked = [];
  const said = [];
  const autosave = new Autosave({
    read: () => (form.text === saved ? undefined : { body: form.text, fields: new Map([["title", form.text]]) }),
    send: (body) => new Promise((answer) => asked.push({ body, answer })),
    take: (sent) => {
      if (form.held) saved = sent.body;
      return form.held;
    },
    say: (standing, text) => said.push(text ?? standing),
    later: (deed, milliseconds) => {
      const mine = (timer = { deed, at: now + milliseconds });
      return () => timer === mine && (timer = undefined);
    },
    now: () => now,
  });
  const type = (text) => {
    form.text = text;
    autosave.touch();
  };
  /** Lets time pass. */
  const pass = async (milliseconds) => {
    now += milliseconds;
    const due = timer && timer.at <= now ? timer : undefined;
    if (due) timer = undefined;
    due?.deed();
    await turn();
  };
  const answer = async (outcome) => {
    asked.shift().answer(outcome);
    await turn();
  };
  return { autosave, form, asked, said, type, pass, answer, waits: () => timer && timer.at - now };
}

const SAVED = { outcome: "saved", version: 2, fields: [], parts: "" };

test("saves when somebody has stopped typing, and now and then while they go on", async () => {
  const { asked, type, pass, answer } = desk();
  type("a");
  await pass(PAUSE - 1);
  type("ab");
  await pass(PAUSE - 1);
  assert.equal(asked.length, 0);
  await pass(1);
  assert.deepEqual(asked.map(({ body }) => body), ["ab"]);
  await answer(SAVED);
  for (let at = 0; at < 30 && asked.length === 0; at += 1) {
    type(`abc${at}`);
    await pass(1_000);
  }
  assert.equal(asked[0].body, "abc19");
});

test("one request at a time; what is typed meanwhile waits for a pause", async () => {
  const { autosave, asked, type, pass, answer } = desk();
  type("a");
  await pass(PAUSE);
  type("ab");
  await pass(PAUSE);
  assert.deepEqual(asked.map(({ body }) => body), ["a"]);
  await answer(SAVED);
  assert.equal(asked.length, 0);
  await pass(PAUSE);
  assert.deepEqual(asked.map(({ body }) => body), ["ab"]);
  await answer(SAVED);
  assert.equal(autosave.busy, false);
});

test("what was not answered goes again as it was, before anything newer", async () => {
  const { autosave, asked, said, type, pass, answer, waits } = desk();
  type("a");
  await pass(PAUSE);
  await answer({ outcome: "lost" });
  assert.deepEqual([said.at(-1), waits(), autosave.able], ["lost", 1_000, false]);
  type("ab");
  assert.equal(waits(), 1_000);
  await pass(1_000);
  assert.deepEqual(asked.map(({ body }) => body), ["a"]);
  await answer({ outcome: "signed-out" });
  assert.equal(waits(), 2_000, "later each time");
  // Back, and at once.
  void autosave.flush();
  await answer(SAVED);
  assert.deepEqual(asked.map(({ body }) => body), ["ab"]);
  await answer(SAVED);
  assert.equal(autosave.able, true);
});

test("what cannot be saved is not sent again until it is something else", async () => {
  const { autosave, asked, said, type, pass, answer } = desk();
  type("3.");
  await pass(PAUSE);
  await answer({ outcome: "wrong", said: "Not saved yet: Code" });
  assert.equal(said.at(-1), "Not saved yet: Code");
  await pass(PAUSE);
  await autosave.flush();
  assert.deepEqual([asked.length, autosave.able], [0, false]);
  type("3.07");
  await pass(PAUSE);
  assert.deepEqual(asked.map(({ body }) => body), ["3.07"]);
});

test("a conflict stops it until another form has come", async () => {
  const { autosave, asked, said, type, pass, answer } = desk();
  type("a");
  await pass(PAUSE);
  await answer({ outcome: "stopped", said: "Not saved: Ana changed Title too." });
  type("ab");
  await pass(PAUSE);
  await autosave.flush();
  assert.deepEqual([asked.length, said.at(-1)], [0, "Not saved: Ana changed Title too."]);
  autosave.reset();
  await pass(PAUSE);
  assert.deepEqual(asked.map(({ body }) => body), ["ab"]);
});

test("what others have changed and somebody types into meanwhile stops it too", async () => {
  const { asked, form, said, type, pass, answer } = desk();
  form.held = false;
  type("a");
  await pass(PAUSE);
  await answer(SAVED);
  assert.match(said.at(-1), /somebody else changed/);
  await pass(PAUSE);
  assert.equal(asked.length, 0);
});

test("an answer to a form that is no longer there is not taken", async () => {
  const { autosave, asked, said, type, pass, answer } = desk();
  type("a");
  await pass(PAUSE);
  autosave.reset();
  await answer({ outcome: "stopped", said: "Too late" });
  assert.notEqual(said.at(-1), "Too late");
  await pass(PAUSE);
  assert.equal(asked.length, 1);
});

test("a button waits for what is on its way, and for nothing else", async () => {
  const { autosave, asked, type, pass, answer } = desk();
  type("a");
  assert.equal(autosave.settle(), undefined);
  await pass(PAUSE);
  let settled = false;
  void autosave.settle().then(() => (settled = true));
  await turn();
  assert.equal(settled, false);
  type("ab");
  await answer(SAVED);
  assert.deepEqual([settled, asked.length], [true, 0]);
});
