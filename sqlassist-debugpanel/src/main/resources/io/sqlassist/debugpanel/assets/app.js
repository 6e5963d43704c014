// The frame of every page, and which page it is.
import { base, get } from "./api.js";
import { empty, fill, h, orderEngines, s } from "./dom.js";

const PAGES = [["Requests", "", "requests"], ["Engines", "/engines", "engines"], ["Pools", "/pools", "pools"], ["Entities", "/entities", "entities"], ["Findings", "/findings", "findings"]];
const THEMES = { "": "Auto", light: "Light", dark: "Dark" };

function theme() {
  let now = "";
  try { now = localStorage.getItem("sqlassist-theme") ?? ""; } catch { /* no storage, no memory */ }
  const show = () => {
    if (now) document.documentElement.dataset.theme = now; else delete document.documentElement.dataset.theme;
    button.textContent = "Theme: " + THEMES[now];
  };
  const button = h("button", { type: "button", class: "quiet", onclick: () => {
    const names = Object.keys(THEMES);
    now = names[(names.indexOf(now) + 1) % names.length];
    try { localStorage.setItem("sqlassist-theme", now); } catch { /* as above */ }
    show();
  } });
  show();
  return button;
}

function logo() {
  return s("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" },
    ...[[2, 12, 0], [7, 9, 1], [4, 14, 2]].map(([x, width, row]) => s("rect", { class: "e" + row, x, y: 3 + row * 5.2, width, height: 3.6, rx: 1.8, fill: "var(--e)" })));
}

const path = location.pathname.slice(base.length).replace(/\/$/, "");
const [, first = "", second = ""] = path.split("/");
const name = first === "" ? "requests" : first === "requests" ? "request" : first;
const main = h("main", { id: "main", tabindex: "-1" });
const banners = h("div.stack", { hidden: true });

fill(document.body,
  h("a.skip", { href: "#main" }, "Skip to the content"),
  h("header.top", null,
    h("a.brand", { href: base + "/" }, logo(), "SqlAssist"),
    h("nav", { "aria-label": "Debug panel" }, h("ul", PAGES.map(([label, to, page]) => h("li", null,
      h("a", { href: base + (to || "/"), "aria-current": page === name ? "page" : name === "request" && page === "requests" ? "true" : null }, label))))),
    h("div.right", theme())),
  main, h("div", { id: "say", class: "visually-hidden", role: "status" }));

/** Gives the page its title and content. */
function show(title, ...content) {
  document.title = title + " · SqlAssist";
  fill(main, banners, ...content);
}

try {
  const status = await get("/status");
  orderEngines(status.engines);
  banners.hidden = status.banners.length === 0;
  fill(banners, status.banners.map(text => h("p.banner", text)));
  if (!["requests", "request", "engines", "pools", "entities", "findings"].includes(name)) throw new Error("There is no page of this name.");
  const page = await import("./" + name + ".js");
  await page.start({ show, status, id: decodeURIComponent(second), main });
} catch (problem) {
  const gone = problem.status === 404 && name === "request";
  show(gone ? "Request not kept" : "Problem", h("h1", gone ? "This request is no longer kept" : "This page could not be shown"),
    empty(problem.message, gone ? "The panel keeps the latest requests, and forgets them when the application stops. Pin a request to keep it longer." : "", " ", h("a", { href: base + "/" }, "All requests")));
}
document.documentElement.dataset.ready = "1";
