// Which screen is shown: the part of the address behind the #.
import { useEffect, useState } from "./html.js";

function read() {
  const hash = location.hash.replace(/^#\/?/, "");
  // Pull requests name the agent that made them by its number.
  const numbered = /^agent-(\d+)$/.exec(hash);
  if (numbered) return { screen: "agents", number: Number(numbered[1]) };
  const [screen, id] = hash.split("/");
  return { screen: screen || "talk", id };
}

export function useRoute() {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const look = () => setRoute(read());
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  return route;
}

export function go(path) {
  location.hash = `/${path}`;
}
