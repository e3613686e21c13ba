// Tells which of the API's answers a change cannot have touched, so that a rebuild asks only for the rest.

/** What says something of everything, and costs next to nothing: always asked again. */
const ALWAYS = new Set(["site", "navigation", "changes"]);
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
/** An item and its head: `projects/<id>`, `projects/<id>/head`. */
const ITEM = new RegExp(`^(\\w+/${ID.source})(?:/head)?$`);

/**
 * The addresses of the answers that stand after these entries of `/changes`.
 *
 * A change names by its `tags` the lists and items that show it (`news`, `project:<id>`), and by its
 * `paths` where it lives and lived. So an answer is touched when a tag names its list, or when the id
 * of a tag, or an address at or below one of the paths, occurs in it. What is answered about one item
 * (itself, its head) stands or falls together.
 *
 * @param {string} api Address of the API.
 * @param {Map<string, { text: string }>} answers By address.
 * @param {{ object: string, tags: string[], paths: string[] }[]} changes
 * @returns {Set<string>}
 */
export function current(api, answers, changes) {
  // Its name, address and patterns are everywhere.
  if (changes.some(({ object }) => object === "site")) return new Set();
  const tags = new Set(changes.flatMap((change) => change.tags));
  const ids = [...tags].flatMap((tag) => ID.exec(tag)?.[0] ?? []);
  const paths = changes.flatMap((change) => change.paths);
  const traces = [...ids, ...paths.map((path) => `"${path}"`), ...paths.filter((path) => path !== "/").map((path) => `"${path}/`)];

  const touched = new Set();
  for (const [url, { text }] of answers) {
    const { about, list } = subject(url.slice(api.length + 1));
    const shows = traces.some((trace) => url.includes(trace) || text.includes(trace));
    if (shows || ALWAYS.has(list) || tags.has(list)) touched.add(about);
  }
  return new Set([...answers.keys()].filter((url) => !touched.has(subject(url.slice(api.length + 1)).about)));
}

/** What a request is about: an item (`about` without its head), or a list by its name (`list`). */
function subject(request) {
  const item = ITEM.exec(request)?.[1];
  return item ? { about: item, list: undefined } : { about: request, list: /^\w+/.exec(request)?.[0] };
}
