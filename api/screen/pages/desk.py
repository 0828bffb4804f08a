"""The desk: a manager's questions."""

from api.http.read_session import ReadSession
from api.screen.page import Content, Page, Panel
from api.screen.visit import Visit


def _log(_visit: Visit, session: ReadSession) -> Content:
    return {"events": session.position}


PAGE = Page("desk", "/desk", (Panel("log", _log, shared=True, on_wall=True),), in_menu=True)
