// Asks a running Recto for all of it: npm run try -- http://127.0.0.1:8440
import { connect, found } from "./client.ts";
import { at, changed, projectPage, reports, upcoming } from "./pages.ts";

declare const process: { argv: string[] };

const api = connect(process.argv[2] ?? "http://127.0.0.1:8440");
const theme = "leadership-management-and-organisation";

const { data: first } = found(await api.GET("/api/v1/changes", { params: { query: { limit: 1 } } })) ?? {};
if (!first?.length) throw new Error("Nothing is published here.");

const shown = {
  project: await projectPage(api, "3.07"),
  reports: await reports(api, theme, 2019),
  upcoming: await upcoming(api),
  path: await at(api, `/research/${theme}/organisational-learning`),
  nothing: await projectPage(api, "no-such-project"),
  changes: (await changed(api, "YWZ0ZXIgMA")).since,
};
console.log(JSON.stringify(shown, null, 2));
if (shown.nothing !== null || !shown.project || shown.reports.length === 0) throw new Error("This is not the demonstration.");
