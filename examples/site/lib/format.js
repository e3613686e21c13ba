// Dates and other values in the words of a page. Pure; all text is English as written in Britain.

const LOCALE = "en-GB";
const LONG = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const WEEKDAY = new Intl.DateTimeFormat(LOCALE, { weekday: "long", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat(LOCALE, { month: "short", timeZone: "UTC" });
const MONTH_AND_YEAR = new Intl.DateTimeFormat(LOCALE, { month: "long", year: "numeric", timeZone: "UTC" });


/** A local date or time of the API (`2023-12-07`, `2023-12-07T10:30`) as a moment that formats to the same figures. */
const local = (text) => new Date(text.length === 10 ? `${text}T00:00Z` : `${text}Z`);

/** 4 December 2023 */
export const date = (text) => LONG.format(local(text));

/** Thursday 7 December 2023 */
export const longDate = (text) => `${WEEKDAY.format(local(text))} ${date(text)}`;

/** December 2023 */
export const month = (text) => MONTH_AND_YEAR.format(local(text));

/** The leaf of a calendar: `{ day: "7", month: "Dec", year: "2023" }`. */
export const leaf = (text) => ({ day: String(local(text).getUTCDate()), month: MONTH.format(local(text)), year: text.slice(0, 4) });

/** 10:30 */
export const time = (text) => text.slice(11, 16);

/**
 * When an event is, as parts of a sentence: `{ start, end, joint }`, each of the first two with the
 * words and the value for `<time>`. ‘Thursday 7 December 2023, 10:30’ ‘to’ ‘12:30’; an event that
 * lasts all day has no times, one without an end no end.
 */
export function when({ start, end, all_day: allDay }) {
  const words = (text) => (allDay ? longDate(text) : `${longDate(text)}, ${time(text)}`);
  const value = (text) => (allDay ? text.slice(0, 10) : text);
  const sameDay = end?.slice(0, 10) === start.slice(0, 10);
  const hasEnd = end && end !== start && !(allDay && sameDay);
  return {
    start: { words: words(start), value: value(start) },
    end: hasEnd ? { words: sameDay ? time(end) : words(end), value: value(end) } : undefined,
  };
}

/** ‘2016 to 2019’, ‘since 2022’, ‘until 2019’; nothing where nothing is known. */
export function years({ start, end }) {
  const [from, to] = [start?.slice(0, 4), end?.slice(0, 4)];
  if (from && to) return from === to ? from : `${from} to ${to}`;
  return from ? `since ${from}` : to ? `until ${to}` : "";
}

/** Where an output was published: ‘Policing Review, 9(3), 201–222’. */
export function source({ container, volume, issue, pages, publisher }) {
  const number = [volume, issue && `(${issue})`].filter(Boolean).join("");
  return [container, number, pages, container ? undefined : publisher].filter(Boolean).join(", ");
}

/** ‘1 project’, ‘3 projects’. */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString(LOCALE)} ${number === 1 ? one : many}`;

/** The host of an address, as people say it: ‘met.police.uk’. */
export const host = (address) => new URL(address).hostname.replace(/^www\./, "");

/** A link that writes an e-mail about something. */
export const mailto = (email, subject) => `mailto:${email}?subject=${encodeURIComponent(subject)}`;

/** Groups in the order in which they first occur: `[{ key, items }]`. */
export function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups].map(([key, members]) => ({ key, items: members }));
}

/**
 * Rich text of the API with headings that follow from the page's `h1` without gaps: editors choose
 * levels by looks, those who listen need them in order. It is sanitised; only `h2` to `h4` are touched.
 */
export function prose(html) {
  const open = [];
  return html.replace(/<(\/?)h([2-4])>/g, (_, slash, level) => {
    if (!slash) {
      while (open.length > 0 && open.at(-1) >= level) open.pop();
      open.push(level);
    }
    return `<${slash}h${open.length + 1}>`;
  });
}
