// How the API is asked: lists to their end, nothing twice that stands, and errors that say what to do.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { Api } from "../lib/api.js";

/** A server that answers as `answer` says, and an API client for it. */
async function against(t, answer) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    const { status = 200, headers = {}, body } = answer(request, asked.length);
    response.writeHead(status, headers).end(body && JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { address: `http://127.0.0.1:${server.address().port}/api/v1`, asked };
}

test("a list is followed to its end by its links", async (t) => {
  const { address, asked } = await against(t, ({ url }) =>
    url.includes("cursor") ? { body: { data: [3], links: {} } } : { body: { data: [1, 2], links: { next: "/api/v1/news?limit=2&cursor=x" } } },
  );
  assert.deepEqual(await new Api(address).list("news?limit=2"), [1, 2, 3]);
  assert.deepEqual(asked, ["/api/v1/news?limit=2", "/api/v1/news?limit=2&cursor=x"]);
});

test("what stands is not sent again, what is known to stand is not asked for", async (t) => {
  const { address, asked } = await against(t, ({ headers }) =>
    headers["if-none-match"] === '"1"' ? { status: 304, headers: { etag: '"1"' } } : { headers: { etag: '"1"', "cache-tag": "site,pages" }, body: { data: "site" } },
  );
  const first = new Api(address);
  assert.equal(await first.get("site"), "site");
  const second = new Api(address, first.answers);
  assert.equal(await second.get("site"), "site");
  assert.deepEqual(second.counts, { fetched: 0, unchanged: 1 });
  const third = new Api(address, second.answers, new Set([`${address}/site`]));
  assert.equal(await third.get("site"), "site");
  assert.equal(asked.length, 2);
  assert.deepEqual([...third.answers.values()], [{ etag: '"1"', tags: ["site", "pages"], text: '{"data":"site"}' }], "and it is kept for the next build");
});

test("what was withdrawn is not there, and not kept", async (t) => {
  const { address } = await against(t, () => ({ status: 410, body: { title: "Gone" } }));
  const api = new Api(address);
  assert.equal(await api.get("news/1"), null);
  assert.equal(api.answers.size, 0);
});

test("a busy API is asked again when it says", async (t) => {
  const { address, asked } = await against(t, (_, time) =>
    time === 1 ? { status: 503, headers: { "retry-after": "0" }, body: {} } : { body: { data: "site" } },
  );
  assert.equal(await new Api(address).get("site"), "site");
  assert.equal(asked.length, 2);
});

test("a refusal is told in the API's words", async (t) => {
  const errors = [{ parameter: "since", code: "ahead", detail: "It lies ahead of what is public." }];
  const { address } = await against(t, () => ({ status: 400, body: { title: "The query cannot be taken", errors } }));
  await assert.rejects(new Api(address).get("changes?since=x"), {
    message: `400 from ${address}/changes?since=x: The query cannot be taken. since: It lies ahead of what is public.`,
    codes: ["ahead"],
  });
});

test("no answer says where it was looked for, and how to say another place", async () => {
  await assert.rejects(new Api("http://127.0.0.1:1/api/v1").get("site"), /^ApiError: The API at http:\/\/127\.0\.0\.1:1\/api\/v1 does not answer .*RECTO_API/);
  assert.throws(() => new Api("here"), /RECTO_API is not an address: here/);
});
