#!/bin/sh
# Installs Stepladder from this folder for you alone: no network, no administrator rights.
# Where it goes: ~/.local/share/stepladder, or what STEPLADDER_HOME names (a path without a space).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
place=${STEPLADDER_HOME:-$HOME/.local/share/stepladder}
commands=$HOME/.local/bin

stop() {
  echo "$1" >&2
  exit 1
}

cd "$here"
if command -v sha256sum >/dev/null; then
  sha256sum --check --quiet SHA256SUMS || stop "This folder is damaged; copy it anew."
else
  shasum -a 256 --check --quiet SHA256SUMS || stop "This folder is damaged; copy it anew."
fi

# What is there is replaced, so it has to be an environment like ours.
if [ -e "$place" ] && [ ! -e "$place/pyvenv.cfg" ]; then
  stop "$place holds something else; move that away, or name another place as STEPLADDER_HOME."
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A wheel is a zip file: uv, which installs, comes out of its own.
if command -v unzip >/dev/null; then
  unzip -q wheels/uv-*.whl -d "$work"
else
  python3 -m zipfile -e wheels/uv-*.whl "$work" || stop "Install unzip or Python, then run this again."
fi
uv=$(echo "$work"/uv-*.data/scripts/uv)
chmod +x "$uv"

# What somebody has set for other uses of uv does not count here.
unset UV_INDEX UV_INDEX_URL UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_PYTHON VIRTUAL_ENV
"$uv" venv --quiet --no-config --no-cache --clear --no-python-downloads --python '>=3.11,<3.14' "$place" ||
  "$uv" venv --quiet --no-config --no-cache --clear --python 3.12 "$place" ||
  stop "This computer has no Python 3.11, 3.12 or 3.13, and none could be fetched. Install one (see install.md), then run this again."
"$uv" pip install --quiet --no-config --no-cache --offline --no-index --find-links wheels \
  --require-hashes --python "$place/bin/python" -r requirements.txt
mkdir -p "$commands"
ln -sf "$place/bin/stepladder" "$commands/stepladder"

echo "Stepladder is installed in $place; its command is $commands/stepladder."
# Not ready is no failure of the installation: each line says what to do.
"$place/bin/stepladder" doctor --fix || true
