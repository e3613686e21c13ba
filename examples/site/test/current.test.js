// Which answers a change leaves as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { current } from "../lib/current.js";

const EVERYTHING = ["outputs", "projects", "site"];
const ANSWERS = new Map(
  Object.entries({
    "outputs?fields=path": ["outputs", "site"],
    "projects/1": ["project:1", "site", "output:1"],
    "projects/1/head": EVERYTHING,
    "outputs/1": ["output:1", "site", "project:1"],
    "outputs/2": ["output:2", "site"],
    "outputs/2/head": EVERYTHING,
    navigation: EVERYTHING,
    untagged: [],
  }).map(([path, tags]) => [path, { tags }]),
);
const left = (...tags) => [...current(ANSWERS, tags.length ? [{ tags }] : [])];

test("what shows the changed item is asked again, with its head, and the lists that depend on it", () => {
  assert.deepEqual(left("output:1", "outputs", "project:1"), ["outputs/2", "outputs/2/head"]);
});

test("what is in everything leaves nothing; nothing leaves all that says what it shows", () => {
  assert.deepEqual(left("site"), []);
  assert.deepEqual(left(), [...ANSWERS.keys()].filter((path) => path !== "untagged"));
});
