"""The preview: an editor's page beside the real widget that runs it, on this machine only."""
