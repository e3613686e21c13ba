// Builds the site whenever something is published or withdrawn: listens to the API's /changes/stream until it is stopped.
import { spawn } from "node:child_process";
import { watch as watchFiles } from "node:fs";
import path from "node:path";
import { EventSource } from "eventsource";
import { settings } from "./build.js";
import { Api, ApiError } from "./lib/api.js";

/** Changes that come close together are one build. */
const QUIET = 300;
/** How long until a build that failed, or a stream that was refused, is tried again. */
const AGAIN = 5_000;
/** How often everything is asked for: time alone (an event that ends, an embargo that lifts) is no change. */
const EVERYTHING = 60 * 60 * 1000;

const { address } = settings();
/** What has happened since the last build that came to its end; undefined when that is not known, so all has to be asked for. */
let changes;
let timer;
/** The build that is under way. */
let building;

/** Builds soon. While a build is under way, after it. */
function soon(wait = QUIET) {
  clearTimeout(timer);
  timer = setTimeout(run, wait);
}

async function run() {
  if (building) return soon();
  const taken = changes;
  // What comes from now on may have missed the answers of this build.
  changes = [];
  if (await built(taken)) return;
  changes = taken && changes && [...taken, ...changes];
  soon(AGAIN);
}

/** One build, in a process of its own: it begins with the files as they are now, and leaves no memory behind. */
function built(taken) {
  building = spawn(process.execPath, ["build.js", ...(taken ? ["--changes"] : [])], {
    cwd: import.meta.dirname,
    stdio: ["pipe", "inherit", "inherit"],
  });
  // A build that ended early has said why; what it did not read is of no use to it.
  building.stdin.on("error", () => {});
  building.stdin.end(JSON.stringify(taken ?? []));
  return new Promise((resolve) => {
    building.once("exit", (code) => {
      building = undefined;
      resolve(code === 0);
    });
  });
}

/** Listens from a cursor on; the source comes back by itself, with the cursor that it has seen last. */
function listen(since) {
  const source = new EventSource(`${address}/changes/stream?since=${encodeURIComponent(since)}`);
  let seen = since;
  source.addEventListener("open", () => console.log(`Listening to ${address}`));
  source.addEventListener("change", (event) => {
    seen = event.lastEventId;
    const change = JSON.parse(event.data);
    console.log(`${change.change}: ${change.object} ${change.slug}`);
    changes?.push(change);
    soon();
  });
  source.addEventListener("error", (event) => {
    console.error(`The stream was interrupted (${event.code ?? event.message ?? "closed"}).`);
    if (source.readyState !== EventSource.CLOSED) return;
    // Refused for good. A cursor that is not taken any more (a backup was restored) means to begin anew.
    setTimeout(event.code === 400 ? begin : () => listen(seen), AGAIN);
  });
}

/** Everything, once, and then what changes. The cursor comes first, so that nothing falls in between. */
async function begin() {
  try {
    const since = await new Api(address).latest();
    changes = undefined;
    soon(0);
    listen(since);
  } catch (error) {
    console.error(error instanceof ApiError ? error.message : error);
    setTimeout(begin, AGAIN);
  }
}

setInterval(() => {
  changes = undefined;
  soon();
}, EVERYTHING);
for (const folder of ["assets", "lib", "pages", "templates"]) {
  watchFiles(path.join(import.meta.dirname, folder), { recursive: true }, () => soon());
}
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    building?.kill();
    process.exit();
  });
}
await begin();
