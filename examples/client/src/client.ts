// The client, and what a site needs around it: names for what comes back, and what to do when nothing does.
import createClient from "openapi-fetch";
import type { components, paths } from "./recto.d.ts";

export type Schemas = components["schemas"];

export type Output = Schemas["OutputEntry"];
export type Availability = Schemas["OutputAvailability"];
export type Problem = Schemas["Problem"];

export type Client = ReturnType<typeof createClient<paths>>;

/** A client of the API at this address, `https://api.example.org`. */
export const connect = (baseUrl: string): Client => createClient<paths>({ baseUrl });

/** Something public was there and was withdrawn: answer your visitor with a 410. */
export class Gone extends Error {}

/** What no site can do anything about, in the API's words. */
export class Refused extends Error {
  readonly status: number;

  constructor({ status, title, detail, errors }: Problem) {
    const wrong = (errors ?? []).map(({ parameter, detail }) => `${parameter ?? "query"}: ${detail}`);
    super([`${title}: ${detail}`, ...wrong].join("\n"));
    this.status = status;
  }
}

/** The answer; `null` where nothing public is there. */
export function found<Answer>(reply: { data?: Answer; error?: Problem }): Answer | null {
  if (reply.data !== undefined) return reply.data;
  if (reply.error === undefined) throw new Error("The API has answered with nothing.");
  switch (reply.error.status) {
    case 404:
      return null;
    case 410:
      throw new Gone();
    default:
      throw new Refused(reply.error);
  }
}
