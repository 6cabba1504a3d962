// What both pages have: examples, the editor, a button that runs, one that stops, a line that says what goes on.
import { Editor } from "./editor.js";
import { Engine } from "./engine.js";

// host: where it goes. verb: what the button says. work(engine, code): shows the result, returns the error or null.
export function workbench(host, { examples, verb, label, work }) {
  host.innerHTML = `
    <p class="live-row"><label>Example: <select></select></label></p>
    <div class="live-code"></div>
    <p class="live-row">
      <button type="button" class="live-run">${verb}</button>
      <button type="button" class="live-stop" hidden>Stop</button>
      <span class="live-hint"><kbd>Ctrl</kbd>+<kbd>Enter</kbd></span>
      <span class="live-status" role="status"></span>
    </p>
    <pre class="live-printed" hidden></pre>
    <div class="live-result"></div>`;
  const find = (name) => host.querySelector(name);
  const editor = new Editor(find(".live-code"), label);
  const engine = new Engine(find(".live-status"));
  const [choice, runs, stops, printed] = [find("select"), find(".live-run"), find(".live-stop"), find(".live-printed")];
  for (const name of Object.keys(examples)) choice.add(new Option(name));
  choice.onchange = () => {
    editor.text = examples[choice.value];
  };
  editor.text = examples[choice.value];

  async function run() {
    if (runs.disabled) return;
    runs.disabled = true;
    stops.hidden = false;
    host.dataset.state = "running";
    printed.hidden = true;
    find(".live-result").replaceChildren();
    editor.show(null);
    try {
      const answer = await work(engine, editor.text, find(".live-result"));
      printed.textContent = answer.printed;
      printed.hidden = !answer.printed;
      editor.show(answer.error);
      host.dataset.state = answer.error ? "error" : "done";
    } catch (error) {
      engine.say(error.message);
      engine.stop();
      host.dataset.state = "failed";
    }
    runs.disabled = false;
    stops.hidden = true;
  }

  runs.onclick = run;
  stops.onclick = () => engine.stop();
  host.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  });
  engine.say("Nothing is loaded yet: the first run loads Python and NumPy, some 10 MB, and takes 5 to 20 seconds.");
}
