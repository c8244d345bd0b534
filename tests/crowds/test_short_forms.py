"""Long and crowded runs in their short form; `make long-runs` runs the long one."""

import os
import sys
from pathlib import Path

import pytest
from tests.crowds.faults import lost_permissions, read_only_disks, small_disks, small_files
from tests.crowds.long_run import long_run
from tests.crowds.odd_names import NAMES, odd_names
from tests.crowds.one_folder import WORK, crowded

unix = pytest.mark.skipif(
    sys.platform == "win32", reason="limits, modes and names are those of Unix"
)
administrator = pytest.mark.skipif(
    "CI" not in os.environ and (sys.platform != "linux" or os.geteuid() != 0),
    reason="only an administrator of Linux makes a small disk",
)


def test_refreshes_with_edits_between_stay_right(tmp_path: Path) -> None:
    """Issue 8, 3: as computed from scratch each time, no edit lost, whatever the clock says."""
    done = long_run(3, tmp_path, seed=3)
    assert done.refreshes == 3
    assert done.written
    assert done.faults == []


def test_eight_processes_work_in_one_folder() -> None:
    """Issue 8, 3: each is done or told to wait, and nothing is broken, lost or left about."""
    done = crowded(1)
    assert done.ended.total() == len(WORK) == 8
    assert done.faults == []


@unix
def test_odd_names_are_names_like_others() -> None:
    """Issue 8, 3: quotes, umlauts, a leading dash and 200 characters, all at once."""
    [name] = NAMES[-2:-1]
    assert len(name) == 200
    done = odd_names((name,))
    assert done.names == 1
    assert done.faults == []


@administrator
def test_a_full_disk_leaves_every_file_as_it_was() -> None:
    """Issue 8, 3: exit 6 and one sentence."""
    done = small_disks(("batch into parquet",))
    assert done.ended[6] >= 2
    assert done.faults == []


@administrator
def test_a_read_only_disk_leaves_every_file_as_it_was() -> None:
    """Issue 8, 3: exit 6 and one sentence, but where nothing needs to be written."""
    done = read_only_disks(("refresh", "batch into a workbook"))
    assert done.ended[6] == 2
    assert done.faults == []


@unix
def test_a_file_that_finds_no_room_leaves_every_file_as_it_was() -> None:
    """Issue 8, 3: as under a quota, whoever runs it."""
    done = small_files(("refresh", "batch into CSV"))
    assert done.ended[6] == 2
    assert done.faults == []


@unix
def test_a_permission_lost_in_the_middle_breaks_nothing() -> None:
    """Issue 8, 3: the old file and a sentence, or the new one and its backup."""
    done = lost_permissions(every=23, first=5)
    assert done.ended.total() > 8
    assert done.faults == []
