"""The socket that `masterplan up` listens on."""

from __future__ import annotations

import socket

from masterplan.cli.connection import bound_socket


def test_an_answer_is_sent_at_once_and_not_held_back_for_its_head() -> None:
    host = "127.0.0.1"
    with bound_socket(host, 0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection((host, port)):
            connection, _ = listener.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
