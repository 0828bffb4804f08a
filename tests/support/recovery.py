"""The most seconds until a desk answers after a process that it needs was killed."""

import os

# Seconds. 5 are promised on a computer that does nothing else; by default only a desk that never answers fails a test.
RECOVERY = float(os.environ.get("RECOVERY_SECONDS", "60"))
