// How a finished build takes the place of the one before.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { place } from "../lib/place.js";

test("what is the same stays, what is new replaces, what is gone goes with its folder", async (t) => {
  const root = await mkdtemp(path.join(tmpdir(), "site-"));
  t.after(() => rm(root, { recursive: true }));
  const make = async (name, text) => {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  };
  await make("site/same.html", "same");
  await make("site/news/old.html", "old");
  await make("site/index.html", "before");
  const before = await stat(path.join(root, "site/same.html"));
  await make("next/same.html", "same");
  await make("next/index.html", "after");
  await make("next/events/new.html", "new");

  const { written, removed } = await place(path.join(root, "next"), path.join(root, "site"));
  assert.deepEqual([written.sort(), removed], [["events/new.html", "index.html"], ["news/old.html"]]);
  assert.deepEqual((await readdir(path.join(root, "site"), { recursive: true })).sort(), ["events", "events/new.html", "index.html", "same.html"]);
  assert.equal(await readFile(path.join(root, "site/index.html"), "utf8"), "after");
  const after = await stat(path.join(root, "site/same.html"));
  assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
  await assert.rejects(stat(path.join(root, "next")), { code: "ENOENT" });
});
