"""How hypothesis searches, for every test: without a clock, and the same examples on CI."""

import os

from hypothesis import HealthCheck, Phase, settings

# A busy machine is slow, not wrong; and what fails on CI fails again at a desk.
settings.register_profile(
    "stepladder", deadline=None, derandomize="CI" in os.environ, print_blob=True
)
# For `make fuzz`, by --hypothesis-profile: many examples, and others in every run.
settings.register_profile("fuzz", deadline=None, print_blob=True)
# For mutation testing: whether a mutant fails is the question, not by which smallest example.
settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    # Slow examples on a busy machine are not what a mutant is known by.
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("stepladder")
