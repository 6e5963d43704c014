// The picture of a request: a group of lanes for each engine, true wall clock.
import { duration, engineClass, engineMark, fill, h, s } from "./dom.js";

const ROW = 15, GAP = 5, LEFT = 132, RIGHT = 16, TOP = 26;
const WORDS = { COMMIT: "commit", ROLLBACK: "rollback", XA_START: "branch started", XA_END: "branch left", XA_PREPARE: "prepare", XA_COMMIT: "XA commit", XA_ROLLBACK: "XA rollback", SAVEPOINT: "savepoint", SAVEPOINT_ROLLBACK: "rollback to savepoint", SAVEPOINT_RELEASED: "savepoint released" };
export const markWord = mark => WORDS[mark.kind] ?? mark.kind.toLowerCase().replaceAll("_", " ");
/** Branches have names of a hundred digits; the last ones tell them apart. */
export const markDetail = mark => (mark.kind.startsWith("XA_") ? mark.detail.replace(/[0-9a-f]{16,}/g, digits => "…" + digits.replace(/(00)+$/, "").slice(-14)) : mark.detail) + (mark.failure ? " failed: " + mark.failure.message : "");
const SHOWN = new Set(Object.keys(WORDS).filter(kind => kind !== "XA_START" && kind !== "XA_END"));

/** Times that follow each other with hardly a pause, as JTA makes them, are one bar with a count. */
export function merged(connections, length) {
  const bars = [];
  for (const connection of [...connections].sort((a, b) => a.acquiredNanos - b.acquiredNanos)) {
    const before = bars[bars.length - 1];
    if (before && before.physicalId === connection.physicalId && before.to >= 0 && connection.requestedNanos - before.to < Math.max(2e5, length / 2000)) {
      before.to = connection.releasedNanos;
      before.times++;
    } else bars.push({ ...connection, from: connection.acquiredNanos, to: connection.releasedNanos, times: 1 });
  }
  return bars;
}

/** Spreads bars over as few rows as keep them apart. */
function rows(bars) {
  const ends = [];
  for (const bar of bars) {
    const end = bar.to < 0 ? Infinity : bar.to;
    let row = ends.findIndex(until => until <= bar.from);
    if (row < 0) row = ends.length;
    ends[row] = end;
    bar.row = row;
  }
  return Math.max(1, ends.length);
}

function ticks(from, to, width) {
  const rough = ((to - from) / width) * 95, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough) ?? 10 * power;
  const list = [];
  for (let at = Math.ceil(from / step) * step; at <= to && list.length < 60; at += step) list.push(at);
  return list;
}

export function timeline(trace, spans, openStatement) {
  const length = Math.max(trace.durationNanos, 1, ...spans.map(span => span.start + span.duration), ...trace.connections.map(each => each.releasedNanos), ...trace.sessions.map(each => each.closedNanos));
  let from = 0, to = length, drag = null, drawnFor = 0;
  const tip = h("div.tip", { hidden: true });
  const picture = h("div");
  const box = h("div.card.timeline", picture, tip);
  const used = trace.engines.filter(use => use.state !== "INIT").map(use => use.engine);

  function hover(node, ...content) {
    node.addEventListener("pointerenter", () => { fill(tip, content.map(part => (typeof part === "function" ? part() : part))); tip.hidden = false; });
    node.addEventListener("pointermove", event => {
      const area = box.getBoundingClientRect();
      tip.style.left = Math.max(4, Math.min(event.clientX - area.left + 14, area.width - tip.offsetWidth - 8)) + "px";
      const below = event.clientY - area.top + 16;
      tip.style.top = (below + tip.offsetHeight > area.height ? Math.max(2, below - tip.offsetHeight - 28) : below) + "px";
    });
    node.addEventListener("pointerleave", () => { tip.hidden = true; });
    return node;
  }

  function draw() {
    drawnFor = box.clientWidth;
    const width = Math.max(320, drawnFor || 900), left = width < 560 ? 84 : LEFT, inner = width - left - RIGHT;
    const x = nanos => left + (inner * (nanos - from)) / (to - from);
    const clip = (start, end) => {
      const a = Math.max(left, x(start)), b = Math.min(left + inner, x(end < 0 ? length : end));
      return b < left || a > left + inner ? null : { x: a, width: Math.max(1.6, b - a) };
    };
    const parts = [];
    let y = TOP;
    const label = (text, at) => s("text", { x: 16, y: at + 11 }, text);
    for (const at of ticks(from, to, inner)) {
      parts.push(s("line.grid", { x1: x(at), x2: x(at), y1: TOP - 6, y2: 0 }), s("text", { x: Math.min(x(at), width - 4), y: 14, "text-anchor": x(at) > width - 34 ? "end" : "middle" }, duration(Math.round(at))));
    }
    const lines = parts.filter(part => part.tagName === "line");

    const whole = clip(0, trace.durationNanos);
    parts.push(s("text.lane", { x: 16, y: y + 11 }, "request"));
    if (whole) parts.push(hover(s("rect.request", { y, height: ROW - 2, rx: 3, ...whole }), h("strong", "Request "), duration(trace.durationNanos)));
    y += ROW + GAP + 4;

    for (const engine of used) {
      const group = s("g", { class: engineClass(engine) });
      const start = y;
      group.append(s("line.sep", { x1: 0, x2: width, y1: y - 3, y2: y - 3 }), s("text.glyph", { x: 3, y: y + 12 }, engineMark(engine)), s("text.lane", { x: 16, y: y + 12 }, engine));
      y += 17;
      const of = list => list.filter(each => each.engine === engine);

      const sessions = of(trace.sessions).map(each => ({ ...each, from: each.openedNanos, to: each.closedNanos }));
      if (sessions.length) {
        const height = rows(sessions);
        group.append(label("session", y));
        for (const each of sessions) {
          const at = clip(each.from, each.to), cy = y + each.row * 9 + 7;
          if (at) group.append(hover(s("line", { class: "session" + (each.to < 0 ? " open" : ""), x1: at.x, x2: at.x + at.width, y1: cy, y2: cy }), h("strong", "Session " + each.number), " " + (each.to < 0 ? "not closed" : duration(each.to - each.from))));
        }
        y += Math.max(ROW, height * 9 + 4);
      }
      const held = merged(of(trace.connections), length);
      if (held.length) {
        const height = rows(held);
        group.append(label("connection", y));
        for (const each of held) {
          const at = clip(each.from, each.to), wait = clip(each.requestedNanos, each.acquiredNanos), cy = y + each.row * ROW;
          if (wait && each.acquiredNanos - each.requestedNanos > length / 400) group.append(hover(s("rect.wait", { y: cy + 3, height: ROW - 6, ...wait }), "Waited " + duration(each.acquiredNanos - each.requestedNanos) + " for a connection"));
          if (at) group.append(hover(s("rect.held", { y: cy + 1, height: ROW - 3, rx: 2, ...at }), h("strong", "Connection " + each.physicalId), " held " + (each.to < 0 ? "until the end, not released" : duration(each.to - each.from)) + (each.times > 1 ? ", " + each.times + " times" : "")),
            each.times > 1 && at.width > 34 ? s("text", { x: at.x + 4, y: cy + 11 }, "×" + each.times) : "");
        }
        y += height * ROW;
      }
      const transactions = of(trace.transactions).map(each => ({ ...each, from: each.startNanos, to: each.endNanos }));
      if (transactions.length) {
        const height = rows(transactions);
        group.append(label("transaction", y));
        for (const each of transactions) {
          const at = clip(each.from, each.to), cy = y + each.row * ROW;
          if (at) group.append(hover(s("rect.tx", { y: cy + 2.5, height: ROW - 6, rx: 3, ...at }), h("strong", "Transaction " + each.number), " " + each.ending.toLowerCase().replaceAll("_", " ") + ", " + (each.to < 0 ? "still open" : duration(each.to - each.from))));
        }
        for (const mark of of(trace.marks)) {
          const at = SHOWN.has(mark.kind) && clip(mark.startNanos + mark.durationNanos, mark.startNanos + mark.durationNanos);
          if (at) group.append(hover(s("path", { class: "mark " + mark.kind, d: "M" + at.x + " " + (y + 2) + "l5 5.5l-5 5.5l-5 -5.5z" }), h("strong", markWord(mark)), " " + duration(mark.durationNanos) + (mark.detail || mark.failure ? " · " + markDetail(mark) : "")));
        }
        y += height * ROW;
      }
      const flushes = of(trace.flushes).map(each => ({ ...each, from: each.startNanos, to: each.startNanos + each.durationNanos }));
      if (flushes.length) {
        group.append(label("flush", y));
        for (const each of flushes) {
          const at = clip(each.from, each.to);
          if (at) group.append(hover(s("rect.flush", { y: y + 4, height: ROW - 8, ...at }), h("strong", each.auto ? "Flush before a query" : "Flush"), " " + duration(each.durationNanos) + ", " + each.entities + " entities"));
        }
        y += ROW;
      }
      const own = spans.filter(span => span.engine === engine);
      if (own.length) {
        const bars = own.map(span => ({ ...span, from: span.start, to: span.start + span.duration }));
        const height = Math.min(6, rows(bars));
        group.append(label("SQL", y));
        for (const bar of bars) {
          const at = clip(bar.from, bar.to);
          if (!at) continue;
          const rect = s("rect", { class: "sql" + (bar.failed ? " failed" : ""), y: y + (bar.row % height) * ROW + 1, height: ROW - 2, rx: 2, ...at });
          rect.addEventListener("click", () => openStatement(bar.index));
          group.append(hover(rect, h("strong", "#" + bar.index), " " + duration(bar.duration) + (bar.failed ? " failed" : ""), () => h("span.code", bar.sql ?? "")));
        }
        y += height * ROW;
      }
      y += GAP + 3;
      if (y > start) parts.push(group);
    }
    for (const line of lines) line.setAttribute("y2", y);
    const summary = "Timeline of " + duration(trace.durationNanos) + ": " + (used.length ? used.map(engine => engine + " " + trace.engines.find(use => use.engine === engine).statements + " statements").join(", ") : "no engine used") + ". The table below has the same data.";
    const svg = s("svg", { viewBox: "0 0 " + width + " " + (y + 2), height: y + 2, role: "img", "aria-label": summary }, parts);
    const when = event => from + ((Math.max(left, Math.min(left + inner, event.clientX - svg.getBoundingClientRect().left)) - left) / inner) * (to - from);
    svg.addEventListener("pointerdown", event => { if (event.target.classList.contains("sql")) return; drag = { at: when(event), brush: s("rect.brush", { y: TOP - 6, height: y - TOP + 6 }) }; svg.append(drag.brush); });
    svg.addEventListener("pointermove", event => {
      if (!drag) return;
      drag.end = when(event);
      const a = x(Math.min(drag.at, drag.end)), b = x(Math.max(drag.at, drag.end));
      drag.brush.setAttribute("x", a);
      drag.brush.setAttribute("width", b - a);
    });
    const release = () => {
      if (drag && drag.end !== undefined && Math.abs(x(drag.end) - x(drag.at)) > 6) { [from, to] = [Math.min(drag.at, drag.end), Math.max(drag.at, drag.end)]; draw(); }
      else drag?.brush.remove();
      drag = null;
    };
    svg.addEventListener("pointerup", release);
    svg.addEventListener("pointerleave", release);
    fill(picture, svg);
    whole && (reset.disabled = from === 0 && to === length);
  }
  const zoom = factor => { const middle = (from + to) / 2, half = ((to - from) / 2) * factor; from = Math.max(0, middle - half); to = Math.min(length, middle + half); draw(); };
  const shift = part => { const by = Math.max(-from, Math.min(length - to, (to - from) * part)); from += by; to += by; draw(); };
  const reset = h("button", { type: "button", onclick: () => { from = 0; to = length; draw(); } }, "Whole request");
  const button = (label, title, onclick) => h("button", { type: "button", "aria-label": title, title, onclick }, label);
  const bar = h("div.bar", button("+", "Zoom in", () => zoom(0.5)), button("−", "Zoom out", () => zoom(2)), button("←", "Earlier", () => shift(-0.4)), button("→", "Later", () => shift(0.4)), reset, h("span.muted", "Drag over the picture to zoom. Click a statement to open it."));
  // As soon as the caller has put it into the page, whose width it needs; before the page counts as ready.
  queueMicrotask(draw);
  // A picture that is hidden has no width, and is still right when it is shown again.
  new ResizeObserver(() => { if (box.clientWidth && box.clientWidth !== drawnFor) draw(); }).observe(box);
  return [bar, box];
}
