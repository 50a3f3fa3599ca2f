// The server, as a phone at a door knows it: there, away for a while, or no longer giving this phone anything.

const PATH = "/door/api/";

// No answer, or none of ours (the sign-in page of a hall's Wi-Fi): try again, not before `seconds` where it says so.
export class Away extends Error {
  constructor(message, seconds = 0) {
    super(message);
    this.seconds = seconds;
  }
}

// This phone is paired with no door, or was taken off.
export class NotPaired extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// The server has an answer of its own for this phone: the event is over, or there is no such door any more.
export class Refused extends Away {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

let away = !navigator.onLine;

// True when the last request got no answer.
export function isAway() {
  return away;
}

// The answer to a request as {status, data, tag}. Raises Away, Refused and NotPaired.
export async function ask(path, { body = null, tag = null, seconds = 20 } = {}) {
  const response = await request(path, body, tag, seconds);
  if (response.status === 304) return { status: 304, data: null, tag };
  const isOurs = (response.headers.get("Content-Type") || "").startsWith("application/json");
  if (response.status === 401 && isOurs) throw new NotPaired((await response.json()).code);
  if ([404, 410].includes(response.status) && isOurs) throw new Refused((await response.json()).code);
  if (!response.ok || !isOurs) {
    away = !isOurs;
    throw new Away(`${response.status}`, Number(response.headers.get("Retry-After")) || 0);
  }
  const data = await whole(response);
  return { status: response.status, data, tag: response.headers.get("ETag") };
}

async function request(path, body, tag, seconds) {
  const headers = { "X-Seatwise-Door": "1", Accept: "application/json" };
  if (tag) headers["If-None-Match"] = tag;
  if (body) headers["Content-Type"] = "application/json";
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), seconds * 1000);
  try {
    const response = await fetch(PATH + path, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      cache: "no-store",
      redirect: "error",
      signal: limit.signal,
    });
    away = false;
    return response;
  } catch (error) {
    away = true;
    throw new Away(error.message);
  } finally {
    clearTimeout(timer);
  }
}

async function whole(response) {
  try {
    return await response.json();
  } catch (error) {
    away = true;
    throw new Away(error.message);
  }
}
