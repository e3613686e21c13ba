// How the site hangs together around what the API gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import { listed } from "../lib/lists.js";
import { moved } from "../lib/moved.js";

const crumb = (title, path) => ({ title, path });
const page = (title, path) => ({ id: path, title, path, children: [], breadcrumbs: [crumb("Home", "/"), crumb(title, path)] });
const output = (number) => ({ id: String(number), title: `Output ${number}`, path: `/papers/${number}`, breadcrumbs: [crumb("Home", "/"), crumb(`Output ${number}`, `/papers/${number}`)] });
const none = { themes: [], projects: [], outputs: [], people: [], organisations: [], news: [], events: [], pages: [] };
const site = Object.fromEntries(["theme", "project", "output", "person", "organisation", "news", "event"].map((type) => [`path_${type}`, `/${type === "person" ? "people" : type}/{slug}`]));
const navigation = { pages: [crumb("Who we are", "/people"), crumb("About", "/about")] };

test("a list is where its items' paths begin, in the way to them, and cut into pages", () => {
  const outputs = Array.from({ length: 120 }, (_, at) => output(at));
  const { lists, menu } = listed({ ...site, path_output: "/papers/{slug}" }, navigation, { ...none, outputs });
  assert.deepEqual(lists.outputs.pages.map(({ path, items }) => [path, items.length]), [["/papers", 50], ["/papers/page/2", 50], ["/papers/page/3", 20]]);
  assert.deepEqual(lists.outputs.pages[1].previous, "/papers");
  assert.deepEqual(outputs[0].way.map(({ path }) => path), ["/", "/papers", "/papers/0"]);
  assert.deepEqual([lists.news.pages, menu.main.map(({ title }) => title)], [[], ["Outputs"]], "what is empty has no list");
});

test("a page that editors made at a list's address heads the list", () => {
  const there = listed(site, navigation, { ...none, pages: [page("Who we are", "/people"), page("About", "/about")] });
  assert.equal(there.lists.people.title, "Who we are");
  assert.deepEqual(there.plain.map(({ path }) => path), ["/about"]);
  assert.deepEqual(there.menu.more.map(({ path }) => path), ["/about"]);
});

test("an earlier address leads to the present one, unless something else lives there", () => {
  const changes = [
    { id: "1", paths: ["/news/new", "/news/old", "/news/taken"] },
    { id: "2", paths: ["/news/taken"] },
    { id: "3", paths: ["/news/withdrawn"] },
  ];
  const items = [{ id: "1", path: "/news/new" }, { id: "2", path: "/news/taken" }];
  assert.deepEqual(moved(changes, items), [{ from: "/news/old", to: "/news/new" }]);
});
