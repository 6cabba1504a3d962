// The graph as SVG: boxes with their values, and with the gradients that have arrived up to a step.
import { short } from "./numbers.js";

const SPACE = "http://www.w3.org/2000/svg";
const MARGIN = 8;

const make = (tag, attributes = {}, text = null) => {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  return element;
};

export class Graph {
  // choose(vertex): somebody clicked a box.
  constructor({ picture, steps, title }, choose) {
    this.steps = steps;
    this.stepOf = new Map(steps.map((step, i) => [step.vertex, i + 1]));
    const [width, height] = [picture.width + 2 * MARGIN, picture.height + 2 * MARGIN];
    this.svg = make("svg", { viewBox: `${-MARGIN} ${-MARGIN} ${width} ${height}`, width, height, role: "img" });
    this.svg.setAttribute("aria-label", `The graph behind ${title}`);
    this.edges = picture.edges.map((edge) => this.edge(edge));
    this.boxes = picture.boxes.map((box) => this.box(box, choose));
  }

  edge(edge) {
    const group = make("g", { class: "live-edge", "data-from": edge.from, "data-to": edge.to, "data-argument": edge.argument });
    const points = edge.points.map(([x, y]) => `${x},${y}`).join(" ");
    const [x, y] = middle(edge.points);
    const label = make("text", { x, y: y + 4, "text-anchor": "middle", class: "live-sent" });
    group.append(make("polyline", { points, fill: "none" }), label);
    this.svg.append(group);
    return { ...edge, group, label };
  }

  box(box, choose) {
    const { id, kind, x, y, width, height } = box;
    const group = make("g", { class: `live-box live-${kind}`, "data-vertex": id });
    const top = y - height / 2;
    group.append(
      make("rect", { x: x - width / 2, y: top, width, height, rx: kind === "operation" ? 6 : 18 }),
      make("text", { x, y: top + 19, "text-anchor": "middle", class: "live-title" }, box.title),
      make("text", { x, y: top + 37, "text-anchor": "middle", class: "live-data" }, box.value),
    );
    const gradient = make("text", { x, y: top + 55, "text-anchor": "middle", class: "live-gradient" });
    group.append(gradient);
    if (this.stepOf.has(id)) {
      group.append(make("title", {}, `go to step ${this.stepOf.get(id)}`));
      group.addEventListener("click", () => choose(id));
    }
    this.svg.append(group);
    return { ...box, group, gradient };
  }

  // What is known after `at` steps: 0 is the end of the forward.
  show(at) {
    const arrived = this.arrived(at);
    for (const { id, group, gradient } of this.boxes) {
      const step = this.stepOf.get(id);
      const state = step === undefined || step > at ? "waiting" : step === at ? "current" : "done";
      group.dataset.state = state;
      const parts = arrived.get(id) ?? [];
      const all = step === undefined ? [] : this.steps[step - 1].received;
      const complete = parts.length > 0 && parts.length === all.length;
      const amounts = complete ? this.steps[step - 1].gradient : parts;
      gradient.textContent = complete ? `∂ ${amounts.map((a) => short(a, 11)).join(", ")}` : parts.length ? `∂ ${parts.map((a) => short(a, 5)).join(" + ")} + …` : "";
      group.dataset.gradient = JSON.stringify(complete ? amounts.map((a) => a && (a.values ?? a.norm)) : null);
    }
    for (const edge of this.edges) this.showEdge(edge, at);
  }

  showEdge(edge, at) {
    const step = this.stepOf.get(edge.to);
    const sent = this.steps[step - 1]?.sent.find((part) => part.argument === edge.argument);
    const runs = step <= at && sent?.value;
    edge.group.dataset.state = !runs ? "waiting" : step === at ? "current" : "done";
    edge.label.textContent = runs ? short(sent.value) : "";
    edge.group.dataset.sent = JSON.stringify(runs ? (sent.value.values ?? sent.value.norm) : null);
  }

  // vertex -> the contributions that have come to it. A part is [from, amount, step that sent it], 0 for the start.
  arrived(at) {
    const found = new Map();
    for (const step of this.steps) {
      const come = step.received.filter((part) => part[2] <= at);
      if (come.length) found.set(step.vertex, come.map((part) => part[1]));
    }
    return found;
  }
}

function middle(points) {
  const lengths = points.slice(1).map(([x, y], i) => Math.hypot(x - points[i][0], y - points[i][1]));
  let rest = lengths.reduce((a, b) => a + b, 0) / 2;
  for (let i = 0; i < lengths.length; i++) {
    if (rest <= lengths[i]) {
      const share = lengths[i] ? rest / lengths[i] : 0;
      return [0, 1].map((k) => points[i][k] + share * (points[i + 1][k] - points[i][k]));
    }
    rest -= lengths[i];
  }
  return points[0];
}
