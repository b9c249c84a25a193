"""A secure connection that is no good, and the words that say what is wrong with it."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.addresses import AddressPolicy
from connectors.errors import MisconfiguredError
from connectors.http import Conduct, HttpSession

HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
ELSEWHERE = x509.DNSName("other.example")


def certificate(folder: Path, name: x509.GeneralName, days: int) -> Path:
    """Signed by itself, valid from two days ago for so many days; its key is in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the test")])
    begins = datetime.now(UTC) - timedelta(days=2)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def served(path: Path | None) -> Iterator[int]:
    """The port of a server with this certificate, or one that speaks plainly; it answers once."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if path else None
    if context and path:
        context.load_cert_chain(path)

    def answer() -> None:
        with suppress(OSError):
            peer, _ = listening.accept()
            with peer:
                peer.settimeout(5)
                if context:
                    context.wrap_socket(peer, server_side=True).close()
                else:
                    peer.recv(100)
                    peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)


def refused(port: int, ca_file: str = "") -> str:
    conduct = Conduct(addresses=AddressPolicy(frozenset({"127.0.0.1"})), ca_file=ca_file)
    session = HttpSession("Prima", f"https://127.0.0.1:{port}/", conduct)
    with pytest.raises(MisconfiguredError) as found:
        session.send("GET", "/", headers={})
    session.close()
    return found.value.message


@pytest.mark.parametrize(
    ("name", "days", "trusted", "why"),
    [
        (HERE, 9, False, "nobody this machine trusts has issued its certificate."),
        (HERE, 1, True, "its certificate has expired."),
        (ELSEWHERE, 9, True, "its certificate is for another host."),
    ],
)
def test_a_certificate_that_is_no_good_is_refused_and_says_why(
    tmp_path: Path, name: x509.GeneralName, days: int, trusted: bool, why: str
) -> None:
    path = certificate(tmp_path, name, days)
    with served(path) as port:
        said = refused(port, str(path) if trusted else "")
    assert said == f"The secure connection to Prima cannot be trusted: {why}"


def test_a_port_that_speaks_plainly_is_said_to() -> None:
    with served(None) as port:
        said = refused(port)
    assert said.endswith("what answers there does not speak TLS as it should. Look at the port.")
