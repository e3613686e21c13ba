// Every page of the admin and how to come to stand on it: where the walk of every-page.test.mjs stops.
import assert from "node:assert/strict";
import { ADMIN, VIEWER, editor, focused, make, makeProject, says, swap } from "./support.mjs";

const TYPES = ["projects", "outputs", "themes", "people", "organisations", "news", "events", "pages", "media", "terms"];

/** Goes to an address that answers with this status. */
async function visit(page, path, status = 200) {
  const answer = await page.goto(path);
  assert.equal(answer.status(), status, path);
}

/** Opens what a list has first. */
async function first(page, plural, query = "") {
  await visit(page, `/admin/${plural}${query}`);
  const path = await page.locator("tbody .name a").first().getAttribute("href");
  await visit(page, path);
  return path;
}

/** Pastes rows into a project's import, as far as their preview. */
async function pasteInto(page, text) {
  const project = await first(page, "projects", PROJECT);
  await visit(page, `${project}/outputs/import`);
  await page.fill("#f-text", text);
  await page.getByRole("button", { name: "Show what it says" }).click();
  await page.locator("#import-form").waitFor();
}

/** Names that outputs credit and that nobody is bound to. */
async function makeNames(context) {
  await make(context, "people", { given_names: "Ada Beatrice", family_name: "Quill", job_title: "Reader in the history of policing" });
  for (const title of ["What a quill is for", "A second look at quills, and at a title that is long enough to need two lines"]) {
    await make(context, "outputs", { title, "authors.0.name": "Quill, A. B.", "authors.1.name": "Feather-Featherstonehaugh, C" });
  }
}

/** Two records of one person, one of them with an output. */
async function makeTwins(context, family) {
  const one = await make(context, "people", { given_names: "Toni", family_name: family, job_title: "Lecturer" });
  const two = await make(context, "people", { given_names: "T", family_name: family, job_title: "Reader", web: "https://example.org/toni" });
  await make(context, "outputs", { title: `By ${family}`, "authors.0.name": `${family}, T`, "authors.0.target": two });
  return { one, two };
}

const fromTheMenu = TYPES.flatMap((plural) => [
  [`list-${plural}`, ADMIN, ({ page }) => visit(page, `/admin/${plural}`)],
  [`new-${plural}`, ADMIN, ({ page }) => visit(page, `/admin/${plural}/new`)],
]);

const items = TYPES.filter((plural) => plural !== "media").map((plural) => [
  `item-${plural}`, ADMIN, ({ page }) => first(page, plural),
]);

const PROJECT = "?q=organisational+learning";

/** Name, who looks, how to get there, and the widths to look at where not all make sense. */
export const STOPS = [
  ["sign-in", null, ({ page }) => visit(page, "/admin/sign-in")],
  ["sign-in-wrong", null, async ({ page }) => {
    await visit(page, "/admin/sign-in");
    await page.fill("#f-email", "nobody@example.org");
    await page.fill("#f-password", "not my password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("do not go together").waitFor();
  }],
  ["sign-in-kept", null, async ({ page, context }) => {
    // As a browser without scripts sends it.
    await visit(page, "/admin/sign-in");
    await page.evaluate(() => {
      const form = document.querySelector("form");
      form.action = "/admin/themes/new";
      form.submit();
    });
    await page.getByText("what you typed is kept").waitFor();
  }],
  ["docs", null, async ({ page }) => {
    await visit(page, "/docs");
    // It is very long and made of few things: two of each are enough to look at.
    await page.evaluate(() => {
      for (const more of document.querySelectorAll("section article:nth-of-type(n + 3)")) more.remove();
    });
  }],
  ["password-link-dead", null, ({ page }) => visit(page, "/admin/password/used-long-ago", 404)],
  ["password-link", null, async ({ page, asAdmin }) => {
    const account = { name: "Lin Linked", email: "linked@example.org", role: "editor" };
    const answer = await asAdmin.request.post("/admin/users/new", { form: account });
    const [path] = /\/admin\/password\/[\w-]+/.exec(await answer.text());
    await visit(page, path);
    await page.fill("#f-password", "short");
    await page.getByRole("button", { name: "Save the password" }).click();
    await focused(page, ".error-summary");
  }],
  ["dashboard", ADMIN, ({ page }) => visit(page, "/admin/")],
  ["dashboard-viewer", VIEWER, ({ page }) => visit(page, "/admin/")],
  ["menu", ADMIN, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await visit(page, "/admin/projects");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.locator("#rail:popover-open").waitFor();
  }, [390, 320]],
  ...fromTheMenu,
  ...items,
  ["list-filtered", ADMIN, ({ page }) => visit(page, "/admin/outputs?q=learning&availability=on_request&sort=-year")],
  ["list-page-2", ADMIN, ({ page }) => visit(page, "/admin/outputs?page=2")],
  ["list-table-viewer", VIEWER, async ({ page }) => {
    await visit(page, "/admin/outputs?as=table");
    await page.locator("[data-live] table[role=grid]").waitFor();
  }, [1440, 390]],
  ["list-nothing-fits", ADMIN, ({ page }) => visit(page, "/admin/projects?q=zzzz")],
  ["list-viewer", VIEWER, ({ page }) => visit(page, "/admin/news")],
  ["item-media", ADMIN, async ({ page }) => {
    await visit(page, "/admin/media?q=blue");
    await visit(page, await page.locator(".card a").first().getAttribute("href"));
    await page.locator(".confirm summary").click();
  }],
  ["item-media-viewer", VIEWER, async ({ page }) => {
    await visit(page, "/admin/media?kind=document");
    await visit(page, await page.locator(".card a").first().getAttribute("href"));
  }],
  ["media-filtered", ADMIN, ({ page }) => visit(page, "/admin/media?wants=alternative-text")],
  ["media-removed", ADMIN, ({ page }) => visit(page, "/admin/media/removed")],
  ["media-refused", ADMIN, async ({ page }) => {
    await visit(page, "/admin/media");
    const svg = { name: "a drawing with a rather long name.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") };
    await page.setInputFiles("#upload", [svg]);
    await page.locator(".uploads .error").waitFor();
  }],
  ["project-images", ADMIN, async ({ page, context }) => {
    await visit(page, (await makeProject(context, 96, "With a picture to choose")).path);
    await swap(page, () => page.locator("#f-image").getByRole("button", { name: "Find" }).click());
    await page.locator("#f-image-found img").first().waitFor();
  }],
  ["item-site", ADMIN, ({ page }) => visit(page, "/admin/site")],
  ["project", ADMIN, ({ page }) => first(page, "projects", PROJECT)],
  ["project-viewer", VIEWER, async ({ page }) => {
    await first(page, "projects", PROJECT);
    await page.locator(".locked .rich-still").waitFor();
  }],
  ["project-saved", ADMIN, async ({ page, context }) => {
    await visit(page, (await makeProject(context, 91, "Just saved")).path);
    await page.fill("#f-summary", "A sentence.");
    await swap(page, () => page.keyboard.press("Control+s"));
    await page.locator(".flash").waitFor();
  }],
  ["project-found", ADMIN, async ({ page }) => {
    await first(page, "projects", PROJECT);
    await page.locator("#f-team-find").pressSequentially("a");
    await page.locator("#f-team-found li").first().waitFor();
    await page.locator("#f-partners-find").pressSequentially("nobody knows");
    await page.locator("#f-partners-found .create").waitFor();
    await page.locator("#f-team-found li button").first().focus();
  }],
  ["project-link-dialog", ADMIN, async ({ page }) => {
    await first(page, "projects", PROJECT);
    await (await editor(page, "body")).click();
    await page.getByRole("button", { name: "Link", exact: true }).first().click();
    await focused(page, "dialog[open] #rich-find");
  }],
  ["project-wrong", ADMIN, async ({ page }) => {
    await visit(page, "/admin/projects/new");
    await page.fill("#f-code", "three");
    await page.fill("#f-title", "A project with much to put right");
    await page.fill("#f-start", "2024-05-01");
    await page.fill("#f-end", "2023-05-01");
    await page.fill("#f-contact_email", "nobody");
    await page.locator("[data-live]").waitFor();
    await page.getByRole("button", { name: "Add output" }).click();
    for (const [title, year] of [["An output from a year that does not exist", "soon"], ["Another", "99"]]) {
      await page.keyboard.type(title);
      for (let tab = 0; tab < 3; tab += 1) await page.keyboard.press("Tab");
      await page.keyboard.type(year);
      await page.keyboard.press("Enter");
    }
    await swap(page, () => page.getByRole("button", { name: "Save draft" }).click());
    await focused(page, ".error-summary");
  }],
  ["project-conflict", ADMIN, async ({ page, context }) => {
    const project = await makeProject(context, 92, "Two at once");
    await visit(page, project.path);
    const { theme, code } = project;
    const body = "<p>Their first paragraph, which is a little longer than one line so that it wraps.</p><ul><li>Their point</li></ul>";
    const theirs = { version: "1", code, theme, status: "paused", title: "Their title", summary: "Their summary.", body };
    await context.request.post(project.path, { form: { ...theirs, do: "save" } });
    await page.selectOption("#f-status", "complete");
    await page.fill("#f-title", "My title");
    await page.fill("#f-summary", "My summary, of two sentences. This is the second.");
    await (await editor(page, "body")).pressSequentially("My own first paragraph.");
    await swap(page, () => page.keyboard.press("Control+s"));
    await focused(page, ".error-summary");
  }],
  ["project-signed-out", ADMIN, async ({ page, context }) => {
    await first(page, "projects", PROJECT);
    await page.fill("#f-summary", "Typed as the session ended.");
    await context.clearCookies();
    await swap(page, () => page.keyboard.press("Control+s"));
    await says(page, "#save-status", /signed out/);
  }],
  ["project-trashed", ADMIN, async ({ page, context }) => {
    const { path } = await makeProject(context, 93, "Given up");
    await visit(page, path);
    await page.getByRole("button", { name: "Move to the trash" }).click();
    await page.waitForURL("**?done=trashed");
  }],
  ["deletion", ADMIN, async ({ page, context }) => {
    const { path } = await makeProject(context, 89, "Given up for good");
    await visit(page, path);
    await page.getByRole("button", { name: "Move to the trash" }).click();
    await page.waitForURL("**?done=trashed");
    await page.getByRole("link", { name: "Delete permanently…" }).click();
    await page.waitForURL(`**${path}/delete`);
  }],
  ["deletion-needed", ADMIN, async ({ page, context }) => {
    const { theme } = await makeProject(context, 88, "Still needed, under a title of more than one line");
    await visit(page, `/admin/themes/${theme}`);
    await page.locator(".confirm summary").click();
    await page.getByRole("button", { name: "Move to the trash anyway" }).click();
    await page.waitForURL("**?done=trashed");
    await visit(page, `/admin/themes/${theme}/delete`);
  }],
  ["preflight-elsewhere", ADMIN, async ({ page, context }) => {
    await visit(page, "/admin/media?kind=document&stage=published");
    const file = (await page.locator(".card a").first().getAttribute("href")).split("/").pop();
    const closed = { availability: "embargoed", embargo_until: "2097-05-01", file };
    const output = await make(context, "outputs", { title: "Not open before many years", ...closed });
    await visit(page, `/admin/outputs/${output}/publish`);
    await page.locator("#elsewhere").waitFor();
  }],
  ["preflight-first", ADMIN, async ({ page, context }) => {
    const { id, path } = await makeProject(context, 94, "To be published");
    const place = { "projects.0.target": id, "projects.0.position": "1024" };
    await make(context, "outputs", { title: "Not ready yet", ...place });
    await visit(page, `${path}/publish`);
  }],
  ["preflight-changed", ADMIN, async ({ page }) => {
    const path = await first(page, "projects", "?q=knowing+the+beat");
    await page.fill("#f-summary", "Another summary, to be compared with the one that readers see.");
    await page.selectOption("#f-status", "paused");
    await page.getByRole("button", { name: "Publish…" }).click();
    await page.waitForURL(`**${path}/publish`);
  }],
  ["preflight-missing", ADMIN, async ({ page, context }) => {
    const news = await make(context, "news", { title: "Half a piece of news" });
    await visit(page, `/admin/news/${news}/publish`);
  }],
  ["import-start", ADMIN, ({ page }) => visit(page, "/admin/outputs/import")],
  ["import-preview", ADMIN, async ({ page }) => {
    await pasteInto(page, "Title\tOutputs type\tLead academic\tYear\tTo note\nA new output of the walk\tBoard report\tTomkins, L\t2019\tAvailable on request\n");
    await page.locator('button[value="take"].button-main').waitFor();
  }],
  ["import-wrong", ADMIN, async ({ page }) => {
    const rows = [
      "Title\tType\tAuthors\tYear\tTo note\tColour\tDOI",
      "One wrong year\tReport\tTomkins, L; Nobody, N\tsoon\tAvailable on request. Summary only\tred\t",
      "\tPodcast\tHartley, Jean\t2019\tEmbargoed until 4 March 2027\tblue\tnope",
      "Empowering learning\tBoard report\tBristow, A\t2019\t\tgreen\t",
    ];
    await pasteInto(page, rows.join("\n"));
    await focused(page, ".error-summary");
  }],
  ["import-unreadable", ADMIN, async ({ page }) => {
    await visit(page, "/admin/outputs/import");
    await page.getByRole("button", { name: "Show what it says" }).click();
    await page.locator(".flash-error").waitFor();
  }],
  ["import-done", ADMIN, async ({ page }) => {
    await pasteInto(page, "Title\tYear\nAn output that comes and goes\t2019\n");
    await page.locator('button[value="take"].button-main').click();
    await page.waitForURL("**/admin/imports/*");
    await page.getByRole("button", { name: "Undo import" }).click();
    await page.locator(".flash").waitFor();
  }],
  ["list-look", ADMIN, ({ page }) => visit(page, "/admin/projects?look=past_end")],
  ["names", ADMIN, async ({ page, context }) => {
    await makeNames(context);
    await visit(page, "/admin/people/names");
    await page.locator(".name-list li").first().waitFor();
  }],
  ["names-viewer", VIEWER, ({ page }) => visit(page, "/admin/people/names")],
  ["names-nothing", ADMIN, ({ page }) => visit(page, "/admin/people/names?q=zzzz")],
  ["names-one", ADMIN, async ({ page, context }) => {
    await makeNames(context);
    await visit(page, "/admin/people/names/one?name=Quill,+A.+B.&q=tomkins");
    await page.locator(".together b").first().waitFor();
  }],
  ["names-one-wrong", ADMIN, async ({ page, context }) => {
    await makeNames(context);
    await visit(page, "/admin/people/names/one?name=Quill,+A.+B.");
    await page.getByRole("button", { name: "That is who it is" }).click();
    await page.locator(".flash-error").waitFor();
  }],
  ["names-bound", ADMIN, async ({ page, context }) => {
    await make(context, "people", { given_names: "Bea", family_name: "Bound" });
    await make(context, "outputs", { title: "Bound at once", "authors.0.name": "Bound, B" });
    await visit(page, "/admin/people/names?q=bound");
    await page.getByRole("button", { name: "Bea Bound" }).click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
  }],
  ["names-outsiders", ADMIN, async ({ page, context }) => {
    await make(context, "outputs", { title: "By a stranger", "authors.0.name": "Stranger, S" });
    await visit(page, "/admin/people/names?q=stranger");
    await page.getByRole("button", { name: "Not one of ours", exact: true }).click();
    await page.locator(".flash").waitFor();
    await visit(page, "/admin/people/names?show=outsiders");
  }],
  ["merge-choose", ADMIN, async ({ page, context }) => {
    const { one } = await makeTwins(context, "Choosy");
    await visit(page, `/admin/people/${one}/merge?q=tom`);
  }],
  ["merge-compare", ADMIN, async ({ page, context }) => {
    const { one, two } = await makeTwins(context, "Compare");
    await visit(page, `/admin/people/${one}/merge?with=${two}`);
  }],
  ["merge-done", ADMIN, async ({ page, context }) => {
    const { one, two } = await makeTwins(context, "Done");
    await visit(page, `/admin/people/${one}/merge?with=${two}`);
    await page.getByRole("button", { name: "Merge" }).click();
    await page.waitForURL("**/admin/changes/*");
  }],
  ["merge-undone", ADMIN, async ({ page, context }) => {
    const { one, two } = await makeTwins(context, "Undone");
    await visit(page, `/admin/people/${one}/merge?with=${two}`);
    await page.getByRole("button", { name: "Merge" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "Taken back" }).waitFor();
  }],
  ["users", ADMIN, ({ page }) => visit(page, "/admin/users")],
  ["user-new", ADMIN, ({ page }) => visit(page, "/admin/users/new")],
  ["user-wrong", ADMIN, async ({ page }) => {
    await visit(page, "/admin/users/new");
    await page.fill("#f-email", "nobody");
    await page.getByRole("button", { name: "Add user" }).click();
    await focused(page, ".error-summary");
  }],
  ["user-link", ADMIN, async ({ page }) => {
    await visit(page, "/admin/users/new");
    await page.fill("#f-name", "Nia Newcomer");
    await page.fill("#f-email", "newcomer@example.org");
    await page.selectOption("#f-role", "contributor");
    await page.getByRole("button", { name: "Add user" }).click();
    await page.getByLabel("One-time link").waitFor();
  }],
  ["user", ADMIN, async ({ page }) => {
    await visit(page, "/admin/users");
    await visit(page, await page.getByRole("link", { name: "Connie Contributor" }).getAttribute("href"));
  }],
  ["account", ADMIN, ({ page }) => visit(page, "/admin/account")],
  ["account-wrong", ADMIN, async ({ page }) => {
    await visit(page, "/admin/account");
    await page.fill("#f-old_password", "not this one");
    await page.fill("#f-password", "short");
    await page.getByRole("button", { name: "Change password" }).click();
    await focused(page, ".error-summary");
  }],
  ["search", ADMIN, ({ page }) => visit(page, "/admin/search")],
  ["search-hits", ADMIN, ({ page }) => visit(page, "/admin/search?q=learning")],
  ["search-nothing", ADMIN, ({ page }) => visit(page, "/admin/search?q=zzzz")],
  ["not-found", ADMIN, ({ page }) => visit(page, "/admin/nowhere/at/all", 404)],
  ["not-found-item", ADMIN, ({ page }) => visit(page, "/admin/projects/00000000-0000-7000-8000-000000000000", 404)],
  ["not-allowed", VIEWER, ({ page }) => visit(page, "/admin/users", 403)],
  ["not-allowed-new", VIEWER, ({ page }) => visit(page, "/admin/projects/new", 403)],
];

/** On a server that nobody has used yet, in this order: the first administrator is made on the way. */
export const FRESH_STOPS = [
  ["fresh-sign-in", ({ page }) => visit(page, "/admin/sign-in")],
  ["fresh-set-up", ({ page }, setUp) => visit(page, setUp)],
  ["fresh-set-up-wrong", async ({ page }, setUp) => {
    await visit(page, setUp);
    await page.fill("#f-password", "short");
    await page.getByRole("button", { name: "Make the account" }).click();
    await focused(page, ".error-summary");
  }],
  ["fresh-dashboard", async ({ page }, setUp) => {
    await visit(page, setUp);
    await page.fill("#f-name", "Fay First");
    await page.fill("#f-email", "first@example.org");
    await page.fill("#f-password", "wandering-otter-lantern-91");
    await page.getByRole("button", { name: "Make the account" }).click();
    await page.getByRole("heading", { name: "First steps" }).waitFor();
  }],
  ...TYPES.filter((plural) => plural !== "terms").map((plural) => [
    `fresh-${plural}`,
    async ({ page }) => {
      await visit(page, `/admin/${plural}`);
      await page.locator(".empty").waitFor();
    },
  ]),
];
