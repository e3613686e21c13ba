// Tells which of the API's answers a change cannot have touched, so that a rebuild asks only for the rest.

/** What is cheap and says something of everything: always asked again. */
const ALWAYS = /^(site|navigation|changes)$/;
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/**
 * The addresses of the answers that stand after these entries of `/changes`.
 *
 * A change names by its `tags` the lists and items that show it (`news`, `project:<id>`), and by its
 * `paths` where it lives. So an answer is touched when a tag names its list, or an id of a tag or an
 * address at or below one of the paths occurs in it. What is answered about one item (itself, its
 * head) stands or falls together.
 *
 * @param {string} api @param {Map<string, { text: string }>} answers
 * @param {{ object: string, tags: string[], paths: string[] }[]} changes
 * @returns {Set<string>}
 */
export function current(api, answers, changes) {
  if (changes.some(({ object }) => object === "site")) return new Set();
  const tags = new Set(changes.flatMap((change) => change.tags));
  const traces = [...tags].flatMap((tag) => ID.exec(tag) ?? []).concat(
    changes.flatMap(({ paths }) => paths).flatMap((path) => (path === "/" ? [`"/"`] : [`"${path}"`, `"${path}/`])),
  );
  const urls = [...answers.keys()];
  const touched = new Set();
  for (const [url, { text }] of answers) {
    if (traces.some((trace) => url.includes(trace) || text.includes(trace))) touched.add(subject(api, url));
  }
  return new Set(urls.filter((url) => {
    const about = subject(api, url);
    const list = /^\w+/.exec(about)?.[0] ?? "";
    const isList = !ID.test(about);
    return !ALWAYS.test(list) && !touched.has(about) && !(isList && tags.has(list));
  }));
}

/** What an address is about: `projects/<id>` for an item and its head, all of it for a list. */
function subject(api, url) {
  const asked = url.slice(api.length + 1);
  const [, item] = new RegExp(`^(\\w+/${ID.source})(?:/head)?$`).exec(asked) ?? [];
  return item ?? asked;
}
