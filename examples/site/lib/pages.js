// Every page that the site has: where it is, and what it shows.

/**
 * @typedef {object} Entry A page.
 * @property {string} kind Names its template.
 * @property {string} path Its address.
 * @property {{ title: string, path: string }[]} [way] The way to it, itself last. Without one it is nowhere: search engines pass it over.
 * @property {any} [item] What the API gave for it.
 * @property {any} [list] Of a list: all of it.
 * @property {any} [part] Of a list: what stands on this page.
 */

/** @param {any} centre What lists.js makes of the content. @returns {Entry[]} */
export function pages(centre) {
  const { lists, search } = centre;
  return [
    { kind: "home", path: "/", item: centre.home, way: [{ title: "Home", path: "/" }] },
    ...Object.values(lists).flatMap(list),
    ...items("theme", centre.themes),
    ...items("project", centre.projects),
    ...below("project-news", "news", "News", centre.projects),
    ...below("project-events", "events", "Events", centre.projects),
    ...items("output", centre.outputs),
    ...items("person", centre.people),
    ...items("organisation", centre.organisations),
    ...items("news-item", centre.news),
    ...items("event", centre.events),
    ...items("page", centre.plain),
    { kind: "search", path: search.path, item: search.words, way: search.way },
    { kind: "not-found", path: "/404" },
  ];
}

function items(kind, all) {
  return all.map((item) => ({ kind, path: item.path, way: item.way, item }));
}

/** The pages of a list. */
function list(list) {
  return list.pages.map((part) => {
    const way = part.number === 1 ? list.way : [...list.way, { title: `Page ${part.number}`, path: part.path }];
    return { kind: list.type, path: part.path, way, item: list.words, list, part };
  });
}

/** The list of all news or events of each project that has any, below the project's own page. */
function below(kind, name, title, projects) {
  return projects
    .filter((project) => project[name].length > 0)
    .map((project) => {
      const path = `${project.path}/${name}`;
      // Not the project's own head: it tells where the project is.
      return { kind, path, way: [...project.way, { title, path }], item: { ...project, head: undefined, summary: undefined } };
    });
}
