// How entities are mapped, engine by engine.
import { get } from "./api.js";
import { coded, count, empty, fill, h, many, scroller, table } from "./dom.js";

export async function start({ show, status }) {
  const url = new URL(location.href), asked = url.searchParams.get("engine");
  const engine = h("select", { "aria-label": "Engine" }, status.engines.map(name => h("option", { value: name }, name)));
  if (status.engines.includes(asked)) engine.value = asked;
  const text = h("input", { type: "search", placeholder: "Entity, table or attribute", "aria-label": "Entity, table or attribute", value: url.searchParams.get("text") ?? "" });
  const area = h("div.stack");
  let items = [];
  const columns = [
    { name: "Attribute", head: true, cell: row => h("code", row.name) },
    { name: "Type", cell: row => h("code", row.type) },
    { name: "Association", cell: row => (row.association ? row.association.toLowerCase().replaceAll("_", " ") + " → " + row.target : "") },
    { name: "Fetch", cell: row => (row.association || row.fetch !== "EAGER" ? row.fetch.toLowerCase() : "") },
    { name: "Batch", num: true, cell: row => (row.association && row.batchSize > 1 ? count(row.batchSize) : "") },
    { name: "Cascade", cell: row => row.cascade.toLowerCase() },
    { name: "Optional", cell: row => (row.optional ? "yes" : "no") },
  ];
  function draw() {
    const part = text.value.toLowerCase();
    const found = items.filter(item => [item.name, item.table, item.className, ...item.attributes.map(each => each.name)].some(word => word.toLowerCase().includes(part)));
    fill(area, found.length === 0 ? empty(items.length ? "No entity matches" : "No entities", items.length ? "" : "This engine maps none.") : found.map(item => h("section.stack", null,
      h("div.head", h("h2", item.name), h("span.muted", "table ", h("code", item.table), " · id ", h("code", item.id || "composite"), item.generator ? " (" + item.generator + ")" : "", item.cached ? " · second-level cache" : ""), h("code.muted.wrap", item.className)),
      item.hints.map(hint => h("p.finding.card.WARNING", h("span", h("span.sev.WARNING", "▲ hint"), " ", coded(hint)))),
      scroller("Attributes of " + item.name, table({ caption: many(item.attributes.length, "attribute") + " of " + item.name, hidden: true, columns, rows: item.attributes })))));
  }
  async function load() {
    items = engine.value ? (await get("/entities?engine=" + encodeURIComponent(engine.value))).items : [];
    draw();
  }
  engine.addEventListener("input", () => { url.searchParams.set("engine", engine.value); history.replaceState(null, "", url); load(); });
  text.addEventListener("input", () => { url.searchParams.set("text", text.value); history.replaceState(null, "", url); draw(); });
  show("Entities", h("div.head", h("h1", "Entities"), h("div.bar.push", text, h("label", "Engine", engine))), area);
  await load();
}
