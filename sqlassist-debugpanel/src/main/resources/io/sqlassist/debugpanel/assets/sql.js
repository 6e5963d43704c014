// Colours for SQL: one pass over the text, spans and text nodes.
import { h } from "./dom.js";

const WORDS = new Set(("select from where and or not in is null as on join left right inner outer full cross natural using order by group having limit offset fetch first next rows row only"
  + " insert into values update set delete merge when matched then case else end exists between like escape distinct union all except intersect with recursive returning for"
  + " create table drop alter index view call commit rollback begin asc desc nulls last true false default primary key references cast over partition lateral").split(" "));
const TOKEN = /('(?:[^']|'')*'?)|(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|("(?:[^"]|"")*"?|`[^`]*`?)|(\?|:[a-z_]\w*)|(\b\d+(?:\.\d+)?\b)|([a-z_][\w$]*)|([\s\S])/giy;
const PLAIN = 65536;

export function paint(text) {
  if (text.length > PLAIN) return [text];
  const parts = [];
  let plain = "";
  TOKEN.lastIndex = 0;
  for (let token; (token = TOKEN.exec(text)); ) {
    const [all, string, comment, , parameter, number, word] = token;
    const kind = string ? "str" : comment ? "com" : parameter ? "par" : number ? "lit" : word && WORDS.has(word.toLowerCase()) ? "kw" : null;
    if (!kind) { plain += all; continue; }
    if (plain) parts.push(plain);
    plain = "";
    parts.push(h("span", { class: kind }, all));
  }
  if (plain) parts.push(plain);
  return parts;
}

/** The statement in a line or two. */
export function brief(text) {
  const short = text.length > 420 ? text.slice(0, 420) + " …" : text;
  return h("code.oneline", paint(short.replace(/\s+/g, " ")));
}

export function block(text, label) {
  return h("pre.sql", { tabindex: "0", role: "region", "aria-label": label ?? "Statement" }, paint(text));
}
