"""A command line in; what it printed, and every connection that its process attempted, out.

The process is watched by an audit hook, which Python itself calls before it opens a connection,
asks for a name's address or starts another program; no code can take the hook off again. Where the
system allows, the process has no network besides.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ATTEMPTED = "stepladder-test: attempted"
_WATCH = f"""\
import sys

def watch(event, arguments):
    reaches_out = event in {{
        "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg",
        "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
        "urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect",
        "webbrowser.open", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn",
    }}
    if reaches_out:
        sys.stderr.write(f"{ATTEMPTED} {{event}}\\n")
        sys.stderr.flush()
        raise RuntimeError("{ATTEMPTED} " + event)

sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Watched:
    """A process that has ended."""

    exit_code: int
    said: str

    @property
    def attempted(self) -> list[str]:
        """The connections and programs that it attempted, in order."""
        lines = self.said.splitlines()
        return [line.removeprefix(ATTEMPTED).strip() for line in lines if ATTEMPTED in line]


def watched(folder: Path, *words: str | Path, module: str = "stepladder") -> Watched:
    """Run a module in a process without a network, in a folder, and watch what it attempts."""
    return _python(folder, "-m", module, *words)


def watched_code(folder: Path, code: str) -> Watched:
    """Run a piece of Python in the same way."""
    return _python(folder, "-c", code)


def _python(folder: Path, *words: str | Path) -> Watched:
    place = folder / ".watch"
    place.mkdir(exist_ok=True)
    (place / "sitecustomize.py").write_text(_WATCH, "utf-8")
    ended = subprocess.run(
        [*_without_a_network(), sys.executable, *map(str, words)],
        cwd=folder,
        env=_environment(place, folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return Watched(ended.returncode, ended.stdout)


def _environment(watch: Path, home: Path) -> Mapping[str, str]:
    """This process's, with the watch found first and a home of its own."""
    found = os.environ.get("PYTHONPATH")
    paths = os.pathsep.join([str(watch), *([found] if found else [])])
    return {**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1", "HOME": str(home)}


@cache
def _without_a_network() -> tuple[str, ...]:
    """The command that cuts the network off, or nothing where the system has none for us."""
    for cut in (("unshare", "--net"), ("unshare", "--net", "--map-root-user")):
        try:
            subprocess.run([*cut, "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return cut
    return ()
