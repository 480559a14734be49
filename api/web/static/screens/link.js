// A chat becomes one's own: with a code that is sent to the bot, by hand, by a link, or by a second device's camera.
import { html, useMemo } from "../html.js";
import { generate } from "../vendor/qr.js";
import { S } from "../strings.js";
import { Copy } from "./copy.js";
import { useLoaded } from "./loaded.js";

const T = S.settings;
const QUIET = 4; // Cameras need this much of nothing around it.

export function LinkCode({ code }) {
  const about = useLoaded("/api/about");
  const bot = about.value?.telegram;
  return html`<p class="secret">${T.code(code)}</p>
    <div class="row"><${Copy} text=${`/link ${code}`} />
      ${bot && html`<a class="button" href=${`${bot}?start=${code}`} target="_blank" rel="noreferrer">${T.openTelegram}</a>`}</div>
    ${bot && html`<figure class="qr"><${Code} text=${`${bot}?start=${code}`} /><figcaption class="soft small">${T.scan}</figcaption></figure>`}`;
}

function Code({ text }) {
  const [size, path] = useMemo(() => drawn(text), [text]);
  return html`<svg viewBox=${`${-QUIET} ${-QUIET} ${size + 2 * QUIET} ${size + 2 * QUIET}`} role="img" aria-label=${T.scan}><path d=${path} /></svg>`;
}

function drawn(text) {
  const code = generate(text);
  let path = "";
  for (let y = 0; y < code.size; y += 1) for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  return [code.size, path];
}
