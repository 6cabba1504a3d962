"""Small mistakes in Adam, dropout and batch norm; see mutations.py."""

from mutations import Mutation

__all__ = ["MUTATIONS"]

ADAM, DROPOUT = "optim/adam.py", "ops/activations/dropout.py"
NORM, NORM_OP = "nn/batchnorm.py", "ops/normalizations/batch_norm.py"
RUNNING = "ops/normalizations/running_stats.py"
IGNORED = "upstream gradient ignored"


def adam(name: str, old: str, new: str, diagnosis: str) -> Mutation:
    return Mutation(f"adam-{name}", ADAM, old, new, "1b.1", diagnosis)


def dropout(name: str, old: str, new: str, diagnosis: str) -> Mutation:
    return Mutation(f"dropout-{name}", DROPOUT, old, new, "1b.2", diagnosis)


def norm(name: str, old: str, new: str, diagnosis: str, file: str = NORM_OP) -> Mutation:
    return Mutation(f"norm-{name}", file, old, new, "1b.3", diagnosis)


COUNT, ROOT = 'state["step"] += 1', "            np.sqrt(v, out=work)\n            work += eps\n"
DECAY = "g = self.full_gradient(w, g, group)"
CHECKED = 'check_probability("dropout", p)\n    '
DRAW = "default_generator().random(input.data.shape, dtype=np.float32) >= p"
MASKED = "return grad_y * ctx.keep[0] * ctx.scale"
STATISTICS = "mean, var = batch_statistics(input.data)"
INPUT_GRADIENT = "grad_x = (grad_y - mean_b - z * mean_w) * scale"

MUTATIONS = [
    # ----------------------------------------------------------------- 1b.1
    adam("uphill", "w -= work", "w += work", "the step goes up the gradient"),
    adam("no-rate", 'rate = group["lr"] * correction', "rate = correction", "the learning rate is ignored"),
    adam(
        "no-correction-of-m",
        'correction / (1 - b1 ** state["step"])',
        "correction",
        "the bias correction of the first moment is missing",
    ),
    adam(
        "no-correction-of-v",
        'math.sqrt(1 - b2 ** state["step"])',
        "1.0",
        "the bias correction of the second moment is missing",
    ),
    adam(
        "no-corrections",
        'rate = group["lr"] * correction / (1 - b1 ** state["step"])',
        'correction, rate = 1, group["lr"]',
        "the bias correction is missing",
    ),
    adam("count-stays", COUNT, 'state["step"] = 1', "the step count is not incremented"),
    adam("count-from-0", COUNT, "pass", "the step count begins at 0"),
    adam("count-from-2", COUNT, 'state["step"] = (state["step"] or 1) + 1', "the step count is too large"),
    adam(
        "count-shared",
        COUNT,
        'self.count = getattr(self, "count", 0) + 1\n        state["step"] = self.count',
        "once per parameter instead of once per step",
    ),
    adam(
        "eps-inside",
        ROOT,
        '            np.sqrt(v + group["eps"] * correction**2, out=work)\n',
        "eps belongs outside the square root",
    ),
    adam("no-eps", ROOT, "            np.sqrt(v, out=work)\n", "eps is missing"),
    adam("no-root", "np.sqrt(v, out=work)", "np.divide(v, correction, out=work)", "the square root of the second"),
    adam("not-squared", "np.multiply(g, g, out=work)", "work[...] = g", "needs the square of the gradient"),
    adam("absolute", "np.multiply(g, g, out=work)", "np.abs(g, out=work)", "the absolute value of the gradient"),
    adam("no-factor-of-g", "np.multiply(g, 1 - b1, out=work)", "g", "the factor (1 - beta1)"),
    adam("no-factor-of-g2", "work *= 1 - b2", "pass", "the factor (1 - beta2)"),
    adam("betas-exchanged", 'b1, b2 = group["betas"]', 'b2, b1 = group["betas"]', "the wrong beta"),
    adam("m-forgotten", "m *= b1", "m *= 0", "the first moment is not kept"),
    adam("v-forgotten", "v *= b2", "v *= 0", "the second moment is not kept"),
    adam("decay-sign", DECAY, 'g = g - group["weight_decay"] * w', "weight decay has the wrong sign"),
    adam("decay-ignored", DECAY, "pass", "weight decay is ignored"),
    adam("decay-decoupled", DECAY, 'w *= 1 - group["lr"] * group["weight_decay"]', "this is AdamW"),
    adam("decay-into-grad", DECAY, 'g += group["weight_decay"] * w', "step() must leave .grad as it is"),
    adam("default-eps", "eps: float = 1e-8", "eps: float = 1e-6", "eps must be 1e-8"),
    adam("default-betas", "= (0.9, 0.999)", "= (0.9, 0.99)", "betas must be (0.9, 0.999)"),
    adam("default-rate", "lr: float = 1e-3", "lr: float = 1e-2", "lr must be 0.001"),
    Mutation(
        "adam-needs-every-gradient",
        "optim/optimizer.py",
        "if param.grad is not None:\n                    self.update",
        "if True:\n                    self.update",
        "1b.1",
        "v.grad is None: step() must pass over v",
    ),
    # ----------------------------------------------------------------- 1b.2
    dropout("not-scaled", "else 1 / (1 - p))", "else 1.0)", "not scaled: divide the kept elements by 1 - p"),
    dropout("scaled-by-1/p", "else 1 / (1 - p))", "else 1 / p)", "divided by p instead of by 1 - p"),
    dropout("multiplied", "else 1 / (1 - p))", "else 1 - p)", "multiplied by 1 - p instead of divided"),
    dropout("keeps-p", DRAW, DRAW.replace(">= p", "< p"), "p is the probability to drop an element, not to keep it"),
    dropout("always-half", DRAW, DRAW.replace(">= p", ">= 0.5"), "the number p is not used"),
    dropout(
        "active-in-evaluation",
        f"{CHECKED}if not training or p == 0:",
        f"{CHECKED}if p == 0:",
        "elements are dropped in evaluation",
    ),
    dropout(
        "scaled-in-evaluation",
        "        return input\n    if",
        "        return input * (1 - p)\n    if",
        "scaled by 1 - p in evaluation",
    ),
    dropout(
        "one-mask", DRAW, DRAW.replace("default_generator()", "np.random.default_rng(3)"), "drops the same elements"
    ),
    dropout("whole-columns", DRAW, DRAW.replace("shape", "shape[1:]"), "all rows have the same zeros"),
    dropout("gradient-not-masked", MASKED, "return grad_y * ctx.scale", "the gradient is not masked"),
    dropout("gradient-not-scaled", MASKED, "return grad_y * ctx.keep[0]", "the gradient is not scaled"),
    dropout("gradient-untouched", MASKED, "return grad_y * 1", "neither masked nor scaled"),
    dropout("gradient-scaled-twice", MASKED, MASKED + " * ctx.scale", "the gradient is scaled twice"),
    dropout("ignores-upstream", MASKED, MASKED.replace("grad_y", "(grad_y * 0 + 1)"), IGNORED),
    dropout("other-mask", MASKED, MASKED.replace("keep[0]", "keep[0][::-1]"), "at other places than the result"),
    dropout(
        "p-is-1",
        "(keep,), 0.0 if p == 1 else 1 / (1 - p)",
        "(keep,), 1 / (1 - p)",
        "there is nothing to divide by 1 - p",
    ),
    dropout("in-place", "y = x.data * keep[0]", "y = np.multiply(x.data, keep[0], out=x.data)", "modified in place"),
    Mutation(
        "dropout-never",
        "nn/dropout.py",
        "F.dropout(input, self.p, self.training",
        "F.dropout(input, self.p, False",
        "1b.2",
        "nothing is dropped",
    ),
    # ----------------------------------------------------------------- 1b.3
    norm("eps-outside", "1 / np.sqrt(var + eps)", "1 / (np.sqrt(var) + eps)", "eps belongs under the square root"),
    norm("no-eps", "1 / np.sqrt(var + eps)", "1 / np.sqrt(var)", "eps is missing"),
    norm("eps-not-used", "1 / np.sqrt(var + eps)", "1 / np.sqrt(var + 1e-5)", "the argument eps is not used"),
    norm("no-root", "1 / np.sqrt(var + eps)", "1 / (var + eps)", "divided by the variance"),
    norm("mean-kept", "ctx.z = x.data - mean", "ctx.z = x.data - 0 * mean", "the mean is not subtracted"),
    norm("unbiased-forward", "out=centred)) / count", "out=centred)) / (count - 1)", "with the unbiased variance"),
    norm("no-beta", "y += bias.data.reshape(per_channel)", "pass", "beta is ignored"),
    norm("no-gamma", "y = ctx.z * weight.data.reshape(per_channel)", "y = ctx.z.copy()", "gamma is ignored"),
    norm("constants", INPUT_GRADIENT, "grad_x = grad_y * scale", "mean and variance are treated as constants"),
    norm("constant-var", INPUT_GRADIENT, "grad_x = (grad_y - mean_b) * scale", "the variance is treated as a constant"),
    norm("ignores-upstream", "sum_per_channel(grad_y * z)", "sum_per_channel(z)", IGNORED),
    norm(
        "gamma-from-x",
        "sum_per_channel(grad_y * z)",
        "sum_per_channel(grad_y * x)",
        "the normalized input must be multiplied with",
    ),
    norm("biased-running", "var * (count / (count - 1))", "var", "the running variance is the biased one"),
    norm(
        "count-without-length",
        "var * (count / (count - 1))",
        "var * (shape[0] / (shape[0] - 1))",
        "each feature has N * L values",
    ),
    norm(
        "momentum-exchanged",
        "average += (batch - average) * step",
        "average += (batch - average) * (1 - step)",
        "momentum and 1 - momentum are exchanged",
        RUNNING,
    ),
    norm(
        "running-replaced",
        "average += (batch - average) * step",
        "average[...] = batch",
        "the last batch replaces the running variance",
        RUNNING,
    ),
    norm(
        "batch-in-evaluation",
        "self.training or not self.track_running_stats,",
        "True,",
        "the batch's own statistics are used",
        NORM,
    ),
    norm(
        "updates-in-evaluation",
        "        return by_running_stats(",
        "        update_average(running_mean, batch_statistics(input.data)[0], momentum)\n"
        "        return by_running_stats(",
        "the running mean changes in evaluation",
    ),
    norm(
        "running-in-training",
        STATISTICS,
        "mean, var = running_mean.data.copy(), running_var.data.copy()",
        "normalized with the running statistics",
    ),
    norm(
        "statistics-of-everything",
        STATISTICS,
        "mean, var = np.full(3, input.data.mean()), np.full(3, input.data.var())",
        "mean and variance over all axes",
    ),
]
