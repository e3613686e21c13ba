// Pages of a site, as texts: a project, a list that goes on, the events to come, whatever lives at a path.
import { type Availability, type Client, type Output, type Schemas, found } from "./client.ts";

/** What the site says for each availability. Another one in a later version of the API does not compile. */
const BADGES: Record<Availability, string> = {
  open: "Open access",
  on_request: "On request",
  embargoed: "Not yet",
  unavailable: "–",
};

/** A project's page: one request. */
export async function projectPage(api: Client, reference: string): Promise<string | null> {
  const answer = found(await api.GET("/api/v1/projects/{reference}", { params: { path: { reference } } }));
  if (!answer) return null;
  const { title, code, theme, status_label, team, partners, outputs, breadcrumbs } = answer.data;
  return [
    breadcrumbs.map((step) => step.title).join(" › "),
    `${code} ${title}`,
    theme ? `Theme ${theme.number}: ${theme.title}` : "",
    `Status: ${status_label}`,
    ...team.map(({ person, role }) => (role ? `${person.display_name}, ${role}` : person.display_name)),
    ...partners.map(({ organisation, role_label }) => `${organisation.name} (${role_label})`),
    ...outputs.map(row),
  ].join("\n");
}

/** A row of the outputs table: an author without a record of their own is a name. */
function row({ title, lead, year, to_note, availability, path }: Output): string {
  const author = lead?.person?.display_name ?? lead?.name ?? "";
  return `${title} | ${author} | ${year} | ${to_note ?? BADGES[availability]} | ${path}`;
}

/** A theme's reports since a year, a hundred at a time: of each no more than is named in `fields`. */
export async function reports(api: Client, theme: string, since: number): Promise<Pick<Output, "id" | "title">[]> {
  const all: Pick<Output, "id" | "title">[] = [];
  let cursor: string | null | undefined;
  do {
    const answer: Schemas["OutputList"] | null = found(
      await api.GET("/api/v1/outputs", {
        params: {
          query: {
            theme: [theme],
            type: ["board-report", "action-research-report"],
            "year[gte]": since,
            sort: "-year",
            fields: "title",
            limit: 100,
            ...(cursor ? { cursor } : {}),
          },
        },
      }),
    );
    all.push(...(answer?.data ?? []));
    cursor = answer?.page.next;
  } while (cursor);
  return all;
}

/** The next three events. */
export async function upcoming(api: Client): Promise<string[]> {
  const answer = found(await api.GET("/api/v1/events", { params: { query: { when: "upcoming", limit: 3 } } }));
  return (answer?.data ?? []).map(({ title, start, venue, state, path }) => {
    const called = state === "cancelled" ? `Cancelled: ${title}` : title;
    return [start.replace("T", ", "), called, venue ?? "online", path].join(" | ");
  });
}

/** What lives at an address of the site, and where to send the visitor if it has another one now. */
export async function at(api: Client, path: string): Promise<{ title: string; moved?: string } | null> {
  const answer = found(await api.GET("/api/v1/pages", { params: { query: { path } } }));
  // Without `path` the same request is a list.
  if (!answer || "page" in answer) return null;
  const item = answer.data;
  const title = "display_name" in item ? item.display_name : "name" in item ? item.name : item.title;
  return item.path === path ? { title } : { title, moved: item.path };
}

/** Withdrawn items leave the site's own index, published ones are fetched again. */
export async function changed(api: Client, since: string): Promise<{ drop: string[]; fetch: string[]; since: string }> {
  const answer = found(await api.GET("/api/v1/changes", { params: { query: { since } } }));
  if (!answer) throw new Error("There is no list of changes.");
  const paths = (change: "published" | "withdrawn") =>
    answer.data.filter((entry) => entry.change === change).flatMap((entry) => entry.paths);
  return { drop: paths("withdrawn"), fetch: paths("published"), since: answer.page.next };
}
