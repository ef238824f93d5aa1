"""The plain pages: the same conversation as pages and forms, for browsers that run no script."""
