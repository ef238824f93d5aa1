"""The chat page on a phone's home screen, where some systems want it before they show notifications."""

from __future__ import annotations

import json

from aiohttp import web

WHOLE, ROUND = "any", "maskable"
# Nothing that says what this is for: it stands beside the games of whoever shares the phone.
MANIFEST = {
    "id": "/chat",
    "name": "Bounceback",
    "short_name": "Bounceback",
    "start_url": "/chat",
    "scope": "/",
    "display": "standalone",
    "background_color": "#ffffff",
    "theme_color": "#0f5b57",
    "icons": [
        {"src": "/widget/icon.svg", "type": "image/svg+xml", "sizes": "any", "purpose": WHOLE},
        {"src": "/widget/icons/192.png", "type": "image/png", "sizes": "192x192", "purpose": WHOLE},
        {"src": "/widget/icons/512.png", "type": "image/png", "sizes": "512x512", "purpose": WHOLE},
        {"src": "/widget/icons/512-maskable.png", "type": "image/png", "sizes": "512x512", "purpose": ROUND},
    ],
}


async def manifest(_: web.Request) -> web.Response:
    return web.Response(
        text=json.dumps(MANIFEST, indent=1),
        content_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )


def add_home_screen_routes(app: web.Application) -> None:
    app.router.add_get("/chat.webmanifest", manifest)
