"""`{{ session.description|markdown }}`: a description as safe HTML."""

from django import template
from django.utils.safestring import SafeString

from events.markdown import plain_text, render_markdown

register = template.Library()


@register.filter
def markdown(text: str | None, top_heading: int = 2) -> SafeString:
    """Render Markdown; headings begin at `top_heading` (`|markdown:3` below an <h2>)."""
    return render_markdown(text or "", top_heading)


@register.filter
def markdown_plain(text: str | None) -> str:
    """Return the words alone, for excerpts: `{{ session.description|markdown_plain|truncatewords:30 }}`."""
    return plain_text(text or "")
