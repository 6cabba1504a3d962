// The page's side of the worker: loads it, says what takes how long, asks it one thing at a time, can end it.

const SLOW = {
  Python: "Python itself, about 6 MB, comes first; the browser keeps it for the next time",
  NumPy: "NumPy, 3 MB",
  MyTorch: "MyTorch, under 1 MB",
  "starting MyTorch": "its files are compiled",
};

export class Engine {
  constructor(status) {
    this.status = status;
    this.worker = null;
    this.waiting = null;
    this.times = [];
  }

  // Where Pyodide is: as the site was built, or in a folder of this same server (?pyodide=/pyodide/).
  static async settings() {
    const base = new URL(".", import.meta.url);
    const settings = await (await fetch(new URL("settings.json", base))).json();
    const asked = new URL(location).searchParams.get("pyodide");
    let pyodide = new URL(settings.pyodide, base);
    if (asked) {
      pyodide = new URL(asked, location);
      if (pyodide.origin !== location.origin) throw new Error(`?pyodide= must be a folder of ${location.origin}`);
    }
    return { pyodide: pyodide.href, archive: new URL("mytorch.zip", base).href };
  }

  async start() {
    this.times = [];
    const settings = await Engine.settings();
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (event) => this.receive({ kind: "failed", message: event.message || "the worker did not start" });
    await this.ask({ kind: "load", ...settings });
  }

  receive(data) {
    if (data.kind === "stage") {
      if (data.seconds === undefined) this.say(`Loading ${data.name} … (${SLOW[data.name]})`);
      else this.times.push(`${data.name} ${data.seconds.toFixed(1)} s`);
      return;
    }
    const { resolve, reject } = this.waiting ?? {};
    this.waiting = null;
    if (data.kind === "failed") reject?.(new Error(data.message));
    else resolve?.(data.answer);
  }

  ask(message) {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(message);
    });
  }

  // The answer of a Python function to a text: browser.stepping.step_through(code).
  async call(module, name, code) {
    const first = this.worker === null;
    if (first) await this.start();
    const begun = performance.now();
    this.say("Running …");
    const answer = await this.ask({ kind: "call", module, name, code });
    const loaded = first ? ` Loading took: ${this.times.join(", ")}.` : "";
    this.say(`Done in ${((performance.now() - begun) / 1000).toFixed(2)} s.${loaded}`);
    return answer;
  }

  stop() {
    this.worker?.terminate();
    this.worker = null;
    this.waiting?.reject(new Error("Stopped. The next run loads Python anew."));
    this.waiting = null;
  }

  say(text) {
    this.status.textContent = text;
  }
}
