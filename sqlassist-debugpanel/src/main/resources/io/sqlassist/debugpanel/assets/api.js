// Talks with the server. Everything that is shown comes through here.

export const base = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const token = document.querySelector('meta[name="sqlassist-token"]')?.content ?? "";

export class Refused extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, body.error ?? "The server answered " + response.status + ".");
  return body;
}

export const get = async path => answer(await fetch(base + "/api" + path, { headers: { Accept: "application/json" } }));

export const post = async (path, body = {}) => answer(await fetch(base + "/api" + path, {
  method: "POST", headers: { "Content-Type": "application/json", "X-SqlAssist-Token": token }, body: JSON.stringify(body),
}));

/**
 * Listens while the page is visible, and goes on where it was. Falls back to asking every three
 * seconds when there are too many listeners already.
 */
export function listen({ path, after, on, state, poll }) {
  let source = null, timer = 0;
  const close = () => { source?.close(); source = null; clearInterval(timer); timer = 0; state(false); };
  const ask = () => { if (!timer) { timer = setInterval(poll, 3000); poll(); } };
  const open = () => {
    if (document.hidden || source || timer) return;
    const at = after();
    source = new EventSource(base + "/api/events?" + path + (at === null ? "" : "&after=" + at));
    source.onopen = () => state(true);
    source.onerror = () => {
      state(false);
      if (source?.readyState === EventSource.CLOSED) { source = null; ask(); }
    };
    for (const [name, handler] of Object.entries(on)) source.addEventListener(name, event => handler(JSON.parse(event.data)));
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", event => event.persisted && open());
  open();
}
