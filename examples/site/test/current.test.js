// Which answers a change leaves as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { current } from "../lib/current.js";

const API = "http://127.0.0.1/api/v1";
const [THEME, PROJECT, OUTPUT, OTHER] = [1, 2, 3, 4].map((digit) => `${String(digit).repeat(8)}-0000-7000-8000-000000000000`);
const ANSWERS = new Map(
  Object.entries({
    site: "{}",
    "changes?limit=100": "{}",
    "outputs?fields=path&limit=100": `${OUTPUT} ${OTHER}`,
    "outputs.bibliography?style=apa&limit=100": `${OUTPUT} ${OTHER}`,
    "projects?fields=path&limit=100": PROJECT,
    [`projects/${PROJECT}`]: `{"path":"/research/one/two","theme":"${THEME}","outputs":["${OUTPUT}"]}`,
    [`projects/${PROJECT}/head`]: "{}",
    [`outputs/${OUTPUT}`]: `{"path":"/outputs/three","projects":[{"id":"${PROJECT}","path":"/research/one/two"}]}`,
    [`outputs/${OUTPUT}/head`]: "{}",
    [`outputs/${OTHER}`]: `{"path":"/outputs/four"}`,
    [`outputs/${OTHER}/head`]: "{}",
  }).map(([path, text]) => [`${API}/${path}`, { text }]),
);
const left = (...changes) => [...current(API, ANSWERS, changes)].map((url) => url.slice(API.length + 1)).sort();

test("an output touches itself, its project and the lists in which they are", () => {
  const change = { object: "output", tags: [`output:${OUTPUT}`, "outputs", `project:${PROJECT}`], paths: ["/outputs/three"] };
  assert.deepEqual(left(change), [`outputs/${OTHER}`, `outputs/${OTHER}/head`]);
});

test("a theme that moves touches all that shows an address below it, before or now", () => {
  const change = { object: "theme", tags: [`theme:${THEME}`, "themes"], paths: ["/research/new", "/research/one"] };
  const stand = left(change);
  assert.ok(!stand.includes(`outputs/${OUTPUT}`), "it links to a project below the theme");
  assert.ok(stand.includes(`outputs/${OTHER}`));
});

test("nothing that happened leaves all but what is always asked for; the site's own settings leave nothing", () => {
  assert.equal(left().length, ANSWERS.size - 2);
  assert.deepEqual(left({ object: "site", tags: ["site"], paths: ["/"] }), []);
});
