// One Python in a thread of its own: the page stays alive while it works, and can end it.
let python = null;

async function load({ pyodide, archive }) {
  const stage = async (name, work) => {
    postMessage({ kind: "stage", name });
    const begun = performance.now();
    const result = await work();
    postMessage({ kind: "stage", name, seconds: (performance.now() - begun) / 1000 });
    return result;
  };
  const { loadPyodide } = await import(pyodide + "pyodide.mjs");
  python = await stage("Python", () => loadPyodide({ indexURL: pyodide, stdin: () => null }));
  await stage("NumPy", () => python.loadPackage("numpy", { messageCallback() {} }));
  await stage("MyTorch", async () => {
    const answer = await fetch(archive);
    if (!answer.ok) throw new Error(`${archive}: ${answer.status} ${answer.statusText}`);
    python.unpackArchive(await answer.arrayBuffer(), "zip", { extractDir: "/mytorch" });
    python.runPython("import sys; sys.path.insert(0, '/mytorch')");
  });
  await stage("starting MyTorch", () => python.runPython("import browser.stepping, browser.checking"));
}

onmessage = async ({ data }) => {
  try {
    if (data.kind === "load") {
      await load(data);
      postMessage({ kind: "ready" });
    } else {
      const answer = python.pyimport(data.module)[data.name](data.code);
      postMessage({ kind: "answer", answer: JSON.parse(answer) });
    }
  } catch (error) {
    postMessage({ kind: "failed", message: String(error.message ?? error) });
  }
};
