// Builds the editing interface's files: hashed names, and a manifest that maps
// the plain name to the hashed one. Called by ../build.rs; by hand:
//   node build.mjs --out dist
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const flag = process.argv.indexOf("--out");
const out = path.resolve(flag > 0 ? (process.argv[flag + 1] ?? "dist") : path.join(here, "dist"));

await mkdir(out, { recursive: true });
for (const name of await readdir(out)) {
  if (/\.(js|css|woff2)$/.test(name) || name === "manifest.json") await rm(path.join(out, name));
}

const result = await build({
  absWorkingDir: here,
  entryPoints: [
    { in: "src/admin.ts", out: "admin" },
    { in: "src/rich/editor.ts", out: "editor" },
    { in: "src/admin.css", out: "admin" },
  ],
  outdir: out,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox128", "safari17.5"],
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file" },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [file, meta] of Object.entries(result.metafile.outputs)) {
  const name = path.basename(file);
  if (!meta.entryPoint) continue;
  const plain = { "src/admin.ts": "admin.js", "src/rich/editor.ts": "editor.js", "src/admin.css": "admin.css" }[meta.entryPoint];
  if (plain) manifest[plain] = name;
}
for (const name of ["admin.js", "editor.js", "admin.css"]) {
  if (!manifest[name]) throw new Error(`the build made no ${name}`);
}
await writeFile(path.join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

if (process.argv.includes("--sizes")) {
  for (const name of (await readdir(out)).sort()) {
    const body = await readFile(path.join(out, name));
    const kb = (n) => (n / 1024).toFixed(1).padStart(7);
    console.log(`${kb(body.length)} KB  ${kb(gzipSync(body, { level: 9 }).length)} KB gzip  ${name}`);
  }
}
