"""``python -m bot``: the same as ``bounceback``."""

import os

# The classifier's small matrices are slower with threads, and a server has better use for its cores. Read at import.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bot.cli import main

if __name__ == "__main__":
    main()
