"""Actions, in this process or on an action server: the same call, the same answer."""

from bot.adapters.actions.later import LaterActions
from bot.adapters.actions.local import LocalActions
from bot.adapters.actions.remote import RemoteActions

__all__ = ["LaterActions", "LocalActions", "RemoteActions"]
