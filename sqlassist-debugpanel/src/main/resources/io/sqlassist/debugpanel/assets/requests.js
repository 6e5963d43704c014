// The live list of requests.
import { base, get, listen, post } from "./api.js";
import { badge, clock, count, duration, empty, engineChip, fill, grouped, h, many, rank, s, say, scroller, statusText } from "./dom.js";

const FIELDS = ["text", "method", "status", "engine", "min", "findings"];

export async function start({ show, status }) {
  const query = new URLSearchParams(location.search);
  const first = await get("/requests?limit=" + status.limit);
  const items = new Map(first.items.map(item => [item.id, item]));
  let last = first.last, paused = status.paused, held = [], news = 0, sort = { by: "at", down: true };

  const controls = {
    text: h("input", { type: "search", placeholder: "Path, route or finding", "aria-label": "Path, route or finding", value: query.get("text") ?? "" }),
    method: select("Method", ["", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"], "Any method"),
    status: select("Status", ["", "2", "3", "4", "5"], "Any status", value => value + "xx"),
    engine: select("Engine", ["", ...status.engines], "Any engine"),
    min: h("input", { type: "number", min: "0", placeholder: "ms", "aria-label": "At least so many milliseconds", value: query.get("min") ?? "" }),
    findings: h("input", { type: "checkbox", checked: query.get("findings") === "1" }),
  };
  function select(label, values, any, text = value => value) {
    const name = label.toLowerCase();
    const control = h("select", { "aria-label": label }, values.map(value => h("option", { value }, value ? text(value) : any)));
    control.value = query.get(name) ?? "";
    if (control.selectedIndex < 0) control.value = "";
    return control;
  }
  const wanted = item => {
    const text = controls.text.value.toLowerCase();
    if (text && ![item.path, item.route, item.title, ...item.findings.map(finding => finding.text)].some(part => part.toLowerCase().includes(text))) return false;
    if (controls.method.value && item.method !== controls.method.value) return false;
    if (controls.status.value && Math.floor(item.status / 100) !== Number(controls.status.value)) return false;
    if (controls.engine.value && !item.engines.some(use => use.engine === controls.engine.value && use.state !== "INIT")) return false;
    if (controls.min.value && item.durationNanos < Number(controls.min.value) * 1e6) return false;
    return !controls.findings.checked || item.findings.length > 0;
  };

  const live = h("span.live", "connecting");
  const pause = h("button", { type: "button", "aria-pressed": String(paused), onclick: async () => {
    paused = (await post("/capture", { paused: !paused })).paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Paused: record again" : "Pause";
  } }, paused ? "Paused: record again" : "Pause");
  const clear = h("button", { type: "button", onclick: async () => { await post("/clear"); await again(); say("Cleared."); } }, "Clear");
  const more = h("button", { type: "button", hidden: true, onclick: () => { scrollTo({ top: 0 }); take(); } });
  const total = h("span.muted");
  const body = h("tbody");
  const columns = [["Time", "at", true], ["Request", "path"], ["Status", "status", true], ["Duration", "durationNanos", true], ["SQL", "statements", true], ["SQL time", "sqlNanos", true], ["Engines"], ["Findings", "worst", true]];
  const values = { at: item => Date.parse(item.startedAt), statements: item => item.totals.statements, sqlNanos: item => item.totals.sqlNanos, worst: item => item.findings.reduce((sum, finding) => sum + 10 ** rank(finding.severity), 0) };
  const heads = columns.map(([label, by, down]) => h("th", { scope: "col", class: /SQL|Duration/.test(label) ? "num" : null }, by ? h("button", { type: "button", onclick: () => {
    sort = sort.by === by ? { by, down: !sort.down } : { by, down: !!down };
    draw();
  } }, label) : label));
  const table = scroller("Requests", h("table", h("caption.visually-hidden", "Requests, with what they did to the engines"), h("thead", h("tr", heads)), body));
  const nothing = h("div");
  const pulse = h("figure.card.pad.pulse");

  function row(item, fresh) {
    const share = item.durationNanos ? Math.min(100, (100 * item.totals.sqlNanos) / item.durationNanos) : 0;
    const used = item.engines.filter(use => use.state !== "INIT"), meter = h("i");
    meter.style.width = share.toFixed(1) + "%";
    return h("tr", { "data-id": item.id, class: fresh ? "fresh" : null },
      h("td.nowrap", h("time", { datetime: item.startedAt }, clock(item.startedAt)), item.pinned ? h("span.chip", "pinned") : ""),
      h("th", { scope: "row" }, h("a.path", { href: base + "/requests/" + item.id }, h("span.method", item.method), " ", item.path || item.title), item.route && item.route !== item.path ? h("div.route", item.route) : ""),
      h("td", statusText(item.status)),
      h("td.num", duration(item.durationNanos), h("span.meter", { title: Math.round(share) + " % of it SQL" }, meter)),
      h("td.num", count(item.totals.statements)),
      h("td.num", duration(item.totals.sqlNanos)),
      h("td", h("span", { class: "chips" + (used.length > 3 ? "" : " line") }, used.map(use => engineChip(use.engine, use.state, count(use.statements))))),
      h("td", h("span.chips", grouped(item.findings).map(({ finding, times }) => badge(finding, times)))));
  }

  function ordered() {
    const value = values[sort.by] ?? (item => item[sort.by]);
    return [...items.values()].filter(wanted).sort((a, b) => {
      const x = value(a), y = value(b);
      return (x < y ? -1 : x > y ? 1 : b.sequence - a.sequence) * (sort.down ? -1 : 1);
    });
  }
  function draw() {
    columns.forEach(([, by], i) => (by === sort.by ? heads[i].setAttribute("aria-sort", sort.down ? "descending" : "ascending") : heads[i].removeAttribute("aria-sort")));
    const shown = ordered();
    fill(body, shown.map(item => row(item)));
    after(shown.length);
  }
  function after(shown) {
    table.hidden = shown === 0;
    fill(nothing, shown ? [] : items.size ? empty("No request matches", "Change or reset the filters above.") : empty("Nothing has been recorded yet", "Open a page of the application; it appears here by itself."));
    total.textContent = shown === items.size ? many(shown, "request") : count(shown) + " of " + many(items.size, "request");
    drawPulse();
  }
  function drawPulse() {
    const recent = [...items.values()].sort((a, b) => a.sequence - b.sequence).slice(-120);
    pulse.hidden = recent.length < 3;
    if (pulse.hidden) return;
    const most = Math.max(...recent.map(item => item.durationNanos));
    const height = nanos => (nanos <= 0 ? 0 : Math.max(1.5, (44 * Math.log1p(nanos / 1e5)) / Math.log1p(most / 1e5)));
    const step = 1200 / Math.max(60, recent.length);
    fill(pulse, s("svg", { viewBox: "0 0 1200 56", preserveAspectRatio: "none", role: "img", "aria-label": "Durations of the latest " + recent.length + " requests; the slowest took " + duration(most) },
      recent.map((item, i) => {
        const all = height(item.durationNanos), sql = all * Math.min(1, item.totals.sqlNanos / Math.max(1, item.durationNanos));
        const worst = item.findings.reduce((now, finding) => Math.max(now, rank(finding.severity)), -1);
        const x = 1200 - (recent.length - i) * step;
        return [s("rect.rest", { x, y: 56 - all, width: step * 0.72, height: all - sql }), s("rect.sql", { x, y: 56 - sql, width: step * 0.72, height: sql }),
          worst > 0 ? s("rect", { class: "dot" + (worst === 2 ? " ERROR" : ""), x, y: 56 - all - 7, width: step * 0.72, height: 4 }) : ""];
      })),
    h("figcaption", h("span", "Latest " + recent.length + ", slowest " + duration(most) + " (logarithmic)"), key("SQL", "var(--accent)"), key("everything else", "light-dark(#c3c6cb,#4b525d)"), key("has a finding", "var(--warn)")));
  }
  function key(label, colour) {
    const span = h("span.key", label);
    span.style.setProperty("--k", colour);
    return span;
  }

  /** New ones come on top while the top is in view; else they wait behind a button. */
  function arrive(item) {
    last = Math.max(last, item.sequence);
    if (items.has(item.id)) return;
    held.push(item);
    news++;
    if (scrollY < 8) take();
    else { more.hidden = false; more.textContent = "↑ " + held.length + " new"; }
  }
  function take() {
    const fresh = held;
    held = [];
    more.hidden = true;
    for (const item of fresh) {
      items.set(item.id, item);
      if (!wanted(item)) continue;
      body.insertBefore(row(item, true), body.children[ordered().indexOf(item)] ?? null);
    }
    const unpinned = [...items.values()].filter(item => !item.pinned).sort((a, b) => a.sequence - b.sequence);
    for (const item of unpinned.slice(0, Math.max(0, unpinned.length - status.limit))) {
      items.delete(item.id);
      body.querySelector('[data-id="' + item.id + '"]')?.remove();
    }
    after(body.children.length);
  }
  async function again() {
    const now = await get("/requests?limit=" + status.limit);
    items.clear();
    for (const item of now.items) items.set(item.id, item);
    last = now.last;
    held = [];
    draw();
  }
  setInterval(() => { if (news) { say(many(news, "new request") + "."); news = 0; } }, 5000);

  for (const name of FIELDS) controls[name].addEventListener("input", () => {
    const url = new URL(location.href);
    for (const field of FIELDS) {
      const control = controls[field], value = control.type === "checkbox" ? (control.checked ? "1" : "") : control.value;
      if (value) url.searchParams.set(field, value); else url.searchParams.delete(field);
    }
    history.replaceState(null, "", url);
    draw();
  });

  show("Requests",
    h("div.head", h("h1", "Requests"), live, total, h("div.bar.push", more, h("a.button", { href: base + "/requests/background" }, "Background"), pause, clear)),
    pulse,
    h("form.bar", { role: "search", "aria-label": "Filter requests", onsubmit: event => event.preventDefault() }, controls.text, controls.method, controls.status, controls.engine, h("label", "at least", controls.min, "ms"), h("label", controls.findings, "only with findings")),
    table, nothing);
  draw();
  listen({
    path: "topic=requests", after: () => last, poll: again,
    state: on => { live.dataset.on = on ? "1" : "0"; live.textContent = on ? "live" : "not live"; },
    on: { request: arrive, hello: hello => { if (hello.cleared || hello.oldest > last + 1) again(); } },
  });
}
