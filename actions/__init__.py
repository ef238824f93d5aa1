"""Steps a site may replace: rasa-sdk actions. Slots in, proposals out; the bot checks every proposal and commits."""
