// Makes a module of ../src usable in a test, with everything that it imports.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export async function load(file) {
  const entry = fileURLToPath(new URL(`../src/${file}`, import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false, logLevel: "error" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
