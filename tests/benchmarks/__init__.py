"""Made-up cohorts in; our times and memory beside those of named peers out (`make bench`)."""
