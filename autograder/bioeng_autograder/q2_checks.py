"""Problems 2.1 to 2.4: q2.ipynb and the files that it writes. The notebook is read, not run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from autograder.checks.check import Agrees, Check, Expected, Problem, attribute
from autograder.checks.draw import Draw

__all__ = ["loop_problem", "model_problem", "network_problem", "predictions_problem"]

CLASSES, COUNT, SHARE = 6, 400, 0.9
LABELS = Path(__file__).parent / "hidden/labels.txt"

NOTEBOOK = r"""
import ast, json, re
with open("q2.ipynb", encoding="utf-8") as file:
    cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
code = "\n".join("".join(cell["source"]) for cell in cells)
tree = ast.parse(re.sub(r"(?m)^(\s*)[%!].*", r"\1pass", code))  # without what only a notebook knows
functions = {f.name: f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef)}
functions |= {f.name: f for f in tree.body if isinstance(f, ast.FunctionDef)}  # not a method of the same name
written = {name for name, f in functions.items() if "NotImplementedError" not in ast.dump(f)}
inside = [node for f in functions.values() for node in ast.walk(f)]
calls = [n for n in inside if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
called = {n.func.attr for n in calls}
assigned = {t.attr for n in inside if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Attribute)}

def own(f):  # what stands in the function itself, and not in a function or class inside of it
    for node in ast.iter_child_nodes(f):
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            yield node
            yield from own(node)

def returns(name):
    return any(isinstance(n, ast.Return) and n.value is not None for n in own(functions[name]))

def reads(name, argument):
    names = [n for n in ast.walk(functions[name]) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    return argument in [n.id for n in names]

def order(f):  # of the calls, each with its first letter: "zbs" is zero_grad, backward, step
    found = []
    for n in own(f):
        if isinstance(n, ast.Attribute) and n.attr in ("zero_grad", "backward", "step"):
            if "sched" not in ast.unparse(n.value).lower():  # a scheduler has a step, too
                found.append((n.lineno, n.col_offset, n.attr[0]))
        elif isinstance(n, ast.Attribute) and n.attr == "grad" and isinstance(n.ctx, ast.Store):
            found.append((n.lineno, n.col_offset, "z"))  # p.grad = None
    return re.sub(r"(.)\1+", r"\1", "".join(letter for _, _, letter in sorted(found)) * 2)  # twice: it is a loop

orders = [order(f) for f in functions.values()]
"""
NO_NOTEBOOK = {
    "FileNotFoundError": "there is no q2.ipynb beside q1.py",
    "JSONDecodeError": "q2.ipynb is no notebook: save it in Jupyter or Colab, as .ipynb",
    "UnicodeDecodeError": "q2.ipynb is no notebook: save it in Jupyter or Colab, as .ipynb",
    "TypeError": "q2.ipynb is no notebook: save it in Jupyter or Colab, as .ipynb",
    "KeyError": "q2.ipynb is no notebook of format 4: save it in Jupyter or Colab",
    "SyntaxError": "a cell of q2.ipynb does not compile",
}

# A reader of PyTorch's files that makes nothing but numbers: the pickle in them may name any function there is.
MODEL = r"""
import pickle, zipfile
class State(dict):  # unlike a dict it can take the _metadata of a module
    pass
class Reader(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return State
        if name in ("_rebuild_tensor_v2", "_rebuild_parameter") and module == "torch._utils":
            return lambda *parts: parts[0] if name == "_rebuild_parameter" else (*parts[0], list(parts[2]))
        if module == "torch" and name.endswith("Storage"):
            return name.removesuffix("Storage").lower()
        raise pickle.UnpicklingError(f"{module}.{name}")
    def persistent_load(self, where):
        _, kind, key, _, size = where
        sizes = {"double": 8, "long": 8, "float": 4, "int": 4, "half": 2, "bfloat16": 2}
        complete = archive.getinfo(f"{folder}/data/{key}").file_size == size * sizes.get(kind, 1)
        return (kind, complete)
with zipfile.ZipFile("my_model.pt") as archive:
    folder = next(name for name in archive.namelist() if name.endswith("/data.pkl")).removesuffix("/data.pkl")
    with archive.open(f"{folder}/data.pkl") as stream:
        state = Reader(stream).load()
entries = list(state.items()) if isinstance(state, dict) else []
are_tensors = all(isinstance(name, str) and isinstance(v, tuple) and len(v) == 3 for name, v in entries)
weights = [v for name, v in entries if v[0] in ("float", "double")] if are_tensors else []
"""
NO_MODEL = {
    "FileNotFoundError": "there is no my_model.pt: TODO 2.4 of q2.ipynb writes it",
    "BadZipFile": "my_model.pt is no zip file, as torch.save writes it: torch.save(model.state_dict(), 'my_model.pt')",
    "StopIteration": "my_model.pt is no file of torch.save (np.savez?): torch.save(model.state_dict(), 'my_model.pt')",
    "UnpicklingError": "my_model.pt holds more than tensors, perhaps the whole model: "
    "torch.save(model.state_dict(), 'my_model.pt')",
    "KeyError": "my_model.pt is not complete: write it again",
}

PREDICTIONS = 'predictions = np.load("predictions.npy")'
NO_PREDICTIONS = {
    "FileNotFoundError": "there is no predictions.npy: TODO 2.3 of q2.ipynb writes it",
    "ValueError": "predictions.npy is no array of numbers: np.save('predictions.npy', predict(...)), an array",
    "EOFError": "predictions.npy is empty: write it again",
}


def todo(function: str, number: str) -> str:
    """The lines that end a check as long as the function is not written."""
    return f'if "{function}" not in written:\n    raise NotImplementedError("TODO {number}: {function}, in q2.ipynb")\n'


def loop_problem(draw: Draw) -> Problem:
    steps = {
        '"backward" in called': attribute(True, means="loss.backward() is not called: there are no gradients then"),
        '"step" in called': attribute(True, means="optimizer.step() is not called: nothing is learned then"),
        '"zero_grad" in called or "grad" in assigned': attribute(
            True, means="zero_grad() is not called: the gradients of all batches add up"
        ),
        'not any("bzs" in o and o.strip("z").startswith("s") for o in orders)': attribute(
            True, means="step() stands before backward(): it then sees no gradients"
        ),
        'not any("bzs" in o for o in orders)': attribute(
            True, means="zero_grad() stands between backward() and step(): the step then sees no gradients"
        ),
        'reads("train", "epochs") or "epochs" not in arguments': attribute(
            True, means="epochs is not used: the loop over the epochs must have as many turns"
        ),
        'reads("train", "batch_size") or "batch_size" not in arguments': attribute(
            True, means="batch_size is not used: each step must see as many pictures"
        ),
        'returns("train")': attribute(True, means="train returns nothing: return the list of the mean losses"),
    }
    arguments = 'arguments = [a.arg for a in functions["train"].args.args + functions["train"].args.kwonlyargs]\n'
    snippet = NOTEBOOK + todo("train", "2.1") + arguments
    check = Check("the training loop is written", 10, snippet, steps, failures=NO_NOTEBOOK)
    return Problem("2.1", "The training loop", 10, (check,), hint="q2.ipynb, section 2.1")


def network_problem(draw: Draw) -> Problem:
    expected = {
        '"network" in written': True,
        'returns("network")': attribute(True, means="network returns nothing: is the return missing?"),
    }
    check = Check("the network is written", 5, NOTEBOOK + todo("network", "2.2"), expected, failures=NO_NOTEBOOK)
    return Problem("2.2", "A network of your own", 5, (check,), hint="q2.ipynb, section 2.2")


def predictions_problem(draw: Draw) -> Problem:
    shapes = {
        "these are the scores of all classes: argmax(axis=1) is missing": [COUNT, CLASSES],
        "the classes stand first, and argmax is missing": [CLASSES, COUNT],
        "argmax over the wrong axis: axis=1 is that of the classes": [CLASSES],
        "one axis too many: (400,) is asked for": ([COUNT, 1], [1, COUNT]),
        "one number only: there must be one for each picture": ([], [1]),
        "these are predictions for the training pictures": [2000],
        "these are predictions for the validation pictures": [500],
    }
    otherwise = f"there must be one number for each of the {COUNT} hidden pictures"
    form = {
        "type(predictions).__name__": attribute("ndarray", means="this is a file of np.savez: use np.save"),
        "predictions.dtype.kind": Expected(
            "i",
            {"truth values: the class numbers are asked for": "b", "text: the class numbers are asked for": ("U", "S")},
            otherwise="whole numbers are asked for: argmax gives them, or astype(np.int64)",
            also=("u",),
        ),
        "list(predictions.shape)": Expected([COUNT], shapes, otherwise=otherwise),
        "int(predictions.min()) >= 0": attribute(True, means="a class number below 0: they are 0 to 5"),
        f"int(predictions.max()) < {CLASSES}": attribute(
            True, means="a class number above 5: they begin with 0, so that the last one is 5"
        ),
        "len(set(predictions.ravel().tolist())) > 1": attribute(
            True, means="the same class for every picture: the network has learned nothing"
        ),
    }
    # The class scores come before the dtype: of an array (400, 6) the missing argmax is the reason for both.
    order = ["type(predictions).__name__", "list(predictions.shape)"]
    form = {key: form[key] for key in [*order, *(key for key in form if key not in order)]}
    checks = (
        Check("predictions.npy: name, shape, dtype", 20, PREDICTIONS, form, failures=NO_PREDICTIONS),
        Check(
            "90 % of the hidden set",
            30,
            PREDICTIONS,
            {"predictions": Agrees(hidden_labels(), share=SHARE)},
            failures=NO_PREDICTIONS,
            hidden=True,
        ),
    )
    return Problem("2.3", "Predictions for the hidden set", 20, checks, hint="q2.ipynb, section 2.3")


def hidden_labels() -> np.ndarray:
    return np.array([int(line) for line in LABELS.read_text(encoding="ascii").split()])


def model_problem(draw: Draw) -> Problem:
    # The layers may stand in the file in any order. Of a matrix either axis may be that of the outputs.
    outputs = "{v[2][0] for v in weights if v[2]} | {v[2][1] for v in weights if len(v[2]) == 2}"
    classes = f"next((n for n in ({CLASSES}, 10, 1) if n in {outputs}), 0)"
    form = {
        "len(entries) > 0": attribute(True, means="it has no entries: save model.state_dict()"),
        "are_tensors": attribute(True, means="not tensors with their names: save model.state_dict()"),
        "len(weights) > 0": attribute(True, means="no float32 or float64 tensor: are these the weights?"),
        "all(v[1] for name, v in entries)": attribute(True, means="numbers are missing: the file was cut off"),
        classes: Expected(
            CLASSES,
            {"the last layer has 10 outputs, for 6 classes": 10, "the last layer has one output, for 6 classes": 1},
            otherwise="the last layer must have an output for each of the 6 classes: no layer has 6 outputs",
        ),
    }
    check = Check("my_model.pt: names, shapes, dtypes", 15, MODEL, form, failures=NO_MODEL)
    return Problem("2.4", "The model", 15, (check,), hint="q2.ipynb, section 2.4")
