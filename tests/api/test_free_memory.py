"""Memory that is free goes back to the system."""

from api.http.free_memory import GROWN_BY, Trimmer


def test_memory_is_given_back_once_after_a_process_has_grown() -> None:
    sizes, trims = [100.0], []
    trimmer = Trimmer(lambda: sizes[-1], lambda: trims.append(sizes[-1]))
    sizes.append(100.0 + GROWN_BY)
    trimmer.look()
    assert trims == [], "it is little"
    sizes.append(101.0 + GROWN_BY)
    trimmer.look()
    trimmer.look()
    assert trims == [101.0 + GROWN_BY], "what it keeps then is in use"
    sizes.append(50.0)
    trimmer.look()
    sizes.append(51.0 + GROWN_BY)
    trimmer.look()
    assert len(trims) == 2
