"""What an instance can carry: each scenario measured from outside, beside the limits of the same machine in the same run."""
