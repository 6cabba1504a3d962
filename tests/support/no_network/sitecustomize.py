"""Python imports this at its start if the folder is on PYTHONPATH: from then on every connection fails."""

import socket


def _refuse(self, address):
    raise AssertionError(f"this program must not use the network, but connects to {address}")


socket.socket.connect = _refuse
socket.socket.connect_ex = _refuse
