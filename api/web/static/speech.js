// Answers read aloud by the device itself.
const KEY = "cadence.aloud";

export const canSpeak = () => "speechSynthesis" in window;
export const readsAloud = () => localStorage.getItem(KEY) !== "no";
export const setReadsAloud = (wanted) => localStorage.setItem(KEY, wanted ? "yes" : "no");

export function say(text) {
  if (!canSpeak() || !text) return;
  speechSynthesis.cancel();
  const said = new SpeechSynthesisUtterance(text);
  said.lang = document.documentElement.lang;
  speechSynthesis.speak(said);
}

export function hush() {
  if (canSpeak()) speechSynthesis.cancel();
}
