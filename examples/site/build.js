// Builds the site once: content from the API, pages by Eleventy, and then the finished files to where they are served.
import { rm } from "node:fs/promises";
import path from "node:path";
import { json } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import Eleventy from "@11ty/eleventy";
import { keep, recall } from "./lib/answers.js";
import { Api, ApiError, DEFAULT_ADDRESS } from "./lib/api.js";
import { load } from "./lib/content.js";
import { current } from "./lib/current.js";
import { place } from "./lib/place.js";

const HERE = import.meta.dirname;

/** What the environment says: where the API is, where the site and the API's answers go. */
export function settings(env = process.env) {
  return {
    address: (env.RECTO_API || DEFAULT_ADDRESS).replace(/\/+$/, ""),
    output: path.resolve(env.RECTO_SITE || path.join(HERE, "_site")),
    cache: path.resolve(env.RECTO_SITE_CACHE || path.join(HERE, ".cache")),
  };
}

/**
 * Builds the site. Whatever fails, the one that is there stays as it is.
 *
 * @param {ReturnType<typeof settings>} settings
 * @param {object[]} [changes] Entries of `/changes`: all that has happened since the last build. Without them every answer is asked for again (and is not sent again where its ETag stands).
 * @returns What was done, in a sentence.
 */
export async function build({ address, output, cache }, changes) {
  const began = performance.now();
  const file = path.join(cache, "answers.json");
  const earlier = await recall(file, address);
  const api = new Api(address, earlier, changes ? current(earlier, changes) : undefined);
  const content = await load(api, new Date());
  await keep(file, address, api.answers);

  // Eleventy reads paths from where it runs.
  process.chdir(HERE);
  const staging = `${output}.new`;
  await rm(staging, { recursive: true, force: true });
  const eleventy = new Eleventy("pages", path.relative(HERE, staging), {
    configPath: "eleventy.config.js",
    quietMode: true,
    config: (config) => config.addGlobalData("centre", content),
  });
  // What goes wrong is thrown, and told once by who called.
  eleventy.disableLogger();
  await eleventy.write();
  const { written, removed } = await place(staging, output);

  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { fetched, unchanged } = api.counts;
  return `${written.length} files written, ${removed.length} removed in ${seconds} s; ${fetched} answers were new, ${unchanged} as before.`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    // watch.js says on standard input what has changed.
    const changes = process.argv.includes("--changes") ? await json(process.stdin) : undefined;
    console.log(await build(settings(), changes));
  } catch (error) {
    // Whoever runs a build can do something about the API; anything else is a fault to be seen in full.
    console.error(error instanceof ApiError ? error.message : error);
    process.exitCode = 1;
  }
}
