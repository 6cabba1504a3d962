"""PyTorch's path to `detect_anomaly`."""

from mytorch.autograd.anomaly import detect_anomaly, set_detect_anomaly

__all__ = ["detect_anomaly", "set_detect_anomaly"]
