"""Mistakes in the homeworks bioeng and ffn, as changes of their solutions, and what the report must say first.

`old` occurs exactly once in the solution's file. All say something about the mistake, not only about the value.
"""

from mistakes_by_hand import Mistake

__all__ = ["MISTAKES"]


Q1, FFN = "q1.py", "ffn.py"
NODE, NODE_BACK = "return w @ x + b", "return x.copy(), 1.0"
RELU, RELU_BACK = "return np.maximum(z, 0)", "return np.where(z > 0, 1.0, 0.0)"
SOFT, SOFT_BACK = "return powers / powers.sum()", "return np.diag(s) - np.outer(s, s)"
Z = "return input @ self.weights + self.bias"
DW, DB, DX = "self.input.T @ grad\n", "grad.sum(axis=0, keepdims=True)", "return grad @ self.weights.T"
F_RELU, F_RELU_BACK = "return np.maximum(input, 0)", "return grad * self.positive"
CE, SHIFT = (
    "return -log_p[np.arange(len(labels)), labels].sum()",
    "shifted = logits - logits.max(axis=1, keepdims=True)",
)
CE_BACK, CE_ROW = "grad[np.arange(len(grad)), self.labels] -= 1", "np.exp(shifted).sum(axis=1, keepdims=True)"
CE_COPY = "grad = self.p.copy()\n"
DECAYED = "self.grad_weights + self.weight_decay * self.weights"
AVERAGES = "return self.beta * m + (1 - self.beta) * g, self.beta * v + (1 - self.beta) * g**2"
DIRECTION = "return m / (1 - self.beta) / (np.sqrt(v / (1 - self.beta)) + self.epsilon)"
W_STEP = "self.weights = self.weights - step_size * self._direction(self.m_weights, self.v_weights)"
B_STEP = "self.bias = self.bias - step_size * self._direction(self.m_bias, self.v_bias)"
B_AVERAGES = "self._averages(self.m_bias, self.v_bias, self.grad_bias)"
EVALUATED, LAST = "return loss / len(X_val), right / len(X_val)", "range(0, len(X_val), batch_size)"
ORDER, BATCHES = "        order = np.random.permutation(len(X))\n", "range(0, len(X), batch_size)"
LOSS_OF_BATCH = "loss += loss_fn.forward(scores, Y[batch])"
COUNTED = "right += np.sum(scores.argmax(axis=1) == Y)\n    return"
CE_LABELS = "self.p, self.labels = np.exp(log_p), labels"
W_INIT = "np.random.normal(0, np.sqrt(2 / input_dim), (input_dim, output_dim))"

# fmt: off
_BIOENG = [
    ("node-no-bias", Q1, NODE, "return w @ x", "1.1", ("bias", "missing")),
    ("node-no-sum", Q1, NODE, "return w * x + b", "1.1", ("added up",)),
    ("node-no-return", Q1, NODE, "w @ x + b", "1.1", ("return",)),
    ("node-sigmoid", Q1, NODE, "return 1 / (1 + np.exp(-(w @ x + b)))", "1.1", ("activation",)),
    ("node-bias-each", Q1, NODE, "return np.sum(w * x + b)", "1.1", ("b is added D times",)),
    ("node-bias-inside", Q1, NODE, "return w @ (x + b)", "1.1", ("b is added to each input",)),
    ("node-bias-in-weights", Q1, NODE, "return (w + b) @ x", "1.1", ("b is added to each weight",)),
    ("node-in-place", Q1, NODE, "x *= w; return x.sum() + b", "1.1", ("in place",)),
    ("node-back-w", Q1, NODE_BACK, "return x.copy(), x.sum()", "1.1", ("nothing to do with b",)),
    ("node-back-exchanged", Q1, NODE_BACK, "return 1.0, x.copy()", "1.1", ("dw, db",)),
    ("node-back-one", Q1, NODE_BACK, "return x.copy()", "1.1", ("two values",)),
    ("node-back-zero", Q1, NODE_BACK, "return x.copy(), 0.0", "1.1", ("b has a derivative",)),
    ("node-mytorch", Q1, "import numpy as np", "import numpy as np\nimport mytorch", "1.1", ("mytorch",)),
    ("relu-abs", Q1, RELU, "return np.abs(z)", "1.2", ("|z|",)),
    ("relu-nothing", Q1, RELU, "return z", "1.2", ("cut off",)),
    ("relu-max", Q1, RELU, "return max(0, z.max())", "1.2", ("np.maximum",)),
    ("relu-in-place", Q1, RELU, "z[z < 0] = 0; return z", "1.2", ("in place",)),
    ("relu-leaky", Q1, RELU, "return np.where(z > 0, z, 0.01 * z)", "1.2", ("leaky",)),
    ("relu-back-relu", Q1, RELU_BACK, "return np.maximum(z, 0.0)", "1.2", ("ReLU itself",)),
    ("relu-back-sign", Q1, RELU_BACK, "return np.sign(z)", "1.2", ("-1 where z < 0",)),
    ("relu-back-bool", Q1, RELU_BACK, "return z > 0", "1.2", ("truth values",)),
    ("relu-back-at-zero", Q1, RELU_BACK, "return np.where(z >= 0, 1.0, 0.0)", "1.2", ("1 at z = 0",)),
    ("softmax-no-sum", Q1, SOFT, "return powers", "1.3", ("add up to 1",)),
    ("softmax-sigmoid", Q1, SOFT, "return 1 / (1 + np.exp(-z))", "1.3", ("sigmoid",)),
    ("softmax-sign", Q1, "powers = np.exp(z - np.max(z))", "powers = np.exp(-z)", "1.3", ("e^-z",)),
    ("softmax-log", Q1, SOFT, "return np.log(powers / powers.sum())", "1.3", ("logarithm",)),
    ("softmax-mean", Q1, SOFT, "return powers / powers.mean()", "1.3", ("sum",)),
    ("softmax-back-diagonal", Q1, SOFT_BACK, "return s * (1 - s)", "1.3", ("every z_j",)),
    ("softmax-back-matrix-diagonal", Q1, SOFT_BACK, "return np.diag(s * (1 - s))", "1.3", ("only the diagonal",)),
    ("softmax-back-sign", Q1, SOFT_BACK, "return np.outer(s, s) - np.diag(s)", "1.3", ("sign",)),
    ("softmax-back-squares", Q1, SOFT_BACK, "return np.diag(s) - s * s", "1.3", ("np.outer",)),
    ("softmax-back-scores", Q1, "s = softmax_forward(z)", "s = z", "1.3", ("softmax(z)",)),
    ("softmax-back-one-factor", Q1, SOFT_BACK, "J = -np.tile(s, (len(s), 1)); np.fill_diagonal(J, s * (1 - s)); return J", "1.3", ("one of the two factors",)),
    ("softmax-back-three-factors", Q1, SOFT_BACK, "J = -np.outer(s, s * (1 - s)); np.fill_diagonal(J, s * (1 - s)); return J", "1.3", ("without 1 - s_i or 1 - s_j",)),
    ("softmax-back-one-minus", Q1, SOFT_BACK, "J = -np.outer(s, 1 - s); np.fill_diagonal(J, s * (1 - s)); return J", "1.3", ("without 1 - s_i or 1 - s_j",)),
    ("softmax-back-eye", Q1, SOFT_BACK, "return np.eye(len(s)) - np.outer(s, s)", "1.3", ("s_i - s_i^2",)),
]

_FFN = [
    ("init-zeros", FFN, W_INIT, "np.zeros((input_dim, output_dim))", "4.1", ("alike",)),
    ("init-transposed", FFN, W_INIT, "np.random.normal(0, 1, (output_dim, input_dim))", "4.1", ("transposed",)),
    ("init-seeded", FFN, W_INIT, "np.random.default_rng(0).normal(0, 1, (input_dim, output_dim))", "4.1", ("seed",)),
    ("linear-no-bias", FFN, Z, "return input @ self.weights", "4.1", ("bias is missing",)),
    ("linear-relu", FFN, Z, "return np.maximum(input @ self.weights + self.bias, 0)", "4.1", ("ReLU",)),
    ("linear-mean", FFN, DW, "self.input.T @ grad / len(grad)\n", "4.1", ("mean over the batch",)),
    ("linear-transposed", FFN, DW, "(self.input.T @ grad).T\n", "4.1", ("transposed",)),
    ("linear-added", FFN, "self.grad_weights = self.input", "self.grad_weights += self.input", "4.1", ("batch before",)),
    ("linear-bias-mean", FFN, DB, "grad.mean(axis=0, keepdims=True)", "4.1", ("mean over the batch",)),
    ("linear-bias-axis", FFN, DB, "grad.sum(axis=1)", "4.1", ("axis 0",)),
    ("linear-bias-not-summed", FFN, DB, "grad", "4.1", ("not summed",)),
    ("linear-no-upstream", FFN, DX, "return np.ones_like(grad) @ self.weights.T", "4.1", ("grad is ignored",)),
    ("linear-grad-back", FFN, DX, "return grad", "4.1", ("multiply it by W^T",)),
    ("linear-returns-dw", FFN, DX, "return self.grad_weights", "4.1", ("dL/dW",)),
    ("linear-no-return", FFN, DX, "grad @ self.weights.T", "4.1", ("return",)),
    ("linear-loop", FFN, DW, "sum(np.outer(x, g) for x, g in zip(self.input, grad))\n", "4.1", ("loop over the samples", "matrix operations")),
    ("linear-old-input", FFN, "self.input = input", "self.__dict__.setdefault('input', input)", "4.1", ("replace the input",)),
    ("relu-identity", FFN, F_RELU, "return input", "4.2", ("cut off",)),
    ("relu-no-upstream", FFN, F_RELU_BACK, "return 1.0 * self.positive", "4.2", ("grad is ignored",)),
    ("relu-upstream-sign", FFN, F_RELU_BACK, "return np.maximum(grad, 0)", "4.2", ("it is z that decides",)),
    ("relu-everywhere", FFN, F_RELU_BACK, "return grad", "4.2", ("where z < 0",)),
    ("relu-in-place", FFN, F_RELU, "input[input < 0] = 0; return input", "4.2", ("in place",)),
    ("relu-loop", FFN, F_RELU, "return np.array([np.maximum(row, 0) for row in input])", "4.2", ("loop",)),
    ("relu-old-mask", FFN, "self.positive = input > 0", "self.__dict__.setdefault('positive', input > 0)", "4.2", ("batch before",)),
    ("relu-back-at-zero", FFN, "self.positive = input > 0", "self.positive = input >= 0", "4.2", ("derivative at 0 is 1",)),
    ("loss-axis", FFN, CE_ROW, "np.exp(shifted).sum(axis=0, keepdims=True)", "4.3", ("classes, axis 1",)),
    ("loss-sign", FFN, CE, CE.replace("-log_p", "log_p"), "4.3", ("sign is wrong",)),
    ("loss-rows", FFN, CE, CE.replace(".sum()", ""), "4.3", ("add them up",)),
    ("loss-columns", FFN, CE, "return -log_p[:, labels].sum()", "4.3", ("p[np.arange(B), labels]",)),
    ("loss-all-classes", FFN, CE, "return -log_p.sum()", "4.3", ("only the right one",)),
    ("loss-no-log", FFN, CE, "return -self.p[np.arange(len(labels)), labels].sum()", "4.3", ("logarithm",)),
    ("loss-unstable", FFN, SHIFT, "shifted = logits", "4.3", ("largest score",)),
    ("loss-back-no-y", FFN, CE_BACK, "grad -= 0", "4.3", ("y is missing",)),
    ("loss-back-columns", FFN, CE_BACK, "grad[:, self.labels] -= 1", "4.3", ("whole matrix",)),
    ("loss-back-sign", FFN, "return grad\n", "return -grad\n", "4.3", ("sign is wrong",)),
    ("loss-inconsistent", FFN, "return grad\n", "return grad / len(grad)\n", "4.3", ("mean",)),
    ("loss-back-rows", FFN, CE_BACK, "grad[self.labels] -= 1", "4.3", ("whole rows",)),
    ("loss-back-times-p", FFN, "return grad\n", "return grad * self.p\n", "4.3", ("multiplied by p",)),
    ("loss-one-hot", FFN, CE, "return -(labels * log_p).sum()", "4.3", ("class numbers",)),
    ("loss-no-keepdims", FFN, CE_ROW, "np.exp(shifted).sum(axis=1)", "4.3", ("keepdims",)),
    ("loss-loop", FFN, CE, "return -sum(row[label] for row, label in zip(log_p, labels))", "4.3", ("loop",)),
    ("loss-old-labels", FFN, CE_LABELS, "self.p, self.labels = np.exp(log_p), getattr(self, 'labels', labels)", "4.3", ("labels are those of the batch before",)),
    ("loss-old", FFN, CE_LABELS, "self.p, self.labels = getattr(self, 'p', np.exp(log_p)), getattr(self, 'labels', labels)", "4.3", ("still that of the batch before",)),
    ("adam-powers", FFN, DIRECTION, "self.t = getattr(self, 't', 1) + 0.5; c = 1 - self.beta ** int(self.t - 0.5); return m / c / (np.sqrt(v / c) + self.epsilon)", "5.1", ("1 - beta^t",)),
    ("adam-no-correction", FFN, DIRECTION, "return m / (np.sqrt(v) + self.epsilon)", "5.1", ("not divided by 1 - beta",)),
    ("adam-epsilon", FFN, DIRECTION, "return m / (1 - self.beta) / np.sqrt(v / (1 - self.beta) + self.epsilon)", "5.1", ("under the root",)),
    ("adam-no-root", FFN, DIRECTION, "return m / (1 - self.beta) / (v / (1 - self.beta) + self.epsilon)", "5.1", ("root of v",)),
    ("adam-no-decay", FFN, DECAYED, "self.grad_weights", "5.1", ("weight decay is missing",)),
    ("adam-decay-sign", FFN, DECAYED, "self.grad_weights - self.weight_decay * self.weights", "5.1", ("subtracted",)),
    ("adam-decay-bias", FFN, B_AVERAGES, "self._averages(self.m_bias, self.v_bias, self.grad_bias + self.weight_decay * self.bias)", "5.1", ("bias too",)),
    ("adam-decoupled", FFN, W_STEP, "self.weights = self.weights * (1 - step_size * self.weight_decay) - step_size * self._direction(*self._averages(0, 0, self.grad_weights))", "5.1", ("AdamW",)),
    ("adam-up", FFN, W_STEP, W_STEP.replace("weights - step", "weights + step"), "5.1", ("subtract",)),
    ("adam-bias-stays", FFN, B_STEP, "pass", "5.1", ("bias has not changed",)),
    ("adam-two-betas", FFN, AVERAGES, "return 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2", "5.1", ("beta",)),
    ("adam-exchanged", FFN, AVERAGES, "return (1 - self.beta) * m + self.beta * g, (1 - self.beta) * v + self.beta * g**2", "5.1", ("exchanged",)),
    ("adam-not-kept", FFN, "self.m_weights, self.v_weights = self._averages(self.m_weights,", "self.m_weights, self.v_weights = self._averages(0,", "5.1", ("m is not kept",)),
    ("adam-descent", FFN, W_STEP, "self.weights = self.weights - step_size * decayed", "5.1", ("gradient descent",)),
    ("adam-v-of-m", FFN, AVERAGES, "m = self.beta * m + (1 - self.beta) * g; return m, m**2", "5.1", ("v is m^2",)),
    ("adam-v-uncorrected", FFN, DIRECTION, "return m / (1 - self.beta) / (np.sqrt(v) + self.epsilon)", "5.1", ("v is not divided by 1 - beta",)),
    ("adam-root-divided", FFN, DIRECTION, "return m / (1 - self.beta) / (np.sqrt(v) / (1 - self.beta) + self.epsilon)", "5.1", ("under the root",)),
    ("adam-decay-step", FFN, DECAYED, DECAYED.replace("self.weight_decay", "step_size * self.weight_decay"), "5.1", ("step_size is multiplied",)),
    ("adam-decay-squares", FFN, DECAYED, DECAYED + "**2", "5.1", ("squared",)),
    ("adam-decay-alone", FFN, DECAYED, "self.grad_weights + self.weights", "5.1", ("weight_decay is missing",)),
    ("evaluate-batches", FFN, EVALUATED, "n = -(-len(X_val) // batch_size); return loss / n, right / n", "6.1", ("number of batches",)),
    ("evaluate-sum", FFN, EVALUATED, "return loss, right / len(X_val)", "6.1", ("sum over all rows",)),
    ("evaluate-percent", FFN, EVALUATED, "return loss / len(X_val), 100 * right / len(X_val)", "6.1", ("percent",)),
    ("evaluate-exchanged", FFN, EVALUATED, "return right / len(X_val), loss / len(X_val)", "6.1", ("return avg_loss, accuracy",)),
    ("evaluate-last", FFN, LAST, "range(0, len(X_val) // batch_size * batch_size, batch_size)", "6.1", ("smaller batch",)),
    ("evaluate-first", FFN, "        right += np.sum(scores.argmax(axis=1) == Y)\n", "        right += np.sum(scores.argmax(axis=1) == Y)\n        break\n", "6.1", ("first batch",)),
    ("evaluate-nothing", FFN, COUNTED, "right = right\n    return", "6.1", ("nothing is counted",)),
    ("evaluate-max", FFN, COUNTED, COUNTED.replace("argmax", "max"), "6.1", ("nothing is counted",)),
    ("evaluate-argmin", FFN, COUNTED, COUNTED.replace("argmax", "argmin"), "6.1", ("smallest",)),
    ("train-evaluates-itself", FFN, "*val_set, batch_size", "*train_set, batch_size", "6.2", ("evaluate the validation set",)),
    ("train-backward-loss", FFN, "model.backward(loss_fn.backward())", "model.backward(loss)", "6.2", ("given the loss",)),
    ("train-last-loss", FFN, LOSS_OF_BATCH, LOSS_OF_BATCH.replace("+=", "="), "6.2", ("only the last batch",)),
    ("train-no-backward", FFN, "            model.backward(loss_fn.backward())\n", "", "6.2", ("backward() is not called",)),
    ("train-no-shuffle", FFN, ORDER, "        order = np.arange(len(X))\n", "6.2", ("scramble",)),
    ("train-one-order", FFN, ORDER, "        order = np.random.default_rng(0).permutation(len(X))\n", "6.2", ("each",)),
    ("train-labels", FFN, LOSS_OF_BATCH, "loss += loss_fn.forward(scores, Y[start : start + batch_size])", "6.2", ("labels",)),
    ("train-last", FFN, BATCHES, "range(0, len(X) - batch_size + 1, batch_size)", "6.2", ("smaller batch",)),
    ("train-no-step", FFN, "            model.step(step_size)\n", "", "6.2", ("step() is not called",)),
    ("train-step-size", FFN, "model.step(step_size)", "model.step(0.001)", "6.2", ("step_size",)),
    ("train-drawn", FFN, ORDER, "        order = np.random.randint(0, len(X), len(X))\n", "6.2", ("every row once",)),
]
# fmt: on

MISTAKES = [
    Mistake(name, homework, *rest)
    for homework, rows in (("bioeng", _BIOENG), ("ffn", _FFN))
    for name, *rest in rows
]  # fmt: skip
