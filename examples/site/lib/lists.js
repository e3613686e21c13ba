// How the site hangs together: its lists and their addresses, menus, breadcrumbs, and the pages that long lists are cut into.

/** Each list: its type's path pattern on the page *Site*, and what the list is called where they made no page for it. */
const LISTS = [
  { type: "themes", pattern: "path_theme", title: "Research" },
  { type: "outputs", pattern: "path_output", title: "Outputs", size: 50 },
  { type: "people", pattern: "path_person", title: "People" },
  { type: "organisations", pattern: "path_organisation", title: "Partners" },
  { type: "news", pattern: "path_news", title: "News", size: 20 },
  { type: "events", pattern: "path_event", title: "Events" },
];

/** Where the search page is, which is the site's own. */
const SEARCH = { path: "/search", title: "Search" };

/**
 * Items with their way, and the lists around them.
 *
 * A list is where its items' paths begin: `/news` for `/news/{slug}`. Where editors have a page of
 * their own at such an address, its title and text head the list instead of standing alone.
 */
export function listed(site, navigation, types) {
  const pageAt = new Map(types.pages.map((page) => [page.path, page]));
  const lists = {};
  for (const { type, pattern, title, size } of LISTS) {
    const path = start(site[pattern]) || `/${type}`;
    const words = path === "/" ? undefined : pageAt.get(path);
    const isThere = types[type].length > 0 || words !== undefined;
    lists[type] = { type, path, title: words?.title ?? title, words, pages: isThere ? cut(types[type], path, size) : [] };
  }
  const search = { ...SEARCH, words: pageAt.get(SEARCH.path) };
  const heads = new Set([...Object.values(lists), search].map(({ path }) => path));
  for (const [type, items] of Object.entries(types)) {
    const list = lists[type === "projects" ? "themes" : type];
    for (const item of items) item.way = way(item, list);
  }
  for (const list of [...Object.values(lists), search]) {
    list.way = list.words?.way ?? [home(), { title: list.title, path: list.path }];
  }
  const plain = types.pages.filter(({ path }) => path !== "/" && !heads.has(path));
  for (const page of plain) page.beside = beside(page, types.pages);
  return {
    ...types,
    plain,
    home: pageAt.get("/"),
    lists,
    search,
    menu: {
      main: Object.values(lists).filter(({ type, pages }) => pages.length > 0 && type !== "organisations"),
      more: navigation.pages.filter(({ path }) => path !== "/" && !heads.has(path)),
      all: navigation.pages.filter(({ path }) => path !== "/"),
      // What editors keep out of menus has to be found all the same: accessibility, privacy.
      small: plain.filter(({ parent, in_navigation: shown }) => !parent && !shown),
    },
  };
}

const home = () => ({ title: "Home", path: "/" });

/** The part of a pattern before its first variable: `/research` of `/research/{theme}/{slug}`. */
function start(pattern) {
  return pattern.slice(0, pattern.indexOf("{")).replace(/\/[^/]*$/, "");
}

/** The API's breadcrumbs, with the list between where it is the site's own. */
function way({ path, breadcrumbs }, list) {
  const crumbs = breadcrumbs[0]?.path === "/" ? [...breadcrumbs] : [home(), ...breadcrumbs];
  if (list && path.startsWith(`${list.path}/`) && !crumbs.some((crumb) => crumb.path === list.path)) {
    const at = crumbs.findIndex((crumb) => crumb.path.startsWith(`${list.path}/`));
    crumbs.splice(at, 0, { title: list.title, path: list.path });
  }
  return crumbs;
}

/** The pages that stand beside a page, below the same parent; itself among them. */
function beside({ parent }, pages) {
  if (!parent) return [];
  return pages.filter((page) => page.parent?.id === parent.id);
}

/** A list in pages of its own: the first at the list's address, the others below it. */
function cut(items, path, size = Infinity) {
  const of = Math.max(1, Math.ceil(items.length / size));
  const address = (number) => (number === 1 ? path : `${path}/page/${number}`);
  return Array.from({ length: of }, (_, at) => ({
    path: address(at + 1),
    number: at + 1,
    of,
    items: of === 1 ? items : items.slice(at * size, (at + 1) * size),
    previous: at > 0 ? address(at) : undefined,
    next: at + 1 < of ? address(at + 2) : undefined,
  }));
}
