"""What a registration may do, compared with what Tenantlink asks for."""

from uuid import UUID

from credential_validator.adapters import permissions_toml
from credential_validator.domain.expiry import READ_APPLICATIONS
from credential_validator.domain.permissions import Permission, compare

ORGANISATION = Permission("Organization.Read.All", "id-of-organisation", True, "names the tenant")
APPLICATION = Permission("Application.Read.All", "id-of-application", False, "tells the end")
WANTED = (ORGANISATION, APPLICATION)


def test_what_is_granted_wanted_and_not_there_is_missing() -> None:
    found = compare(WANTED, ("Organization.Read.All",))
    assert found.granted == ("Organization.Read.All",)
    assert found.missing == ("Application.Read.All",)
    assert found.excess == ()


def test_app_role_ids_and_names_mean_the_same() -> None:
    by_id = compare(WANTED, ("id-of-application", "id-of-organisation"))
    assert by_id == compare(WANTED, ("Organization.Read.All", "Application.Read.All"))
    assert by_id.missing == ()


def test_what_nobody_asked_for_is_excess_by_its_id_where_its_name_is_not_known() -> None:
    found = compare(WANTED, ("id-of-organisation", "id-of-something"))
    assert found.excess == ("id-of-something",)
    assert found.granted == ("Organization.Read.All", "id-of-something")


def test_a_permission_that_is_granted_twice_is_told_once() -> None:
    assert compare(WANTED, ("id-of-application", "Application.Read.All")).granted == (
        "Application.Read.All",
    )


def test_nothing_granted_means_everything_is_missing() -> None:
    found = compare(WANTED, ())
    assert (found.granted, found.missing) == ((), tuple(each.name for each in WANTED))


def test_the_file_names_the_required_permission_and_the_one_that_tells_the_end_each_with_why() -> (
    None
):
    loaded = {each.name: each for each in permissions_toml.load()}
    assert [name for name, each in loaded.items() if each.required] == ["Organization.Read.All"]
    assert READ_APPLICATIONS in loaded
    assert all(each.why and UUID(each.app_role_id) for each in loaded.values())
