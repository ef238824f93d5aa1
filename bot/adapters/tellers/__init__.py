"""What carries the news of an alert besides e-mail: signed webhooks, web push, and whatever apprise knows."""

from bot.adapters.tellers.apprise import AppriseTeller, SmsNudger
from bot.adapters.tellers.push import PushTeller, VapidKeys
from bot.adapters.tellers.webhook import WebhookTeller

__all__ = ["AppriseTeller", "PushTeller", "SmsNudger", "VapidKeys", "WebhookTeller"]
