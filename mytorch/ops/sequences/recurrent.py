"""Recurrent networks: all steps of a sequence as one operation, and the functions of single cells.

The products of the inputs with their weights do not wait for one another, so they are made for all
steps at once, outside. What is left for these operations is the part that must go step by step:
x (T, N, gates * H) are the inputs' contributions, weight (gates * H, H) is W_hh.

Backward goes through the steps in reverse (backpropagation through time; Werbos 1990). Whatever
does not wait for the next step is again done for all steps at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.activations.sigmoids import Sigmoid, Tanh
from mytorch.ops.shapes.join import Stack
from mytorch.runtime.accumulate import sum_over

__all__ = ["GRUSteps", "LSTMSteps", "RNNSteps"]


class RNNSteps(Operation):
    """h_t = act(x_t + W h_t-1) for t = 1 .. T, act: tanh or relu            (Elman 1990)

    x (T, N, H), h_0 (N, H), W (H, H) -> all states (T+1, N, H), h_0 first.
    dL/dx_t = act' * dL/dh_t, where dL/dh_t also has the part W^T dL/dx_t+1 from the next step."""

    @staticmethod
    def forward(ctx, x, h0, weight, nonlinearity):
        ctx.nonlinearity = nonlinearity
        data, recurrent = x.data, weight.data.T
        h = np.empty((len(data) + 1, *data.shape[1:]), dtype=data.dtype)
        h[0] = h0.data
        for t in range(len(data)):
            np.matmul(h[t], recurrent, out=h[t + 1])
            h[t + 1] += data[t]
            if nonlinearity == "tanh":
                np.tanh(h[t + 1], out=h[t + 1])
            else:
                np.maximum(h[t + 1], 0, out=h[t + 1])
        states = x.new_tensor(h)
        ctx.save_for_backward(states, weight)
        return states

    @staticmethod
    def backward(ctx, grad_states):
        h, weight = ctx.saved_tensors
        slope = 1 - h[1:] * h[1:] if ctx.nonlinearity == "tanh" else h[1:] != 0  # (T, N, H), true for nan
        steps = slope.shape[0]
        grad_x: Any = [None] * steps
        grad_h = grad_states[steps]
        for t in reversed(range(steps)):
            grad_x[t] = grad_h * slope[t]
            grad_h = grad_states[t] + grad_x[t] @ weight
        grad_x = Stack.run(0, *grad_x)
        return grad_x, grad_h, _rows(grad_x).swapaxes(0, 1) @ _rows(h[:-1]), None


class LSTMSteps(Operation):
    """i, f, o = sigmoid(x_t + W h_t-1),  g = tanh(x_t + W h_t-1)   a quarter of x and W each: i, f, g, o
    c_t = f * c_t-1 + i * g
    h_t = o * tanh(c_t)                              (Hochreiter and Schmidhuber 1997; Gers et al. 2000)

    x (T, N, 4H), h_0 and c_0 (N, H), W (4H, H) -> (2, T+1, N, H): all h, then all c, h_0 and c_0 first.
    The gates are kept for backward; for a backward that is recorded they are computed once more."""

    @staticmethod
    def forward(ctx, x, h0, c0, weight):
        data = x.data
        steps, batch, size = len(data), data.shape[1], data.shape[2] // 4
        # sigmoid(a) = tanh(a / 2) / 2 + 1/2: with half of what enters i, f and o, one tanh serves all four.
        half = np.array([0.5, 0.5, 1, 0.5], data.dtype).reshape(4, 1, 1)
        # Gate by gate, (4, N, H): then each gate's numbers lie side by side, which NumPy is twice as fast with.
        inputs = data.reshape(steps, batch, 4, size).transpose(0, 2, 1, 3)
        recurrent = np.ascontiguousarray(weight.data.reshape(4, size, size).swapaxes(1, 2)) * half
        half = np.repeat(half, batch * size).reshape(4, batch, size)  # in full: twice as fast as broadcasting
        shift = 1 - half  # 0 for g
        product, part = np.empty_like(half), np.empty((batch, size), data.dtype)
        gates = np.empty((steps, 4, batch, size), data.dtype)
        h, c = both = np.empty((2, steps + 1, batch, size), data.dtype)
        h[0], c[0] = h0.data, c0.data
        for t, now in enumerate(gates):  # (4, N, H)
            np.multiply(inputs[t], half, out=now)
            now += np.matmul(h[t], recurrent, out=product)
            np.tanh(now, out=now)
            now *= half
            now += shift
            i, f, g, o = now
            np.multiply(f, c[t], out=c[t + 1])
            c[t + 1] += np.multiply(i, g, out=part)
            np.tanh(c[t + 1], out=h[t + 1])
            h[t + 1] *= o
        ctx.gates = gates
        states = x.new_tensor(both)
        ctx.save_for_backward(x, weight, states)
        return states

    @staticmethod
    def _gates_again(x: Any, weight: Any, h: Any) -> list:
        i, f, g, o = _parts(x + h[:-1] @ weight.swapaxes(0, 1), 4)
        return [Sigmoid.apply(i), Sigmoid.apply(f), Tanh.apply(g), Sigmoid.apply(o)]

    @staticmethod
    def backward(ctx, grad_states):
        x, weight, states = ctx.saved_tensors
        if ctx.on_arrays:
            return LSTMSteps._backward_on_arrays(ctx.gates, weight, states, grad_states)
        # Recorded: again as functions of x, weight and h, because the arrays would be constants.
        h, c = states[0], states[1]  # (T+1, N, H)
        i, f, g, o = LSTMSteps._gates_again(x, weight, h)
        tanh_c = Tanh.run(c[1:])
        # How c_t reacts to h_t, and how the x of the four gates react to c_t, c_t, c_t, h_t; of all steps.
        h_to_c = o * (1 - tanh_c * tanh_c)
        # (T, N, 4, H):
        to_x = Stack.run(2, g * i * (1 - i), c[:-1] * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o))
        steps, batch, _ = x.shape
        grad_x: Any = [None] * steps
        grad_h, grad_c = grad_states[0][steps], grad_states[1][steps]
        for t in reversed(range(steps)):
            grad_c = grad_c + grad_h * h_to_c[t]
            signal = Stack.run(1, grad_c, grad_c, grad_c, grad_h)  # (N, 4, H)
            grad_x[t] = (signal * to_x[t]).reshape((batch, x.shape[2]))
            grad_h = grad_states[0][t] + grad_x[t] @ weight
            grad_c = grad_states[1][t] + grad_c * f[t]
        grad_x = Stack.run(0, *grad_x)
        return grad_x, grad_h, grad_c, _rows(grad_x).swapaxes(0, 1) @ _rows(h[:-1])

    @staticmethod
    def _backward_on_arrays(
        gates: np.ndarray, weight: np.ndarray, states: np.ndarray, grad_states: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """The same sums, a step at a time, in memory that stays in the cache. gates: (T, 4, N, H)"""
        h, c = states  # (T+1, N, H)
        steps, _, batch, size = gates.shape
        grad_x = np.empty((steps, batch, 4 * size), gates.dtype)
        by_gate = grad_x.reshape(steps, batch, 4, size).transpose(0, 2, 1, 3)  # (T, 4, N, H), the same memory
        grad_now, (tanh_c, part) = np.empty_like(gates[0]), np.empty((2, batch, size), gates.dtype)
        grad_h, grad_c = grad_states[0, steps].copy(), grad_states[1, steps].copy()
        for t in reversed(range(steps)):
            i, f, g, o = gates[t]
            np.tanh(c[t + 1], out=tanh_c)
            np.subtract(1, np.multiply(tanh_c, tanh_c, out=part), out=part)
            part *= o  # how h_t reacts to c_t
            grad_c += np.multiply(part, grad_h, out=part)
            np.subtract(1, gates[t], out=grad_now)
            grad_now *= gates[t]  # the slopes of i, f and o
            np.subtract(1, np.multiply(g, g, out=part), out=grad_now[2])  # and of g, a tanh
            for gate, factor, signal in zip(grad_now, (g, c[t], i, tanh_c), (grad_c, grad_c, grad_c, grad_h)):
                gate *= factor
                gate *= signal
            by_gate[t] = grad_now
            np.matmul(grad_x[t], weight, out=grad_h)
            grad_h += grad_states[0, t]
            grad_c *= f
            grad_c += grad_states[1, t]
        return grad_x, grad_h, grad_c, _rows(grad_x).T @ _rows(h[:-1])


class GRUSteps(Operation):
    """r, z = sigmoid(x_t + y_t),  y_t = W h_t-1 + b             a third of x and y each: r, z, n
    n = tanh(x_t + r * y_t)
    h_t = (1 - z) * n + z * h_t-1                                          (Cho et al. 2014)

    x (T, N, 3H), h_0 (N, H), W (3H, H), b (3H,) -> all states (T+1, N, H), h_0 first.
    The gates are kept for backward; for a backward that is recorded they are computed once more."""

    @staticmethod
    def forward(ctx, x, h0, weight, bias):
        data, recurrent = x.data, weight.data.T
        size = data.shape[2] // 3
        gates, products = np.empty((2, *data.shape), dtype=data.dtype)
        h = np.empty((len(data) + 1, data.shape[1], size), dtype=data.dtype)
        h[0] = h0.data
        for t, (now, y) in enumerate(zip(gates, products)):  # (N, 3H)
            np.matmul(h[t], recurrent, out=y)
            y += bias.data
            (_, z, n), rz = _parts(now, 3), now[:, : 2 * size]
            np.add(data[t, :, : 2 * size], y[:, : 2 * size], out=rz)
            _sigmoid_(rz)
            np.multiply(now[:, :size], y[:, 2 * size :], out=n)
            n += data[t, :, 2 * size :]
            np.tanh(n, out=n)
            np.subtract(h[t], n, out=h[t + 1])
            h[t + 1] *= z
            h[t + 1] += n
        ctx.gates, ctx.products = gates, products
        states = x.new_tensor(h)
        ctx.save_for_backward(x, weight, bias, states)
        return states

    @staticmethod
    def _gates_again(x: Any, weight: Any, bias: Any, h: Any) -> tuple[list, Any]:
        (x_r, x_z, x_n), (y_r, y_z, y_n) = _parts(x, 3), _parts(h[:-1] @ weight.swapaxes(0, 1) + bias, 3)
        r = Sigmoid.apply(x_r + y_r)
        return [r, Sigmoid.apply(x_z + y_z), Tanh.apply(x_n + r * y_n)], y_n

    @staticmethod
    def backward(ctx, grad_states):
        x, weight, bias, h = ctx.saved_tensors
        if ctx.on_arrays:
            (r, z, n), (_, _, y_n) = _parts(ctx.gates, 3), _parts(ctx.products, 3)
        else:  # recorded: again as functions of x, weight, bias and h
            (r, z, n), y_n = GRUSteps._gates_again(x, weight, bias, h)
        # How h_t reacts to the x of the gates r, z, n, and to y_n; of all steps.
        to_n = (1 - z) * (1 - n * n)
        to_z = (h[:-1] - n) * z * (1 - z)
        to_r = to_n * y_n * r * (1 - r)
        to_y = Stack.run(2, to_r, to_z, to_n * r)  # (T, N, 3, H)
        steps, batch, width = x.shape
        size = width // 3
        grads_h: Any = [None] * steps
        grad_y: Any = [None] * steps
        grad_h = grad_states[steps]
        if ctx.on_arrays:  # the same loop, in memory that is there already: `grad_y` first holds `to_y`
            grad_y, grads_h = to_y.reshape(x.shape), np.empty((steps, batch, size), x.dtype)
            product = np.empty((batch, size), x.dtype)
            grad_h = grad_h.copy()
            for t in reversed(range(steps)):
                grads_h[t] = grad_h
                to_y[t] *= grad_h[:, None]
                grad_h *= z[t]
                grad_h += np.matmul(grad_y[t], weight, out=product)
                grad_h += grad_states[t]
            grad_y = _rows(grad_y)
            grad_x = (grads_h[:, :, None] * Stack.run(2, to_r, to_z, to_n)).reshape(x.shape)
            return grad_x, grad_h, grad_y.T @ _rows(h[:-1]), sum_over(grad_y, (0,))
        for t in reversed(range(steps)):
            grads_h[t] = grad_h.reshape((batch, 1, size))
            grad_y[t] = (grads_h[t] * to_y[t]).reshape((batch, width))
            grad_h = grad_states[t] + grad_h * z[t] + grad_y[t] @ weight
        grad_y = _rows(Stack.run(0, *grad_y))
        grad_x = (Stack.run(0, *grads_h) * Stack.run(2, to_r, to_z, to_n)).reshape((steps, batch, width))
        return grad_x, grad_h, grad_y.swapaxes(0, 1) @ _rows(h[:-1]), sum_over(grad_y, (0,))


def _rows(x: Any) -> Any:
    """(T, N, K) -> (T * N, K)"""
    return x.reshape((x.shape[0] * x.shape[1], x.shape[2]))


def _parts(gates: Any, count: int) -> list:
    """(..., count * H) as `count` views (..., H)."""
    size = gates.shape[-1] // count
    return [gates[..., k * size : (k + 1) * size] for k in range(count)]


def _sigmoid_(a: np.ndarray) -> None:
    """a = 1 / (1 + e^-a), in place; by tanh, because e^-a may overflow."""
    a *= 0.5
    np.tanh(a, out=a)
    a *= 0.5
    a += 0.5
