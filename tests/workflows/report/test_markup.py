"""Text is escaped wherever it stands."""

from __future__ import annotations

from tui_detect.workflows.report.markup import Markup, element, join


def test_text_and_attributes_are_escaped() -> None:
    made = element("p", '<script>alert("x")</script>', title='"><b>')
    assert made == (
        '<p title="&quot;&gt;&lt;b&gt;">&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;</p>'
    )


def test_elements_inside_elements_are_not_escaped_again() -> None:
    assert element("p", element("b", "a & b"), " < ", None) == "<p><b>a &amp; b</b> &lt; </p>"
    assert join([Markup("<hr>"), ["x", [element("i", "y")]]]) == "<hr>x<i>y</i>"


def test_attributes_read_as_html_and_svg_spell_them() -> None:
    made = element("rect", class_="box", stroke_width=2.50, viewbox="0 0 1 1", hidden=True, id=None)
    assert made == '<rect class="box" stroke-width="2.5" viewBox="0 0 1 1" hidden/>'
    assert element("meta", charset="utf-8") == '<meta charset="utf-8">'
