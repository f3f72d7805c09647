"""Which launcher starts a run, with which options, and the start itself."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from tui_detect.core.errors import BadInput, RunFailed, TuiDetectError
from tui_detect.core.model import Iteration, TrainingSettings
from tui_detect.store import iterations
from tui_detect.vision.launchers import check_options, get_launcher, list_launchers, split_words
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.configuration import ConfigurationError, read_configuration
from tui_detect.workflows.library import Library


def choose_launcher(
    library: Library, project_id: int, name: str | None, given: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """The launcher to use and its options.

    What is given counts more than what the project's newest run with that launcher had, and that
    more than `[launchers.NAME]` in the configuration. An option given as empty is left out.

    Args:
        name: `None` for the default of the configuration, which is `local` unless it says so.

    Raises:
        NotFound: there is no launcher of that name.
        BadInput: it does not know an option.
        ConfigurationError: the configuration cannot be used.
    """
    table = _launchers_table(library)
    name = name or table.get("default") or list_launchers()[0]
    check_options(name, given)
    options = {**_configured(table, name), **_remembered(library, project_id, name), **given}
    return name, {option: value for option, value in options.items() if value}


def parse_options(words: Sequence[str]) -> dict[str, str]:
    """Options from words such as `partition=gpu`.

    Raises:
        BadInput: a word is something else.
    """
    options = {}
    for word in words:
        name, given, value = word.partition("=")
        if not given:
            raise BadInput(f"{word!r} is no option", "write name=value, such as partition=gpu")
        options[name.strip()] = value.strip()
    return options


def parse_launcher(text: str) -> tuple[str, dict[str, str]]:
    """A launcher and all its options from words such as `slurm partition=gpu`; `local` if empty.

    Raises:
        NotFound: there is no launcher of that name.
        BadInput: a word is no option of it, or a quote is open.
    """
    name, *words = split_words(text) or [list_launchers()[0]]
    options = parse_options(words)
    check_options(name, options)
    return name, options


def launcher_words(settings: TrainingSettings) -> str:
    """The launcher and its options as `parse_launcher` reads them."""
    options = (f"{name}={value}" for name, value in settings.launcher_options.items())
    return shlex.join([settings.launcher, *options])


def launch_run(library: Library, iteration: Iteration) -> None:
    """Start the run's process; an iteration whose process does not start has failed.

    Raises:
        BadInput: an option of the launcher cannot be used.
        RunFailed: the process could not be started.
    """
    settings = iteration.settings
    folder = RunFolder(library.run_path(iteration.uuid))
    try:
        get_launcher(settings.launcher).launch(folder, settings.launcher_options)
    except Exception as error:
        # Also what nobody foresaw: an iteration that waits for no process would wait for ever.
        if isinstance(error, TuiDetectError):
            told = error
        else:
            told = RunFailed(f"it could not be started ({type(error).__name__}: {error})")
        iterations.set_state(library.db, iteration.id, "failed", told.one_line())
        raise


def _launchers_table(library: Library) -> Mapping[str, Any]:
    table = read_configuration(library.home).get("launchers", {})
    if not isinstance(table, dict) or not isinstance(table.get("default", ""), str):
        raise _misunderstood("launchers")
    return table


def _configured(table: Mapping[str, Any], name: str) -> dict[str, str]:
    options = table.get(name, {})
    if not isinstance(options, dict):
        raise _misunderstood(f"launchers.{name}")
    for value in options.values():
        if not isinstance(value, str | int | float):
            raise _misunderstood(f"launchers.{name}")
    try:
        check_options(name, options)
    except BadInput as error:
        raise ConfigurationError(f"config.toml: {error.message}", error.hint) from error
    return {option: str(value) for option, value in options.items()}


def _misunderstood(table: str) -> ConfigurationError:
    return ConfigurationError(
        f"{table} in config.toml is not understood",
        'write [launchers.slurm] and lines such as partition = "gpu"',
    )


def _remembered(library: Library, project_id: int, name: str) -> Mapping[str, str]:
    for iteration in iterations.of_project(library.db, project_id):
        was_accepted = iteration.state != "failed" or iteration.started_at is not None
        if iteration.settings.launcher == name and was_accepted:
            return iteration.settings.launcher_options
    return {}
