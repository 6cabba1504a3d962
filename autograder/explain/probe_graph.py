"""Part of `probe`: what Function.apply records, where the walk begins, and what each node is sent and gets."""

import sys

import numpy as np

MOST_NODES = 100  # of a graph that is searched for an operand


class GraphWatcher:
    """Wraps Function.apply, Tensor.backward and the nodes. `tell`, `array`, `quietly` are those of `probe.Watcher`."""

    def wrap_engine(self):
        engine = self.engine
        true = getattr(engine, "backward", None)
        if callable(true):

            def backward(*args, **options):
                if not self.sent:
                    self.quietly(self.check_seed, *args, **options)
                return true(*args, **options)

            for module in [m for name, m in sys.modules.items() if name.startswith("mytorch")]:
                if vars(module).get("backward") is true:
                    module.backward = backward
        for name, wrapper in (("BackwardFunction", self.inner_apply), ("AccumulateGrad", self.leaf_apply)):
            cls = getattr(engine, name, None)
            if isinstance(cls, type) and callable(getattr(cls, "apply", None)):
                cls.apply = wrapper(cls.apply)

    def wrap_tensor_backward(self):
        true = self.Tensor.__dict__.get("backward")
        if not callable(true):
            return

        def backward(tensor, *args, **options):
            self.quietly(self.check_recorded, tensor)
            walked = len(self.sent)
            self.walking += 1
            try:
                result = true(tensor, *args, **options)
            except Exception:
                self.broken = True
                raise
            finally:
                self.walking -= 1
            if tensor.requires_grad and len(self.sent) == walked == 0:
                self.tell("no walk")
            return result

        self.Tensor.backward = backward

    def check_recorded(self, tensor):
        """Whether what is differentiated was made by apply, and not by forward alone."""
        names = [name for name, result in self.made if result is tensor]
        if names and tensor.grad_fn is None and all(tensor is not result for result in self.recorded):
            self.tell("forward alone", names[-1])

    def check_operand(self, method, first, other, result):
        if other is not first and self.is_lost(other, result, first.grad_fn):
            self.tell("operator loses", method)

    def is_lost(self, used, result, beside=None):
        """Whether `used` requires grad and the graph of `result`, which was made of it, does not lead there, other than
        by the node `beside`. (False too where that graph is large, or none.)"""
        node = getattr(result, "grad_fn", None)
        if not (isinstance(used, self.kinds) and used.requires_grad) or node is None or used is result:
            return False
        nodes = [node]
        for node in nodes:
            if node is used.grad_fn or (getattr(node, "variable", used) is used and not hasattr(node, "ctx")):
                return False  # (a node without these names: nobody knows)
            nodes += [
                n
                for n in getattr(node, "next_functions", [])
                if n is not None and all(n is not m for m in (*nodes, beside))
            ]
            if len(nodes) > MOST_NODES:
                return False
        return bool(getattr(nodes[0], "next_functions", []))

    def check_seed(self, grad_fn=None, grad=None, *rest):
        array = self.array(grad)
        if not self.walking:
            return
        self.tell("seed", type(grad_fn).__name__, type(grad).__name__, array)
        record = self.records.get(id(getattr(grad_fn, "ctx", None)))
        if record is not None and array is not None and record[5] is not None and array.shape != record[5].shape:
            self.tell("seed shape", record[1], list(array.shape), list(record[5].shape))

    def got(self, node, args):
        entry = self.sent.setdefault(id(node), [node, [], [], []])
        array = self.array(args[0]) if args else None
        if array is not None:
            entry[2].append(array)

    def inner_apply(self, true):
        def apply(node, *args, **options):
            self.quietly(self.got, node, args)
            result = true(node, *args, **options)
            self.quietly(self.note_sent, node, result)
            return result

        return apply

    def note_sent(self, node, result):
        results = result if isinstance(result, (tuple, list)) else [result]
        parents = getattr(node, "next_functions", [])
        for parent, part in zip(parents, results):
            array = self.array(part)
            if parent is not None and array is not None:
                self.sent.setdefault(id(parent), [parent, [], [], []])[1].append(array)
                self.sent[id(parent)][3].extend(self.sent[id(node)][2][-1:])

    def leaf_apply(self, true):
        def apply(node, *args, **options):
            self.quietly(self.got, node, args)
            variable = getattr(node, "variable", None)
            before = self.array(getattr(variable, "grad", None))
            try:
                result = true(node, *args, **options)
            except Exception as error:
                self.tell("accumulate raises", "AccumulateGrad", type(error).__name__, str(error)[:300])
                raise
            self.quietly(self.check_leaf, variable, args[0] if args else None, before)
            return result

        return apply

    def check_leaf(self, variable, given, before):
        given, now = self.array(given), self.array(getattr(variable, "grad", None))
        if given is None or variable is None:
            return
        if now is not None and not isinstance(variable.grad, self.kinds):
            self.tell("grad plain", type(variable.grad).__name__)
        if given.shape != variable.data.shape:
            self.tell("leaf shape", "AccumulateGrad", list(given.shape), list(variable.data.shape))
        elif now is None:
            self.tell("leaf none", "AccumulateGrad")
        elif before is not None and not np.allclose(now, before + given):
            self.tell("leaf not added", "AccumulateGrad", before, given, now)
        elif before is None and not np.allclose(now, given):
            self.tell("leaf changed", "AccumulateGrad", given, now)

    def check_walk(self, namespace):
        """Whether each node got the sum of what was sent to it. Where only nodes with several users did not, a graph
        without such nodes tells whether it is their sum that is wrong, or every gradient that is handed on."""
        found = self.walk_facts()
        lost = [fact for fact in found if fact[0] == "walk"]
        if lost and all(fact[6] > 1 for fact in lost):
            self.sent = {}
            line = (
                "x = Tensor(np.array([2.0, 3.0]), requires_grad=True)\nc = Tensor(np.array([5.0, 7.0]))\ny = x * c * c"
            )
            self.quietly(exec, f"{line}\ny.backward()", {"np": np, "Tensor": self.Tensor})
            found = [fact for fact in self.walk_facts() if fact[0] == "walk" and fact[6] == 1] + found
        for fact in found:
            self.tell(*fact)

    def walk_facts(self):
        found = []
        for node, sent, got, users in self.sent.values():
            if not sent:
                continue
            name = getattr(node, "function_name", type(node).__name__)
            name = name if isinstance(name, str) else type(node).__name__
            if self.broken and len(got) < len(sent):
                continue  # the walk did not come to it
            if not got:
                found.append(("never reached", name))
            elif {a.shape for a in sent} == {a.shape for a in got} == {sent[0].shape}:
                total = sum(sent)
                if not np.allclose(sum(got), total):
                    same = {a.shape for a in users} == {total.shape}
                    given = sum(users) if same else total
                    found.append(("walk", name, total, sum(got), sent[-1], sent[0], len(sent), given))
        return found

    # ------------------------------------------------------------------ Function.apply

    def wrap_apply(self, function):
        true = function.__dict__.get("apply")
        if not isinstance(true, (classmethod, staticmethod)):
            return
        call = true.__func__

        def apply(cls, *args, **options):
            wanted = [isinstance(a, self.kinds) and bool(a.requires_grad) for a in args]
            nodes = [getattr(a, "grad_fn", None) for a in args]
            self.applied += 1
            self.quietly(self.check_given, cls.__name__, args)
            output = call(cls, *args, **options)
            self.recorded.append(output)
            self.quietly(self.check_apply, cls.__name__, args, wanted, nodes, output)
            return output

        function.apply = classmethod(apply)

    def check_given(self, name, args):
        """Whether an operator hands over the arrays of its operands instead of them."""
        method, operands = (self.operators or [("", ())])[-1]
        arrays = [o.data for o in operands if isinstance(o, self.kinds)]
        if any(a is array for a in args for array in arrays):
            self.tell("operator gives arrays", method, name)

    def wrap_cross_entropy(self, functional):
        true = vars(functional).get("cross_entropy")
        code = getattr(true, "__code__", None)
        first = (code.co_varnames if code and code.co_argcount else ("",))[0]
        if not first or first == "y" or "tar" in first or "lab" in first:
            return  # whose function wants the labels first

        def cross_entropy(*args, **options):
            shapes = [np.shape(self.array(a)) for a in args[:2]]
            if [len(shape) for shape in shapes] == [1, 2] and self.layers:
                self.tell("loss exchanged", self.layers[-1])
            return true(*args, **options)

        for module in [m for name, m in sys.modules.items() if name.startswith("mytorch")]:
            if vars(module).get("cross_entropy") is true:
                module.cross_entropy = cross_entropy

    def check_apply(self, name, args, wanted, nodes, output):
        if output is None:
            return self.tell("apply none")
        if not isinstance(output, self.kinds):
            return None
        node = output.grad_fn
        if not any(wanted):
            return self.tell("apply constant") if output.requires_grad else None
        if not output.requires_grad:
            return self.tell("apply requires_grad")
        if node is None:
            return self.tell("apply node")
        if any(node is n for n in nodes) or type(node).__name__ == "AccumulateGrad":
            return self.tell("apply node of input")
        links = list(getattr(node, "next_functions", []))
        tensors = [i for i, a in enumerate(args) if isinstance(a, self.kinds)]
        if len(links) < len(tensors):
            return self.tell("apply links", name, len(links), len(tensors))
        for i in [i for i in tensors if wanted[i] and i < len(links)]:
            others = [node for node in [*nodes[:i], *nodes[i + 1 :]] if node is not None]
            inner = type(nodes[i]).__name__ == "BackwardFunction"
            if links[i] is None or (inner and links[i] is not nodes[i]):
                ordered = nodes[i] is None or not any(link is nodes[i] for link in links)
                constants = [j for j in tensors if not wanted[j] and j < len(links)]
                ordered = ordered and all(links[j] is None for j in constants)
                if not ordered or any(links[i] is other for other in others):
                    return self.tell("apply order", name)
                if links[i] is None:
                    return self.tell("apply lost", name, i)
                return self.tell("apply other", name, i, type(links[i]).__name__)
            leaf = getattr(links[i], "variable", None)
            if isinstance(leaf, self.kinds) and leaf is not args[i] and args[i].is_leaf:
                other = any(leaf is arg for arg in args)
                return self.tell("apply order", name) if other else self.tell("apply variable", name, i)
        return self.tell("apply leaf") if output.is_leaf else None
