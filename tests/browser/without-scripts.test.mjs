// With JavaScript off an editor still makes a project with people and outputs, saves and publishes it, by buttons alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, env, leads, signedIn } from "./support.mjs";

const BASE = env("URL");

const OUTPUTS = [
  ["Listening to neighbourhoods", "Board report", "Okafor, C", "2022", "Available on request"],
  ["Talking to strangers on duty", "Academic paper", "Winter, A", "2023", "Open"],
];

test("a project with two outputs, without scripts", { timeout: 60_000 }, async () => {
  const { page, faults } = await signedIn(BASE, undefined, { javaScriptEnabled: false });
  const press = (name) => page.getByRole("main").getByRole("button", { name, exact: true }).first().click();

  await page.goto("/admin/themes/new");
  await page.fill("#f-number", "4");
  await page.fill("#f-title", "Public encounters");
  await leads(page, "**?done=saved", () => press("Save draft"));

  await page.goto("/admin/projects/new");
  await page.fill("#f-code", "4.01");
  await page.fill("#f-title", "Street encounters");
  await page.selectOption("#f-theme", { label: "Theme 4: Public encounters" });
  await page.selectOption("#f-status", { label: "Active" });
  await page.fill("#f-body", "<p>Encounters are short, and remembered for long.</p>");

  // Somebody new, from the search that the button 'Find' does on the server.
  await page.fill("#f-team-find", "Dr Chidi Okafor");
  await page.locator("#f-team").getByRole("button", { name: "Find" }).click();
  await page.locator("#f-team-found").getByText("Nothing of that name yet.").waitFor();
  assert.equal(await page.inputValue("#f-team-find"), "Dr Chidi Okafor");
  assert.equal(await page.inputValue("#f-title"), "Street encounters", "nothing typed is lost by a button");
  await press("Create ‘Dr Chidi Okafor’ as a new person");
  await page.locator("#f-team .who").getByText("Dr Chidi Okafor").waitFor();

  for (const [title, type, lead, year, availability] of OUTPUTS) {
    await press("Add output");
    const row = page.locator("table.rows tbody tr[id]").last();
    await row.locator("textarea").fill(title);
    await row.getByLabel("Outputs type").selectOption({ label: type });
    await row.getByLabel("Lead academic").fill(lead);
    await row.getByLabel("Year").fill(year);
    await row.getByLabel("Availability").selectOption({ label: availability });
  }
  // Rows change places without losing what stands in them.
  await press("Move row 2 up");
  assert.deepEqual(await titles(page), [OUTPUTS[1][0], OUTPUTS[0][0]]);
  await leads(page, "**?done=saved", () => press("Save draft"));
  assert.deepEqual(await titles(page), [OUTPUTS[1][0], OUTPUTS[0][0]]);

  // Found by now, and not twice in the team.
  await page.fill("#f-team-find", "okafor");
  await page.locator("#f-team").getByRole("button", { name: "Find" }).click();
  await page.locator("#f-team-found").getByRole("button", { name: "Dr Chidi Okafor" }).click();
  assert.equal(await page.locator("#f-team .link-row").count(), 1);

  await leads(page, "**/publish", () => press("Publish…"));
  assert.equal(await page.locator("ul.together input:checked").count(), 4, "the theme, the person and both outputs");
  await leads(page, "**?done=published", () => press("Publish"));

  const project = await api(BASE, "/api/v1/projects/4.01");
  assert.equal(project.body, "<p>Encounters are short, and remembered for long.</p>");
  assert.deepEqual(project.team.map(({ person }) => person.display_name), ["Dr Chidi Okafor"]);
  assert.deepEqual(
    project.outputs.map((output) => [output.title, output.type.label, output.lead.name, String(output.year), output.availability_label]),
    OUTPUTS.toReversed(),
  );
  assert.deepEqual(project.outputs.map((output) => output.lead.person?.display_name), [undefined, "Dr Chidi Okafor"]);
  assert.deepEqual(faults, []);
});

function titles(page) {
  return page.locator("table.rows .cell-title textarea").evaluateAll((areas) => areas.map((area) => area.value));
}
