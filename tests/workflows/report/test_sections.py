"""What the report's tables show of many tags."""

from __future__ import annotations

from tests.core.evaluation.detections import confused
from tui_detect.workflows.report.sections import confusion_table


def test_of_many_tags_the_most_confused_are_shown_in_their_order() -> None:
    matrix = confused(40, (30, 3, 2), (7, 8, 1))
    shown = str(confusion_table(matrix, matrix.tags))
    rows = [part.partition("<")[0] for part in shown.split('scope="row">')[1:]]
    assert rows == ["tag 4", "tag 8", "tag 9", "tag 31", "background"]
    assert "Left out: 36 tags with fewer mistakes, or none." in shown
    wide = confused(40, *((k, k + 1, 1) for k in range(39)))
    assert str(confusion_table(wide, wide.tags)).count('scope="row"') == 13


def test_many_tags_without_a_mistake_have_no_matrix() -> None:
    matrix = confused(40)
    assert "No tag has a mistake." in str(confusion_table(matrix, matrix.tags))
