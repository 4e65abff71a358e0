"""What all benchmarks share: building, the peers' environment, and running them."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".build/bench-venv"


def environment():
    """One thread for every library, and none of the settings with which some
    machines hold a library back."""
    held_back = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}
    kept = {key: value for key, value in os.environ.items() if key not in held_back}
    threads = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
    return kept | dict.fromkeys(threads, "1")


def run(*words, **options):
    return subprocess.run(
        [str(word) for word in words], check=True, cwd=ROOT, env=environment(), **options)


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def prepare(*products):
    """Builds the products, and installs the peers that requirements.txt pins."""
    say("building")
    for product in products:
        run("swift", "build", "-c", "release", "--product", product, stdout=sys.stderr)
    if not (VENV / "bin/pip").exists():
        try:
            run(sys.executable, "-m", "venv", VENV, stdout=sys.stderr)
        except subprocess.CalledProcessError:
            sys.exit("a Python environment is needed; on Debian install the package python3-venv")
    say("installing the peers")
    run(VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r",
        ROOT / "Benchmarks/peers/requirements.txt")


def stay_on_one_processor():
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
