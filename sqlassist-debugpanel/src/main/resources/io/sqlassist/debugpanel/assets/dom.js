// Building pages: elements and text nodes only, never markup.

const SVG = "http://www.w3.org/2000/svg";

function build(create, name, props, children) {
  const [tag, ...classes] = name.split("."), element = create(tag);
  if (props?.constructor !== Object) children.unshift(props);
  else for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  if (classes.length) element.classList.add(...classes);
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(4)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** An element of the page: "tag.class", properties if any (those that begin with "on" are listeners), content. */
export function h(name, props, ...children) {
  return build((tag) => document.createElement(tag), name, props, children);
}

/** An element of a picture. */
export function s(name, props, ...children) {
  return build((tag) => document.createElementNS(SVG, tag), name, props, children);
}

export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

export function duration(nanos) {
  if (nanos < 0) return "–";
  if (nanos === 0) return "0 ms";
  if (nanos < 1e4) return (nanos / 1e3).toFixed(1) + " µs";
  if (nanos < 1e6) return Math.round(nanos / 1e3) + " µs";
  if (nanos < 1e7) return (nanos / 1e6).toFixed(2) + " ms";
  if (nanos < 1e8) return (nanos / 1e6).toFixed(1) + " ms";
  if (nanos < 1e9) return Math.round(nanos / 1e6) + " ms";
  if (nanos < 6e10) return (nanos / 1e9).toFixed(2) + " s";
  return Math.floor(nanos / 6e10) + " min " + Math.round((nanos % 6e10) / 1e9) + " s";
}

const NUMBERS = new Intl.NumberFormat("en");
export const count = number => NUMBERS.format(number);
export const many = (number, one, more = one + "s") => count(number) + " " + (number === 1 ? one : more);
export const bytes = number => (number < 1024 ? number + " B" : number < 1 << 20 ? (number / 1024).toFixed(1) + " KiB" : (number / (1 << 20)).toFixed(1) + " MiB");

const two = number => String(number).padStart(2, "0");
export function clock(iso) {
  const at = new Date(iso);
  return two(at.getHours()) + ":" + two(at.getMinutes()) + ":" + two(at.getSeconds());
}

const MARKS = ["●", "■", "▲", "◆", "★", "✚"];
const known = new Map();

/** Engines keep colour and shape, in the order of the registry. */
export function orderEngines(names) {
  for (const name of names) if (!known.has(name)) known.set(name, known.size);
}
export function engineClass(name) {
  orderEngines([name]);
  return "e" + (known.get(name) % 6);
}
export function engineMark(name) {
  orderEngines([name]);
  return MARKS[known.get(name) % 6];
}

const STATES = { INIT: "not used", START: "not closed", END: "used and closed" };
export function engineChip(name, state, text) {
  return h("span", { class: "chip engine " + engineClass(name) + (state ? " " + state : ""), "data-mark": engineMark(name), title: state ? name + ": " + STATES[state] : null }, name, text ? " " + text : "", state === "START" ? " · open" : "");
}

export const DETECTORS = {
  "n-plus-one": "N+1", "repeated-statement": "Repeated statement", "duplicate-statement": "Duplicate",
  "slow-statement": "Slow statement", "slow-acquire": "Slow acquire", "large-result": "Large result",
  "failed-statement": "Failed statement", "session-left-open": "Session left open",
  "connection-not-released": "Connection not released", "unused-session": "Unused session",
  "connection-held-idle": "Connection held idle", "nested-acquisition": "Nested acquisition",
  "not-atomic": "Not atomic", "autocommit-toggling": "Autocommit toggling", "flush-storm": "Flush storm",
};
const SEVERITIES = { ERROR: ["✖", "error"], WARNING: ["▲", "warning"], INFO: ["●", "note"] };
export const rank = severity => ["INFO", "WARNING", "ERROR"].indexOf(severity);

export function badge(finding, times) {
  const [glyph, word] = SEVERITIES[finding.severity];
  return h("span", { class: "sev " + finding.severity, title: finding.text },
    h("span", { "aria-hidden": "true" }, glyph), h("span.visually-hidden", word + ": "),
    DETECTORS[finding.detector] ?? finding.detector, times > 1 ? " ×" + count(times) : "");
}

/** Findings of one kind as one. */
export function grouped(findings) {
  const kinds = new Map();
  for (const finding of findings) {
    const known = kinds.get(finding.detector);
    if (known) { known.times++; if (rank(finding.severity) > rank(known.finding.severity)) known.finding = finding; }
    else kinds.set(finding.detector, { finding, times: 1 });
  }
  return [...kinds.values()];
}

export function statusText(status) {
  return h("span", { class: "status s" + Math.floor(status / 100) }, status === 0 ? "–" : String(status));
}

/** A scrollable region around a table, reachable by keyboard. */
export function scroller(label, ...children) {
  return h("div.card.scroll", { role: "region", "aria-label": label, tabindex: "0" }, ...children);
}

/**
 * A table that can be sorted. Columns: {name, num, sort: row => value, cell: row => node or text}.
 * `rowsOf` may return more than one table row for each row of data.
 */
export function table({ caption, hidden, columns, rows, sorted, rowsOf, key }) {
  const body = h("tbody");
  let by = sorted ?? null;
  const headers = columns.map((column, i) => {
    const th = h("th", { scope: "col", class: column.num ? "num" : null });
    if (!column.sort) fill(th, column.name || h("span.visually-hidden", column.label ?? "Details"));
    else th.append(h("button", { type: "button", onclick: () => {
      by = by && by.column === i ? { column: i, down: !by.down } : { column: i, down: !!column.num };
      draw();
    } }, column.name));
    return th;
  });
  const makeRow = row => {
    const made = h("tr", { "data-key": key ? key(row) : null }, columns.map(column => h(column.head ? "th" : "td", { scope: column.head ? "row" : null, class: [column.num && "num", column.cls].filter(Boolean).join(" ") || null }, column.cell(row))));
    return rowsOf ? rowsOf(row, made) : [made];
  };
  function draw() {
    headers.forEach((th, i) => (by && by.column === i ? th.setAttribute("aria-sort", by.down ? "descending" : "ascending") : th.removeAttribute("aria-sort")));
    const list = [...rows];
    if (by) {
      const value = columns[by.column].sort;
      list.sort((a, b) => { const x = value(a), y = value(b); return (x < y ? -1 : x > y ? 1 : 0) * (by.down ? -1 : 1); });
    }
    fill(body, list.map(makeRow));
  }
  draw();
  return h("table", h("caption", { class: hidden ? "visually-hidden" : null }, caption), h("thead", h("tr", headers)), body);
}

/** Tabs as the ARIA Authoring Practices want them. */
export function tabs(label, items, selected, onselect) {
  const list = h("div", { role: "tablist", "aria-label": label });
  const panels = h("div");
  const select = (name, focus) => {
    for (const item of items) {
      const on = item.name === name;
      item.tab.setAttribute("aria-selected", String(on));
      item.tab.tabIndex = on ? 0 : -1;
      item.panel.hidden = !on;
      if (on && !item.panel.firstChild) fill(item.panel, item.content());
      if (on && focus) item.tab.focus();
    }
    onselect(name);
  };
  items.forEach((item, i) => {
    item.tab = h("button", { role: "tab", type: "button", id: "tab-" + item.name, "aria-controls": "panel-" + item.name,
      onclick: () => select(item.name),
      onkeydown: event => {
        const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: items.length - 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        select(items[(to + items.length) % items.length].name, true);
      } }, item.label, item.count === undefined ? "" : h("span.count", count(item.count)));
    item.panel = h("div", { role: "tabpanel", id: "panel-" + item.name, "aria-labelledby": "tab-" + item.name, tabindex: "0", class: "stack", hidden: true });
    list.append(item.tab);
    panels.append(item.panel);
  });
  select(items.some(item => item.name === selected) ? selected : items[0].name);
  return { list, panels, select };
}

/** Text in which `this` is code. */
export const coded = text => text.split("`").map((part, i) => (i % 2 ? h("code", part) : part));

/** A button that copies text and says so. */
export function copy(label, text) {
  const button = h("button", { type: "button", onclick: async () => {
    try { await navigator.clipboard.writeText(typeof text === "function" ? await text() : text); say("Copied."); button.textContent = "Copied"; }
    catch { button.textContent = "Copy failed"; }
    setTimeout(() => { button.textContent = label; }, 1500);
  } }, label);
  return button;
}

/** Tells something to people who don't see it, politely. */
export function say(text) {
  const status = document.getElementById("say");
  if (status) status.textContent = text;
}

export function empty(title, ...text) {
  return h("div.card.empty", h("strong", title), h("p.note", ...text));
}
