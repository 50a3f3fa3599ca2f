"""The verbs of a seat's button, and what it says."""

from __future__ import annotations

from typing import Any, Literal, get_args

from django.utils.translation import gettext_lazy, pgettext_lazy

Verb = Literal["add", "remove", "swap", "join", "leave", "wish", "unwish"]
VERBS: tuple[Verb, ...] = get_args(Verb)
# What takes something out, which is possible as well where nothing can be had any more.
LEAVING: frozenset[Verb] = frozenset({"remove", "leave", "unwish"})


def label_of(verb: Verb) -> str:
    """The words on the button: what will happen."""
    return str(_LABELS[verb])


_LABELS: dict[Verb, Any] = {
    "add": gettext_lazy("Add"),
    "remove": gettext_lazy("Remove"),
    "swap": gettext_lazy("Swap"),
    "join": gettext_lazy("Join waitlist"),
    "leave": gettext_lazy("Leave waitlist"),
    "wish": pgettext_lazy("button: wish for this session in the draw", "Wish"),
    "unwish": gettext_lazy("Remove wish"),
}
