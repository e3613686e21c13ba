// Puts a finished build where it is served: file by file, so that no visitor meets half a site.
import { mkdir, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";

/**
 * Makes `to` hold what `from` holds. What is the same is not touched (its time stays, which tools that
 * upload only what is newer rely on), what is new or different replaces the old file in one step, what
 * is gone is removed. `from` is used up. Tells the paths that were written and removed.
 */
export async function place(from, to) {
  await mkdir(to, { recursive: true });
  const [wanted, there] = [await files(from), await files(to)];
  const written = [];
  for (const name of wanted) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (there.has(name) && (await same(source, target))) continue;
    await mkdir(path.dirname(target), { recursive: true });
    await rename(source, target);
    written.push(name);
  }
  const removed = [...there].filter((name) => !wanted.has(name));
  for (const name of removed) {
    await rm(path.join(to, name));
    await prune(to, path.dirname(name));
  }
  await rm(from, { recursive: true });
  return { written, removed };
}

/** All files below a folder, as paths from it. */
async function files(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return new Set(entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))));
}

async function same(one, other) {
  const [a, b] = await Promise.all([readFile(one), readFile(other)]);
  return a.equals(b);
}

/** Removes a folder that has become empty, and those above it. */
async function prune(root, folder) {
  for (let at = folder; at !== "."; at = path.dirname(at)) {
    if ((await readdir(path.join(root, at))).length > 0) return;
    await rmdir(path.join(root, at));
  }
}
