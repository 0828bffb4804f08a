"""Merges of customers and their undoing, against a plain model."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.command_handling.aggregates import handler_of
from domain.command_handling.customer_stream import CustomerStream, evolve
from domain.customer import commands as c
from domain.customer import decider
from domain.customer import events as e
from domain.customer.merging import decide_customer_merge
from domain.customer.state import Customer
from domain.customer.survivors import survivor_of
from domain.refusal import Refusal
from tests.support.events import AGENT, Fact, instant

A, B, C, D = CUSTOMERS = [UUID(int=number) for number in range(1, 5)]
LAN = e.CustomerRegistered(name="Lan")


class Book:
    """Customers, to which commands are given one after the other."""

    def __init__(self) -> None:
        self.facts = {customer: [Fact(instant(0), LAN)] for customer in CUSTOMERS}

    def state(self, customer: UUID) -> CustomerStream:
        folded = CustomerStream()
        for fact in self.facts[customer]:
            folded = evolve(folded, fact.payload, fact.occurred_at)
        return folded

    def ask(self, source: UUID, command: c.CustomerMergeCommand, minute: float = 1) -> int:
        """How many events the command led to. Raises Refusal."""
        states = [self.state(stream) for stream, _ in handler_of(command).parts(source, command)]
        events = handler_of(command).decide(command, source, states, AGENT, command.occurred_at or instant(minute))
        for stream, event, happened in events:
            self.facts[stream].append(Fact(happened, event))
        return len(events)

    def merge(self, source: UUID, into: UUID, minute: float = 1, **fields: object) -> int:
        return self.ask(source, c.MergeCustomer.model_validate({"into": into, "reason": "r"} | fields), minute)

    def undo(self, source: UUID, into: UUID, minute: float = 1, **fields: object) -> int:
        return self.ask(source, c.UndoCustomerMerge.model_validate({"into": into, "reason": "r"} | fields), minute)

    def pointers(self, as_of: float | None = None) -> dict[UUID, UUID | None]:
        pointers = {}
        for customer, facts in self.facts.items():
            folded = CustomerStream()
            for fact in facts:
                if as_of is None or fact.occurred_at <= instant(as_of):
                    folded = evolve(folded, fact.payload, fact.occurred_at)
            pointers[customer] = folded.customer.merged_into
        return pointers

    def survivors(self) -> dict[UUID, UUID]:
        return {customer: survivor_of(customer, self.pointers()) for customer in CUSTOMERS}


def refused(book: Book, ask: str, source: UUID, into: UUID, **fields: object) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        getattr(book, ask)(source, into, **fields)
    return refusal.value


def test_a_merge_points_to_the_survivor_and_copies_nothing() -> None:
    book = Book()
    assert book.merge(A, B) == 2
    assert [fact.payload for fact in book.facts[A]] == [LAN, e.CustomerMerged(into=B)]
    assert [fact.payload for fact in book.facts[B]] == [LAN, e.CustomerAbsorbed(customer_id=A)]
    assert book.survivors() == {A: B, B: B, C: C, D: D}


def test_a_merge_of_what_is_merged_so_already_stays_quiet() -> None:
    book = Book()
    book.merge(A, B)
    assert book.merge(A, B) == 0


def test_a_merge_into_itself_is_refused() -> None:
    assert refused(Book(), "merge", A, A).code == "merge_into_itself"


def test_a_into_b_and_b_into_a_form_no_circle() -> None:
    book = Book()
    book.merge(A, B)
    refusal = refused(book, "merge", B, A)
    assert (refusal.code, refusal.ids) == ("customer_merged", {"merged_into": B})


def test_a_merged_customer_is_merged_once() -> None:
    book = Book()
    book.merge(A, B)
    refusal = refused(book, "merge", A, C)
    assert (refusal.code, refusal.ids) == ("customer_merged", {"merged_into": B})


@pytest.mark.parametrize(
    ("source", "target"), [(Customer(), Customer("registered")), (Customer("registered"), Customer())]
)
@pytest.mark.parametrize("command", [c.MergeCustomer(into=B, reason="r"), c.UndoCustomerMerge(into=B, reason="r")])
def test_an_unknown_customer_takes_part_in_no_merge(
    command: c.CustomerMergeCommand, source: Customer, target: Customer
) -> None:
    with pytest.raises(Refusal) as refusal:
        decide_customer_merge(command, A, source, target)
    assert refusal.value.code == "customer_unknown"


def test_an_undo_restores_both_customers() -> None:
    book = Book()
    before = {customer: book.state(customer) for customer in (A, B)}
    book.merge(A, B, 3)
    assert book.undo(A, B, 5) == 2
    for customer, state in before.items():
        after = book.state(customer).customer
        assert after.last_merge_at == instant(5)
        assert after._replace(last_merge_at=None) == state.customer


def test_an_undo_names_the_merge_that_was() -> None:
    book = Book()
    assert refused(book, "undo", A, B).code == "customer_not_merged"
    book.merge(A, B)
    refusal = refused(book, "undo", A, C)
    assert (refusal.code, refusal.ids) == ("merged_elsewhere", {"merged_into": B})


def test_a_chain_and_the_undo_of_its_middle_link() -> None:
    book = Book()
    book.merge(A, B)
    book.merge(B, C)
    book.merge(C, D)
    assert set(book.survivors().values()) == {D}
    book.undo(B, C)
    assert book.survivors() == {A: B, B: B, C: D, D: D}
    book.undo(A, B)
    assert book.survivors() == {A: A, B: B, C: D, D: D}


def test_the_first_link_of_a_chain_is_undone_while_its_survivor_is_merged_itself() -> None:
    book = Book()
    book.merge(A, B)
    book.merge(B, C)
    assert book.undo(A, B) == 2
    assert book.survivors() == {A: A, B: C, C: C, D: D}


def test_a_merge_does_not_happen_before_the_last_one_of_either() -> None:
    book = Book()
    book.merge(A, B, occurred_at=instant(5))
    book.undo(A, B, occurred_at=instant(7))
    too_early = refused(book, "merge", B, A, occurred_at=instant(6))
    assert too_early.code == "merge_before_the_last"
    assert book.merge(B, A, occurred_at=instant(7)) == 2


def test_a_merge_of_now_waits_for_one_that_a_clock_ahead_of_ours_recorded() -> None:
    book = Book()
    book.merge(A, B, occurred_at=instant(5))
    book.undo(A, B, 4)
    assert [book.facts[customer][-1].occurred_at for customer in (A, B)] == [instant(5)] * 2


@pytest.mark.parametrize(
    "command", [c.ChangeCustomerDetails(name="x"), c.ChangeTier(tier="x"), c.RegisterCustomer(name="x")]
)
def test_a_merged_customer_takes_no_command_and_the_refusal_names_the_survivor(command: c.CustomerCommand) -> None:
    merged = Customer("merged", "Lan", "standard", merged_into=B)
    with pytest.raises(Refusal) as refusal:
        decider.decide(command, merged)
    if isinstance(command, c.RegisterCustomer):
        assert refusal.value.code == "customer_exists"
    else:
        assert (refusal.value.code, refusal.value.ids) == ("customer_merged", {"merged_into": B})


CUSTOMER = st.sampled_from(CUSTOMERS)
MINUTES = st.none() | st.integers(0, 60)


@given(
    st.lists(st.tuples(st.sampled_from(["merge", "undo", "undo the last"]), CUSTOMER, CUSTOMER, MINUTES), max_size=20)
)
@example([("merge", A, B, None), ("undo", A, B, None), ("merge", B, A, None)])
def test_random_merges_and_undos_agree_with_a_plain_model(
    wishes: list[tuple[str, UUID, UUID, int | None]],
) -> None:
    book = Book()
    groups: dict[UUID, UUID] = {}
    """The model: child to parent. A merge joins two roots, an undo cuts the edge."""
    for minute, (wish, source, drawn, dated) in enumerate(wishes, start=100):
        merging, into = wish == "merge", groups.get(source, drawn) if wish == "undo the last" else drawn
        fields = {} if dated is None else {"occurred_at": instant(dated)}
        try:
            (book.merge if merging else book.undo)(source, into, minute, **fields)
        except Refusal as refusal:
            dated_too_early = refusal.code == "merge_before_the_last"
            if merging:
                assert dated_too_early or source == into or source in groups or into in groups
            else:
                assert dated_too_early or groups.get(source) != into
            continue
        if merging:
            groups[source] = into
        else:
            del groups[source]
        assert book.pointers() == {customer: groups.get(customer) for customer in CUSTOMERS}


PAIRS = st.sampled_from(
    [(absorbed, other) for absorbed in CUSTOMERS[:3] for other in CUSTOMERS[:3] if absorbed != other]
)


@given(st.lists(st.tuples(st.booleans(), PAIRS, st.integers(0, 6)), min_size=3, max_size=20))
def test_at_no_instant_do_the_pointers_form_a_circle(wishes: list[tuple[bool, tuple[UUID, UUID], int]]) -> None:
    book = Book()
    for merging, (source, into), dated in wishes:
        undone = book.pointers()[source]
        with suppress(Refusal):
            if merging and undone is None:
                book.merge(source, into, occurred_at=instant(dated))
            elif undone is not None:
                book.undo(source, undone, occurred_at=instant(dated))
    instants = {fact.occurred_at for facts in book.facts.values() for fact in facts}
    for known in instants:
        pointers = book.pointers((known - instant(0)) / timedelta(minutes=1))
        for customer in CUSTOMERS:
            assert pointers.get(survivor_of(customer, pointers)) is None
