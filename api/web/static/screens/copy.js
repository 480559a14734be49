// A text that is wanted elsewhere.
import { html, useState } from "../html.js";
import { S } from "../strings.js";

export function Copy({ text }) {
  const [copied, setCopied] = useState(false);
  if (!navigator.clipboard) return null;
  return html`<button class="plain" onClick=${() => navigator.clipboard.writeText(text).then(() => setCopied(true))}>${copied ? S.settings.copied : S.settings.copy}</button>`;
}
