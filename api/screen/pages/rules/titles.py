"""What published rules of automation are called, and who acts, as people read them."""

from collections.abc import Mapping

from api.http.read_session import ReadSession
from api.screen.visit import Visit
from domain.command_context import ActorKind
from domain.definitions.kinds import AUTOMATION
from domain.definitions.published import published
from domain.readable import Language
from domain.text_by_language import in_language
from domain.text_folding import fold_name
from projections.audit.words import actor_words, word_of

_RULE = "rule:"


def rule_titles(visit: Visit, session: ReadSession) -> Mapping[str, str]:
    """The title of the last version of each rule that gives itself one, by its folded name."""
    definitions = session.definitions(visit.reader.tenant)
    titles = {
        fold_name(each.name): in_language(each.body.get("title"), visit.language)
        for each in published(definitions, AUTOMATION.name)
    }
    return {name: title for name, title in titles.items() if title}


def actor_in_words(
    actor: str | None, kind: ActorKind | None, titles: Mapping[str, str], language: Language
) -> str | None:
    """A person by name, a program in words, a rule with its title and its name."""
    if actor is None or kind is None:
        return None
    words = actor_words(actor, kind, language)
    name = actor.removeprefix(_RULE) if kind == "system" else actor
    title = titles.get(fold_name(name)) if name != actor else None
    return words if title is None else f"{word_of('program', _RULE + title, language)} ({name})"
