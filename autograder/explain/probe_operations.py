"""Part of `probe`: what forward and backward of each operation take and give, and whether the derivative is one."""

import numpy as np

MOST_NUMBERS = 64  # of all inputs together, for numerical derivatives
STEP = 1e-5


class OperationWatcher:
    """Wraps operations. `tell`, `array`, `quietly` and the records are those of `probe.Watcher`."""

    def wrap_operation(self, cls):
        name = cls.__name__
        true_forward, true_backward = cls.__dict__.get("forward"), cls.__dict__.get("backward")
        for method, true in (("forward", true_forward), ("backward", true_backward)):
            if true is None:
                continue
            if not isinstance(true, (staticmethod, classmethod)):
                true = staticmethod(true)
            call = true.__get__(None, cls)
            wrapper = self.forward_of(name, call) if method == "forward" else self.backward_of(name, call, cls)
            setattr(cls, method, staticmethod(wrapper))

    def forward_of(self, name, true):
        def forward(ctx, *args, **options):
            before = [self.array(a) for a in args]
            if name in self.running and not self.facts:
                self.tell("forward calls itself", name)
            self.running.append(name)
            try:
                output = true(ctx, *args, **options)
            except Exception as error:
                shapes = [None if b is None else list(b.shape) for b in before]
                self.tell(
                    "forward raises", name, type(error).__name__, str(error)[:300], shapes, (self.layers or [""])[-1]
                )
                raise
            finally:
                self.running.pop()
            self.made.append((name, output))
            self.quietly(self.check_forward, name, ctx, args, before, output)
            self.records[id(ctx)] = (ctx, name, true, args, before, self.array(output), options)
            return output

        return forward

    def check_forward(self, name, ctx, args, before, output):
        if output is None:
            return self.tell("forward none", name)
        if not isinstance(output, self.kinds):
            return self.tell("forward type", name, type(output).__name__)
        if any(output is a for a in args):
            self.tell("forward same", name)
        for i, (a, b) in enumerate(zip(args, before)):
            now = self.array(a)
            if b is not None and (now.shape != b.shape or not np.array_equal(now, b, equal_nan=True)):
                self.tell("forward modifies", name, i)
        made = self.array(output)
        floats = [b.dtype for b in before if b is not None and b.dtype.kind == "f"]
        if floats and made is not None and made.dtype != np.result_type(*floats) and made.dtype.kind != "b":
            self.tell("forward dtype", name, made.dtype.name, np.result_type(*floats).name)
        small = sum(b.size for b in before if b is not None) <= 40
        if made is not None and small and self.numbers_checked.setdefault("value of " + name, 0) < 2:
            self.numbers_checked["value of " + name] += 1
            self.tell("value", name, [b for b in before if b is not None], made)
        return None

    def backward_of(self, name, true, cls):
        def backward(ctx, *grads, **options):
            before = [self.array(g) for g in grads]
            try:
                result = true(ctx, *grads, **options)
            except Exception as error:
                self.tell("backward raises", name, type(error).__name__, str(error)[:300])
                raise
            self.bare = name if isinstance(result, self.kinds) else ""
            self.quietly(self.check_backward, name, ctx, grads, before, result, true)
            return result

        return backward

    def check_backward(self, name, ctx, grads, before, result, backward):
        if result is None:
            return self.tell("backward none", name)
        given = self.array(grads[0]) if grads else None
        if given is not None and not np.array_equal(given, before[0], equal_nan=True):
            self.tell("backward modifies", name)
        record = self.records.get(id(ctx))
        if isinstance(result, list):
            self.tell("backward list", name, len(result))
        results = list(result) if isinstance(result, (tuple, list)) else [result]
        if record is None or not before or before[0] is None:
            return None
        args, inputs, output = record[3:6]
        tensors = [i for i, a in enumerate(args) if isinstance(a, self.kinds)]
        if len(results) < len(tensors):
            self.tell("backward count", name, len(results), len(tensors))
        if output is not None and before[0].shape != output.shape:
            self.tell("upstream shape", name, list(before[0].shape), list(output.shape))
        try:
            broadcast = np.broadcast_shapes(*(inputs[i].shape for i in tensors)) == before[0].shape
        except ValueError:
            broadcast = False
        for i in tensors:
            if i < len(results):
                shape = before[0].shape if broadcast else inputs[i].shape
                self.check_gradient(name, i, results[i], args[i], inputs[i], shape)
        if all(self.array(r) is not None for r in results[: len(tensors)]):
            self.check_numbers(name, record, results, grads[0], backward)
        return None

    def check_gradient(self, name, i, gradient, arg, value, broadcast):
        """broadcast: the shape that the input was broadcast to, its own if it was not."""
        if gradient is None:
            return self.tell("gradient none", name, i) if arg.requires_grad else None
        found = self.array(gradient)
        if found is None:
            return self.tell("gradient type", name, i, type(gradient).__name__)
        if not isinstance(gradient, self.kinds):
            self.tell("gradient plain", name, i, type(gradient).__name__)
        if found.shape != value.shape:
            self.tell("gradient shape", name, i, list(found.shape), list(value.shape), list(broadcast))
        elif found.dtype.kind == "f" and value.dtype.kind == "f" and found.dtype.itemsize < value.dtype.itemsize:
            self.tell("gradient dtype", name, i, found.dtype.name, value.dtype.name)
        return None

    # ------------------------------------------------------------------ numbers

    def check_numbers(self, name, record, results, grad, backward):
        upstream = self.array(grad)
        _, _, forward, args, inputs, output, options = record
        if self.numbers_checked.get(name, 0) >= 3 or output is None or upstream.shape != output.shape:
            return None
        where = [i for i, a in enumerate(args) if isinstance(a, self.kinds) and inputs[i].dtype == np.float64]
        if not where or sum(inputs[i].size for i in where) > MOST_NUMBERS:
            return None
        self.numbers_checked[name] = self.numbers_checked.get(name, 0) + 1
        kind = type(record[0])

        def value(arrays):
            new = [self.Tensor(arrays[i].copy()) if i in where else a for i, a in enumerate(args)]
            return self.array(forward(kind(), *new, **options)).astype(float)

        with np.errstate(all="ignore"):
            if not np.array_equal(value(inputs), output, equal_nan=True):
                return None  # chance or a state is involved
            for g in (upstream, np.ones_like(upstream)):
                if g is not upstream:
                    ones = [d for d, _ in (self.derivative(value, inputs, i, g) for i in where)]
                else:
                    found = [self.derivative(value, inputs, i, g) for i in where]
        wrong = self.any_wrong(where, found, results)
        if wrong:
            ctx, new = kind(), [self.Tensor(inputs[i].copy()) if i in where else a for i, a in enumerate(args)]
            forward(ctx, *new, **options)
            again = backward(ctx, self.Tensor(upstream))
            if not self.any_wrong(where, found, again if isinstance(again, (tuple, list)) else [again]):
                return self.tell("backward of the last", name)  # it is right, directly after its forward
        kind = "gradient wrong" if wrong else "gradient right"
        if wrong or self.numbers_checked[name] == 1:
            got = [self.array(results[i]) if i < len(results) else None for i in where]
            shown = [inputs[i] for i in where]
            self.tell(kind, name, where, got, [d for d, _ in found], ones, shown, output, upstream)
        return None

    def any_wrong(self, where, found, results):
        """Whether one of these gradients differs from the derivative, where that is smooth."""
        for i, (right, smooth) in zip(where, found):
            got = self.array(results[i]) if i < len(results) else None
            if got is not None and got.shape == right.shape:
                scale = 1e-4 * (1 + np.abs(right))
                if not np.all(np.isclose(got, right, 1e-4, scale) | ~smooth):
                    return True
        return False

    def derivative(self, value, inputs, i, upstream):
        """d sum(upstream * value) / d inputs[i], and where it is smooth."""
        right, smooth = np.zeros(inputs[i].shape), np.ones(inputs[i].shape, bool)
        middle = np.sum(upstream * value(inputs))
        for index in np.ndindex(right.shape):
            sides = []
            for step in (STEP, -STEP):
                arrays = list(inputs)
                arrays[i] = inputs[i].copy()
                arrays[i][index] += step
                sides.append(np.sum(upstream * value(arrays)))
            right[index] = (sides[0] - sides[1]) / (2 * STEP)
            bend = abs((sides[0] - middle) - (middle - sides[1])) / STEP
            smooth[index] = bool(np.isfinite(right[index])) and bend < 1e-2 * (1 + abs(right[index]))
        return right, smooth
