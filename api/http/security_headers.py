"""Headers that keep a browser from sniffing, framing, caching or forwarding an answer."""

CONTENT_SECURITY_POLICY = b"content-security-policy"
CACHE_CONTROL = b"cache-control"

PROTECTING: list[tuple[bytes, bytes]] = [
    (b"x-content-type-options", b"nosniff"),
    (CONTENT_SECURITY_POLICY, b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (CACHE_CONTROL, b"no-store"),
]
"""The headers of every answer; its own Content-Security-Policy or Cache-Control wins."""
