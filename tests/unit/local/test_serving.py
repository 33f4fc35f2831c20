"""The simulators' web server is as quick as a real one, so that measurements mean something."""

import socket
from collections.abc import Callable

from flask import Flask, request

from tests.support.waiting import eventually

POST = (
    b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
    b"Content-Type: text/plain\r\n\r\nhello"
)


def application() -> Flask:
    app = Flask(__name__)
    app.add_url_rule(
        "/length", "/length", view_func=lambda: str(len(request.data)), methods=["POST"]
    )
    app.add_url_rule("/ignored", "/ignored", view_func=lambda: "ignored", methods=["POST"])
    return app


def connection(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=5)


def test_head_and_body_of_an_answer_come_in_one_write(serve: Callable[[Flask], str]) -> None:
    with connection(serve(application())) as client:
        client.sendall(POST)
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n5")


def test_a_connection_is_kept_even_where_the_body_of_a_request_was_not_read(
    serve: Callable[[Flask], str],
) -> None:
    with connection(serve(application())) as client:
        client.sendall(POST.replace(b"/length", b"/ignored"))
        assert client.recv(65536).endswith(b"ignored")
        client.sendall(POST)
        assert client.recv(65536).endswith(b"\r\n\r\n5")


def test_a_body_of_unknown_length_is_refused_and_the_connection_closed(
    serve: Callable[[Flask], str],
) -> None:
    with connection(serve(application())) as client:
        client.sendall(b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        seen = bytearray()

        def is_closed() -> bool:
            received = client.recv(65536)
            seen.extend(received)
            return not received

        eventually(is_closed)
    assert seen.startswith(b"HTTP/1.1 411 ")
