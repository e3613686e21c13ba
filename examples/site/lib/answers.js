// Keeps the API's answers between builds in one file. It is a cache: without it a build asks for everything.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** Raise it when the shape of what is kept changes. */
const VERSION = 1;

/** What was kept of this API; nothing where there is none, or it is of another API, or damaged. */
export async function recall(file, address) {
  try {
    const kept = JSON.parse(await readFile(file, "utf8"));
    if (kept.version !== VERSION || kept.address !== address) return new Map();
    return new Map(kept.answers);
  } catch {
    return new Map();
  }
}

/** Keeps answers, as a whole or not at all. */
export async function keep(file, address, answers) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify({ version: VERSION, address, answers: [...answers] }));
  await rename(`${file}.new`, file);
}
