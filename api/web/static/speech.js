// Answers read aloud by the device itself.
export const canSpeak = () => "speechSynthesis" in window;

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
