"""Mistakes in the homeworks layers and logistic, as changes of their solutions, and what the report must say first.

Each: (name, homework, file, old text, new text, problem, words). `old` occurs exactly once in the solution's file.
"""

from typing import NamedTuple

__all__ = ["MISTAKES", "Mistake"]

PACKAGE = "neural_networks"
ACTIVATIONS, LAYERS, LOSSES, MODELS = (f"{PACKAGE}/{n}.py" for n in ("activations", "layers", "losses", "models"))
LOGISTIC = "logistic.py"


class Mistake(NamedTuple):
    name: str
    homework: str
    file: str
    old: str
    new: str
    problem: str
    says: tuple


RELU, RELU_BACK = "return np.maximum(Z, 0)", "return dY * (Z > 0)"
POWERS = "powers = np.exp(Z - Z.max(axis=-1, keepdims=True))"
NORMALIZED = "return powers / powers.sum(axis=-1, keepdims=True)"
SOFT_BACK = "return Y * (dY - (dY * Y).sum(axis=-1, keepdims=True))"
W_INIT = 'self.parameters["W"] = self.init_weights((self.n_in, self.n_out))'
B_INIT = 'self.parameters["b"] = np.zeros((1, self.n_out))\n        self.clear_gradients()\n        # END'
DENSE_Z = 'Z = X @ self.parameters["W"] + self.parameters["b"]'
DENSE_CACHE = "self.cache.update(X=X, Z=Z)\n        return self.activation(Z)"
DENSE_DZ = (
    'dLdZ = self.activation.backward(self.cache["Z"], dLdY)\n        self.gradients["W"] = self.cache["X"].T @ dLdZ'
)
DENSE_DW, DENSE_DB = 'self.cache["X"].T @ dLdZ', "dLdZ.sum(axis=0, keepdims=True)"
DENSE_DX = 'return dLdZ @ self.parameters["W"].T'
CE = "return float(-np.sum(Y * np.log(np.maximum(Y_hat, SMALLEST))) / len(Y))"
CE_BACK = "return -Y / np.maximum(Y_hat, SMALLEST) / len(Y)"
FORWARD = "X = layer.forward(X)"
STEP_BACK = "gradient = layer.backward(gradient)"
BEGIN_BACK = "gradient = self.loss.backward(target, out)"
PREDICT = "return Y_hat, self.loss.forward(Y, Y_hat)"
PADDED = "padded = np.pad(X, ((0, 0), (p, p), (q, q), (0, 0)))"
CONV_Z = 'Z = np.tensordot(seen, W, ((4, 5, 3), (0, 1, 2))) + self.parameters["b"]'
CONV_END = "self.cache.update(X=X, Z=Z, windows=seen)\n        return self.activation(Z)"
CONV_DZ = 'X, W = self.cache["X"], self.parameters["W"]\n        dLdZ = self.activation.backward(self.cache["Z"], dLdY)'
CONV_DB = "dLdZ.sum(axis=(0, 1, 2))[None]"
CONV_DW = "dLdW.transpose(1, 2, 0, 3)"
CONV_PLACE, CONV_CUT = "place += dLdZ @ W[i, j].T", "return padded[:, p : p + rows, q : q + columns]"
SEEN = "seen = windows(padded, self.kernel_shape, self.stride)"
POOLED = "return self.pool_fn(seen, axis=(4, 5))"
BEST = 'place += dLdY * (self.cache["best"] == i * width + j)'
SHARE = "place += dLdY / (self.kernel_shape[0] * width)"
MODEL_LOSS = "return self.loss.forward(target, out)"
CONV_CACHE = "self.cache.update(X=X, Z=Z, windows=seen)"
CONV_PLACES = "places(padded, self.kernel_shape, self.stride, dLdZ.shape)"
POOL_SEEN, POOL_CACHE = "seen = windows(X, self.kernel_shape, self.stride)", "self.cache.update(X=X, best="
FLAT_BEST = "best=seen.reshape(*seen.shape[:4], -1).argmax(axis=-1)"
FLIP = ".transpose(1, 2, 0, 3)[::-1, ::-1]"

# fmt: off
_LAYERS = [
    # ---- 4.1
    ("relu-abs", ACTIVATIONS, RELU, "return np.abs(Z)", "4.1", ("absolute",)),
    ("relu-linear", ACTIVATIONS, RELU, "return Z", "4.1", ("must become 0",)),
    ("relu-in-place", ACTIVATIONS, RELU, "return np.maximum(Z, 0, out=Z)", "4.1", ("modified in place",)),
    ("relu-no-return", ACTIVATIONS, RELU, RELU[7:], "4.1", ("None",)),
    ("relu-upstream", ACTIVATIONS, RELU_BACK, "return (Z > 0) * 1.0", "4.1", ("dY", "ignored")),
    ("relu-everywhere", ACTIVATIONS, RELU_BACK, "return dY", "4.1", ("goes through everywhere",)),
    ("relu-value", ACTIVATIONS, RELU_BACK, "return dY * np.maximum(Z, 0)", "4.1", ("output of forward",)),
    ("relu-sign-of-dY", ACTIVATIONS, RELU_BACK, "return np.maximum(dY, 0)", "4.1", ("sign of dY",)),
    ("relu-loop", ACTIVATIONS, RELU, "Z = np.array(Z)\n        for row in Z:\n            row[row < 0] = 0\n            row += 0\n        return Z", "4.1", ("loop over the samples",)),
    ("relu-at-0", ACTIVATIONS, RELU_BACK, "return dY * (Z >= 0)", "4.1", ("derivative at 0 is 1",)),
    ("relu-half-at-0", ACTIVATIONS, RELU_BACK, "return dY * (np.sign(Z) + 1) / 2", "4.1", ("derivative at 0 is 1/2",)),
    # ---- 4.2
    ("init-transposed", LAYERS, W_INIT, W_INIT.replace("self.n_in, self.n_out", "self.n_out, self.n_in"), "4.2", ("(n_in, n_out)",)),
    ("init-own-weights", LAYERS, W_INIT, 'self.parameters["W"] = np.random.standard_normal((self.n_in, self.n_out))', "4.2", ("self.init_weights",)),
    ("init-flat-bias", LAYERS, B_INIT, B_INIT.replace("(1, self.n_out)", "self.n_out"), "4.2", ("(1, n_out)",)),
    ("init-ones", LAYERS, B_INIT, B_INIT.replace("zeros", "ones"), "4.2", ("begin with zeros",)),
    ("init-no-gradients", LAYERS, B_INIT, B_INIT.replace("self.clear_gradients()", "pass"), "4.2", ("same keys",)),
    ("dense-no-bias", LAYERS, DENSE_Z, 'Z = X @ self.parameters["W"]', "4.2", ("bias is missing",)),
    ("dense-no-activation", LAYERS, DENSE_CACHE, DENSE_CACHE.replace("self.activation(Z)", "Z"), "4.2", ("activation is missing",)),
    ("dense-transposed", LAYERS, DENSE_Z, 'Z = X @ self.parameters["W"].T + self.parameters["b"]', "4.2", ("matmul",)),
    ("dense-caches-output", LAYERS, DENSE_CACHE, "Z = self.activation(Z)\n        self.cache.update(X=X, Z=Z)\n        return Z", "4.2", ("output instead of Z",)),
    ("dense-linear-backward", LAYERS, DENSE_DZ, DENSE_DZ.replace('self.activation.backward(self.cache["Z"], dLdY)', "dLdY"), "4.2", ("derivative of the activation is missing",)),
    ("dense-dW-mean", LAYERS, DENSE_DW, DENSE_DW + " / len(dLdZ)", "4.2", ("divided by the batch size",)),
    ("dense-dW-transposed", LAYERS, DENSE_DW, 'dLdZ.T @ self.cache["X"]', "4.2", ("transposed",)),
    ("dense-db-mean", LAYERS, DENSE_DB, "dLdZ.mean(axis=0, keepdims=True)", "4.2", ("must be the sum",)),
    ("dense-db-flat", LAYERS, DENSE_DB, "dLdZ.sum(axis=0)", "4.2", ("(1, n_out)",)),
    ("dense-db-not-summed", LAYERS, DENSE_DB, "dLdZ", "4.2", ("every sample",)),
    ("dense-returns-dZ", LAYERS, DENSE_DX, "return dLdZ", "4.2", ("W^T",)),
    ("dense-dX-no-return", LAYERS, DENSE_DX, DENSE_DX[7:], "4.2", ("None",)),
    ("dense-adds-up", LAYERS, DENSE_DW, 'self.gradients["W"] + self.cache["X"].T @ dLdZ', "4.2", ("added to the gradient of the batch before",)),
    ("dense-db-adds-up", LAYERS, DENSE_DB, 'self.gradients["b"] + ' + DENSE_DB, "4.2", ("added to the gradient of the batch before",)),
    ("dense-dW-once", LAYERS, DENSE_DW, DENSE_DW + ' if not self.gradients["W"].any() else self.gradients["W"]', "4.2", ("still that of the batch before",)),
    ("dense-old-cache", LAYERS, DENSE_CACHE, "self.cache = self.cache or {'X': X, 'Z': Z}\n        return self.activation(Z)", "4.2", ("cache still has",)),
    ("dense-old-X", LAYERS, DENSE_CACHE, "self.cache.setdefault('X', X)\n        self.cache['Z'] = Z\n        return self.activation(Z)", "4.2", ("cache still has",)),
    # ---- 4.3
    ("softmax-axis", ACTIVATIONS, NORMALIZED, NORMALIZED.replace("-1", "0"), "4.3", ("over the batch",)),
    ("softmax-all", ACTIVATIONS, NORMALIZED, "return powers / powers.sum()", "4.3", ("all elements together",)),
    ("softmax-not-normalized", ACTIVATIONS, NORMALIZED, "return powers", "4.3", ("not normalized",)),
    ("softmax-overflow", ACTIVATIONS, POWERS, "powers = np.exp(Z)", "4.3", ("overflow",)),
    ("softmax-overflow-all", ACTIVATIONS, POWERS, "powers = np.exp(Z - Z.max())", "4.3", ("overflow",)),
    ("softmax-diagonal", ACTIVATIONS, SOFT_BACK, "return dY * Y * (1 - Y)", "4.3", ("diagonal",)),
    ("softmax-upstream", ACTIVATIONS, SOFT_BACK, "return Y * (1 - Y)", "4.3", ("ignored",)),
    ("softmax-no-sum", ACTIVATIONS, SOFT_BACK, "return Y * dY", "4.3", ("-y_i y_j",)),
    ("softmax-one-sum", ACTIVATIONS, SOFT_BACK, "return Y * (dY - (dY * Y).sum())", "4.3", ("each row has its own",)),
    ("softmax-mean", ACTIVATIONS, SOFT_BACK, "return Y * (dY - (dY * Y).mean(axis=-1, keepdims=True))", "4.3", ("mean over the classes",)),
    ("softmax-first-row", ACTIVATIONS, SOFT_BACK, "return dY @ (np.diag(Y[0]) - np.outer(Y[0], Y[0]))", "4.3", ("one row's Jacobian",)),
    # ---- 4.4
    ("loss-sum", LOSSES, CE, CE.replace(" / len(Y)", ""), "4.4", ("summed",)),
    ("loss-mean-of-all", LOSSES, CE, CE.replace("len(Y)", "Y.size"), "4.4", ("m k",)),
    ("loss-sign", LOSSES, CE, CE.replace("-np", "np"), "4.4", ("sign",)),
    ("loss-log2", LOSSES, CE, CE.replace("np.log(", "np.log2("), "4.4", ("natural",)),
    ("loss-exchanged-for-logits", LOSSES, CE_BACK, "return (Y_hat - Y) / len(Y)", "4.4", ("SoftMax.backward",)),
    ("loss-gradient-sum", LOSSES, CE_BACK, CE_BACK.replace(" / len(Y)", ""), "4.4", ("not divided by the batch size",)),
    ("loss-gradient-sign", LOSSES, CE_BACK, CE_BACK.replace("-Y", "Y"), "4.4", ("sign",)),
    ("loss-binary", LOSSES, CE, "return float(-np.sum(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)) / len(Y))", "4.4", ("binary cross-entropy",)),
    ("loss-exchanged", LOSSES, CE, "return float(-np.sum(Y_hat * np.log(Y + 1e-12)) / len(Y))", "4.4", ("exchanged",)),
    ("loss-exchanged-infinite", LOSSES, CE, "return float(-np.sum(Y_hat * np.log(Y)) / len(Y))", "4.4", ("exchanged",)),
    ("loss-gradient-binary", LOSSES, CE_BACK, "return (-Y / Y_hat + (1 - Y) / (1 - Y_hat)) / len(Y)", "4.4", ("binary cross-entropy",)),
    # ---- 5.1
    ("model-same-input", MODELS, FORWARD, "out = layer.forward(X)", "5.1", ("return the last layer's output",)),
    ("model-not-reversed", MODELS, "reversed(self.layers)", "self.layers", "5.1", ("reversed",)),
    ("model-gradient-lost", MODELS, STEP_BACK, STEP_BACK[11:], "5.1", ("hand on",)),
    ("model-ones", MODELS, BEGIN_BACK, "gradient = np.ones_like(out)", "5.1", ("self.loss.backward",)),
    ("model-exchanged", MODELS, BEGIN_BACK, "gradient = self.loss.backward(out, target)", "5.1", ("exchanged",)),
    ("model-loss-lost", MODELS, "return self.loss.forward(target, out)", "self.loss.forward(target, out)", "5.1", ("loss must come back",)),
    ("predict-classes", MODELS, PREDICT, PREDICT.replace("return Y_hat", "return Y_hat.argmax(axis=1)"), "5.1", ("classes",)),
    ("predict-loss-missing", MODELS, PREDICT, "return Y_hat", "5.1", ("two things",)),
    ("model-loss-exchanged", MODELS, MODEL_LOSS, "return self.loss.forward(out, target)", "5.1", ("exchanged",)),
    ("model-updates", MODELS, MODEL_LOSS, "self.update()\n        " + MODEL_LOSS, "5.1", ("must not train",)),
    ("predict-exchanged", MODELS, PREDICT, "return Y_hat, self.loss.forward(Y_hat, Y)", "5.1", ("exchanged",)),
    ("predict-trains", MODELS, PREDICT, "self.backward(Y, Y_hat)\n        self.update()\n        " + PREDICT, "5.1", ("predict must not train",)),
    # ---- 6.2
    ("conv-flipped", LAYERS, CONV_Z, CONV_Z.replace("seen, W", "seen, W[::-1, ::-1]"), "6.2", ("flipped",)),
    ("conv-kernel-transposed", LAYERS, CONV_Z, CONV_Z.replace("(4, 5, 3)", "(5, 4, 3)"), "6.2", ("exchanged",)),
    ("conv-no-bias", LAYERS, CONV_Z, CONV_Z.replace(' + self.parameters["b"]', ""), "6.2", ("bias is missing",)),
    ("conv-no-activation", LAYERS, CONV_END, CONV_END.replace("self.activation(Z)", "Z"), "6.2", ("activation is missing",)),
    ("conv-no-padding", LAYERS, PADDED, "padded = X", "6.2", ("padding is ignored",)),
    ("conv-no-stride", LAYERS, SEEN, SEEN.replace("self.stride", "1"), "6.2", ("stride is ignored",)),
    ("conv-linear-backward", LAYERS, CONV_DZ, CONV_DZ.replace('self.activation.backward(self.cache["Z"], dLdY)', "dLdY"), "6.2", ("derivative of the activation",)),
    ("conv-dW-flipped", LAYERS, CONV_DW, "dLdW" + FLIP, "6.2", ("flipped",)),
    ("conv-db-batch-only", LAYERS, CONV_DB, "dLdZ.sum(axis=0)", "6.2", ("over the image",)),
    ("conv-db-flat", LAYERS, CONV_DB, "dLdZ.sum(axis=(0, 1, 2))", "6.2", ("(1, n)",)),
    ("conv-dX-flipped", LAYERS, CONV_PLACE, "place += dLdZ @ W[::-1, ::-1][i, j].T", "6.2", ("flipped in backward",)),
    ("conv-dX-overwritten", LAYERS, CONV_PLACE, "place[...] = dLdZ @ W[i, j].T", "6.2", ("overlap must add up",)),
    ("conv-dX-uncut", LAYERS, CONV_CUT, "return padded", "6.2", ("cut it off",)),
    ("conv-adds-up", LAYERS, CONV_DW, 'self.gradients["W"] + ' + CONV_DW, "6.2", ("added to the gradient of the batch before",)),
    ("conv-old-cache", LAYERS, CONV_CACHE, "self.cache = self.cache or dict(X=X, Z=Z, windows=seen)", "6.2", ("cache still has",)),
    ("conv-caches-output", LAYERS, CONV_CACHE, "self.cache.update(X=X, Z=self.activation(Z), windows=seen)", "6.2", ("output instead of Z",)),
    ("conv-biases-summed", LAYERS, CONV_Z, CONV_Z + ".sum()", "6.2", ("each channel has its own",)),
    ("conv-db-one-number", LAYERS, CONV_DB, "dLdZ.sum()", "6.2", ("each channel has a b",)),
    ("conv-pad-exchanged", LAYERS, "(p, q), W = self.pad, self", "(q, p), W = self.pad, self", "6.2", ("padding are exchanged",)),
    ("conv-pad-edge", LAYERS, PADDED, PADDED[:-1] + ', mode="edge")', "6.2", ("must be zeros",)),
    ("conv-pad-one-side", LAYERS, PADDED, "padded = np.pad(X, ((0, 0), (p, 0), (q, 0), (0, 0)))", "6.2", ("one side only",)),
    ("conv-pad-twice", LAYERS, PADDED, "padded = np.pad(X, ((0, 0), (2 * p,) * 2, (2 * q,) * 2, (0, 0)))", "6.2", ("twice as wide",)),
    ("conv-windows-missing", LAYERS, SEEN, SEEN + "[:, :-1, :-1]", "6.2", ("(H + 2 pad - k) // stride + 1",)),
    ("conv-columns-missing", LAYERS, SEEN, SEEN + "[:, :, :-1]", "6.2", ("(H + 2 pad - k) // stride + 1",)),
    ("conv-dX-no-stride", LAYERS, CONV_PLACES, CONV_PLACES.replace("self.stride", "1"), "6.2", ("stride is ignored in backward",)),
    ("conv-dX-exchanged", LAYERS, CONV_PLACE, "place += dLdZ @ W[j, i].T", "6.2", ("rows and columns of the kernel",)),
    ("conv-dX-not-transposed", LAYERS, CONV_PLACE, "place += dLdZ @ W[i, j]", "6.2", ("not transposed",)),
    # ---- 6.3
    ("pool-mean", LAYERS, POOLED, "return seen.mean(axis=(4, 5))", "6.3", ("average pooling instead of max",)),
    ("pool-max", LAYERS, POOLED, "return seen.max(axis=(4, 5))", "6.3", ("max pooling instead of average",)),
    ("pool-channels", LAYERS, POOLED, "return self.pool_fn(seen, axis=(3, 4, 5))[..., None]", "6.3", ("channel",)),
    ("pool-whole-window", LAYERS, BEST, "place += dLdY", "6.3", ("only the place of the maximum",)),
    ("pool-not-divided", LAYERS, SHARE, "place += dLdY", "6.3", ("not divided",)),
    ("pool-overwritten", LAYERS, SHARE, "place[...] = dLdY / (self.kernel_shape[0] * width)", "6.3", ("overlap must add up",)),
    ("pool-max-overwritten", LAYERS, BEST, 'place[...] = np.where(self.cache["best"] == i * width + j, dLdY, place)', "6.3", ("overlap must add up",)),
    ("pool-old-cache", LAYERS, POOL_CACHE, 'self.cache.setdefault("X", X); self.cache.setdefault("best", ', "6.3", ("cache still has",)),
    ("pool-stride-of-kernel", LAYERS, POOL_SEEN, POOL_SEEN.replace("self.stride", "self.kernel_shape[0]"), "6.3", ("must be self.stride",)),
    ("pool-kernel-exchanged", LAYERS, POOL_SEEN, POOL_SEEN.replace("shape", "shape[::-1]"), "6.3", ("exchanged",)),
    ("pool-windows-missing", LAYERS, POOL_SEEN, POOL_SEEN + "[:, :-1]", "6.3", ("(H + 2 pad - k) // stride + 1",)),
    ("pool-first-place", LAYERS, BEST, "place += dLdY * (i == j == 0)", "6.3", ("always goes to one place",)),
    ("pool-row-argmax", LAYERS, FLAT_BEST, "best=seen.max(axis=5).argmax(axis=-1)", "6.3", ("flatten the window",)),
    ("pool-argmin", LAYERS, FLAT_BEST, FLAT_BEST.replace("max", "min"), "6.3", ("smallest numbers",)),
    ("pool-width", LAYERS, "width = self.kernel_shape[1]", "width = self.kernel_shape[0]", "6.3", ("i k_2 + j",)),
    ("pool-ties", LAYERS, BEST, "place += dLdY * (self.cache['X'][:, i:, j:][:, : self.stride * dLdY.shape[1] : self.stride, : self.stride * dLdY.shape[2] : self.stride] == windows(self.cache['X'], self.kernel_shape, self.stride).max(axis=(4, 5)))", "6.3", ("all get the gradient",)),
    ("pool-last-tie", LAYERS, FLAT_BEST, "best=seen[0, 0, 0, 0].size - 1 - seen.reshape(*seen.shape[:4], -1)[..., ::-1].argmax(axis=-1)", "6.3", ("the last one gets",)),
    ("pool-divided-by-stride", LAYERS, SHARE, "place += dLdY / self.stride**2", "6.3", ("k_1 k_2",)),
]

Z_1, Z_2, RETURNED = 'z_1 = X @ W["w_1"]', 'z_2 = (sigmoid(z_1) @ W["w_2"])[:, 0]', "return z_1, z_2, sigmoid(z_2)"
LOSS = "return float(np.mean(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)))"
STABLE = "return float(np.mean(np.logaddexp(0, (1 - 2 * y) * z_2)))"
D_2, D_1 = "dz_2 = (y_hat - y)[:, None] / len(X)", 'dz_1 = dz_2 @ W["w_2"].T * x_1 * (1 - x_1)'
GRADIENT = 'return {"w_1": X.T @ dz_1, "w_2": x_1.T @ dz_2}'
OVERLAP, EMPTY = "image[8:28, 8:28] = np.maximum(a[8:, 8:], b[:20, :20])", "image = np.zeros((36, 36), a.dtype)"
SECOND = f"image[8:, 8:] = b\n    {OVERLAP}"
TENSORS = "return image if isinstance(x1, np.ndarray) else x1.new_tensor(image)"
ARRAYS = "a, b = (x if isinstance(x, np.ndarray) else x.numpy() for x in (x1, x2))"

_LOGISTIC = [
    ("z_1-sigmoid", RETURNED, "return sigmoid(z_1), z_2, sigmoid(z_2)", "1.1", ("sigmoid is already applied",)),
    ("z_2-column", Z_2, 'z_2 = sigmoid(z_1) @ W["w_2"]', "1.1", ("[:, 0]",)),
    ("z_2-no-sigmoid", Z_2, 'z_2 = (z_1 @ W["w_2"])[:, 0]', "1.1", ("hidden layer is missing",)),
    ("z_2-relu", Z_2, 'z_2 = (np.maximum(z_1, 0) @ W["w_2"])[:, 0]', "1.1", ("instead of the sigmoid",)),
    ("y_hat-no-sigmoid", RETURNED, "return z_1, z_2, z_2", "1.1", ("last sigmoid is missing",)),
    ("y_hat-rounded", RETURNED, "return z_1, z_2, (sigmoid(z_2) > 0.5).astype(float)", "1.1", ("before it is rounded",)),
    ("y_hat-class", RETURNED, "return z_1, z_2, sigmoid(z_2) > 0.5", "1.1", ("before it is rounded",)),
    ("y_hat-e^z", RETURNED, "return z_1, z_2, 1 / (1 + np.exp(z_2))", "1.1", ("must be e^-z",)),
    ("predict-reversed", RETURNED, "return sigmoid(z_2), z_2, z_1", "1.1", ("in this order",)),
    ("predict-loop", Z_2, 'z_2 = np.zeros(len(X))\n    for i in range(len(X)):\n        z_2[i] = (sigmoid(z_1[i]) @ W["w_2"])[0]', "1.1", ("loop over the samples",)),
    ("loss-sum", LOSS, LOSS.replace("np.mean", "np.sum"), "1.2", ("sum over the batch",)),
    ("loss-sign", LOSS, LOSS.replace("np.mean(-y", "np.mean(y").replace("- (1 - y)", "+ (1 - y)"), "1.2", ("sign",)),
    ("loss-half", LOSS, "return float(np.mean(-y * np.log(y_hat)))", "1.2", ("label 0 is missing",)),
    ("loss-exchanged", LOSS, "y = 1 - y\n    " + LOSS, "1.2", ("labels are exchanged",)),
    ("loss-per-sample", LOSS, "return -y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)", "1.2", ("loss of each sample",)),
    ("loss-squared", LOSS, "return float(np.mean((y - y_hat) ** 2))", "1.2", ("squared error",)),
    ("loss-one-sign", LOSS, LOSS.replace("- (1 - y)", "+ (1 - y)"), "1.2", ("one of the two terms",)),
    ("loss-other-sign", LOSS, LOSS.replace("-y *", "y *"), "1.2", ("one of the two terms",)),
    ("loss-1-log", LOSS, LOSS.replace("np.log(1 - y_hat)", "(1 - np.log(y_hat))"), "1.2", ("log(1 - y_hat) must stand",)),
    ("loss-clipped", LOSS, "y_hat = np.clip(y_hat, 1e-15, 1 - 1e-15)\n    " + LOSS, "1.2", ("kept away from 0",)),
    ("loss-epsilon", LOSS, LOSS.replace("log(y_hat)", "log(y_hat + 1e-12)"), "1.2", ("kept away from 0",)),
    ("stable-cancels", STABLE, "return float(np.mean((1 - y) * z_2 + np.logaddexp(0, -z_2)))", "1.3", ("cancel",)),
    ("stable-through-y_hat", STABLE, "return logistic_loss(y, 1 / (1 + np.exp(-z_2)))", "1.3", ("not stable",)),
    ("stable-clipped", STABLE, "return logistic_loss(y, np.clip(sigmoid(z_2), 1e-12, 1 - 1e-12))", "1.3", ("cut off",)),
    ("stable-log-exp", STABLE, "x = (1 - 2 * y) * z_2\n    return float(np.mean(np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x)))))", "1.3", ("rounded to 1",)),
    ("stable-sign", STABLE, STABLE.replace("1 - 2 * y", "2 * y - 1"), "1.3", ("sign of the logit",)),
    ("stable-label-0", STABLE, "return float(np.mean(np.logaddexp(0, z_2)))", "1.3", ("counts as 0",)),
    ("gradient-sum", D_2, D_2.replace(" / len(X)", ""), "1.5", ("sum over the batch",)),
    ("gradient-sign", D_2, D_2.replace("y_hat - y", "y - y_hat"), "1.5", ("sign",)),
    ("gradient-slope-twice", D_2, D_2.replace("(y_hat - y)", "((y_hat - y) * y_hat * (1 - y_hat))"), "1.5", ("cancelled",)),
    ("gradient-no-hidden-slope", D_1, 'dz_1 = dz_2 @ W["w_2"].T', "1.5", ("hidden sigmoid",)),
    ("gradient-no-w_2", D_1, "dz_1 = dz_2 * x_1 * (1 - x_1)", "1.5", ("w_2 is missing",)),
    ("gradient-slope-of-z", D_1, D_1.replace("x_1 * (1 - x_1)", "z_1 * (1 - z_1)"), "1.5", ("not z_1",)),
    ("gradient-z_1", '"w_2": x_1.T @ dz_2', '"w_2": z_1.T @ dz_2', "1.5", ("instead of x_1",)),
    ("gradient-flat", '"w_2": x_1.T @ dz_2', '"w_2": (x_1.T @ dz_2)[:, 0]', "1.5", ("(K, 1)",)),
    ("gradient-tuple", GRADIENT, "return X.T @ dz_1, x_1.T @ dz_2", "1.5", ("a dictionary must come back",)),
    ("gradient-keys", GRADIENT, 'return {"dw_1": X.T @ dz_1, "dw_2": x_1.T @ dz_2}', "1.5", ("keys of the dictionary",)),
    ("gradient-half-slope", D_1, 'dz_1 = dz_2 @ W["w_2"].T * x_1', "1.5", ("(1 - x_1) is missing",)),
    ("gradient-other-half", D_1, 'dz_1 = dz_2 @ W["w_2"].T * (1 - x_1)', "1.5", ("x_1 is missing",)),
    ("gradient-tanh", D_1, 'dz_1 = dz_2 @ W["w_2"].T * (1 - x_1**2)', "1.5", ("tanh",)),
    ("gradient-no-labels", D_2, "dz_2 = y_hat[:, None] / len(X)", "1.5", ("y is missing",)),
    ("gradient-twice-divided", D_2, D_2 + " / len(X)", "1.5", ("twice",)),
    ("gradient-divides", D_2, "dz_2 = ((-y / y_hat + (1 - y) / (1 - y_hat)) * y_hat * (1 - y_hat))[:, None] / len(X)", "1.5", ("do not divide",)),
    ("sample-covers", SECOND, "image[8:, 8:] = b", "3.1", ("second image covers",)),
    ("sample-adds", SECOND, "image[8:, 8:] += b", "3.1", ("added",)),
    ("sample-smaller", OVERLAP, OVERLAP.replace("maximum", "minimum"), "3.1", ("smaller one",)),
    ("sample-moved", SECOND, f"image[7:35, 7:35] = b\n    {OVERLAP}", "3.1", ("row 8 and column 8",)),
    ("sample-all-moved", SECOND, "image[7:35, 7:35] = b\n    image[7:28, 7:28] = np.maximum(a[7:, 7:], b[:21, :21])", "3.1", ("row 8 and column 8",)),
    ("sample-uint8", EMPTY, "image = np.zeros((36, 36), np.uint8)", "3.1", ("dtype of x1",)),
    ("sample-clipped", TENSORS, "return np.clip(image, 0, 1)", "3.1", ("cut off",)),
    ("sample-56", EMPTY, EMPTY.replace("36", "56"), "3.1", ("does not fit into its place",)),
    ("sample-apart", SECOND, "image = np.zeros((56, 56))\n    image[:28, :28], image[28:, 28:] = a, b", "3.1", ("overlap by 20",)),
    ("sample-no-tensors", ARRAYS, "a, b = x1, x2", "3.1", ("x1.numpy()",)),
    ("sample-array-back", TENSORS, "return image", "3.1", ("a Tensor must come back",)),
    ("sample-everywhere", SECOND, "image[8:, 8:] = np.maximum(image[8:, 8:], b)", "3.1", ("outside of the overlap",)),
    ("sample-exchanged", EMPTY, "a, b = b, a\n    " + EMPTY, "3.1", ("exchanged",)),
]
# fmt: on

MISTAKES = [Mistake(name, "layers", *rest) for name, *rest in _LAYERS]
MISTAKES += [Mistake(name, "logistic", LOGISTIC, *rest) for name, *rest in _LOGISTIC]
