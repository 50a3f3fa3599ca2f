"""Descriptions: what people wrote is kept, what browsers would obey is not."""

import pytest
from django.template import Context, Template

from events.markdown import html_to_clean, plain_text, render_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<p onclick='alert(1)' style='position:fixed'>Hello</p>",
    "[click](javascript:alert(1))",
    "<a href='javascript:alert(1)'>click</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>click</a>",
    "![x](https://elsewhere.example/track.gif)",
    "<img src=x onerror=alert(1)>",
    "<iframe src='https://elsewhere.example'></iframe>",
    "<svg><script>alert(1)</script></svg>",
    "<form action='https://elsewhere.example'><input name=a></form>",
    "`</code><script>alert(1)</script>`",
    "<style>body{display:none}</style>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<p id='content' class='btn'>named</p>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_renders_nothing_that_browsers_obey(text):
    for html in (render_markdown(text), render_markdown(html_to_clean(text))):
        lowered = html.replace("&lt;", "").lower()
        for forbidden in (
            "<script",
            "<img",
            "<iframe",
            "<svg",
            "<form",
            "<style",
            " on",
            " style=",
            " class=",
            " id=",
        ):
            assert forbidden not in lowered
        assert 'href="javascript' not in lowered
        assert 'href="data' not in lowered


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Some *kind* of **text**", "<p>Some <em>kind</em> of <strong>text</strong></p>\n"),
        ("<p>Old <b>HTML</b></p>", "<p>Old <b>HTML</b></p>"),
        ("[a](https://a.example)", '<p><a href="https://a.example" rel="nofollow noopener">a</a></p>\n'),
        (
            "See https://a.example/x_y_z.",
            '<p>See <a href="https://a.example/x_y_z" rel="nofollow noopener">https://a.example/x_y_z</a>.</p>\n',
        ),
        ("`https://a.example`", "<p><code>https://a.example</code></p>\n"),
        ("![a diagram](x.png) follows", "<p>a diagram follows</p>\n"),
        ("", ""),
    ],
)
def test_renders_markdown(text, html):
    assert render_markdown(text) == html


def test_renders_headings_without_skipping_a_level():
    text = "#### Deep\n\n###### Deeper\n\n#### Deep again\n\n# Top"
    assert render_markdown(text, top_heading=3).split("\n")[:4] == [
        "<h3>Deep</h3>",
        "<h4>Deeper</h4>",
        "<h3>Deep again</h3>",
        "<h3>Top</h3>",
    ]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\\\nlines"),
        ("<p>A <a href='https://a.example/(x)'>link</a></p>", "A [link](https://a.example/\\(x\\))"),
        ("<ul><li>One</li><li><p>Two</p><ul><li>In</li></ul></li></ul>", "- One\n- Two\n  - In"),
        ("<ol><li>One</li><li>Two</li></ol>", "1. One\n2. Two"),
        ("<pre><code>a\n  b</code></pre>", "```\na\n  b\n```"),
        ("<h2>Title</h2>Words", "## Title\n\nWords"),
        ("<blockquote><p>Said</p></blockquote>", "> Said"),
        ("<p>2 * 3 &lt; 7 &amp;amp; snake_case _x_</p>", "2 \\* 3 \\< 7 \\&amp; snake_case \\_x\\_"),
        ("<p>1. not a list</p><p># not a heading</p>", "1\\. not a list\n\n\\# not a heading"),
        ("<p>Use <code>Vec&lt;T&gt;</code> and <code>`</code></p>", "Use `Vec<T>` and `` ` ``"),
        (
            "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td></tr></table>",
            "| A | B |\n| --- | --- |\n| 1 |  |",
        ),
        ("<p>a</p><hr><p><strong>, </strong>b<em> c </em>d</p>", "a\n\n---\n\n, b *c* d"),
        ("Already *Markdown* with <b>some</b> HTML", "Already *Markdown* with <b>some</b> HTML"),
        ("About `<p>Hello</p>` in code", "About `<p>Hello</p>` in code"),
        ("  plain\r\ntext\x00 ", "plain\ntext"),
    ],
)
def test_turns_html_into_markdown(html, markdown):
    assert html_to_clean(html) == markdown
    assert html_to_clean(markdown) == markdown


def test_turns_very_deep_html_into_words():
    assert html_to_clean("<div>" * 5000 + "deep" + "</div>" * 5000) == "deep"
    assert "deep" in html_to_clean("<ul><li>" * 500 + "deep" + "</li></ul>" * 500)


def test_says_words_without_markup():
    assert plain_text("# A & B\n\n*Hello* [you](https://a.example) `<T>`") == "A & B\nHello you <T>"


def test_filter_renders_markdown_and_nothing_for_none():
    template = Template(
        "{% load markdown %}{{ text|markdown:3 }}|{{ none|markdown }}|{{ text|markdown_plain }}"
    )
    assert template.render(Context({"text": "# A", "none": None})) == "<h3>A</h3>\n||A"
