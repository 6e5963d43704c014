// One request: timeline, SQL, findings, sessions and connections, the request itself.
import { base, get, post } from "./api.js";
import { badge, coded, copy, count, DETECTORS, duration, empty, engineChip, fill, grouped, h, many, say, scroller, statusText, table, tabs } from "./dom.js";
import { block, brief } from "./sql.js";
import { markDetail, markWord, timeline } from "./timeline.js";

const PAGE = 500;
const CAUSES = { LAZY_COLLECTION: "lazy collection", LAZY_ENTITY: "lazy reference", EAGER_ENTITY: "eager reference", FIND: "find by id", OTHER_LOAD: "load" };
const DOCS = "https://github.com/sqlassist/sqlassist-java/blob/main/docs/findings.md#";

export const place = frame => (frame ? frame.className.slice(frame.className.lastIndexOf(".") + 1) + "." + frame.method + (frame.file ? " (" + frame.file + (frame.line > 0 ? ":" + frame.line : "") + ")" : "") : "");
export const short = frame => (frame ? (frame.file ?? frame.className) + (frame.line > 0 ? ":" + frame.line : "") : "");
export const frames = list => h("ul.frames", list.map(frame => h("li", frame.link ? h("a", { href: frame.link }, place(frame)) : place(frame))));
const tile = (label, value, small, cls) => h("div", { class: "card tile " + (cls ?? "") }, h("dt", label), h("dd", value, small ? h("small", small) : ""));
const facts = list => h("dl.facts", list.filter(([, value]) => value !== "" && value !== null && value !== undefined).map(([name, value]) => [h("dt", name), h("dd", value)]));
const yes = flag => (flag ? "yes" : "no");

export async function start({ show, id, main }) {
  const answer = await get("/requests/" + encodeURIComponent(id));
  const { trace } = answer, request = trace.request, url = "/requests/" + trace.id;
  const spans = answer.spans.items.map(([index, engine, start, took, failed, shape]) => ({ index, engine: answer.spans.engines[engine], start, duration: took, failed: !!failed, sql: answer.spans.texts[shape] }));
  const query = new URLSearchParams(location.search);
  const remember = (name, value) => { const to = new URL(location.href); to.searchParams.set(name, value); history.replaceState(null, "", to); };
  let pinned = answer.pinned, all = null, pending = null, shown = "", drawn = null;
  const statements = async () => (all ??= (await get(url + "/statements?limit=" + PAGE)).items);

  // ---- SQL
  const sqlBody = h("div.stack");
  const details = statement => {
    const box = h("div.stack", "Loading …");
    get(url + "/statements/" + statement.index).then(more => fill(box, statementDetail(more)), problem => fill(box, problem.message));
    return box;
  };
  function statementDetail({ statement, formatted, runnable, explain }) {
    const plan = h("div.stack");
    const ask = analyze => async () => {
      fill(plan, "Asking the database …");
      try {
        const { plan: text, millis } = await post(url + "/statements/" + statement.index + "/explain", { analyze });
        const heading = h("h2", { tabindex: "-1" }, analyze ? "Plan, as executed" : "Plan");
        fill(plan, heading, h("pre.sql.plan", { tabindex: "0", role: "region", "aria-label": "Plan" }, text), h("p.muted", "Asked in " + millis + " ms, and rolled back."));
        heading.focus();
      } catch (problem) { fill(plan, h("p.banner", { role: "alert" }, problem.message)); }
    };
    const button = (label, gate, analyze) => h("button", { type: "button", disabled: !gate.allowed, "aria-describedby": gate.allowed ? null : "why-" + label + statement.index, onclick: ask(analyze) }, label);
    const why = (label, gate) => (gate.allowed ? "" : h("span", { id: "why-" + label + statement.index, class: "muted" }, gate.reason));
    const EXPLAIN = "EXPLAIN", ANALYZE = "EXPLAIN ANALYZE (executes the statement)";
    const binds = statement.binds.length ? h("table.mini", h("caption.visually-hidden", "Bound values"), h("thead", h("tr", ["#", "Type", "Value"].map(name => h("th", { scope: "col" }, name)))),
      h("tbody", [statement.binds, ...statement.batchBinds].map((row, i) => row.map(bind => h("tr", h("td", (statement.batchSize > 1 ? "row " + (i + 1) + ", " : "") + bind.index), h("td.muted", bind.type), h("td", h("code.wrap", { MASKED: "••• masked", TRUNCATED: bind.value + " …" }[bind.state] ?? (bind.type === "null" ? "null" : bind.value)))))))) : "";
    return [
      statement.failure ? h("p.banner", statement.failure.type + ": " + statement.failure.message + (statement.failure.sqlState ? " (" + statement.failure.sqlState + ")" : "")) : "",
      block(formatted, "Statement " + statement.index),
      h("div.bar", copy("Copy SQL", statement.sql), runnable ? copy("Copy runnable SQL", runnable) : "", button(EXPLAIN, explain, false), why(EXPLAIN, explain), explain.analyze.offered ? [button(ANALYZE, explain.analyze, true), why(ANALYZE, explain.analyze)] : ""),
      plan,
      h("div.cols", null,
        h("section.stack", h("h2", statement.batchSize ? "Batch of " + count(statement.batchSize) + " rows" : "Binds"), binds || h("p.muted", statement.bindCount ? "Not kept: beyond the first statements of the request." : "None.")),
        h("section.stack", h("h2", "Called from"), statement.frames.length ? frames(statement.frames) : h("p.muted", "Not known.")),
        h("section.stack", h("h2", "Where and when"), facts([["began", duration(statement.startNanos) + " into the request"], ["took", duration(statement.durationNanos)], ["rows read", statement.rows < 0 ? "" : count(statement.rows)], ["rows changed", statement.updateCount < 0 ? "" : count(statement.updateCount)], ["session", statement.session || "none"], ["connection", statement.connection + (statement.physical ? " (" + statement.physical + ")" : "")], ["transaction", statement.transaction || "none: autocommit"], ["thread", statement.thread], ["fingerprint", statement.fingerprint]]))),
    ];
  }
  const opener = (row, statement) => {
    let detail = null;
    const button = h("button", { type: "button", class: "open-row", "aria-expanded": "false", "aria-label": "Statement " + statement.index, onclick: () => toggle() });
    const toggle = () => {
      if (detail) { detail.remove(); detail = null; }
      else {
        detail = h("tr.detail", { onkeydown: event => { if (event.key === "Escape") { toggle(); button.focus(); } } }, h("td", { colspan: row.children.length }, details(statement)));
        row.after(detail);
      }
      button.setAttribute("aria-expanded", String(!!detail));
    };
    row.firstElementChild.append(button);
    row.dataset.statement = statement.index;
    row.openStatement = () => { if (!detail) toggle(); row.scrollIntoView({ block: "center" }); button.focus({ preventScroll: true }); };
    return [row];
  };
  const dropped = trace.dropped.reason ? h("p.banner", "Details dropped: " + trace.dropped.reason + " Totals are exact.") : "";
  async function inOrder() {
    const list = await statements();
    const columns = [
      { name: "", label: "Details", cell: () => "" },
      { name: "#", num: true, sort: row => row.index, cell: row => row.index },
      { name: "Engine", sort: row => row.engine, cell: row => engineChip(row.engine) },
      { name: "Time", num: true, sort: row => row.durationNanos, cell: row => duration(row.durationNanos) },
      { name: "Rows", num: true, sort: row => Math.max(row.rows, row.updateCount), cell: row => (Math.max(row.rows, row.updateCount) < 0 ? "–" : count(Math.max(row.rows, row.updateCount))) },
      { name: "Statement", head: true, cell: row => [row.failure ? h("span.sev.ERROR", "✖ failed") : "", row.batchSize ? h("span.chip", "batch of " + row.batchSize) : "", brief(row.sql)] },
      { name: "Cause", sort: row => row.cause?.role ?? "", cell: row => (row.cause ? [h("span.muted", CAUSES[row.cause.kind] + " "), h("code", row.cause.role)] : "") },
      { name: "Origin", cell: row => h("code", { title: place(row.frames[0]) }, short(row.frames[0])) },
    ];
    const drawn = () => scroller("Statements", table({ caption: many(list.length, "statement") + " in the order of execution", columns, rows: list, sorted: { column: 1, down: false }, rowsOf: (row, made) => opener(made, row) }));
    const area = h("div", drawn());
    const rest = spans.length - list.length;
    const more = rest > 0 ? h("button", { type: "button", onclick: async () => {
      const next = await get(url + "/statements?from=" + (list[list.length - 1].index + 1) + "&limit=" + PAGE);
      list.push(...next.items);
      fill(area, drawn());
      if (list.length >= spans.length) more.remove(); else more.textContent = "Show more of " + count(spans.length);
    } }, "Show more of " + count(spans.length)) : "";
    return [area, more];
  }
  function byStatement() {
    const columns = [
      { name: "Engine", sort: row => row.engine, cell: row => engineChip(row.engine) },
      { name: "Times", num: true, sort: row => row.count, cell: row => count(row.count) },
      { name: "Total", num: true, sort: row => row.totalNanos, cell: row => duration(row.totalNanos) },
      { name: "Longest", num: true, sort: row => row.maxNanos, cell: row => duration(row.maxNanos) },
      { name: "Rows", num: true, sort: row => row.rows, cell: row => count(row.rows) },
      { name: "Statement", head: true, cell: row => brief(row.text) },
      { name: "First", num: true, cell: row => jump(row.firstStatement) },
    ];
    return scroller("Statements by text", table({ caption: many(trace.fingerprints.length, "distinct statement") + ", the costliest first", columns, rows: trace.fingerprints, sorted: { column: 2, down: true } }));
  }
  async function byOrigin() {
    const groups = new Map();
    for (const statement of await statements()) {
      const key = place(statement.frames[0]) || "not known";
      const group = groups.get(key) ?? groups.set(key, { key, count: 0, nanos: 0, shapes: new Set(), first: statement.index }).get(key);
      group.count++;
      group.nanos += statement.durationNanos;
      group.shapes.add(statement.fingerprint);
    }
    const columns = [
      { name: "Origin", head: true, sort: row => row.key, cell: row => h("code.wrap", row.key) },
      { name: "Times", num: true, sort: row => row.count, cell: row => count(row.count) },
      { name: "Distinct", num: true, sort: row => row.shapes.size, cell: row => count(row.shapes.size) },
      { name: "Total", num: true, sort: row => row.nanos, cell: row => duration(row.nanos) },
      { name: "First", num: true, cell: row => jump(row.first) },
    ];
    return scroller("Statements by origin", table({ caption: "Statements by the line of the application that caused them", columns, rows: [...groups.values()], sorted: { column: 3, down: true } }));
  }
  const views = { order: ["In order", inOrder], statement: ["By statement", byStatement], origin: ["By origin", byOrigin] };
  const buttons = Object.entries(views).map(([name, [label]]) => h("button", { type: "button", "data-view": name, onclick: () => view(name) }, label));
  async function view(name) {
    if (!views[name]) name = "order";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    remember("view", name);
    shown = name;
    const content = await Promise.resolve().then(views[name][1]).catch(problem => h("p.banner", { role: "alert" }, problem.message));
    if (shown === name) fill(sqlBody, content); // else another view was asked for in the meantime
  }
  async function openStatement(index) {
    pending = index;
    pages.select("sql");
    await view("order");
    main.querySelector('[data-statement="' + index + '"]')?.openStatement();
    pending = null;
  }
  const jump = index => h("button", { type: "button", class: "quiet", "aria-label": "Show statement " + index, onclick: () => openStatement(index) }, "#" + index);
  const sql = () => {
    if (trace.totals.statements === 0) return empty("No SQL", "This request sent no statement to any engine.");
    if (pending === null) drawn = view(query.get("view") ?? "order");
    return [dropped, h("div.bar", { role: "group", "aria-label": "View" }, buttons), sqlBody];
  };

  // ---- the other tabs
  const timelineTab = () => {
    if (trace.engines.every(use => use.state === "INIT")) return empty("No engine was used", "Sessions open when they are first used; this request did not touch any.");
    const events = [
      ...trace.sessions.map(each => ({ at: each.openedNanos, took: each.closedNanos < 0 ? -1 : each.closedNanos - each.openedNanos, engine: each.engine, what: "session " + each.number, more: each.closedNanos < 0 ? "not closed" : "" })),
      ...trace.connections.map(each => ({ at: each.acquiredNanos, took: each.releasedNanos < 0 ? -1 : each.releasedNanos - each.acquiredNanos, engine: each.engine, what: "connection held", more: each.physicalId + (each.releasedNanos < 0 ? ", not released" : "") })),
      ...trace.transactions.map(each => ({ at: each.startNanos, took: each.endNanos < 0 ? -1 : each.endNanos - each.startNanos, engine: each.engine, what: "transaction " + each.number, more: each.ending.toLowerCase().replaceAll("_", " ") })),
      ...trace.flushes.map(each => ({ at: each.startNanos, took: each.durationNanos, engine: each.engine, what: each.auto ? "flush before a query" : "flush", more: many(each.entities, "entity", "entities") })),
      ...trace.marks.map(each => ({ at: each.startNanos, took: each.durationNanos, engine: each.engine, what: markWord(each), more: markDetail(each) })),
      ...spans.slice(0, PAGE).map(each => ({ at: each.start, took: each.duration, engine: each.engine, what: "SQL #" + each.index, more: brief(each.sql) })),
    ].sort((a, b) => a.at - b.at);
    const columns = [
      { name: "Begins", num: true, sort: row => row.at, cell: row => duration(row.at) },
      { name: "Ends", num: true, sort: row => row.at + row.took, cell: row => (row.took < 0 ? "–" : duration(row.at + row.took)) },
      { name: "Takes", num: true, sort: row => row.took, cell: row => (row.took < 0 ? "open" : duration(row.took)) },
      { name: "Engine", sort: row => row.engine, cell: row => (row.engine ? engineChip(row.engine) : h("span.muted", "unit of work")) },
      { name: "What", head: true, sort: row => row.what, cell: row => row.what },
      { name: "Details", cell: row => row.more },
    ];
    const asTable = h("div", { hidden: query.get("as") !== "table" });
    const draw = () => fill(asTable, scroller("Timeline as a table", table({ caption: many(events.length, "event") + (spans.length > PAGE ? "; of the SQL the first " + PAGE : ""), columns, rows: events, sorted: { column: 0, down: false } })));
    const toggle = h("button", { type: "button", "aria-expanded": String(!asTable.hidden), onclick: () => {
      asTable.hidden = !asTable.hidden;
      toggle.setAttribute("aria-expanded", String(!asTable.hidden));
      remember("as", asTable.hidden ? "picture" : "table");
      if (!asTable.firstChild) draw();
    } }, "Show as a table");
    if (!asTable.hidden) draw();
    const [bar, picture] = timeline(trace, spans, openStatement);
    bar.append(toggle);
    return [dropped, bar, picture, asTable];
  };
  const findingsTab = () => trace.findings.length === 0 ? empty("Nothing found", "No N+1, no duplicate, no slow statement, no leak.") : trace.findings.map(finding => h("article", { class: "card finding " + finding.severity },
    h("h2.bar", badge(finding), finding.engine ? engineChip(finding.engine) : "", h("code.wrap", finding.subject)),
    h("p.wrap", coded(finding.text)),
    h("p.advice.wrap", coded(finding.suggestion), " ", h("a", { href: DOCS + finding.detector, rel: "noreferrer", target: "_blank" }, "How to read this: " + (DETECTORS[finding.detector] ?? finding.detector))),
    finding.frame ? frames([finding.frame]) : "",
    finding.statements.length ? h("div.bar", h("span.muted", "Statements"), finding.statements.slice(0, 12).map(jump), finding.statements.length > 12 ? h("span.muted", "and " + count(finding.statements.length - 12) + " more") : "") : ""));
  const simple = (label, columns, rows) => scroller(label, table({ caption: label, rows, columns: columns.map(([name, cell, num, head]) => ({ name, cell, num, head })) }));
  const sessionsTab = () => [
    h("p.note", request?.attribute ? ["The sessions are in the request's attribute ", h("code", request.attribute), ". "] : "", "INIT suggests that an engine has not been used, START that its session is still open, END that it was used and released."),
    simple("Engines", [["Engine", each => engineChip(each.engine, each.state), false, true], ["State", each => each.state + (each.state === "START" ? ": not closed" : "")], ["Statements", each => count(each.statements), true], ["Failed", each => count(each.failures), true], ["SQL time", each => duration(each.sqlNanos), true], ["Rows", each => count(each.rows), true], ["Acquired", each => many(each.acquisitions, "time"), true], ["Waited", each => duration(each.acquireNanos), true], ["Held", each => duration(each.heldNanos), true]], trace.engines),
    trace.sessions.length ? simple("Sessions", [["Session", each => each.number + " · " + each.id, false, true], ["Engine", each => engineChip(each.engine)], ["Opened", each => duration(each.openedNanos), true], ["Closed", each => (each.closedNanos < 0 ? h("span.sev.ERROR", "✖ not closed") : duration(each.closedNanos)), true], ["Statements", each => count(each.statements), true], ["Flushes", each => count(each.flushes) + (each.autoFlushes ? " (" + each.autoFlushes + " before queries)" : ""), true], ["Managed", each => (each.entities < 0 ? "–" : many(each.entities, "entity", "entities") + ", " + many(each.collections, "collection")), true], ["Unit of work", each => each.unit]], trace.sessions) : "",
    trace.connections.length ? simple("Connections", [["Connection", each => each.number + " · " + (each.physicalId || "none"), false, true], ["Engine", each => engineChip(each.engine)], ["Pool", each => each.pool || "–"], ["Session", each => each.session || "–"], ["Asked", each => duration(each.requestedNanos), true], ["Acquired", each => (each.failure ? h("span.sev.ERROR", "✖ " + each.failure.message) : duration(each.acquiredNanos)), true], ["Released", each => (each.failure ? "–" : each.releasedNanos < 0 ? h("span.sev.ERROR", "✖ not released") : duration(each.releasedNanos)), true], ["Busy", each => duration(each.busyNanos), true], ["Autocommit", each => yes(each.autoCommit)], ["Read-only", each => yes(each.readOnly)], ["Isolation", each => each.isolation.toLowerCase().replaceAll("_", " ") || "default"], ["Thread", each => each.thread]], trace.connections) : "",
    trace.transactions.length ? simple("Transactions", [["Transaction", each => each.number, false, true], ["Engine", each => engineChip(each.engine)], ["Connection", each => each.connection], ["Began", each => duration(each.startNanos), true], ["Ended", each => (each.endNanos < 0 ? "open" : duration(each.endNanos)), true], ["Outcome", each => each.ending.toLowerCase().replaceAll("_", " ")], ["Statements", each => count(each.statements), true], ["Writes", each => count(each.writes), true]], trace.transactions) : "",
    trace.units.length ? simple("Units of work", [["Unit", each => each.id, false, true], ["About", each => each.label], ["Began", each => duration(each.startNanos), true], ["Ended", each => (each.endNanos < 0 ? "open" : duration(each.endNanos)), true], ["Commits", each => count(each.commits), true], ["Rollbacks", each => count(each.rollbacks), true], ["Outcomes", each => Object.entries(each.outcomes).map(([engine, outcome]) => engine + " " + outcome.toLowerCase().replaceAll("_", " ")).join(", ")]], trace.units) : "",
    trace.marks.length ? simple("Events", [["At", each => duration(each.startNanos), true], ["Engine", each => (each.engine ? engineChip(each.engine) : "–")], ["Event", each => markWord(each), false, true], ["Took", each => duration(each.durationNanos), true], ["Details", markDetail]], trace.marks) : "",
  ];
  const requestTab = () => [
    h("div.card.pad", facts([["Id", h("code", trace.id)], ["Method", request?.method], ["Path", request ? h("code", request.path) : trace.title], ["Route", request?.route], ["Status", request ? String(request.status) : ""], ["Began", new Date(trace.startedAt).toLocaleString()], ["Took", duration(trace.durationNanos)], ["Threads", request?.threads.join(", ")], ["Toolbar", answer.toolbar]])),
    request ? simple("Headers of the request", [["Header", each => h("code", each[0]), false, true], ["Value", each => (each[1] === "" ? h("span.muted", "not shown") : h("code.wrap", each[1]))]], Object.entries(request.headers)) : "",
    h("p.note", "Of headers only harmless ones are shown with their values. Bodies, cookies, authorization and the query's values are never recorded."),
  ];

  // ---- the page
  const totals = trace.totals, title = request ? request.method + " " + request.path : trace.title;
  const pin = h("button", { type: "button", "aria-pressed": String(pinned), onclick: async () => {
    try { pinned = (await post(url + "/pin", { pinned: !pinned })).pinned; pin.setAttribute("aria-pressed", String(pinned)); pin.textContent = pinned ? "Pinned" : "Pin"; }
    catch (problem) { say(problem.message); pin.textContent = problem.message; }
  } }, pinned ? "Pinned" : "Pin");
  const held = trace.engines.reduce((sum, use) => sum + use.heldNanos, 0);
  const pages = tabs("Request", [
    { name: "timeline", label: "Timeline", content: timelineTab },
    { name: "sql", label: "SQL", count: totals.statements, content: sql },
    { name: "findings", label: "Findings", count: trace.findings.length, content: findingsTab },
    { name: "sessions", label: "Sessions and connections", content: sessionsTab },
    { name: "request", label: "Request", content: requestTab },
  ], query.get("tab"), name => remember("tab", name));
  const file = (kind, label) => h("a.button", { href: base + url + kind, download: "" }, label);
  show(title,
    h("div.head", null,
      h("h1.wrap", request ? [h("span.method", request.method), " ", h("span.path", request.path), " ", statusText(request.status)] : trace.title),
      request?.route && request.route !== request.path ? h("span.route", request.route) : "",
      trace.finished ? "" : h("span.chip", "still running"),
      h("div.bar.push", trace.request ? pin : "", copy("Copy link", () => location.href), copy("Copy as Markdown", async () => (await fetch(base + url + ".md")).text()), file(".txt", "Text"), file(".json", "JSON"), file(".trace.json", "Trace"))),
    h("dl.tiles", null,
      tile("Duration", duration(trace.durationNanos)),
      tile("Statements", count(totals.statements), totals.distinct !== totals.statements ? count(totals.distinct) + " distinct" : ""),
      tile("SQL time", duration(totals.sqlNanos), trace.durationNanos ? Math.min(100, Math.round((100 * totals.sqlNanos) / trace.durationNanos)) + " %" : ""),
      tile("Connections held", duration(held), many(totals.acquisitions, "time")),
      tile("Rows", count(totals.rows)),
      totals.duplicates ? tile("Duplicates", count(totals.duplicates), "", "warn") : "",
      totals.failures ? tile("Failed", count(totals.failures), "", "bad") : ""),
    h("div.chips", trace.engines.map(use => engineChip(use.engine, use.state, use.state === "INIT" ? "not used" : many(use.statements, "statement") + " · " + duration(use.sqlNanos) + " · held " + duration(use.heldNanos))),
      grouped(trace.findings).map(({ finding, times }) => h("button", { type: "button", class: "sev-button", onclick: () => pages.select("findings", true) }, badge(finding, times)))),
    pages.list, pages.panels);
  await drawn;
}
