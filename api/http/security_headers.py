"""Headers that keep a browser from sniffing, framing, caching or forwarding an answer."""

CONTENT_SECURITY_POLICY = b"content-security-policy"
CACHE_CONTROL = b"cache-control"
REFERRER_POLICY = b"referrer-policy"

PROTECTING: list[tuple[bytes, bytes]] = [
    (b"x-content-type-options", b"nosniff"),
    (CONTENT_SECURITY_POLICY, b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (REFERRER_POLICY, b"no-referrer"),
    (CACHE_CONTROL, b"no-store"),
]
"""The headers of every answer; its own Content-Security-Policy, Cache-Control or Referrer-Policy wins."""
