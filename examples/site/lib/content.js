// Everything that the site shows, from the API: what there is comes from lists, each page's content from one request.
import { withFiles } from "./files.js";
import { listed } from "./lists.js";
import { moved } from "./moved.js";
import { pages } from "./pages.js";

/** The types that have pages, and whether the API says what stands in their heads. */
const TYPES = [
  { plural: "themes", head: false },
  { plural: "projects", head: true },
  { plural: "outputs", head: true },
  { plural: "people", head: true },
  { plural: "organisations", head: true },
  { plural: "news", head: true },
  { plural: "events", head: true },
  { plural: "pages", head: false },
];

/** How much of a project's news and events its own answer brings along. */
const ALONG = 20;

/** @param {import("./api.js").Api} api @param {Date} now Divides what is upcoming from what is past. */
export async function load(api, now) {
  const [site, navigation, citations, changes, sitemap, ...all] = await Promise.all([
    api.get("site"),
    api.get("navigation"),
    api.list("outputs.bibliography?style=apa&limit=100"),
    api.changes(),
    api.sitemap(),
    ...TYPES.map((type) => items(api, type)),
  ]);
  const [themes, projects, outputs, people, organisations, news, events, plain] = all;
  const cited = new Map(citations.map(({ id, html }) => [id, html]));
  for (const output of outputs) output.citation = cited.get(output.id);
  await Promise.all(projects.map((project) => completed(api, project)));
  for (const list of [events, ...projects.map((project) => project.events)]) {
    for (const event of list) event.past = isOver(event, now);
  }
  const types = { themes, projects, outputs, people, organisations, news, events, pages: plain };
  const centre = listed(site, navigation, types);
  return {
    ...centre,
    pages: pages(centre),
    site,
    api: api.address,
    sitemap,
    moved: moved(changes, Object.values(types).flat()),
  };
}

/** All items of a type, whole. What is withdrawn between the list and the request is not there. */
async function items(api, { plural, head }) {
  const entries = await api.list(`${plural}?fields=path&limit=100`);
  const found = await Promise.all(
    entries.map(async ({ id }) => {
      const [item, inHead] = await Promise.all([api.get(`${plural}/${id}`), head ? api.get(`${plural}/${id}/head`) : null]);
      return item && { ...withFiles(item, api.address), head: inHead?.html };
    }),
  );
  return found.filter((item) => item !== null);
}

/** Gives a project all of its news and events where its own answer was cut off. */
async function completed(api, project) {
  for (const plural of ["news", "events"]) {
    if (project[plural].length >= ALONG) project[plural] = await api.list(`projects/${project.id}/${plural}?limit=100`);
  }
}

/** Whether an event has ended. Without times in UTC nobody can say; then its day decides. */
function isOver({ end_at: end, start_at: start, start: day }, now) {
  const last = end ?? start;
  return last ? new Date(last) <= now : day.slice(0, 10) < now.toISOString().slice(0, 10);
}
