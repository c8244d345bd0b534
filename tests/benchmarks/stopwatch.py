"""A command in; its exit code, wall and CPU seconds and peak memory, as one line of JSON, out.

It is a process of its own, small on purpose: the peak that the system reports of a child is never
below that of the process it was started from.
"""

import json
import os
import sys
import time

_UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> None:
    """Run the command line given as arguments; what it prints goes to stderr."""
    started = time.perf_counter()
    to_stderr = [(os.POSIX_SPAWN_DUP2, 2, 1)]
    process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=to_stderr)
    _, status, used = os.wait4(process, 0)
    told = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "wall": time.perf_counter() - started,
        "cpu": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss * _UNIT / 2**20,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
