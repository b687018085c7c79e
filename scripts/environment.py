"""Makes `.venv` ready to run or to test this checkout; `scripts/setup` starts it.

Standard library only, since it runs on the bare Python that was found. It touches `.venv` and
`.venv-old`, nothing else, and is done at once when nothing has changed.
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The locks to install for each purpose. Testing needs all that running needs, and its lock has it.
LOCKS = {
    "run": ["requirements.lock"],
    "test": ["requirements-test.lock", "requirements-browser.lock"],
}
SERVES = {"run": ["run"], "test": ["run", "test"]}


def main() -> int:
    """Make the environment ready for `run` or `test`, whichever the command line names."""
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:  # noqa: PLR2004 - the name and one word
        _say("usage: scripts/setup run|test")
        return 2
    purpose = sys.argv[1]
    try:
        if not is_ready(ROOT, purpose):
            with _alone(ROOT) as lock:
                # Whoever had the lock before us may have done it already.
                if not is_ready(ROOT, purpose):
                    _make_ready(ROOT, purpose, lock)
    except subprocess.CalledProcessError:
        _say("The set-up failed; the lines above say why. Mend it and run the same command again.")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def is_ready(root: Path, purpose: str) -> bool:
    """Say whether the last set-up ended well and what it was made from is what stands there now."""
    venv = root / ".venv"
    return (
        _text(venv / f"ready-to-{purpose}") == digest(root, purpose)
        and not (venv / "unfinished").exists()
        and (venv / "bin/python").exists()
    )


def digest(root: Path, purpose: str) -> str:
    """Return a hash of all that decides what is installed: Python, place, pins, and this script."""
    locks = [name for served in SERVES[purpose] for name in LOCKS[served]]
    names = ["requirements-build.lock", *locks, "pyproject.toml", "scripts/environment.py"]
    files = {name: (root / name).read_bytes() for name in names}
    return hashlib.sha256(repr((made_for(root), files)).encode()).hexdigest()


def made_for(root: Path) -> str:
    """Return the Python and the folder that an environment is tied to; moved, it does not work."""
    return f"Python {platform.python_version()} in {root}"


def must_be_made_anew(root: Path) -> bool:
    """Say whether what stands at `.venv` is of no use: missing, half made, or made for another."""
    venv = root / ".venv"
    if not (venv / "bin/python").exists() or (venv / "unfinished").exists():
        return True
    owner = _text(venv / "made-for")
    if owner is None:  # made by hand: kept if we run in it and it can install
        return not (Path(sys.prefix).samefile(venv) and importlib.util.find_spec("pip"))
    return owner != made_for(root)


def _make_ready(root: Path, purpose: str, lock: int) -> None:
    venv = root / ".venv"
    if must_be_made_anew(root):
        _say(f"Making the environment .venv with Python {platform.python_version()}...")
        _put_aside(venv)
        venv.mkdir()
        # An interrupted set-up leaves this behind; the next one then starts from nothing.
        (venv / "unfinished").touch()
        _run([_bare_python(), "-m", "venv", str(venv)], root, lock)
    (venv / "unfinished").touch()
    _install(root, purpose, lock)
    (venv / "made-for").write_text(made_for(root))
    for served in SERVES[purpose]:
        (venv / f"ready-to-{served}").write_text(digest(root, served))
    (venv / "unfinished").unlink()


def _install(root: Path, purpose: str, lock: int) -> None:
    """Install the locked packages in three steps.

    Spyne comes as source only. Built in pip's own isolation it would get the newest setuptools,
    without a hash; so the locked one is installed first. pip refuses to mix hashes with -e, so
    the project itself comes last.
    """
    _say("Installing packages, about half a minute...")
    locks = [argument for name in LOCKS[purpose] for argument in ("-r", name)]
    steps = [
        ["--require-hashes", "--only-binary", ":all:", "-r", "requirements-build.lock"],
        ["--require-hashes", "--no-build-isolation", *locks],
        ["--no-deps", "--no-build-isolation", "-e", "."],
    ]
    pip = [str(root / ".venv/bin/python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    for step in steps:
        _run([*pip, "install", "-qq", *step], root, lock)


def _put_aside(venv: Path) -> None:
    # Renamed first, which is one step: a removal cut short must not look like an environment.
    old = venv.with_name(".venv-old")
    shutil.rmtree(old, ignore_errors=True)
    if venv.exists():
        venv.rename(old)
        shutil.rmtree(old, ignore_errors=True)


def _bare_python() -> str:
    """Return the Python behind the one that runs now, which may be the `.venv` about to go."""
    if sys.prefix == sys.base_prefix:
        return sys.executable
    return f"{sys.base_prefix}/bin/python3.{sys.version_info.minor}"


@contextmanager
def _alone(root: Path) -> Iterator[int]:
    """Let one set-up at a time pass, and give out the lock.

    The system frees it when the last process that holds it ends, however it ends; so no lock is
    ever left behind, and none is free while a pip whose parent was killed still writes.
    """
    lock = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another set-up is at work in this folder; waiting for it...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def _run(command: list[str], root: Path, lock: int) -> None:
    subprocess.run(command, cwd=root, check=True, stdout=sys.stderr, pass_fds=[lock])  # noqa: S603 - our own words


def _text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
