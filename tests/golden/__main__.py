"""Renew the kept results: `.venv/bin/python -m tests.golden`.

A kept result changes only in a commit whose CHANGELOG entry says why.
"""

from tests.golden.example import FOLDER, first_difference, kept, renewed

for name, text in renewed().items():
    path = FOLDER / name
    change = first_difference(name, kept(name), text) if path.exists() else f"{name} is new"
    path.write_bytes(text.encode("utf-8"))
    print(change or f"{name} is as it was")  # noqa: T201  This is what the command says.
