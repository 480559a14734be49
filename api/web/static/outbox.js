// Commands that have been given: kept on this device until they have arrived, and sent once each.
import { ask, Unreachable } from "./session.js";
import { whoAmI } from "./store.js";

const NAME = "outbox";

function wanted(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

let opened = null;
async function shelf(mode) {
  if (!opened) {
    const request = indexedDB.open("cadence", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(NAME, { keyPath: "key" });
    opened = wanted(request);
  }
  return (await opened).transaction(NAME, mode).objectStore(NAME);
}

const keep = async (entry) => wanted((await shelf("readwrite")).put(entry));
const forget = async (key) => wanted((await shelf("readwrite")).delete(key));

/** What this person has not sent yet, oldest first: nobody speaks in the name of whoever sat here before. */
export async function waiting() {
  const entries = await wanted((await shelf("readonly")).getAll());
  return entries.filter((entry) => entry.person === whoAmI()).sort((a, b) => a.at - b.at);
}

/** Take a command down: `{text}`, `{action}` or `{audio}` (a Blob), which with `check` is to be read before it is done. */
export async function take(what) {
  const entry = { key: crypto.randomUUID(), at: Date.now(), person: whoAmI(), ...what };
  await keep(entry);
  return entry;
}

/** Send one. Its key is the same each time, so that a second attempt is no second command. */
export async function deliver(entry) {
  const headers = { "Idempotency-Key": entry.key };
  const what = entry.audio ? { form: asForm(entry.audio), headers } : { json: entry.text ? { text: entry.text } : { action: entry.action }, headers };
  try {
    const view = await ask("POST", `/api/commands${entry.check ? "?check=true" : ""}`, what);
    await forget(entry.key);
    return view;
  } catch (error) {
    // It may be sent again: by hand, or when the connection is back. What was refused never will be.
    if (!(error instanceof Unreachable) && error.status !== 401 && error.status !== 429) await forget(entry.key);
    throw error;
  }
}

function asForm(audio) {
  const form = new FormData();
  form.append("audio", audio, "command");
  return form;
}
