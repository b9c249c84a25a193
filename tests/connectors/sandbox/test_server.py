"""The server: one port, connections kept open, state that outlives it, plain words when it cannot."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from connectors.sandbox.running import running
from connectors.sandbox.scenario import ScenarioRefused, load, names
from connectors.sandbox.server import PortInUse
from connectors.sandbox.server import listen as listen_on
from connectors.sandbox.store import Store
from tests.connectors.sandbox.client import Client
from tests.connectors.sandbox.conftest import CLIENT_ID, CLIENT_SECRET, WORLD

ROOT = Path(__file__).parents[3]


def test_a_connection_is_kept_open(sandbox):
    # given
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.server.port, timeout=5)
    sockets = set()
    # when
    for _ in range(3):
        connection.request("GET", "/__control__/health")
        reply = connection.getresponse()
        assert json.loads(reply.read())["status"] == "ok"
        assert reply.version == 11
        sockets.add(connection.sock)
    # then
    assert len(sockets) == 1
    assert None not in sockets
    connection.close()


def test_a_chunked_body_is_read_to_its_end(client):
    # given
    def pieces():
        yield b'[{"keys":{"OrderId":"1"},'
        yield b'"values":{"Status":"new"}}]'

    # when
    url = f"{client.sandbox.sfmc_rest_url}hub/v1/dataevents/key:ORDERS/rowset"
    reply = client.session.post(url, data=pieces())
    # then
    assert reply.status_code == 200
    assert len(client.rows("ORDERS")) == 1


def test_head_and_unknown_paths_do_not_break_the_connection(sandbox):
    # given
    with requests.Session() as session:
        # then
        assert session.head(f"{sandbox.base_url}/").status_code == 404
        assert session.get(f"{sandbox.base_url}/").status_code == 200
        assert session.get(f"{sandbox.base_url}/nothing").status_code == 404


def test_both_systems_are_served_on_one_port(sandbox):
    # when
    text = requests.get(f"{sandbox.base_url}/", timeout=5).text
    # then
    assert 'href="/sfmc/"' in text
    assert 'href="/prima/"' in text


def test_it_starts_and_stops_within_a_moment():
    # given
    start = time.monotonic()
    # when
    with running(WORLD) as other:
        assert requests.get(f"{other.base_url}/__control__/health", timeout=5).ok
        assert time.monotonic() - start < 1
    # then
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{other.base_url}/__control__/health", timeout=1)
    assert time.monotonic() - start < 3


def test_what_was_written_outlives_the_server(tmp_path):
    # given
    row = {"keys": {"OrderId": "1"}, "values": {"Status": "new"}}
    with running(WORLD, data=tmp_path) as first, Client(first, CLIENT_ID, CLIENT_SECRET) as client:
        client.post("hub/v1/dataevents/key:ORDERS/rowset", [row])
    # when
    with running(WORLD, data=tmp_path) as again, Client(again, CLIENT_ID, CLIENT_SECRET) as client:
        # then
        assert [entry["keys"] for entry in client.rows("ORDERS")] == [{"orderid": "1"}]


def run(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "connectors.sandbox", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_program_says_when_it_is_ready_and_stops_when_told(tmp_path):
    # given
    with run("--scenario", "empty", "--port", "0", folder=tmp_path) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline().strip() for _ in range(3)]
        # when
        program.send_signal(signal.SIGTERM)
        code = program.wait(timeout=10)
    # then
    assert lines[0].startswith("Marketing Cloud: http://127.0.0.1:")
    assert lines[2].startswith("ready: http://127.0.0.1:")
    assert code == 0
    assert (tmp_path / "var/sandbox/empty/sfmc.sqlite3").exists()


def test_a_port_in_use_is_said_in_words(tmp_path):
    # given
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        # when
        with run("--port", str(port), folder=tmp_path) as program:
            _, words = program.communicate(timeout=20)
    # then
    assert program.returncode == 2
    assert words == f"Port {port} on 127.0.0.1 cannot be used: Address already in use.\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "one JSON object"),
        ('{"sfmc": []}', "'name' is missing"),
        ('{"name": "x", "sfmc": {"packages": [{}]}}', "sfmc.packages[0] lacks 'client_id'"),
    ],
)
def test_a_wrong_scenario_file_is_refused_in_words(tmp_path, text, words):
    # given
    file = tmp_path / "world.json"
    file.write_text(text)
    # then
    with pytest.raises(ScenarioRefused) as refused:
        load(file)
    assert words in str(refused.value)


def test_an_unknown_scenario_names_those_that_are_known():
    # then
    with pytest.raises(ScenarioRefused) as refused:
        load("atlantis")
    assert "empty" in str(refused.value)
    assert "empty" in names()


def test_the_store_takes_thousands_of_small_writes_a_second(tmp_path):
    # given
    store = Store(tmp_path / "x.sqlite3")
    with store.write() as db:
        db.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
    # when
    start = time.perf_counter()
    for number in range(2000):
        with store.write() as db:
            db.execute("INSERT INTO t VALUES (?, ?)", (number, "x" * 200))
    seconds = time.perf_counter() - start
    # then
    store.close()
    assert seconds < 1


def test_a_failed_write_leaves_nothing(tmp_path):
    # given
    store = Store(tmp_path / "x.sqlite3")
    with store.write() as db:
        db.execute("CREATE TABLE t (a INTEGER)")

    def half() -> None:
        with store.write() as db:
            db.execute("INSERT INTO t VALUES (1)")
            with store.read() as inner:
                assert inner.execute("SELECT count(*) FROM t").fetchone()[0] == 1
            raise ValueError("stop")

    # when
    with pytest.raises(ValueError, match="stop"):
        half()
    # then
    with store.read() as db:
        assert db.execute("SELECT count(*) FROM t").fetchone()[0] == 0
    store.close()


def test_a_port_out_of_range_is_refused_in_words():
    with pytest.raises(PortInUse, match=r"Port 99999 .* ports go from 0 to 65535\."):
        listen_on("127.0.0.1", 99999)
