"""Runs in the student's process, as text before a snippet: `watch(snippet)` runs the snippet and returns facts.

It needs NumPy and nothing of the grader: its three files are handed over as one text, without their imports from here.
Facts are lists [kind, operation, details...] that `values.encode` can carry.
The student's code may fool it, and gets a wrong explanation for that, but no points.
"""

import difflib
import sys

import numpy as np

from autograder.explain.probe_graph import GraphWatcher
from autograder.explain.probe_operations import OperationWatcher

MOST_FACTS = 60


class Watcher(OperationWatcher, GraphWatcher):
    """Wraps forward and backward of every operation, the nodes, layers and operators, and notes what they do."""

    def __init__(self, tensor, engine):
        self.Tensor, self.engine = tensor, engine
        self.kinds = tuple(cls for cls in tensor.__mro__ if cls is not object)  # a Tensor, perhaps of its base class
        self.facts = []
        self.records = {}  # id of a ctx: (the ctx, operation, inputs before forward, output)
        self.numbers_checked = {}  # operation: how often
        # id of a node: [the node, gradients that its users made for it, those that it got, those that its users got]
        self.sent = {}
        self.layers = []  # those whose forward is running
        self.running = []  # operations whose forward is running
        self.made = []  # (operation, its result) of every forward
        self.recorded = []  # what Function.apply has returned
        self.broken = False  # whether a walk has ended with an exception
        self.walking = 0  # calls of Tensor.backward that have not returned
        self.applied = 0  # calls of Function.apply
        self.operators = []  # (name, operands) of those that are running
        self.error = ""  # what has ended the snippet
        self.bare = ""  # the operation whose backward ran last, if it returned a Tensor alone

    def tell(self, *fact):
        if len(self.facts) < MOST_FACTS:
            self.facts.append(list(fact))

    def array(self, value):
        """The numbers of a Tensor, array or number; None for all else."""
        if isinstance(value, self.kinds):
            value = value.data
        if isinstance(value, (np.ndarray, np.generic, int, float)) and np.asarray(value).dtype.kind in "iufb":
            return np.array(value)
        return None

    # ------------------------------------------------------------------ layers, operators, names

    def wrap_method(self, cls, method, what):
        true = cls.__dict__.get(method)
        if not callable(true):
            return

        def call(*args, **options):
            applied = self.applied
            before = dict(getattr(args[0], "__dict__", {})) if args and what == "layer" else {}
            self.layers.append(cls.__name__ if what == "layer" else (self.layers or [""])[-1])
            self.operators.append((method, args if what == "operator" else ()))
            try:
                result = true(*args, **options)
            finally:
                self.layers.pop()
                self.operators.pop()
            if what == "layer":
                self.quietly(self.check_layer, cls.__name__, args, before, result)
            elif self.applied == applied and isinstance(result, self.kinds):
                self.tell("operator bypasses", method)
            elif len(args) == 2:
                self.quietly(self.check_operand, method, *args, result)
            if result is None:
                self.tell("returns none", f"{cls.__name__}.{method}", what)
            elif not isinstance(result, self.kinds):
                self.tell("returns type", f"{cls.__name__}.{method}", what, type(result).__name__)
            return result

        setattr(cls, method, call)

    def wrap_tensor_method(self, method):
        """Of exp, log and others: whether the result is still in the graph."""
        true = vars(self.Tensor).get(method)
        if not callable(true):
            return

        def call(tensor, *args, **options):
            applied = self.applied
            result = true(tensor, *args, **options)
            lost = self.applied == applied and isinstance(result, self.kinds) and not result.requires_grad
            if lost and tensor.requires_grad:
                self.tell("method detached", method)
            return result

        setattr(self.Tensor, method, call)

    def check_layer(self, name, args, before, result):
        """Whether what a layer makes of Tensors that require grad is still in the graph, and they in the layer."""
        for what, value in before.items():
            if isinstance(value, self.kinds) and value.is_parameter and vars(args[0]).get(what) is not value:
                return self.tell("layer rebinds", name, what)
        used = [*args[1:], *vars(args[0]).values()]
        wanted = any(isinstance(v, self.kinds) and v.requires_grad for v in used)
        if wanted and isinstance(result, self.kinds) and not result.requires_grad:
            told = len(self.facts)
            self.check_recorded(result)
            return self.tell("layer detached", name) if len(self.facts) == told else None
        used = {**vars(args[0]), "its input": args[1] if len(args) > 1 else None}
        for what, value in used.items():
            # (What forward has put into its place, or keeps as a constant, is no matter.)
            given = what == "its input" or (before.get(what) is value and not what.startswith("running"))
            if given and self.is_lost(value, result):
                return self.tell("layer loses", name, str(what))
        return None

    def quietly(self, call, *args, **options):
        try:
            call(*args, **options)
        except Exception as error:  # an explanation less, and the check goes on
            self.tell("probe failed", call.__name__, f"{type(error).__name__}: {error}"[:200])

    def explain_error(self, error):
        """A name that is not there, and one like it that is."""
        self.error = str(error)
        missing, owner = getattr(error, "name", None), getattr(error, "obj", None)
        if isinstance(error, ImportError):
            missing = getattr(error, "name_from", None)
            owner = sys.modules.get(error.name or "")
            words = str(error).split("'")
            missing = missing or (words[1] if len(words) > 2 else None)
        if isinstance(missing, str) and owner is not None:
            names = [n for n in dir(owner) if not n.startswith("__") or missing.startswith("__")]
            kind = getattr(owner, "__name__", type(owner).__name__)
            self.tell("no name", str(kind), missing, similar(missing, names))
        if self.sent and str(error) in [
            f"'NoneType' object has no attribute '{n}'" for n in ("apply", "next_functions")
        ]:
            self.tell("walks into none")
        if isinstance(error, TypeError) and str(error).endswith("object is not callable"):
            self.tell("not callable", str(error).split("'")[1])
        called = str(error).partition("() takes no arguments")
        if called[1] and called[0] in [cls.__name__ for cls in subclasses(self.engine.Function)]:
            self.tell("function called", called[0])
        if self.bare and any(what in str(error) for what in ("not subscriptable", "not iterable", "has no len")):
            self.facts.insert(0, ["backward bare", self.bare])
        if isinstance(error, TypeError) and "operand type" in str(error):
            self.tell("no operator", str(error)[:200], [n for n in vars(self.Tensor) if n.startswith("__")])


def similar(missing, names):
    """Names that are probably meant by `missing`, the likeliest first."""
    small, found = missing.lower().strip("_"), []
    for name in names:
        other = name.lower().strip("_")
        if name != missing and other and (other == small or other.startswith(small) or small.startswith(other)):
            found.append(name)
    found = [name for name in found if len(name) > 2]
    return found + [name for name in difflib.get_close_matches(missing, names, 3, 0.6) if name not in found]


def subclasses(cls):
    found = []
    for sub in cls.__subclasses__():
        found += [sub, *subclasses(sub)]
    return found


def watch(snippet):
    """The facts of one run of the snippet."""
    import importlib

    modules = {}
    for name in ("tensor", "autograd_engine", "nn.functional", "nn.module"):
        try:
            modules[name] = importlib.import_module("mytorch." + name)
        except ImportError:
            modules[name] = None
    tensor = getattr(modules["tensor"], "Tensor", None)
    function = getattr(modules["autograd_engine"], "Function", None)
    if not (isinstance(tensor, type) and isinstance(function, type)):
        return []
    watcher = Watcher(tensor, modules["autograd_engine"])
    namespace = {"__name__": "__main__"}
    imports = [line for line in snippet.splitlines() if line.startswith(("import ", "from "))]
    try:
        exec("\n".join(imports), namespace)  # all of the student's classes must be there
    except Exception as error:
        watcher.quietly(watcher.explain_error, error)
        return watcher.facts
    watcher.quietly(check_new_tensors, watcher)
    for cls in subclasses(function):
        watcher.quietly(watcher.wrap_operation, cls)
    watcher.quietly(watcher.wrap_apply, function)
    watcher.quietly(watcher.wrap_engine)
    watcher.quietly(watcher.wrap_tensor_backward)
    module = getattr(modules["nn.module"], "Module", None)
    if isinstance(module, type):
        for cls in subclasses(module):
            watcher.quietly(watcher.wrap_method, cls, "forward", "layer")
    for method in ("__add__", "__sub__", "__mul__", "__truediv__", "__matmul__"):
        watcher.quietly(watcher.wrap_method, tensor, method, "operator")
    for method in ("exp", "log", "sqrt", "sum", "mean", "reshape", "__pow__", "__neg__"):
        watcher.quietly(watcher.wrap_tensor_method, method)
    watcher.quietly(watcher.wrap_cross_entropy, modules["nn.functional"])
    try:
        exec(compile(snippet, "<snippet>", "exec"), namespace)
    except Exception as error:
        watcher.quietly(watcher.explain_error, error)
    watcher.quietly(watcher.check_walk, namespace)
    watcher.quietly(check_optimizer, watcher, namespace)
    return watcher.facts


def check_new_tensors(watcher):
    """What Tensor makes of float64, and how a Tensor begins."""
    made = np.asarray(watcher.Tensor(np.array([0.5, 1.5])).data)
    fresh = watcher.Tensor(np.ones(2))
    begin = {"requires_grad": False, "is_leaf": True, "grad": None, "grad_fn": None}
    wrong = [name for name, value in begin.items() if getattr(fresh, name, value) is not value]
    if wrong:
        watcher.tell("tensor defaults", wrong)
    if made.dtype != np.float64:
        watcher.tell("tensor dtype", "Tensor", made.dtype.name)


def check_optimizer(watcher, namespace):
    """Whether the optimizer's parameters are still the model's, and what it makes of their gradients."""
    optimizer = namespace.get("optimizer")
    watcher.quietly(check_zero_grad, watcher, optimizer)
    params = getattr(optimizer, "params", None)
    owned = [v for v in namespace.values() if isinstance(v, watcher.Tensor) and v.is_parameter]
    if isinstance(params, (list, tuple)) and owned and any(all(p is not v for p in params) for v in owned):
        watcher.tell("rebinds", type(optimizer).__name__)
    momentums = getattr(optimizer, "momentums", None)
    if isinstance(params, (list, tuple)) and isinstance(momentums, (list, tuple)):
        shapes = [np.shape(watcher.array(m)) for m in momentums if watcher.array(m) is not None]
        several = len(momentums) > 1 and any(m is momentums[0] for m in momentums[1:])
        if several or len(momentums) != len(params):
            watcher.tell("momentums", type(optimizer).__name__, len(momentums), len(params), several)
        elif len(shapes) == len(params) and any(s not in ((), p.data.shape) for s, p in zip(shapes, params)):
            watcher.tell("momentums", type(optimizer).__name__, len(momentums), len(params), False)


def check_zero_grad(watcher, optimizer):
    """Whether zero_grad leaves something that the next gradient cannot be added to."""
    params = getattr(optimizer, "params", None)
    if not isinstance(params, (list, tuple)) or not params:
        return
    optimizer.zero_grad()
    left = params[0].grad
    array = isinstance(left, np.ndarray) and ("memoryview" in watcher.error or "ndarray" in watcher.error)
    if array or isinstance(left, (int, float)):
        watcher.tell("zero_grad leaves", type(left).__name__)
