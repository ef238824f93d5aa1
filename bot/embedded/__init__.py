"""The servers we start ourselves when no URL is given: PostgreSQL for the record, Valkey for the bus."""

from bot.embedded.servers import Servers, embedded_servers, find_running, servers_under_way
from bot.embedded.troubles import EmbeddedFailed

__all__ = ["EmbeddedFailed", "Servers", "embedded_servers", "find_running", "servers_under_way"]
