// How much script a page fetches, compressed: at most 60 KB where nothing is
// edited, and 150 KB with the editor and the grid.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const out = await mkdtemp(path.join(tmpdir(), "recto-assets-"));
after(() => rm(out, { recursive: true }));
await promisify(execFile)(process.execPath, [fileURLToPath(new URL("../build.mjs", import.meta.url)), "--out", out]);
const manifest = JSON.parse(await readFile(path.join(out, "manifest.json"), "utf8"));
const scripts = new Map();
for (const name of (await readdir(out)).filter((name) => name.endsWith(".js"))) {
  const text = await readFile(path.join(out, name), "utf8");
  // What it needs at once; `import("…")` waits until it is wanted.
  const needs = [...text.matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g)].map((match) => match[1]);
  scripts.set(name, { size: gzipSync(text, { level: 9 }).length, needs });
}

function total(...entries) {
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    scripts.get(name).needs.forEach(visit);
  };
  entries.forEach(visit);
  return [...seen].reduce((sum, name) => sum + scripts.get(name).size, 0);
}

const KB = 1024;

test("pages on which nothing is edited", () => {
  const size = total(manifest["admin.js"]);
  assert.ok(size <= 60 * KB, `${size} bytes`);
  // The editor is no part of them.
  assert.ok(!scripts.get(manifest["admin.js"]).needs.includes(manifest["editor.js"]));
});

test("the largest page, with all that it may ever fetch", () => {
  const size = [...scripts.values()].reduce((sum, script) => sum + script.size, 0);
  assert.ok(size <= 150 * KB, `${size} bytes`);
});
