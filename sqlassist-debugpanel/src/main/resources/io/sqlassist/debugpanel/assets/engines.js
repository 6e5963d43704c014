// The registry of engines, and the settings of one.
import { base, get } from "./api.js";
import { count, empty, engineChip, h, scroller, table } from "./dom.js";

const simple = name => h("span", { title: name }, name.slice(name.lastIndexOf(".") + 1));
const KINDS = { READ_WRITE: "read and write", READ_ONLY: "read-only", AUTOCOMMIT: "autocommit" };

export async function start({ show, id }) {
  if (id) return one(show, id);
  const { items } = await get("/engines");
  const columns = [
    { name: "Engine", head: true, cls: "nowrap", sort: row => row.name, cell: row => [h("a", { href: base + "/engines/" + encodeURIComponent(row.name) }, engineChip(row.name)), row.isDefault ? [" ", h("span.chip", "default")] : "", row.recorded ? "" : [" ", h("span.sev.WARNING", "▲ not recorded")]] },
    { name: "Kind", sort: row => row.kind, cls: "nowrap", cell: row => KINDS[row.kind] ?? row.kind },
    { name: "Ends by", sort: row => row.policy, cell: row => row.policy },
    { name: "Database", sort: row => row.database, cls: "nowrap", cell: row => h("span", { title: row.database }, row.database.replace(/ \(.*/, "") || "not known yet") },
    { name: "URL", cell: row => h("code.wrap", row.url || "–") },
    { name: "Data source", cell: row => simple(row.dataSource) },
    { name: "Dialect", cell: row => simple(row.dialect) },
    { name: "Entities", num: true, sort: row => row.entities, cell: row => h("a", { href: base + "/entities?engine=" + encodeURIComponent(row.name) }, count(row.entities)) },
    { name: "Pool", cls: "nowrap", cell: row => (row.pool ? row.pool.active + " of " + row.pool.max + " in use" + (row.pool.waiting ? ", " + row.pool.waiting + " waiting" : "") : "–") },
  ];
  show("Engines", h("h1", "Engines"),
    h("p.note", "An engine is a named database: a DataSource, its Hibernate SessionFactory and its options."),
    items.length ? scroller("Engines", table({ caption: "All engines of the registry", hidden: true, columns, rows: items }))
      : empty("No engine", "None is registered yet: SqlAssist.initializeEngine(…)."));
}

async function one(show, name) {
  const { engine } = await get("/engines/" + encodeURIComponent(name));
  const rows = [["Kind", KINDS[engine.kind] ?? engine.kind], ["Default", engine.isDefault ? "yes" : "no"], ["Recorded", engine.recorded ? "yes" : "no: it was started before the panel was made"], ["Ends by", engine.policy], ["Data source", engine.dataSource], ["URL", engine.url], ["Database", engine.database], ["Hibernate", engine.hibernate], ["Dialect", engine.dialect], ["Entities", count(engine.entities)], ...Object.entries(engine.settings)];
  show("Engine " + engine.name, h("div.head", h("h1", "Engine ", engineChip(engine.name))),
    h("p.note", "Settings are listed by name: what could hold a secret is not among them."),
    scroller("Settings", table({ caption: "Effective settings", hidden: true, rows, columns: [{ name: "Setting", head: true, cell: row => h("code", row[0]) }, { name: "Value", cell: row => h("span.wrap", row[1] || "–") }] })));
}
