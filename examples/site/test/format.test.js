// Dates and values as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { date, leaf, prose, source, when, years } from "../lib/format.js";

test("a date", () => {
  assert.equal(date("2023-12-04"), "4 December 2023");
  assert.deepEqual(leaf("2023-12-07T10:30"), { day: "7", month: "Dec", year: "2023" });
});

test("when an event is", () => {
  const said = (event) => {
    const { start, end } = when({ all_day: false, ...event });
    return [start.words, end?.words].filter(Boolean).join(" to ");
  };
  assert.equal(said({ start: "2023-12-07T10:30", end: "2023-12-07T12:30" }), "Thursday 7 December 2023, 10:30 to 12:30");
  assert.equal(said({ start: "2024-06-30T23:00", end: "2024-07-01T01:00" }), "Sunday 30 June 2024, 23:00 to Monday 1 July 2024, 01:00");
  assert.equal(said({ start: "2024-01-15T11:00" }), "Monday 15 January 2024, 11:00");
  assert.equal(said({ start: "2024-07-01T00:00", end: "2024-07-03T00:00", all_day: true }), "Monday 1 July 2024 to Wednesday 3 July 2024");
  assert.equal(said({ start: "2024-07-01T00:00", end: "2024-07-01T00:00", all_day: true }), "Monday 1 July 2024");
});

test("where an output was published", () => {
  assert.equal(source({ container: "Policing Review", volume: "9", issue: "3", pages: "201–222", publisher: "Press" }), "Policing Review, 9(3), 201–222");
  assert.equal(source({ publisher: "Press" }), "Press");
  assert.equal(source({}), "");
});

test("the years of a project", () => {
  assert.deepEqual(
    [{ start: "2016-09-01", end: "2019-08-31" }, { start: "2022-01-01" }, { end: "2019-01-01" }, {}].map(years),
    ["2016 to 2019", "since 2022", "until 2019", ""],
  );
});

test("headings in rich text follow one another without gaps", () => {
  assert.equal(prose("<h3>a</h3><p>b</p><h3>c</h3>"), "<h2>a</h2><p>b</p><h2>c</h2>");
  assert.equal(prose("<h2>a</h2><h4>b</h4><h4>c</h4><h3>d</h3><h2>e</h2>"), "<h2>a</h2><h3>b</h3><h3>c</h3><h3>d</h3><h2>e</h2>");
});
