// Makes modules of ../src usable in a test, with everything that they import.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export async function load(...files) {
  // A name without an extension is a package's.
  const at = (file) => (file.endsWith(".ts") ? fileURLToPath(new URL(`../src/${file}`, import.meta.url)) : file);
  const contents = files.map((file) => `export * from ${JSON.stringify(at(file))};`).join("\n");
  const stdin = { contents, resolveDir: fileURLToPath(new URL("..", import.meta.url)), loader: "ts" };
  const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false, logLevel: "error" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
