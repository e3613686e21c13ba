// Serves the built site on this machine, to look at it: the way static hosts do, with `/news` from `news.html`.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { settings } from "./build.js";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
  ".xml": "application/xml; charset=utf-8",
};

/** A server of a folder; tells its address. Port 0 takes any that is free. */
export async function serve(folder, port = 0) {
  const server = createServer(async (request, response) => {
    const found = await find(folder, new URL(request.url ?? "/", "http://localhost").pathname);
    const status = found ? 200 : 404;
    const { name, body } = found ?? (await find(folder, "/404")) ?? { name: ".txt", body: "Not found" };
    response.writeHead(status, { "content-type": TYPES[path.extname(name)] ?? "application/octet-stream", "cache-control": "no-cache" });
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${server.address().port}` };
}

/** The file at an address, or nothing; never one outside the folder. */
async function find(folder, address) {
  let name;
  try {
    name = path.join(folder, path.normalize(decodeURIComponent(address)));
  } catch {
    return undefined;
  }
  if (!name.startsWith(`${folder}${path.sep}`) || name.includes("\0")) return undefined;
  for (const candidate of [name, `${name}.html`, path.join(name, "index.html")]) {
    const body = await readFile(candidate).catch(() => undefined);
    if (body) return { name: candidate, body };
  }
  return undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { address } = await serve(settings().output, Number(process.env.PORT ?? 8080));
  console.log(`The site is at ${address}/`);
}
