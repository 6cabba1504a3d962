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

from mytorch.autograd_engine import Operation, TensorBase
from mytorch.ops.activation import Sigmoid, Tanh
from mytorch.ops.join_split import Stack

__all__ = ["GRUSteps", "LSTMSteps", "RNNSteps"]


def _stack(parts: list, axis: int) -> Any:
    """Arrays or Tensors side by side along a new axis."""
    return Stack.apply(axis, *parts) if isinstance(parts[0], TensorBase) else np.stack(parts, axis)


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
        slope = 1 - h[1:] * h[1:] if ctx.nonlinearity == "tanh" else h[1:] > 0  # (T, N, H)
        steps = slope.shape[0]
        grad_x: Any = [None] * steps
        grad_h = grad_states[steps]
        for t in reversed(range(steps)):
            grad_x[t] = grad_h * slope[t]
            grad_h = grad_states[t] + grad_x[t] @ weight
        grad_x = _stack(grad_x, 0)
        return grad_x, grad_h, _rows(grad_x).swapaxes(0, 1) @ _rows(h[:-1]), None


class LSTMSteps(Operation):
    """i, f, o = sigmoid(x_t + W h_t-1),  g = tanh(x_t + W h_t-1)   a quarter of x and W each: i, f, g, o
    c_t = f * c_t-1 + i * g
    h_t = o * tanh(c_t)                              (Hochreiter and Schmidhuber 1997; Gers et al. 2000)

    x (T, N, 4H), h_0 and c_0 (N, H), W (4H, H) -> (2, T+1, N, H): all h, then all c, h_0 and c_0 first.
    The gates are kept for backward; for a backward that is recorded they are computed once more."""

    @staticmethod
    def forward(ctx, x, h0, c0, weight):
        data, recurrent = x.data, weight.data.T
        gates = np.empty(data.shape, dtype=data.dtype)
        size = data.shape[2] // 4
        h, c = both = np.empty((2, len(data) + 1, data.shape[1], size), dtype=data.dtype)
        h[0], c[0] = h0.data, c0.data
        for t in range(len(data)):
            np.matmul(h[t], recurrent, out=gates[t])
            gates[t] += data[t]
            i, f, g, o = _parts(gates[t], 4)
            _sigmoid_(gates[t, :, : 2 * size])  # i and f
            _sigmoid_(o)
            np.tanh(g, out=g)
            np.multiply(f, c[t], out=c[t + 1])
            c[t + 1] += i * g
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
        h, c = states[0], states[1]  # (T+1, N, H)
        i, f, g, o = _parts(ctx.gates, 4) if ctx.on_arrays else LSTMSteps._gates_again(x, weight, h)
        tanh_c = Tanh.run(c[1:])
        # How c_t reacts to h_t, and how the x of the four gates react to c_t, c_t, c_t, h_t; of all steps.
        h_to_c = o * (1 - tanh_c * tanh_c)
        to_x = _stack([g * i * (1 - i), c[:-1] * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o)], 2)  # (T, N, 4, H)
        steps, batch, _ = x.shape
        grad_x: Any = [None] * steps
        grad_h, grad_c = grad_states[0][steps], grad_states[1][steps]
        for t in reversed(range(steps)):
            grad_c = grad_c + grad_h * h_to_c[t]
            signal = _stack([grad_c, grad_c, grad_c, grad_h], 1)  # (N, 4, H)
            grad_x[t] = (signal * to_x[t]).reshape((batch, x.shape[2]))
            grad_h = grad_states[0][t] + grad_x[t] @ weight
            grad_c = grad_states[1][t] + grad_c * f[t]
        grad_x = _stack(grad_x, 0)
        return grad_x, grad_h, grad_c, _rows(grad_x).swapaxes(0, 1) @ _rows(h[:-1])


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
        for t in range(len(data)):
            np.matmul(h[t], recurrent, out=products[t])
            products[t] += bias.data
            (r, z, n), (_, _, y_n) = _parts(gates[t], 3), _parts(products[t], 3)
            rz = gates[t, :, : 2 * size]
            np.add(data[t, :, : 2 * size], products[t, :, : 2 * size], out=rz)
            _sigmoid_(rz)
            np.multiply(r, y_n, out=n)
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
        else:
            (r, z, n), y_n = GRUSteps._gates_again(x, weight, bias, h)
        # How h_t reacts to the x of the gates r, z, n, and to y_n; of all steps.
        to_n = (1 - z) * (1 - n * n)
        to_z = (h[:-1] - n) * z * (1 - z)
        to_r = to_n * y_n * r * (1 - r)
        to_y = _stack([to_r, to_z, to_n * r], 2)  # (T, N, 3, H)
        steps, batch, width = x.shape
        size = width // 3
        grads_h: Any = [None] * steps
        grad_y: Any = [None] * steps
        grad_h = grad_states[steps]
        for t in reversed(range(steps)):
            grads_h[t] = grad_h.reshape((batch, 1, size))
            grad_y[t] = (grads_h[t] * to_y[t]).reshape((batch, width))
            grad_h = grad_states[t] + grad_h * z[t] + grad_y[t] @ weight
        grad_y = _rows(_stack(grad_y, 0))
        grad_x = (_stack(grads_h, 0) * _stack([to_r, to_z, to_n], 2)).reshape((steps, batch, width))
        return grad_x, grad_h, grad_y.swapaxes(0, 1) @ _rows(h[:-1]), grad_y.sum(axis=0)
