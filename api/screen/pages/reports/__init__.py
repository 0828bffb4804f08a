"""The reports of record: packs, issued reports, their verification, and what changed since."""
