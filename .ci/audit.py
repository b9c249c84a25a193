"""Asks pip-audit about every locked package, and says plainly how many could be asked about."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_UNREACHABLE = ("ConnectionError", "ProxyError", "Max retries", "timed out", "Timeout", "SSLError")


def main() -> int:
    """1 for a finding or a fault of ours; 0 otherwise, also when nobody could be asked."""
    lock = str(ROOT / "requirements.lock")
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pip_audit", "-r", lock, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages = json.loads(ran.stdout)["dependencies"]
    except ValueError:
        return _without_answer(ran.stderr)
    return _judge(packages)


def _judge(packages: list[dict[str, Any]]) -> int:
    found = [package for package in packages if package.get("vulns")]
    for package in found:
        for fault in package["vulns"]:
            better = ", ".join(fault["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {fault['id']}, mended in {better}")
    unknown = sum("skip_reason" in package for package in packages)
    asked = len(packages) - unknown
    if unknown:
        print(
            f"pip-audit: NOT CHECKED for known vulnerabilities: {unknown} of {len(packages)} "
            "packages. The vulnerability service knows nothing of them or cannot be reached."
        )
    if asked:
        print(f"pip-audit: {asked} packages checked, {len(found)} with known vulnerabilities.")
    return 1 if found else 0


def _without_answer(said: str) -> int:
    last = said.strip().splitlines()[-1] if said.strip() else "no answer"
    if any(sign in said for sign in _UNREACHABLE):
        print(f"pip-audit: NOT CHECKED. The vulnerability service cannot be reached: {last[:200]}")
        return 0
    print(said)
    return 1


if __name__ == "__main__":
    sys.exit(main())
