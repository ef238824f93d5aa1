"""The doors: HTTP, WebSocket, desk pages, widget, auth, frames."""
