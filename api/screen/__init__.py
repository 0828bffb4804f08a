"""The screen: server-rendered pages of the desk, in Vietnamese and English."""
