"""The pages of an auditor: the history, one event, the proofs, and the access journal."""

from api.screen.pages.audit import access, event, history, proofs

PAGES = (history.PAGE, event.PAGE, proofs.PAGE, access.PAGE)
