"""Many processes at one file: killed at every step, and racing each other (`make crowds`)."""
