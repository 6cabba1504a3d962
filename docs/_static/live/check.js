// The page that checks the gradients of pasted code.
import { EXAMPLES } from "./check_examples.js";
import { workbench } from "./workbench.js";

const make = (tag, props = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
};

async function work(engine, code, result) {
  const answer = await engine.call("browser.checking", "check_code", code);
  for (const report of answer.reports) result.append(section(report));
  const first = answer.reports.find((report) => report.error);
  return { ...answer, error: answer.error ?? first?.error ?? null };
}

function section(report) {
  const verdict = report.ok ? "right" : report.error ? "not checked" : "wrong";
  const head = make("h3", {}, `${report.title}: `, make("span", { className: `live-${report.ok ? "right" : "wrong"}`, textContent: verdict }));
  const part = make("section", { className: "live-report" }, head);
  part.dataset.ok = report.ok;
  if (report.error) {
    const { line, kind, message } = report.error;
    part.append(make("p", { className: "live-error", textContent: `${line ? `Line ${line}: ` : ""}${kind}: ${message}` }));
    return part;
  }
  const body = make("tbody");
  for (const row of report.rows) body.append(line(row));
  const names = ["", "name", "shape", "relative error", "verdict"].map((name) => make("th", { textContent: name, scope: "col" }));
  const table = make("table", { className: "live-table" }, make("thead", {}, make("tr", {}, ...names)), body);
  part.append(make("div", { className: "live-wide" }, table));
  for (const row of report.rows) if (!row.ok) part.append(...closer(row));
  for (const [name, reason] of Object.entries(report.unchecked)) part.append(make("p", { textContent: `Not checked: ${name}, ${reason}` }));
  return part;
}

function line(row) {
  const words = row.ok ? "right" : "wrong";
  const cells = [row.kind, row.name, row.shape ? `(${row.shape.join(", ")})` : "", row.error ?? "", words];
  const tr = make("tr", {}, ...cells.map((text) => make("td", { textContent: text })));
  tr.lastChild.className = `live-${words}`;
  tr.dataset.row = row.name;
  return tr;
}

// Of a wrong row: the grader's sentence, the check's own, and both numbers.
function closer(row) {
  const said = [row.diagnosis, row.note].filter(Boolean).join("; ");
  const parts = [make("p", { className: "live-diagnosis" }, make("b", { textContent: `${row.kind} ${row.name}: ` }), said)];
  if (!row.quotients) return parts;
  const two = make("div", { className: "live-pair" });
  two.append(figure("by backward", row.backward, row.quotients), figure("by finite differences", row.quotients, row.backward));
  return [...parts, two];
}

function figure(caption, values, others) {
  if (values === null) return make("figure", {}, make("figcaption", { textContent: caption }), make("p", { textContent: "no gradient arrived" }));
  const [rows, rest] = [values, others].map((given) => (given === null ? null : asRows(given)));
  const body = make("tbody");
  rows.forEach((row, i) => {
    const cells = row.map((text, j) => {
      const other = rest?.[i]?.[j];
      return make("td", { textContent: text, className: other === undefined || close(text, other) ? "" : "live-off" });
    });
    body.append(make("tr", {}, ...cells));
  });
  return make("figure", {}, make("figcaption", { textContent: caption }), make("table", { className: "live-matrix" }, body));
}

// Any number of axes as a table: all but the last are rows.
const asRows = (values) => (!Array.isArray(values) ? [[values]] : Array.isArray(values[0]) ? values.flatMap(asRows) : [values]);

const close = (a, b) => a === b || Math.abs(a - b) <= 2e-3 * Math.max(Math.abs(a), Math.abs(b));

workbench(document.getElementById("live"), {
  examples: EXAMPLES,
  verb: "Check",
  label: "Python code that defines layers or Functions",
  work,
});
