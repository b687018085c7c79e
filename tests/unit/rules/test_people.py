"""People of the portal: roles, what one may see of another, passwords, waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.people import (
    ACCOUNT_LIMIT,
    ADDRESS_LIMIT,
    ROLE_LABELS,
    ROLE_MEANS,
    Role,
    Scope,
    covers,
    email_key,
    email_problem,
    password_problem,
    sees,
)

scopes = st.none() | st.frozensets(st.integers(1, 4))


def test_each_role_may_do_what_those_below_it_may() -> None:
    assert [role for role in Role if Role.ADMIN.reaches(role)] == list(Role)
    assert [role for role in Role if Role.BOOKKEEPER.reaches(role)] == [
        Role.BOOKKEEPER,
        Role.VIEWER,
    ]
    assert [role for role in Role if Role.VIEWER.reaches(role)] == [Role.VIEWER]
    assert ROLE_LABELS.keys() == ROLE_MEANS.keys() == set(Role)


@given(one=scopes, other=scopes, company=st.integers(1, 5))
def test_whoever_covers_another_sees_all_that_the_other_sees(
    one: Scope, other: Scope, company: int
) -> None:
    if covers(one, other) and sees(other, company):
        assert sees(one, company)


@pytest.mark.parametrize(
    "email", ["maria@example.com", "m@localhost", "zoë.o'neill+qb@exämple.com", "a_b-c@x.co.uk"]
)
def test_an_address_is_taken(email: str) -> None:
    assert email_problem(email) == ""


@pytest.mark.parametrize(
    "email", ["", "maria", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n", "<a@b>", "a,b@c", "x" * 255]
)
def test_what_is_no_address_is_not(email: str) -> None:
    assert email_problem(email).startswith("Write one e-mail address")


@pytest.mark.parametrize("other", ["MARIA@EXAMPLE.COM", " maria@example.com ", "maria@Example.com"])
def test_two_spellings_are_one_address(other: str) -> None:
    assert email_key(other) == email_key("maria@example.com")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("four plain words here", ""),
        ("x7#qP2!mZk90", ""),
        ("Überraschung im März", ""),
        ("short", "at least 12"),
        ("", "at least 12"),
        ("x" * 201, "at most 200"),
        ("abababababab", "different"),
        ("Maria@Example.com", "other than the e-mail"),
    ],
)
def test_a_password_stands_or_is_refused_with_a_sentence(password: str, said: str) -> None:
    found = password_problem(password, "maria@example.com")
    assert found.endswith(".") or not found
    assert (said in found) if said else not found


@pytest.mark.parametrize("limit", [ACCOUNT_LIMIT, ADDRESS_LIMIT])
def test_waits_grow_to_a_bound(limit: object) -> None:
    assert limit in (ACCOUNT_LIMIT, ADDRESS_LIMIT)
    known = ACCOUNT_LIMIT if limit == ACCOUNT_LIMIT else ADDRESS_LIMIT
    waits = [known.wait_s(tries) for tries in range(200)]
    assert waits == sorted(waits)
    assert waits[known.free] == 0
    assert waits[known.free + 1] == 2
    assert waits[-1] == known.wait_s_max
