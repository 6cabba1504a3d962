"""The doctor as a callback of a Trainer."""

import numpy as np
import pytest
from training.problems import blobs, loaders, trainer

import mytorch
from mytorch import nn, optim
from mytorch.diagnosis import DoctorCallback
from mytorch.training import Trainer


def test_a_healthy_training_says_nothing_and_is_not_changed(capsys):
    doctor = DoctorCallback(every=3)
    plain = trainer()
    plain.fit(*loaders(), epochs=3)
    watched = trainer(callbacks=[doctor])
    watched.fit(*loaders(), epochs=3)
    assert [step for step, _ in doctor.diagnoses] == [0, 3, 6, 9, 12, 15]
    assert all(diagnosis.healthy for _, diagnosis in doctor.diagnoses), doctor.diagnoses
    assert "doctor" not in capsys.readouterr().out
    for one, other in zip(plain.model.state_dict().values(), watched.model.state_dict().values()):
        assert np.array_equal(np.asarray(one), np.asarray(other))


def test_it_examines_the_first_batch(capsys):
    doctor = DoctorCallback()
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 3), nn.Softmax(dim=1))
    Trainer(model, optim.SGD(model.parameters(), lr=0.1), nn.CrossEntropyLoss(), callbacks=[doctor], verbose=False).fit(
        blobs(), epochs=2
    )
    ((step, diagnosis),) = doctor.diagnoses
    assert (step, diagnosis.illnesses) == (0, ["softmax-before-cross-entropy"])
    assert "leave the softmax out" in " ".join(capsys.readouterr().out.split())


def test_it_explains_a_loss_that_is_nan(capsys):
    class Breaks(nn.Module):
        def __init__(self):
            super().__init__()
            self.out, self.calls = nn.Linear(2, 3), 0

        def forward(self, x):
            x = self.out(x)
            return x if not self.breaks else (x * 0).log() * x

    model = Breaks()
    model.breaks = False
    doctor = DoctorCallback()

    class BreakLater(mytorch.training.Callback):
        def on_step_begin(self, trainer):
            trainer.model.breaks = trainer.step >= 4

    run = Trainer(
        model,
        optim.SGD(model.parameters(), lr=0.1),
        nn.CrossEntropyLoss(),
        callbacks=[doctor, BreakLater()],
        verbose=False,
    )
    with pytest.raises(FloatingPointError), np.errstate(all="ignore"):
        run.fit(blobs(), epochs=2)
    assert [step for step, _ in doctor.diagnoses] == [0, 4]
    assert doctor.diagnoses[1][1].illnesses == ["nan-in-forward"]
    assert "Log in the model" in capsys.readouterr().out


def test_several_tasks():
    model = nn.Linear(2, 3)
    both = type("Both", (nn.Module,), {"forward": lambda self, x: [self.layer(x), self.layer(x)]})()
    both.layer = model
    x, y = blobs().tensors
    doctor = DoctorCallback(ignore="rate-too-small")
    criteria = [nn.CrossEntropyLoss(), nn.CrossEntropyLoss()]
    run = Trainer(both, optim.SGD(both.parameters(), lr=0.1), criteria, callbacks=[doctor], verbose=False)
    run.fit(mytorch.data.TensorDataset(x, y, y), epochs=1)
    assert doctor.diagnoses[0][1].healthy, doctor.diagnoses


def test_arguments():
    with pytest.raises(ValueError, match="every must be a positive number"):
        DoctorCallback(every=0)
