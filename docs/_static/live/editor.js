// A text area with line numbers, in which the place of an error is marked.

export class Editor {
  constructor(host, label) {
    host.innerHTML = `
      <div class="live-editor">
        <pre class="live-numbers" aria-hidden="true"></pre>
        <div class="live-text">
          <pre class="live-marks" aria-hidden="true"></pre>
          <textarea wrap="off" spellcheck="false" autocapitalize="off" autocomplete="off"></textarea>
        </div>
      </div>
      <div class="live-error" role="alert" hidden></div>`;
    this.area = host.querySelector("textarea");
    this.numbers = host.querySelector(".live-numbers");
    this.marks = host.querySelector(".live-marks");
    this.message = host.querySelector(".live-error");
    this.area.setAttribute("aria-label", label);
    this.area.addEventListener("input", () => this.show(null));
    this.area.addEventListener("scroll", () => (this.marks.scrollLeft = this.area.scrollLeft));
  }

  get text() {
    return this.area.value;
  }

  set text(value) {
    this.area.value = value;
    this.show(null);
  }

  // Mark the error {kind, message, line, column, end_line, end_column}, or none.
  show(error) {
    const lines = this.text.split("\n");
    this.area.rows = Math.max(lines.length, 6);
    this.numbers.replaceChildren(
      ...lines.map((_, i) => {
        const number = document.createElement("span");
        number.textContent = `${i + 1}\n`;
        number.classList.toggle("live-wrong", error?.line === i + 1);
        return number;
      }),
    );
    this.marks.textContent = "";
    this.message.hidden = error === null;
    this.message.textContent = "";
    if (error === null) return;
    const words = document.createElement("span");
    words.textContent = `${error.line ? `Line ${error.line}: ` : ""}${error.kind}: ${error.message}`;
    this.message.append(words);
    if (!error.line) return;
    const [from, to] = this.range(error, lines);
    const mark = document.createElement("mark");
    mark.textContent = this.text.slice(from, to) || " ";
    this.marks.append(this.text.slice(0, from), mark, this.text.slice(to) + "\n");
    this.marks.scrollLeft = this.area.scrollLeft;
    const go = document.createElement("button");
    go.type = "button";
    go.textContent = "Go there";
    go.onclick = () => {
      this.area.focus();
      this.area.setSelectionRange(from, to);
    };
    this.message.append(" ", go);
  }

  range({ line, column, end_line, end_column }, lines) {
    const start = (number) => lines.slice(0, number - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const text = lines[line - 1] ?? "";
    const indent = text.length - text.trimStart().length;
    const from = start(line) + (column ?? indent);
    const sameLine = (end_line ?? line) === line;
    const to = sameLine && end_column > column ? start(line) + end_column : start(line) + text.length;
    return [from, Math.max(from, to)];
  }
}
