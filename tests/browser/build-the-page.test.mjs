// An editor builds a whole project page from nothing through the forms, publishes it, and finds every fact of it in one answer of the API.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EDITOR, api, editor, env, leads, says, signInHere, swap, visitor } from "./support.mjs";

const BASE = env("URL");

const THEME = "Leadership, management and organisation";
const INTRODUCTION = "We look at how a large police service learns, and at what keeps it from learning.";
const FOCUS = [
  "Success and failure: which of the two teaches what, and to whom.",
  "Well-being: people learn where it is safe to say that something went wrong.",
  "Leadership: what those in charge need when everybody watches them.",
  "Evidence: why ‘what works’ has to be asked together with ‘what matters’.",
  "Innovation: small steps count, and rules are not always in the way.",
];
const OUTPUTS = [
  ["From blame to praise in policing: Implications for leadership and the public conversation", "Action research report", "Tomkins, L", "2020", "Open"],
  ["From blame to praise in policing: Implications for strategy, culture, process and well-being", "Action research report", "Tomkins, L", "2020", "Open"],
  ["Asymmetries of leadership: Agency, response and reason", "Academic paper", "Tomkins, L", "2019", "Available on request"],
  ["Learning and well-being: Safety, failure, fault and blame", "Board report", "Tomkins, L", "2019", "Available on request"],
  ["Empowering learning", "Board report", "Bristow, A", "2019", "Available on request"],
  ["Leadership and organisational learning", "Board report", "Tomkins, L", "2019", "Available on request"],
];
const NEWS = "Can a virtual reality courtroom be a useful learning tool?";
const EVENTS = [
  { title: "Membership Group Meeting", start: "2023-12-07T10:30", end: "2023-12-07T12:30" },
  { title: "Research Priority workshop", start: "2024-01-15T11:00", end: "2024-01-15T13:00", venue: "The Open University, Milton Keynes" },
];

test("the page is built, published and answered by the API", { timeout: 120_000 }, async () => {
  const { page, faults } = await visitor(BASE);
  await page.goto("/admin/");
  await signInHere(page, EDITOR);
  await page.getByRole("heading", { name: "First steps" }).waitFor();

  // The two pages that the breadcrumbs begin with.
  for (const title of ["Home", "Research"]) {
    await begin(page, "Pages", "New page");
    await page.fill("#f-title", title);
    await leads(page, "**/publish", () => page.getByRole("button", { name: "Publish…" }).click());
    await publishHere(page);
  }

  await begin(page, "Themes", "New theme");
  await page.fill("#f-number", "3");
  await page.fill("#f-title", THEME);
  await saveNew(page);

  await begin(page, "Projects", "New project");
  await page.fill("#f-code", "3.07");
  await page.fill("#f-title", "Organisational learning");
  await page.selectOption("#f-theme", { label: `Theme 3: ${THEME}` });
  await page.selectOption("#f-status", { label: "Complete" });
  await writeBody(page);
  for (const person of ["Dr Leah Tomkins", "Professor Jean Hartley"]) await createInPlace(page, "team", person);
  await createInPlace(page, "partners", "Metropolitan Police Service");
  await page.locator("#f-partners .link-row select").selectOption({ label: "Policing partner" });
  await fillTable(page);
  await saveNew(page);
  const project = new URL(page.url()).pathname;
  assert.deepEqual(await page.locator("#f-team .who a").allTextContents(), ["Dr Leah Tomkins", "Professor Jean Hartley"]);

  await begin(page, "News", "New news item");
  await page.fill("#f-title", NEWS);
  await page.fill("#f-summary", "Dr Ahmed Kadry and Simon Hull asked apprentices what a courtroom made of pixels had taught them.");
  await page.fill("#f-date", "2023-12-04");
  await relate(page);
  await saveNew(page);
  const related = [new URL(page.url()).pathname];

  for (const { title, start, end, venue = "" } of EVENTS) {
    await begin(page, "Events", "New event");
    await page.fill("#f-title", title);
    await page.fill("#f-start", start);
    await page.fill("#f-end", end);
    await page.fill("#f-venue", venue);
    await relate(page);
    await saveNew(page);
    related.push(new URL(page.url()).pathname);
  }

  await page.goto(project);
  await leads(page, `**${project}/publish`, () => page.getByRole("button", { name: "Publish…" }).click());
  const together = await page.locator("ul.together b").allTextContents();
  assert.deepEqual(
    together.sort(),
    [`Theme 3: ${THEME}`, "Dr Leah Tomkins", "Professor Jean Hartley", "Metropolitan Police Service", ...OUTPUTS.map(([title]) => title)].sort(),
  );
  assert.equal(await page.locator("ul.together input:checked").count(), together.length, "all of it is offered, ticked");
  await publishHere(page);
  for (const path of related) {
    await page.goto(`${path}/publish`);
    assert.equal(await page.locator("ul.together").count(), 0, "what it links to is public already");
    await publishHere(page);
  }

  compare(await api(BASE, "/api/v1/projects/3.07"));
  assert.deepEqual(faults, []);
});

/** From the menu to an empty form. */
async function begin(page, section, button) {
  const menu = page.getByRole("navigation", { name: "Main" });
  await leads(page, /\/admin\/[a-z]+$/, () => menu.getByRole("link", { name: section, exact: true }).click());
  await leads(page, "**/new", () => page.getByRole("main").getByRole("link", { name: button }).first().click());
  await page.locator("#item-form").waitFor();
}

async function saveNew(page) {
  await leads(page, "**?done=saved", () => page.getByRole("button", { name: "Save draft" }).click());
  await says(page, ".page-head .state", /^Draft$/);
}

async function publishHere(page) {
  await leads(page, "**?done=published", () => page.getByRole("button", { name: "Publish", exact: true }).click());
  await says(page, ".page-head .state", /^Published$/);
}

/** A paragraph, then a bulleted list, as anybody would type them. */
async function writeBody(page) {
  const text = await editor(page, "body");
  await text.click();
  await page.keyboard.insertText(INTRODUCTION);
  await page.keyboard.press("Enter");
  await page.locator('[data-field="body"]').getByRole("button", { name: "Bulleted list" }).click();
  for (const [at, item] of FOCUS.entries()) {
    if (at > 0) await page.keyboard.press("Enter");
    await page.keyboard.insertText(item);
  }
}

async function createInPlace(page, field, name) {
  await page.locator(`#f-${field}-find`).pressSequentially(name);
  const create = page.locator(`#f-${field}-found`).getByRole("button", { name: `Create ‘${name}’` });
  await swap(page, () => create.click());
  await page.locator(`#f-${field} .link-row`).filter({ hasText: name }).waitFor();
}

/** Relates what is shown to the project. */
async function relate(page) {
  await page.locator("#f-projects-find").pressSequentially("organisational");
  const found = page.locator("#f-projects-found").getByRole("button", { name: "3.07 Organisational learning" });
  await swap(page, () => found.click());
  await page.locator("#f-projects .link-row").waitFor();
}

/** Row by row with the keyboard alone: Tab from cell to cell, Enter to the next row. */
async function fillTable(page) {
  const began = performance.now();
  await page.getByRole("button", { name: "Add output" }).click();
  for (const [title, type, lead, year, availability] of OUTPUTS) {
    for (const text of [title, type, lead, year]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.type(availability);
    await page.keyboard.press("Enter");
  }
  console.log(`The outputs table took ${((performance.now() - began) / 1000).toFixed(1)} s to type.`);
}

/** Every fact of the page, from one answer. */
function compare(project) {
  const path = project.breadcrumbs.map((crumb) => crumb.title);
  assert.deepEqual(path, ["Home", "Research", `Theme 3: ${THEME}`, "3.07 Organisational learning"]);
  assert.deepEqual({ number: project.theme.number, title: project.theme.title }, { number: 3, title: THEME });
  assert.deepEqual([project.code, project.title], ["3.07", "Organisational learning"]);
  assert.deepEqual(project.team.map(({ person }) => person.display_name), ["Dr Leah Tomkins", "Professor Jean Hartley"]);
  assert.deepEqual(
    project.partners.map((partner) => [partner.organisation.name, partner.role_label]),
    [["Metropolitan Police Service", "Policing partner"]],
  );
  assert.equal(project.status_label, "Complete");
  const items = [...project.body.matchAll(/<li>(?:<p>)?(.*?)(?:<\/p>)?<\/li>/g)].map(([, text]) => text);
  assert.match(project.body, new RegExp(`^<p>${INTRODUCTION}</p><ul>`));
  assert.deepEqual(items, FOCUS);
  assert.deepEqual(
    project.outputs.map((output) => [output.title, output.type.label, output.lead.name, String(output.year), output.availability_label]),
    OUTPUTS,
  );
  assert.deepEqual(project.outputs.map((output) => output.to_note ?? ""), ["", "", ...Array(4).fill("Available on request")]);
  assert.deepEqual(
    project.outputs.map((output) => output.lead.person?.display_name),
    ["Dr Leah Tomkins", "Dr Leah Tomkins", "Dr Leah Tomkins", "Dr Leah Tomkins", undefined, "Dr Leah Tomkins"],
  );
  assert.deepEqual(project.news.map(({ title, date }) => [title, date]), [[NEWS, "2023-12-04"]]);
  assert.deepEqual(
    project.events.map(({ title, start, end, venue }) => [title, start, end, venue]),
    EVENTS.toReversed().map(({ title, start, end, venue }) => [title, start, end, venue]),
  );
}
