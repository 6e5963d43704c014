// What was found in the requests that are kept, worst first.
import { base, get } from "./api.js";
import { badge, coded, count, duration, empty, engineChip, h, many, rank, scroller, table } from "./dom.js";
import { place, short } from "./request.js";

export async function start({ show }) {
  const { items, requests } = await get("/findings");
  const columns = [
    { name: "Finding", sort: row => rank(row.finding.severity), cell: row => badge(row.finding) },
    { name: "Route", head: true, sort: row => row.route, cell: row => h("code.route-name", row.route) },
    { name: "Engine", sort: row => row.finding.engine, cell: row => (row.finding.engine ? engineChip(row.finding.engine) : "several") },
    { name: "What happened", cell: row => [h("div.wrap", coded(row.finding.text)), h("div.muted.wrap", coded(row.finding.suggestion))] },
    { name: "From", cell: row => h("code.nowrap", { title: place(row.finding.frame) }, short(row.finding.frame)) },
    { name: "Requests", num: true, sort: row => row.requests, cell: row => count(row.requests) },
    { name: "Cost", num: true, sort: row => row.costNanos, cell: row => (row.costNanos ? duration(row.costNanos) : "–") },
    { name: "Latest", cell: row => h("a", { href: base + "/requests/" + row.latest + "?tab=findings" }, "open", h("span.visually-hidden", " the latest request to " + row.route)) },
  ];
  show("Findings", h("h1", "Findings"),
    h("p.note", "Of the latest " + many(requests, "request") + ", by route, the worst first. Red and yellow only where there is evidence."),
    items.length ? scroller("Findings", table({ caption: many(items.length, "finding"), hidden: true, columns, rows: items }))
      : empty("Nothing found", requests ? "No N+1, no duplicate, no slow statement, no leak in what was recorded." : "Nothing has been recorded yet."));
}
