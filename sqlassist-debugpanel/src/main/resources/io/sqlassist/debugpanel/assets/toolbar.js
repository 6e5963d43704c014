// The toolbar in the application's own pages. Touches nothing of them: one element at the end of the
// document with a shadow root, a style sheet of its own, no patched function, no stream, no cookie.

const base = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const STYLE = `
:host { all: initial; position: fixed; z-index: 2147483647; left: 12px; right: 12px; bottom: 12px; pointer-events: none; color-scheme: light dark; contain: layout style; }
@media print { :host { display: none; } }
* { box-sizing: border-box; font: 13px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; }
[hidden] { display: none !important; }
section { display: flex; flex-direction: column; align-items: flex-end; gap: 6px; color: light-dark(#1d2127, #e6e8ec); }
.bar { display: flex; background: light-dark(#fff, #1b1e24); border: 1px solid light-dark(#8b9099, #6f7885); border-radius: 999px; box-shadow: 0 3px 14px #0003; overflow: hidden; max-width: 100%; }
button, a { all: unset; box-sizing: border-box; cursor: pointer; min-height: 32px; padding: 0 13px; display: flex; align-items: center; gap: 8px; white-space: nowrap; }
button:hover, a:hover { background: light-dark(#f1f3f8, #2a2f38); }
:focus-visible { outline: 2px solid light-dark(#2450c0, #8fb3ff); outline-offset: -3px; border-radius: 999px; }
.bar.waiting { visibility: hidden; }
[aria-controls] { min-width: 132px; justify-content: center; }
.bar > * + * { border-left: 1px solid light-dark(#e2e3dd, #2d323b); }
b { font-weight: 650; }
small { font-size: 12px; color: light-dark(#565e69, #a3acb9); }
.sev { font-weight: 650; } .WARNING { color: light-dark(#7d4f00, #f0bd5a); } .ERROR { color: light-dark(#ad1f18, #ff9b92); }
ul, .bar { pointer-events: auto; }
ul { list-style: none; max-width: 660px; margin: 0; padding: 6px; width: 100%; max-height: 46vh; overflow: auto; background: light-dark(#fff, #1b1e24); border: 1px solid light-dark(#8b9099, #6f7885); border-radius: 12px; box-shadow: 0 6px 26px #0004; }
li a { border-radius: 8px; padding: 4px 10px; flex-wrap: wrap; gap: 2px 10px; white-space: normal; }
li a:focus-visible { border-radius: 8px; }
code { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; unicode-bidi: isolate; flex: 1 1 180px; }
`;
const NAMES = { "n-plus-one": "N+1", "repeated-statement": "repeated", "duplicate-statement": "duplicate", "slow-statement": "slow SQL", "slow-acquire": "slow acquire", "large-result": "large result", "failed-statement": "failed SQL", "session-left-open": "session open", "connection-not-released": "connection leak", "unused-session": "unused session", "connection-held-idle": "held idle", "nested-acquisition": "nested", "not-atomic": "not atomic", "autocommit-toggling": "autocommit", "flush-storm": "flush storm" };
const RANK = ["INFO", "WARNING", "ERROR"], GLYPH = ["●", "▲", "✖"];
const time = (nanos) => (nanos < 1e6 ? Math.round(nanos / 1e3) + " µs" : nanos < 1e7 ? (nanos / 1e6).toFixed(1) + " ms" : nanos < 1e9 ? Math.round(nanos / 1e6) + " ms" : (nanos / 1e9).toFixed(2) + " s");

function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) if (name.startsWith("on")) element.addEventListener(name.slice(2), value); else element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== ""));
  return element;
}

class Toolbar extends HTMLElement {
  items = [];
  seen = new Set();

  connectedCallback() {
    if (this.shadowRoot) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.list = h("ul", { id: "list", "aria-label": "Requests of this page" });
    this.list.hidden = true;
    this.link = h("a", { href: base + "/", target: "sqlassist", tabindex: "0" }, "SqlAssist");
    this.more = h("button", { type: "button", tabindex: "-1", "aria-expanded": "false", "aria-controls": "list" }, "1 request");
    this.more.addEventListener("click", () => this.open(this.list.hidden));
    this.away = h("button", { type: "button", tabindex: "-1" }, "");
    this.away.addEventListener("click", () => this.fold(!this.folded));
    root.append(h("section", { "aria-label": "SqlAssist", role: "region", onkeydown: (event) => this.key(event) }, this.list, this.bar = h("div", { class: "bar waiting" }, this.link, this.more, this.away)));
    let folded = false;
    try { folded = localStorage.getItem("sqlassist-folded") === "1"; } catch { /* no storage, no memory */ }
    this.fold(folded);
    const take = (entry) => {
      const found = (entry.serverTiming ?? []).find((each) => each.name === "sqlassist");
      if (found) this.add(found.description, entry.startTime);
      return !!found;
    };
    const page = performance.getEntriesByType("navigation")[0];
    if (!page || !take(page)) this.guess();
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type: "resource", buffered: true });
  }

  /** Where the browser does not tell, the latest request to this path is the one. */
  async guess() {
    const response = await fetch(base + "/api/requests?limit=1&path=" + encodeURIComponent(location.pathname)).catch(() => null);
    const body = response?.ok ? await response.json() : { items: [] };
    if (body.items[0]) this.add(body.items[0].id, 0);
  }

  /** Asks for a request once; its trace may be finished a moment after its answer. */
  async add(id, at) {
    if (this.seen.has(id) || !/^[0-9a-f]{32}$/.test(id)) return;
    this.seen.add(id);
    const item = { id, at };
    // The browser tells of a request when its answer was read, which may be late.
    this.items.push(item);
    this.items.sort((a, b) => a.at - b.at);
    for (const wait of [0, 120, 400, 1500, 4000]) {
      if (wait) await new Promise((done) => setTimeout(done, wait));
      const response = await fetch(base + "/api/requests/" + id + "/summary").catch(() => null);
      if (response?.ok) { Object.assign(item, await response.json()); break; }
    }
    this.draw();
  }

  worst(item) {
    const kinds = new Map();
    for (const finding of item.findings) kinds.set(finding.detector, Math.max(kinds.get(finding.detector) ?? 0, RANK.indexOf(finding.severity)));
    return [...kinds].sort((a, b) => b[1] - a[1]);
  }

  label(item) {
    const found = this.worst(item);
    return [h("b", null, item.totals.statements + " SQL"), h("small", null, time(item.totals.sqlNanos)),
      ...found.slice(0, 2).map(([name, rank]) => h("span", { class: "sev " + RANK[rank] }, GLYPH[rank] + " " + (NAMES[name] ?? name))), found.length > 2 ? h("small", null, "+" + (found.length - 2)) : ""];
  }

  draw() {
    const done = this.items.filter((item) => item.totals);
    if (!done.length) return;
    const page = done[0];
    this.bar.classList.remove("waiting");
    this.link.href = base + "/requests/" + page.id;
    this.link.replaceChildren(...this.label(page).filter((part) => part !== ""));
    this.link.setAttribute("aria-label", "SqlAssist: " + page.totals.statements + " SQL, " + time(page.totals.sqlNanos) + this.worst(page).map(([name]) => ", " + (NAMES[name] ?? name)).join("") + ". Open this request");
    this.more.textContent = done.length + (done.length === 1 ? " request" : " requests");
    const focused = [...this.list.children].indexOf(this.shadowRoot.activeElement?.parentElement);
    this.list.replaceChildren(...done.map((item) => h("li", null, h("a", { href: base + "/requests/" + item.id, target: "sqlassist", tabindex: "-1", "data-id": item.id },
      h("code", null, item.method + " " + item.path), h("small", null, item.status + " · " + time(item.durationNanos)), ...this.label(item).filter((part) => part !== ""),
      h("small", null, item.engines.filter((use) => use.state !== "INIT").map((use) => use.engine + " " + use.state).join(", "))))));
    if (focused >= 0) this.list.children[focused]?.firstChild.focus();
  }

  open(yes) {
    this.list.hidden = !yes;
    this.more.setAttribute("aria-expanded", String(yes));
  }

  fold(yes) {
    this.folded = yes;
    this.link.hidden = this.more.hidden = yes;
    if (yes) this.open(false);
    this.away.textContent = yes ? "SQL" : "–";
    this.away.setAttribute("aria-label", yes ? "Show the SqlAssist toolbar" : "Fold the SqlAssist toolbar");
    try { localStorage.setItem("sqlassist-folded", yes ? "1" : "0"); } catch { /* as above */ }
    this.rove(yes ? this.away : this.link);
  }

  stops() {
    const list = this.list.hidden ? [] : [...this.list.querySelectorAll("a")];
    return [...list, this.link, this.more, this.away].filter((each) => !each.hidden);
  }

  rove(to) {
    for (const each of this.stops()) each.tabIndex = each === to ? 0 : -1;
  }

  /** One tab stop; the arrows go on from there. */
  key(event) {
    const stops = this.stops(), at = stops.indexOf(this.shadowRoot.activeElement);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (event.key === "Escape" && !this.list.hidden) { this.open(false); this.rove(this.more); this.more.focus(); }
    else if (to !== undefined) { event.preventDefault(); const next = stops[(to + stops.length) % stops.length]; this.rove(next); next.focus(); }
  }
}

if (!customElements.get("sqlassist-toolbar")) customElements.define("sqlassist-toolbar", Toolbar);
if (!document.querySelector("sqlassist-toolbar")) document.documentElement.append(document.createElement("sqlassist-toolbar"));
