"""`project` and `tag` from a script."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len

from tests.cli.conftest import Run


def test_a_project_lives_and_dies(run: Run) -> None:
    assert run("project", "list").code == 0
    assert run("project", "create", "cutlery", "--domain", "logo").out == (
        "made project cutlery (Logo)\n"
    )
    run("project", "set", "cutlery", "--description", "forks", "--domain", "General (compact)")
    (found,) = run("project", "list", "--json").json
    assert found == {
        "id": found["id"],
        "name": "cutlery",
        "description": "forks",
        "domain": "General (compact)",
        "images": 0,
        "tagged": 0,
        "tags": 0,
    }
    assert run("project", "delete", "cutlery", stdin="n\n").code == 1
    assert len(run("project", "list", "--json").json) == 1
    assert run("project", "delete", "cutlery", stdin="y\n").code == 0
    assert run("project", "list", "--json").json == []


def test_tags_are_made_renamed_merged_and_deleted(run: Run) -> None:
    run("project", "create", "p")
    for name in ("fork", "froks", "knife"):
        run("tag", "create", "p", name)
    run("tag", "rename", "p", "froks", "forks")
    run("tag", "merge", "p", "forks", "fork")
    run("tag", "delete", "p", "knife", "--yes")
    assert [tag["name"] for tag in run("tag", "list", "p", "--json").json] == ["fork"]
    assert "fork" in run("project", "show", "p").out


def test_what_is_not_there_is_one_line(refused: Callable[..., str], run: Run) -> None:
    assert "there is no project 'x'" in refused("project", "show", "x")
    assert "there is no domain 'Food'" in refused("project", "create", "p", "--domain", "Food")
    run("project", "create", "p")
    assert "there is a project named 'p'" in refused("project", "create", "P")
    assert "there is no tag 'fork'" in refused("tag", "delete", "p", "fork", "--yes")


def test_wrong_usage_is_exit_code_2(run: Run) -> None:
    assert run("project", "set", "p").code == 2
    assert run("project", "explode").code == 2
    assert run("train", "p", "--epochs", "0").code == 2
    assert run("train", "p", "--budget", "soon").code == 2


def test_without_a_terminal_the_app_says_so(refused: Callable[..., str]) -> None:
    assert "needs a terminal" in refused()


def test_every_command_has_help(run: Run) -> None:
    assert run("--version").out.startswith("tui-detect ")
    listing = run("--help").out
    names = "add demo doctor images iteration performance predict project runs stop tag train watch"
    for command in names.split(" "):
        assert f"\n  {command}" in listing
        assert run(command, "--help").code == 0


def test_columns_stand_below_each_other_whatever_the_script_of_a_name(run: Run) -> None:
    run("project", "create", "p")
    for name in ("fork", "日本語のねじ", "Schlüssel"):
        run("tag", "create", "p", name)
    lines = run("tag", "list", "p").out.splitlines()
    assert len(lines) == 4
    assert len({cell_len(line) for line in lines}) == 1, "the last column is of numbers"
