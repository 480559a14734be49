// How requests are made in the person's name: by cookies, which no script can read.
import { S } from "./strings.js";

export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Nobody is signed in, or not any more. */
export class SignedOut extends Problem {}

/** The request has not arrived, or its answer has not; it may be sent again. */
export class Unreachable extends Error {}

async function send(method, path, { json, form, headers = {} } = {}) {
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json));
  const type = json === undefined ? {} : { "Content-Type": "application/json" };
  try {
    return await fetch(path, { method, body, headers: { ...type, ...headers }, credentials: "same-origin" });
  } catch (error) {
    throw new Unreachable(error.message);
  }
}

// Two tabs that refresh at once would look like a thief: one does it, and the other finds that it has been done.
async function refreshed() {
  const attempt = async () => (await send("GET", "/api/me")).ok || (await send("POST", "/api/auth/refresh", { json: {} })).ok;
  return navigator.locks ? navigator.locks.request("cadence-refresh", attempt) : attempt();
}

export async function ask(method, path, what = {}) {
  let answer = await send(method, path, what);
  if (answer.status === 401 && (await refreshed())) answer = await send(method, path, what);
  if (answer.status === 204) return null;
  const told = await answer.json().catch(() => null);
  if (answer.ok) return told;
  // A gateway in between, or a Cadence that is starting: neither is an answer of ours.
  if (answer.status >= 500) throw new Unreachable(told?.detail ?? S.failedToLoad);
  const detail = told?.detail ?? S.failedToLoad;
  throw answer.status === 401 ? new SignedOut(401, detail) : new Problem(answer.status, detail);
}

export const get = (path) => ask("GET", path);

/** Whether anybody has signed in on this device; what they are known by, no script can read. */
export const hasSignedIn = () => document.cookie.split("; ").includes("cadence_here=yes");

export function forgetSignIn() {
  document.cookie = "cadence_here=; Path=/; Max-Age=0; SameSite=Strict";
}

/** Where to send the browser to sign in, or null when that is not set up here. */
export async function gitHubAddress() {
  if (document.getElementById("app").dataset.github === undefined) return null;
  const answer = await send("GET", "/api/auth/github");
  return answer.ok ? (await answer.json()).authorizeUrl : null;
}

/** Finish a sign-in when GitHub has sent the browser back; whether it had. */
export async function finishSignIn() {
  const query = new URLSearchParams(location.search);
  const [code, state] = [query.get("code"), query.get("state")];
  if (!code || !state) return false;
  history.replaceState(null, "", "/");
  await ask("POST", "/api/auth/github", { json: { code, state } });
  return true;
}
