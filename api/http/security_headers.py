"""Headers that keep a browser from guessing, framing, storing or passing on what the desk answers."""

CONTENT_SECURITY_POLICY = b"content-security-policy"
CACHE_CONTROL = b"cache-control"

PROTECTING: list[tuple[bytes, bytes]] = [
    (b"x-content-type-options", b"nosniff"),
    (CONTENT_SECURITY_POLICY, b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (CACHE_CONTROL, b"no-store"),
]
"""On every answer; one that says its own Content-Security-Policy or Cache-Control keeps it."""
