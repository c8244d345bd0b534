"""A private headless LibreOffice to talk to over UNO, and nothing left of it afterwards."""

import builtins
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEBIAN = "/usr/lib/python3/dist-packages"
"""Where python3-uno stands; appended, so that the environment's own packages come first."""
RESTART = 81
"""What LibreOffice ends with after it has set up a new profile, to be started once more."""
START_WITHIN = 180
"""Seconds; a machine with other work on it is slow."""

_MACROS = Path(__file__).with_name("Cells.bas")

PROFILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop
oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def uno() -> Any:  # noqa: ANN401 - python3-uno publishes no types
    """The uno module; without it a test is skipped, in CI it fails."""
    if DEBIAN not in sys.path:
        sys.path.append(DEBIAN)
    plain = builtins.__import__
    try:
        import uno as module  # noqa: PLC0415 - it comes with LibreOffice, not with the project

        # It would look into LibreOffice for whatever anybody imports.
        builtins.__import__ = plain
    except ImportError:
        import pytest  # noqa: PLC0415 - an office's Python has none, see office_python.py

        reason = "python3-uno is not installed, or is for another Python"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return module


class Office:
    """One running LibreOffice, with its own profile and port."""

    def __init__(self) -> None:
        from tests.office import required  # noqa: PLC0415 - as above

        uno()
        self._soffice = required("soffice", "libreoffice")
        self.profile = Path(tempfile.mkdtemp(prefix="stepladder-office-"))
        (self.profile / "user").mkdir()
        (self.profile / "user" / "registrymodifications.xcu").write_text(PROFILE, "utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.process = self._started()
        context = self._connected()
        self.desktop = _desktop(context)
        _library(context).insertByName(_MACROS.stem, _MACROS.read_text("utf-8"))
        self.macros = Macros(context)

    def close(self) -> None:
        """Close every document, so that no lock file stays, and end the program."""
        with suppress(Exception):
            for document in documents(self.desktop):
                document.close(True)  # noqa: FBT003 - UNO takes no names
        with suppress(Exception):
            self.desktop.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    def resident_bytes(self) -> int:
        """How much memory the program holds."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _started(self) -> "subprocess.Popen[bytes]":
        binary = Path(self._soffice).resolve().with_name("soffice.bin")
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"PYTHONPATH", "PYTHONHOME"}
        }
        return subprocess.Popen(
            [
                str(binary if binary.exists() else self._soffice),
                "--headless",
                "--norestore",
                "--nologo",
                "--nodefault",
                f"-env:UserInstallation={self.profile.as_uri()}",
                f"--accept=socket,host=127.0.0.1,port={self.port};urp;StarOffice.ComponentContext",
            ],
            env=inherited,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _connected(self) -> Any:  # noqa: ANN401 - a UNO object
        end = time.monotonic() + START_WITHIN
        while time.monotonic() < end:
            try:
                return _context(self.port)
            except Exception:  # noqa: BLE001 - UNO's exceptions are made at run time
                if self.process.poll() is not None:
                    assert self.process.returncode == RESTART, self.process.returncode
                    self.process = self._started()
                time.sleep(0.1)
        raise TimeoutError("LibreOffice did not start")


@dataclass(frozen=True)
class Attached:
    """A LibreOffice that another process has started."""

    desktop: Any
    macros: "Macros"
    pid: int


def attached(port: int) -> Attached:
    """Talk to the LibreOffice that listens there."""
    context = _context(port)
    return Attached(_desktop(context), Macros(context), pid=0)


def _context(port: int) -> Any:  # noqa: ANN401 - a UNO object
    own = uno().getComponentContext()
    resolver = own.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", own
    )
    return resolver.resolve(
        f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext"
    )


def _library(context: Any) -> Any:  # noqa: ANN401 - UNO objects
    """The macros of this profile."""
    libraries = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.script.ApplicationScriptLibraryContainer", context
    )
    return libraries.getByName("Standard")


class Macros:
    """What Cells.bas does. Each macro is sought once: that would take longer than what it does."""

    def __init__(self, context: Any) -> None:  # noqa: ANN401 - UNO objects
        factory = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.script.provider.MasterScriptProviderFactory", context
        )
        self._provider = factory.createScriptProvider("")
        self._found: dict[str, Any] = {}

    def run(self, macro: str, *given: object) -> Any:  # noqa: ANN401 - whatever it answers
        """Run a macro with what it is given, and return its answer.

        Raises RuntimeError where it has none: LibreOffice keeps to itself what fails in a macro.
        """
        if macro not in self._found:
            self._found[macro] = self._provider.getScript(
                f"vnd.sun.star.script:Standard.{_MACROS.stem}.{macro}"
                "?language=Basic&location=application"
            )
        [answer, _, _] = self._found[macro].invoke(given, (), ())
        if answer is None:
            message = f"the macro {macro} failed"
            raise RuntimeError(message)
        return answer


def _desktop(context: Any) -> Any:  # noqa: ANN401 - UNO objects
    return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


@contextmanager
def running() -> Iterator[Office]:
    """A LibreOffice for as long as it is needed."""
    office = Office()
    try:
        yield office
    finally:
        office.close()


def documents(desktop: Any) -> list[Any]:  # noqa: ANN401 - a UNO object
    """The open workbooks."""
    found = []
    components = desktop.Components.createEnumeration()
    while components.hasMoreElements():
        document = components.nextElement()
        if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            found.append(document)
    return found
