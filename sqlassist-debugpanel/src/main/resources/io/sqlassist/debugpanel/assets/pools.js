// How the pools fare, and who holds a connection now.
import { base, get, listen } from "./api.js";
import { brief } from "./sql.js";
import { clock, duration, empty, engineChip, engineClass, fill, h, s, scroller, table } from "./dom.js";
import { frames } from "./request.js";

const TEN_MINUTES = 600000;

function chart(pool, width) {
  const height = 130, left = 34, bottom = 22, now = Date.now();
  const samples = pool.samples.map(sample => ({ ...sample, t: Date.parse(sample.at) })).filter(sample => now - sample.t < TEN_MINUTES);
  // As long as there is little to show, it gets the whole width.
  const span = samples.length ? [15000, 30000, 60000, 120000, 300000].find(each => now - samples[0].t < each) ?? TEN_MINUTES : TEN_MINUTES;
  const top = Math.max(1, pool.maxSize, ...samples.map(sample => sample.active + sample.waiting));
  const x = t => left + ((width - left - 8) * (t - (now - span))) / span, y = n => 10 + (height - bottom - 10) * (1 - n / top);
  const area = (cls, low, high) => {
    if (samples.length === 0) return "";
    const steps = [...samples, { ...samples[samples.length - 1], t: now }];
    const up = steps.map((each, i) => (i ? "H" + x(each.t) + "V" : "M" + x(each.t) + " ") + y(high(each))).join(""), back = steps.reverse().map(each => "V" + y(low(each)) + "H" + x(each.t)).join("");
    return s("path", { class: cls, d: up + back + "Z" });
  };
  const line = (samples.length ? [...samples, { ...samples[samples.length - 1], t: now }] : []).map((each, i) => (i ? "H" + x(each.t) + "V" : "M" + x(each.t) + " ") + y(each.waiting)).join("");
  const latest = samples[samples.length - 1];
  const words = latest ? latest.active + " active, " + latest.idle + " idle, " + latest.waiting + " waiting of at most " + pool.maxSize : "no sample yet";
  return s("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": "Pool of " + pool.engine + " over the last minutes; now " + words },
    [0, 1, 2, 3, 4, 5].map(n => s("text", { x: x(now - (n * span) / 5), y: height - 6, "text-anchor": n === 0 ? "end" : n === 5 ? "start" : "middle" }, n ? "−" + (span < 300000 ? (n * span) / 5000 + " s" : (n * span) / 300000 + " min") : "now")),
    [...new Set([0, Math.round(top / 2), top])].map(n => s("text", { x: left - 6, y: y(n) + 4, "text-anchor": "end" }, n)),
    area("idle", each => each.active, each => each.active + each.idle), area("active", () => 0, each => each.active),
    pool.maxSize > 0 ? s("path.max", { d: "M" + left + " " + y(pool.maxSize) + "H" + (width - 8) }) : "",
    line ? s("path.waiting", { d: line, opacity: samples.some(each => each.waiting) ? 1 : 0 }) : "");
}

export async function start({ show }) {
  const live = h("span.live", "connecting"), charts = h("div.stack"), holders = h("div.stack");
  const parts = new Map();
  /** The frame of a pool's picture, which stays while the picture changes. */
  function add(pool) {
    const figures = h("span.muted"), times = h("span.muted.push"), picture = h("div"), area = h("div");
    const as = h("details", { ontoggle: () => as.open && fill(area, samples(pool.engine)) }, h("summary", "The latest samples as a table"), area);
    const section = h("section", { class: "card pad stack " + engineClass(pool.engine) },
      h("div.head", h("h2", engineChip(pool.engine), pool.pool !== pool.engine ? " " + pool.pool : ""), figures, times),
      h("figure.chart", picture, h("figcaption.muted", "Filled: active. Pale: idle. Red line: threads that wait. Dashed: most connections.")), as,
      h("p.muted.wrap", pool.kind, pool.url ? [" · ", h("code", pool.url)] : "", pool.maxSize < 0 ? "" : " · waits at most " + duration(pool.connectionTimeoutMillis * 1e6)));
    charts.append(section);
    parts.set(pool.engine, { figures, times, picture, section });
    return parts.get(pool.engine);
  }
  const samples = engine => scroller("Samples of " + engine, table({ caption: "Connections of " + engine, hidden: true, rows: kept.get(engine).slice(-60).reverse(),
    columns: [["At", each => clock(each.at), false, true], ["Active", each => each.active, true], ["Idle", each => each.idle, true], ["Waiting", each => each.waiting, true], ["Most", each => each.max, true]].map(([name, cell, num, head]) => ({ name, cell, num, head })) }));
  let before = "";
  const kept = new Map();
  /** Events bring the latest sample only. */
  function join(pool) {
    const samples = kept.get(pool.engine) ?? [], last = samples[samples.length - 1];
    const joined = [...samples, ...pool.samples.filter(sample => !last || sample.at > last.at)].slice(-600);
    kept.set(pool.engine, joined);
    return { ...pool, samples: joined };
  }
  function draw({ pools: told, holders: list }) {
    const pools = told.map(join);
    if (pools.length === 0) fill(charts, empty("No pool", "No engine is registered."));
    for (const pool of pools) {
      const { figures, times, picture, section } = parts.get(pool.engine) ?? add(pool);
      const latest = pool.samples[pool.samples.length - 1];
      figures.textContent = latest ? latest.active + " active · " + latest.idle + " idle · " + latest.waiting + " waiting · at most " + pool.maxSize : "This pool can't be asked.";
      times.textContent = pool.acquireP95Nanos < 0 ? "" : "acquired in " + duration(pool.acquireP50Nanos) + " (half) and " + duration(pool.acquireP95Nanos) + " (95 %)";
      fill(picture, latest ? chart(pool, Math.max(300, section.clientWidth - 34)) : "");
    }
    const seen = JSON.stringify(list.map(each => [each.engine, each.physicalId, each.since, Math.round(each.heldNanos / 1e9), each.lastSql]));
    if (seen === before) return;
    before = seen;
    const columns = [
      { name: "Engine", cell: row => engineChip(row.engine) },
      { name: "Connection", head: true, cell: row => row.physicalId },
      { name: "Held for", num: true, cell: row => duration(row.heldNanos) },
      { name: "Idle for", num: true, cell: row => duration(row.idleNanos) },
      { name: "Held by", cell: row => (row.traceId ? h("a", { href: base + "/requests/" + row.traceId }, row.title) : [row.title, " · ", row.thread]) },
      { name: "Acquired in", cell: row => frames(row.frames.slice(0, 3)) },
      { name: "Last statement", cell: row => (row.lastSql ? brief(row.lastSql) : "none") },
    ];
    fill(holders, list.length ? scroller("Holders now", table({ caption: "Connections that are held at this moment", hidden: true, columns, rows: list })) : empty("Nobody", "No connection is held at this moment."));
  }
  const load = async () => draw(await get("/pools"));
  show("Pools", h("div.head", h("h1", "Pools"), live), h("h2", "Holders now"), holders, charts);
  await load();
  listen({ path: "topic=pools", after: () => null, poll: load, state: on => { live.dataset.on = on ? "1" : "0"; live.textContent = on ? "live" : "not live"; }, on: { pool: draw } });
}
