// A stream of events that stays open: it comes back when it breaks, and rests while nobody looks.
import { get, SignedOut } from "./session.js";

const AGAIN_MS = 2000;

/**
 * Listen to `path` until the function that is returned is called. `on` has a function for each kind of event.
 * Over HTTP/1.1 a browser opens six connections to us for all of its tabs: those that nobody sees must not keep any.
 */
export function listen(path, { on, opened = () => {}, lost = () => {}, signedOut = () => {} }) {
  let source = null;
  let again = null;

  const rest = () => {
    clearTimeout(again);
    source?.close();
    source = null;
  };
  const open = () => {
    rest();
    const opening = new EventSource(path);
    source = opening;
    opening.addEventListener("open", opened);
    for (const [kind, take] of Object.entries(on)) opening.addEventListener(kind, (event) => take(JSON.parse(event.data)));
    opening.addEventListener("error", () => {
      lost();
      // Closed for good: the access token has run out, or something in between has answered.
      if (opening.readyState === EventSource.CLOSED && source === opening) again = setTimeout(comeBack, AGAIN_MS);
    });
  };
  // Asking renews the sign-in when that is what is wrong.
  const comeBack = async () => {
    const tried = source;
    try {
      await get("/api/me");
      if (source === tried) open();
    } catch (error) {
      if (source !== tried) return;
      if (error instanceof SignedOut) signedOut();
      else again = setTimeout(comeBack, AGAIN_MS);
    }
  };
  const look = () => (document.visibilityState === "hidden" ? rest() : open());

  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    rest();
  };
}
