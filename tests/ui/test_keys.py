"""A person's keymap: refused with a clear word, or used."""

from __future__ import annotations

import pytest

from tests.ui.shell_library import error_shown, make_app, shown_text
from tests.waiting import until
from tui_detect.core.layouts import LAYOUTS, LayoutError
from tui_detect.core.pointing import QWERTY
from tui_detect.ui.help import read_page
from tui_detect.ui.keys import (
    KeymapError,
    KnownBinding,
    check_keymap,
    key_grid_of,
    keymap_of,
    known_bindings,
    why_undelivered,
)
from tui_detect.ui.keys_page import keys_page
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project

KNOWN = {
    binding.id: binding
    for binding in (
        KnownBinding("images.tag", ("enter",), "tag"),
        KnownBinding("images.add", ("a",), "add"),
        KnownBinding("train.start", ("t",), "train"),
        KnownBinding("app.quit", ("q",), "leave"),
    )
}


@pytest.mark.parametrize(
    "key", ["a", "A", "?", "/", "+", "space", "enter", "ctrl+a", "up", "f5", "question_mark", "1"]
)
def test_keys_that_arrive_everywhere_are_taken(key: str) -> None:
    assert why_undelivered(key) == ""


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("ctrl+i", "tab"),
        ("ctrl+m", "enter"),
        ("ctrl+h", "backspace"),
        ("ctrl+[", "escape"),
        ("ctrl+enter", "lose"),
        ("shift+up", "lose"),
        ("ctrl+1", "lose"),
        ("alt+x", "lose"),
        ("shift+a", "write A"),
        ("bogus", "no such key"),
        ("", "no such key"),
    ],
)
def test_keys_that_get_lost_are_refused_with_the_reason(key: str, word: str) -> None:
    assert word in why_undelivered(key)


@pytest.mark.parametrize(
    ("keymap", "word"),
    [
        ({"images.tga": "x"}, "images.tag"),
        ({"images.tag": "ctrl+i"}, "ctrl+i"),
        ({"images.tag": "a"}, "images.add"),
        ({"images.tag": "q"}, "app.quit"),
        ({"images.tag": "x,y", "images.add": "y"}, "both"),
    ],
)
def test_a_keymap_that_cannot_work_is_refused(keymap: dict[str, str], word: str) -> None:
    with pytest.raises(KeymapError) as caught:
        check_keymap(keymap, KNOWN)
    assert word in caught.value.one_line()


def test_keys_of_different_views_and_swapped_keys_do_not_clash() -> None:
    check_keymap({"images.tag": "t"}, KNOWN)
    check_keymap({"images.tag": "a", "images.add": "enter"}, KNOWN)


@pytest.mark.parametrize("settings", [{"keys": 3}, {"keys": {"images.tag": 3}}])
def test_keys_that_are_no_text_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(KeymapError) as caught:
        keymap_of(settings)
    assert "config.toml" in caught.value.one_line()


def test_the_keyboard_is_qwerty_until_the_settings_say_otherwise() -> None:
    assert key_grid_of({}) == key_grid_of({"keyboard": {}}) == QWERTY
    assert key_grid_of({"keyboard": {"layout": "azerty"}}) == LAYOUTS["azerty"]
    rows = ["1234567890", "qwfpgjluy;", "arstdhneio", "zxcvbkm,./"]
    assert key_grid_of({"keyboard": {"rows": rows}}).rows == tuple(rows)


@pytest.mark.parametrize(
    ("keyboard", "words"),
    [
        ({"layout": "qwerzt"}, "did you mean qwert"),
        ({"rows": ["12"]}, "1 rows"),
        ({"rows": [1, 2, 3, 4]}, "not understood"),
        ({"layout": 3}, "not understood"),
        ({"layuot": "qwertz"}, "not understood"),
        ({"layout": "qwertz", "rows": list(QWERTY.rows)}, "not understood"),
        ("qwertz", "not understood"),
    ],
)
def test_a_keyboard_that_cannot_work_is_refused(keyboard: object, words: str) -> None:
    with pytest.raises(LayoutError) as caught:
        key_grid_of({"keyboard": keyboard})
    assert words in caught.value.one_line()


def test_every_key_of_the_app_arrives_everywhere_and_has_its_own_id() -> None:
    known = known_bindings()
    assert {"app.quit", "projects.new", "train.start", "settings.edit"} <= set(known)
    for binding in known.values():
        assert "." in binding.id
        for key in binding.keys:
            assert not why_undelivered(key), f"{binding.id}: {key}"


def test_escape_always_has_a_second_key() -> None:
    for binding in known_bindings().values():
        if "escape" in binding.keys:
            assert len(binding.keys) > 1, binding.id


async def test_the_keymap_of_the_home_is_used(library: Library) -> None:
    (library.home / "config.toml").write_text('[keys]\n"projects.new" = "a"\n')
    create_project(library, "cutlery")
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "a new project" in shown_text(app), "the new key")
        await pilot.press("a")
        await until(pilot, lambda: "New project" in shown_text(app), "the form")


async def test_a_wrong_keymap_is_shown_and_the_usual_keys_stay(library: Library) -> None:
    (library.home / "config.toml").write_text('[keys]\n"projects.nwe" = "a"\n')
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "projects.nwe" in error_shown(app), "the error")
        await pilot.press("q")
        await until(pilot, lambda: "n new project" in shown_text(app), "the usual key")


async def test_a_wrong_keyboard_is_shown_and_qwerty_stays(library: Library) -> None:
    (library.home / "config.toml").write_text('[keyboard]\nlayout = "qwertx"\n')
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "qwertx" in error_shown(app), "the error")
        assert app.key_grid is None


def test_the_page_of_all_keys_is_up_to_date() -> None:
    assert read_page("keys") == keys_page(), "python -m tui_detect.ui.keys_page > help/keys.md"


async def test_the_palette_opens_the_page_of_all_keys(library: Library) -> None:
    app = make_app(library)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app._show_all_keys()
        await until(pilot, lambda: "tagging.new_box" in shown_text(app), "the page")
