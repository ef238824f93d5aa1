"""Walking the Runs: what is asked, what an answer means, what comes next, up to the next Wait."""
