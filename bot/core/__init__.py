"""The rules: values in, values out. No clock, no random, no await, no I/O."""
