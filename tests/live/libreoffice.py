"""A headless LibreOffice of its own in; workbooks open in it, and their macros run, out."""

import importlib
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pytest
from tests.office import required

_UNO_FOLDER: Final = "/usr/lib/python3/dist-packages"
"""Where Debian's python3-uno stands; any CPython of its version can load it."""
_RESTART: Final = 81
_STARTS: Final = 3
_TO_START_S: Final = 60.0
_TO_END_S: Final = 20.0
_RUN_MACROS_WITHOUT_ASKING: Final = 4

_SETTINGS: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop
oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Filter/Import/VBA"><prop
oor:name="Load" oor:op="fuse"><value>true</value></prop><prop
oor:name="Executable" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def uno_module() -> Any:  # noqa: ANN401 - UNO publishes no types
    """LibreOffice's bridge to Python; without it the test is skipped, in CI it fails."""
    if _UNO_FOLDER not in sys.path:
        # Behind everything else: nothing but uno is taken from there.
        sys.path.append(_UNO_FOLDER)
    try:
        return importlib.import_module("uno")
    except ImportError:
        reason = "python3-uno is not installed, or for another Python"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


class Office:
    """One LibreOffice with a profile in a folder; it ends with the `with` block.

    environment  variables that it has besides those of the tests; macros see them
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._uno = uno_module()
        soffice = Path(required("soffice", "libreoffice")).resolve()
        self._profile = folder / f"profile-{uuid.uuid4().hex[:8]}"
        (self._profile / "user").mkdir(parents=True)
        (self._profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
        self.connection = f"pipe,name=stepladder-{uuid.uuid4().hex};urp"
        self._command = [
            str(soffice.with_name("soffice.bin")),
            *("--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard"),
            f"-env:UserInstallation={self._profile.as_uri()}",
            f"--accept={self.connection};StarOffice.ComponentContext",
        ]
        # Of the tests' own Python, the one in LibreOffice would load the modules.
        inherited = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
        self._environment = {**inherited, **(environment or {})}

    def __enter__(self) -> Self:
        for _ in range(_STARTS):
            self.process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            context = self._connected()
            if context is not None:
                self.context = context
                self.desktop = context.ServiceManager.createInstanceWithContext(
                    "com.sun.star.frame.Desktop", context
                )
                return self
        raise AssertionError("LibreOffice did not start")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Documents first: what is still open at the end leaves its .~lock file behind.
        with suppress(Exception):
            self._close_all()
        with suppress(Exception):
            self.desktop.terminate()
        try:
            self.process.wait(_TO_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, book: Path) -> Any:  # noqa: ANN401 - as above
        """Open a workbook, its macros allowed to run."""
        document = self.desktop.loadComponentFromURL(
            self._uno.systemPathToFileUrl(str(book.resolve())),
            "_blank",
            0,
            (
                self._value("Hidden", value=True),
                self._value("MacroExecutionMode", value=_RUN_MACROS_WITHOUT_ASKING),
            ),
        )
        if document is None:
            raise AssertionError(f"LibreOffice does not open {book.name}")
        return document

    def run(self, document: Any, macro: str) -> None:  # noqa: ANN401 - as above
        """Run a macro of a workbook by name: Module.Sub. What fails in it, LibreOffice keeps."""
        script = document.getScriptProvider().getScript(
            f"vnd.sun.star.script:VBAProject.{macro}?language=Basic&location=document"
        )
        script.invoke((), (), ())

    def _value(self, name: str, *, value: object) -> Any:  # noqa: ANN401 - as above
        pair = self._uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        pair.Name, pair.Value = name, value
        return pair

    def _connected(self) -> Any:  # noqa: ANN401 - as above
        """The office's context; None where it ended at once, as a new profile makes it do."""
        local = self._uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        not_yet = self._uno.getClass("com.sun.star.connection.NoConnectException")
        end = time.monotonic() + _TO_START_S
        while time.monotonic() < end:
            try:
                return resolver.resolve(f"uno:{self.connection};StarOffice.ComponentContext")
            except not_yet:
                if self.process.poll() == _RESTART:
                    return None
                if self.process.poll() is not None:
                    raise AssertionError(f"LibreOffice ended: {self.process.returncode}") from None
                time.sleep(0.1)
        self.process.kill()
        raise AssertionError("LibreOffice did not answer")

    def _close_all(self) -> None:
        documents = self.desktop.Components.createEnumeration()
        found = []
        while documents.hasMoreElements():
            found.append(documents.nextElement())
        for document in found:
            with suppress(Exception):
                document.close(True)  # noqa: FBT003 - UNO takes no keyword
