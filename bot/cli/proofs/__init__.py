"""The long experiments: a real instance as a child process, watched from outside like a patient or an operator would."""
