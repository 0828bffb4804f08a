"""The health of a customer in words: facts, thresholds, weights and arithmetic, in English or Vietnamese."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from domain.health.definition import MeasureRule
from domain.health.health import Health, MeasuredHealth
from domain.health.measures import HealthFact
from domain.readable import Language, day, minute, second
from domain.zones import TimeZone

_MEASURES: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "usage": "Usage against the {days} days before",
            "usage_of_limit": "Usage of the limit in {days} days",
            "tickets": "Tickets of {days} days, late and reopened ones double",
            "satisfaction": "Answers (NPS and CSAT) of {days} days",
            "contact": "Time since the last contact",
            "contract": "Time left of the contract",
        },
        "vi": {
            "usage": "Mức sử dụng so với {days} ngày trước đó",
            "usage_of_limit": "Mức sử dụng so với hạn mức trong {days} ngày",
            "tickets": "Phiếu trong {days} ngày, trễ hạn hoặc mở lại tính gấp đôi",
            "satisfaction": "Đánh giá (NPS và CSAT) trong {days} ngày",
            "contact": "Thời gian từ lần liên hệ cuối",
            "contract": "Thời gian còn lại của hợp đồng",
        },
    }
)
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "head": "Health {level} as of {at}, by version {version} of its definition.",
            "unpublished": "Health {level} as of {at}, by a definition that is not published.",
            "coverage": "Coverage {coverage} %; below {least} % the health is unknown.",
            "measure": "{name}, weight {weight}: {value} gives {points} of 100 points.",
            "missing": "{name}, weight {weight}: no data, so it is left out.",
            "linear": "linear between {thresholds}",
            "steps": "in steps from {thresholds}",
            "sum": "Score: ({terms}) / {coverage} = {score}.",
            "percent": "{value} %",
            "tickets": "{value}",
            "points": "{value}",
            "days": "{value} days",
        },
        "vi": {
            "head": "Sức khỏe khách hàng {level} tính đến {at}, theo định nghĩa phiên bản {version}.",
            "unpublished": "Sức khỏe khách hàng {level} tính đến {at}, theo định nghĩa chưa ban hành.",
            "coverage": "Độ phủ dữ liệu {coverage} %; dưới {least} % thì sức khỏe là chưa rõ.",
            "measure": "{name}, trọng số {weight}: {value} được {points} trên 100 điểm.",
            "missing": "{name}, trọng số {weight}: không có dữ liệu nên không tính.",
            "linear": "tuyến tính giữa {thresholds}",
            "steps": "theo bậc từ {thresholds}",
            "sum": "Điểm: ({terms}) / {coverage} = {score}.",
            "percent": "{value} %",
            "tickets": "{value}",
            "points": "{value}",
            "days": "{value} ngày",
        },
    }
)
_BANDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {"en": {}, "vi": {"red": "đỏ", "amber": "vàng", "green": "xanh", "unknown": "chưa rõ"}}
)
_FACTS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {"nps": "NPS"},
        "vi": {
            "ticket": "phiếu",
            "late": "trễ hạn",
            "reopened": "mở lại",
            "nps": "NPS",
            "rating": "đánh giá",
            "contact": "liên hệ",
        },
    }
)
"""The words of the facts that our measures name; those of usage and contracts are names that people gave."""
_NAMED_BY_US = frozenset({"tickets", "satisfaction", "contact"})


def health_as_text(health: Health, language: Language, zone: TimeZone) -> str:
    """The whole explanation, a sentence a line; times are of ``zone``."""
    return "\n".join(_lines(health, language, zone))


def _lines(health: Health, language: Language, zone: TimeZone) -> Iterator[str]:
    words, band = _WORDS[language], _BANDS[language].get(health.band, health.band)
    yield words["unpublished" if health.definition_version is None else "head"].format(
        level=band if health.score is None else f"{_number(health.score)} ({band})",
        at=f"{second(health.at.astimezone(zone), language)} ({zone.key})",
        version=health.definition_version,
    )
    yield words["coverage"].format(coverage=health.coverage, least=health.least_coverage)
    for measured in health.measures:
        yield _measure(measured, language)
        if measured.points is not None:
            yield f"    {_scale(measured.rule, language)}"
            yield from (f"    {_fact(measured.rule, fact, language, zone)}" for fact in measured.facts)
    if health.score is not None:
        terms = " + ".join(
            f"{measured.rule.weight} x {_number(measured.points)}"
            for measured in health.measures
            if measured.points is not None
        )
        yield words["sum"].format(terms=terms, coverage=health.coverage, score=_number(health.score))


def _measure(measured: MeasuredHealth, language: Language) -> str:
    words, rule = _WORDS[language], measured.rule
    name = _MEASURES[language][rule.measure].format(days=rule.days)
    if measured.value is None or measured.points is None:
        return words["missing"].format(name=name, weight=rule.weight)
    value = words[measured.unit].format(value=_number(measured.value))
    return words["measure"].format(name=name, weight=rule.weight, value=value, points=_number(measured.points))


def _scale(rule: MeasureRule, language: Language) -> str:
    thresholds = ", ".join(f"{_number(each.value)} → {_number(each.points)}" for each in rule.thresholds)
    return _WORDS[language][rule.scale].format(thresholds=thresholds)


def _fact(rule: MeasureRule, fact: HealthFact, language: Language, zone: TimeZone) -> str:
    what = fact.what
    if rule.measure in _NAMED_BY_US:
        what = ", ".join(_FACTS[language].get(code, code) for code in what.split(", "))
    when = minute(fact.at.astimezone(zone), language) if fact.at else fact.day and day(fact.day, language)
    shown = [what, *(str(each) for each in (when, fact.stream) if each is not None)]
    return ", ".join(shown) + ("" if fact.value is None else f": {_number(fact.value)}")


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
