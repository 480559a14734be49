// Where one is: what the tab is called, where the focus goes, and how far one had scrolled.
import { useEffect, useLayoutEffect, useRef } from "./html.js";
import { S } from "./strings.js";

const WIDE = matchMedia("(min-width: 860px)");
const scrolled = new Map();

/** The tab says which screen is shown and how many agents wait. */
export function useTitle(title, waiting) {
  useEffect(() => {
    document.title = `${waiting ? `(${waiting}) ` : ""}${title} · ${S.app}`;
  }, [title, waiting]);
}

/**
 * A screen that is come back to stands where it was left. Whoever only listens goes on from its beginning.
 * All before the screen is painted: whatever is typed next must not lose its focus to us.
 */
export function usePlace(screen, id) {
  const first = useRef(true);
  // On anything wider the list stays in sight beside the one that is chosen.
  const key = id && !WIDE.matches ? `${screen}/${id}` : screen;
  useLayoutEffect(() => {
    if (!first.current) document.getElementById("main")?.focus({ preventScroll: true });
    first.current = false;
  }, [screen, id]);
  useLayoutEffect(() => {
    scrollTo(0, scrolled.get(key) ?? 0);
    const keep = () => scrolled.set(key, scrollY);
    addEventListener("scroll", keep, { passive: true });
    return () => removeEventListener("scroll", keep);
  }, [key]);
}
