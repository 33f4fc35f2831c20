"""The data folder is removed whole, so it must be nobody else's."""

from pathlib import Path

import pytest

from tenantlink_local import folder


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every user can reach, which pytest's own are not."""
    place = tmp_path_factory.mktemp("local")
    for each in (place, *place.parents[:2]):
        each.chmod(0o755)
    return place


def test_a_prepared_folder_is_removed_again(place: Path) -> None:
    folder.prepare(place / "data")
    folder.remove(place / "data")
    assert not (place / "data").exists()


def test_a_folder_with_files_of_somebody_else_is_refused_and_never_removed(place: Path) -> None:
    (place / "letters.txt").write_text("mine")
    with pytest.raises(folder.FolderNotOurs, match="holds other files"):
        folder.prepare(place)
    folder.remove(place)
    assert (place / "letters.txt").exists()


def test_what_a_run_that_was_cut_off_has_left_is_cleared(place: Path) -> None:
    folder.prepare(place / "data")
    (place / "data" / "cluster").mkdir()
    (place / "data" / "state.json").write_text("{}")
    folder.prepare(place / "data")
    assert [each.name for each in (place / "data").iterdir()] == [".tenantlink-local"]


def test_the_environment_names_another_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANTLINK_LOCAL_DIR", str(place / "other"))
    assert folder.data_folder() == place / "other"
