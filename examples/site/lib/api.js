// Asks Recto's public API: whole lists, never too much at once, and what has not changed is not sent again.
import { setTimeout as pause } from "node:timers/promises";
import pLimit from "p-limit";

/** Where the API is asked when nobody says otherwise: where `recto demo` serves it. */
export const DEFAULT_ADDRESS = "http://127.0.0.1:8440/api/v1";

/** How many requests are under way at once, how long one may take, and how often it is tried. */
const AT_ONCE = 8;
const PATIENCE = 30_000;
const TRIES = 4;
/** The longest pause that a busy API may ask for, in seconds. */
const LONGEST_PAUSE = 30;

/** The API did not answer as it should. The message is for whoever runs the build. */
export class ApiError extends Error {
  /** @param {string} message @param {{ status?: number, codes?: string[], cause?: unknown }} [more] */
  constructor(message, { status, codes = [], cause } = {}) {
    super(message, { cause });
    this.name = "ApiError";
    /** HTTP status, if there was an answer. */
    this.status = status;
    /** The codes of the problem's `errors`. */
    this.codes = codes;
  }
}

/** @typedef {{ etag: string, tags: string[], text: string }} Answer What was answered to an address, the tag that tells it from another state, and the cache tags that name what it shows. */

export class Api {
  #earlier;
  #current;
  #limit = pLimit(AT_ONCE);

  /**
   * @param {string} address Address of `/api/v1`.
   * @param {Map<string, Answer>} [earlier] What the build before was told.
   * @param {Set<string>} [current] The addresses of those answers that are known to be unchanged, so need not be asked again.
   */
  constructor(address, earlier = new Map(), current = new Set()) {
    if (!URL.canParse(address)) throw new ApiError(`RECTO_API is not an address: ${address}`);
    this.address = address.replace(/\/+$/, "");
    this.#earlier = earlier;
    this.#current = current;
    /** @type {Map<string, Answer>} What this one was told: what the next build may go by. */
    this.answers = new Map();
    /** How many answers came anew, and how many stood as they were. */
    this.counts = { fetched: 0, unchanged: 0 };
  }

  /** The `data` of an answer, or null where nothing public is (any more). */
  async get(path) {
    return (await this.#ask(`${this.address}/${path}`))?.data ?? null;
  }

  /** All entries of a list, page by page as `links.next` leads. */
  async list(path) {
    const entries = [];
    for (let url = `${this.address}/${path}`; url; ) {
      const answer = await this.#ask(url);
      if (!answer) throw new ApiError(`There is no list at ${url}. Does RECTO_API end in /api/v1?`);
      entries.push(...answer.data);
      url = answer.links.next && new URL(answer.links.next, url).href;
    }
    return entries;
  }

  /** Everything that was ever public, each item once at its newest state, as the change feed tells it. */
  async changes() {
    const entries = [];
    for (let query = "limit=100"; ; ) {
      const { data, page } = await this.#ask(`${this.address}/changes?${query}`);
      entries.push(...data);
      if (!page.more) return entries;
      query = `limit=100&since=${encodeURIComponent(page.next)}`;
    }
  }

  /** The cursor of the newest change. Never from memory: it is where listening begins. */
  async latest() {
    const response = await this.#fetch(`${this.address}/changes?limit=1`, {});
    return (await response.json()).page.latest;
  }

  /** The sitemap, which lives at the root of the API's host. */
  async sitemap() {
    const response = await this.#fetch(new URL("../../sitemap.xml", `${this.address}/`).href, {});
    return response.text();
  }

  /** The body of an answer, or null where there is nothing. */
  async #ask(url) {
    const known = this.#earlier.get(url);
    if (known && this.#current.has(url)) return this.#again(url, known);
    const response = await this.#fetch(url, known ? { "if-none-match": known.etag } : {});
    if (known && response.status === 304) return this.#again(url, known);
    this.counts.fetched += 1;
    const text = await response.text();
    if (response.status !== 200) return null;
    const etag = response.headers.get("etag");
    const tags = (response.headers.get("cache-tag") ?? "").split(",").filter((tag) => tag !== "");
    if (etag) this.answers.set(url, { etag, tags, text });
    return JSON.parse(text);
  }

  #again(url, known) {
    this.counts.unchanged += 1;
    this.answers.set(url, known);
    return JSON.parse(known.text);
  }

  /** An answer that makes sense: 200, 304, 404 or 410. Tries again while the API is busy. */
  #fetch(url, headers) {
    return this.#limit(async () => {
      for (let attempt = 1; ; attempt += 1) {
        let response;
        try {
          response = await fetch(url, { headers: { accept: "application/json", ...headers }, signal: AbortSignal.timeout(PATIENCE) });
        } catch (error) {
          throw new ApiError(unreachable(this.address, error), { cause: error });
        }
        if ([200, 304, 404, 410].includes(response.status)) return response;
        const after = Number(response.headers.get("retry-after") ?? 1);
        if ([429, 503].includes(response.status) && attempt < TRIES && after <= LONGEST_PAUSE) {
          await response.body?.cancel();
          await pause(after * 1000);
          continue;
        }
        throw await refused(url, response);
      }
    });
  }
}

/** Why there was no answer at all, in words. */
function unreachable(address, error) {
  const why = error.name === "TimeoutError" ? `it took more than ${PATIENCE / 1000} seconds` : (error.cause?.code ?? error.message);
  return `The API at ${address} does not answer (${why}). Is Recto running there? RECTO_API says where to ask.`;
}

/** An answer that is an error, in the API's own words. */
async function refused(url, response) {
  const problem = await response.json().catch(() => ({}));
  const errors = problem.errors ?? [];
  const details = errors.map((error) => `${error.parameter ?? "query"}: ${error.detail}`).join(" ");
  const message = `${response.status} from ${url}: ${problem.title ?? "no explanation"}. ${details}`.trim();
  return new ApiError(message, { status: response.status, codes: errors.map((error) => error.code) });
}
