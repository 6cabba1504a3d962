// The page that steps through a backward.
import { EXAMPLES } from "./step_examples.js";
import { Graph } from "./graph.js";
import { words } from "./numbers.js";
import { workbench } from "./workbench.js";

const make = (tag, props = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
};

async function work(engine, code, result) {
  const answer = await engine.call("browser.stepping", "step_through", code);
  if (answer.note) result.append(make("p", { textContent: answer.note }));
  if (!answer.backwards.length) return answer;
  const stage = make("div");
  if (answer.backwards.length > 1) {
    const choice = make("select");
    answer.backwards.forEach((backward, i) => choice.add(new Option(`${i + 1}: from ${backward.title}`, i)));
    choice.onchange = () => show(stage, answer.backwards[choice.value]);
    result.append(make("p", { className: "live-row" }, make("label", {}, "Backward: ", choice)));
  }
  result.append(stage);
  show(stage, answer.backwards[0]);
  return answer;
}

function show(stage, backward) {
  const all = make("details", {}, make("summary", { textContent: "All steps as text" }));
  all.append(make("pre", { textContent: backward.text }));
  if (backward.picture === null) {
    all.open = true;
    stage.replaceChildren(make("p", { textContent: backward.note }), all);
    return;
  }
  stage.replaceChildren(stepper(backward), all);
}

function stepper(backward) {
  const { steps } = backward;
  const told = make("div", { className: "live-told" });
  told.setAttribute("aria-live", "polite");
  const graph = new Graph(backward, (vertex) => go(steps.findIndex((step) => step.vertex === vertex) + 1));
  const buttons = {};
  for (const [name, title, to] of [
    ["first", "|◀ Start", () => 0],
    ["back", "◀ Back", () => at - 1],
    ["next", "Next ▶", () => at + 1],
    ["last", "End ▶|", () => steps.length],
  ]) {
    buttons[name] = make("button", { type: "button", textContent: title, className: `live-${name}` });
    buttons[name].onclick = () => go(to());
  }
  const count = make("span", { className: "live-count" });
  const panel = make("div", { className: "live-stepper", tabIndex: 0 });
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", "Backward, step by step: arrow keys, Home and End move");
  const row = make("div", { className: "live-row" }, ...Object.values(buttons), count);
  const drawing = make("div", { className: "live-drawing" }, graph.svg);
  panel.append(row, make("div", { className: "live-both" }, drawing, told));
  panel.addEventListener("keydown", (event) => {
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: steps.length };
    if (!(event.key in to) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(to[event.key]);
  });
  let at = 0;
  function go(step) {
    at = Math.min(Math.max(step, 0), steps.length);
    panel.dataset.step = at;
    count.textContent = `step ${at} of ${steps.length}`;
    for (const name of ["first", "back"]) buttons[name].disabled = at === 0;
    for (const name of ["next", "last"]) buttons[name].disabled = at === steps.length;
    graph.show(at);
    told.replaceChildren(...(at === 0 ? beginning(backward) : telling(steps[at - 1], at)));
  }
  go(0);
  return panel;
}

function beginning(backward) {
  const [first] = backward.steps;
  return [
    make("h3", { textContent: "Forward is done" }),
    make("p", {}, `The boxes have the values. Backward starts at ${backward.title} with the gradient `, value(first.gradient[0]), "."),
  ];
}

const value = (amount) => make("code", { className: "live-value", textContent: words(amount) });

function telling(step, at) {
  const name = step.kind === "leaf" ? `leaf ${step.name ?? ""}` : step.name ? `${step.operation} = ${step.name}` : step.operation;
  const list = make("ul");
  if (step.kind === "leaf") {
    list.append(
      make("li", {}, "what arrived: ", ...joined(step.received.map(([, amount]) => value(amount)), " + ")),
      make("li", {}, "added up: ", value(step.gradient[0])),
      make("li", {}, `${step.name ?? "leaf"}.grad is now `, value(step.grad)),
    );
  } else {
    const parts = step.received.map(([from, amount]) => make("span", {}, value(amount), ` from ${from}`));
    list.append(make("li", {}, "came in: ", ...joined(parts, " + ")));
    if (step.received.length > 1) list.append(make("li", {}, "added up: ", ...joined(step.gradient.map(value), ", ")));
    for (const [kept, amount] of step.kept) list.append(make("li", {}, `kept from forward: ${kept} = `, value(amount)));
    for (const sent of step.sent) {
      if (sent.value === null) list.append(make("li", { className: "live-skipped", textContent: `nothing to argument ${sent.argument}: ${sent.skipped}` }));
      else list.append(make("li", {}, "sends ", value(sent.value), ` to ${sent.to}`));
    }
  }
  for (const note of step.notes) list.append(make("li", { textContent: note }));
  const parts = [make("h3", { textContent: `${at}. ${name}` }), list];
  if (step.rule) parts.push(make("p", { className: "live-rule", textContent: step.rule }));
  return parts;
}

const joined = (parts, by) => parts.flatMap((part, i) => (i ? [by, part] : [part]));

workbench(document.getElementById("live"), {
  examples: EXAMPLES,
  verb: "Run",
  label: "Python code with a backward",
  work,
});
