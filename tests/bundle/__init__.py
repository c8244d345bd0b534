"""Folders from which an office installs Stepladder without a network: `make bundle`."""
