// What a typed client relies on: it compiles only while the description says so.
import type { components, paths, webhooks } from "./description";

type Session = components["schemas"]["Session"];
type Refused = components["schemas"]["Refused"];
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// The capacity is always sent, and null is an answer.
const capacityIsNumberOrNull: Same<Session["capacity"], number | null> = true;
const everythingIsSent: Same<Session, Required<Session>> = true;

type SessionList = paths["/api/v1/sessions"]["get"]["responses"]["200"]["content"]["application/json"];

export function seatsLeft(list: SessionList): Map<number, number | null> {
  const left = new Map<number, number | null>();
  for (const row of list.items) {
    // A deleted row says only that it was deleted.
    if ("deleted" in row) continue;
    const capacity: number | null = row.capacity;
    left.set(row.id, capacity === null ? null : row.seats_available);
  }
  return left;
}

type Create = paths["/api/v1/registrants"]["post"];
type Body = Create["requestBody"]["content"]["application/json"];
type Registered = Create["responses"]["201"]["content"]["application/json"];
type FullAnswer = Create["responses"]["409"]["content"]["application/json"];

export const bob: Body = {
  event_id: 1,
  email: "bob@example.org",
  first_name: "Bob",
  last_name: "Baker",
  session_ids: [7],
};

export function outcomes(answer: Registered): string[] {
  const all: boolean | "partly" = answer.applied;
  return [String(all), ...answer.lines.map((line) => line.outcome)];
}

export function explain(refusal: FullAnswer): string {
  const known: Refused = refusal;
  return `${known.code}: ${known.message} (${known.request_id}, see ${known.documentation_url})`;
}

type Patch = NonNullable<paths["/api/v1/sessions/{id}"]["patch"]["requestBody"]>["content"]["application/json"];
export const resized: Patch = { capacity: null };
export const nothingNamed: Patch = {};

// Of one webhook the message is known to the letter; of any, its type says what its data are.
type Came = webhooks["check_in.created"]["post"]["requestBody"]["content"]["application/json"];
export const whoCame = (message: Came): number => message.data.registrant_id;

export function told(message: components["schemas"]["Message"]): string {
  switch (message.type) {
    case "registrant.created":
    case "registrant.updated":
    case "registrant.cancelled":
      return `${message.seq}: ${message.data.email} is ${message.data.registration_status}`;
    case "session.deleted":
    case "session.updated":
      return "deleted" in message.data ? `gone at ${message.data.deleted_at}` : message.data.name;
    case "webhook.test":
      return message.data.text;
    default:
      return message.timestamp;
  }
}

// And what must not compile.
// @ts-expect-error: a registrant without an address
export const nobody: Body = { event_id: 1 };
// @ts-expect-error: a capacity is no text
export const wrong: Session["capacity"] = "many";

export const holds = capacityIsNumberOrNull && everythingIsSent;
