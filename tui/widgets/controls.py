"""Buttons, boxes and fields of one line each, whose state and focus show without colour and without blinking."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, OptionList, Select, Static
from textual.widgets.option_list import Option

T = TypeVar("T", bound=Hashable)


if TYPE_CHECKING:
    _Mixed = Widget
else:
    # a widget as first base would hide the parts and the style sheet of the other one
    _Mixed = object


class Reversible(_Mixed):
    """Gives parts of a widget the `reverse` of their style sheet, which Textual 8.2 leaves out for parts.

    Without colours nothing else shows where the cursor is.
    """

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """The style of a part, `reverse` included."""
        style = super().get_visual_style(*component_classes, partial=partial)
        if any(self.get_component_styles(name).text_style.reverse for name in component_classes):
            style += Style(reverse=True)
        return style


class Words(Static):
    """Text. What is given as str is shown as it is: no markup."""

    def __init__(self, text: str | Content = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(text, id=id, classes=classes, markup=False)


class Push(Button):
    """A button of one line: `[ Start Sync ]`."""

    def __init__(self, label: str, *, id: str | None = None, disabled: bool = False) -> None:
        super().__init__(Content(f"[ {label} ]"), id=id, disabled=disabled, compact=True)
        # not in the style sheet, which takes 0 for no value
        self.styles.line_pad = 0


class Box(Reversible, Checkbox):
    """A check box whose state is a character, not a colour: `[x]` or `[ ]`; `[-]` when it cannot be changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "toggle_button", show=False, tooltip="Tick or untick.")
    ]

    def __init__(self, label: str, *, value: bool = False, id: str | None = None, disabled: bool = False) -> None:
        super().__init__(Content(label), value, id=id, disabled=disabled, compact=True)

    def render(self) -> Content:
        """The box and its label."""
        mark = "[x]" if self.value else "[ ]"
        return Content.assemble(mark, " ", self._label.stylize_before(self.get_visual_style("toggle--label")), " ")

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The cells that `render` needs."""
        return 5 + self._label.cell_length


class Field(Reversible, Input):
    """A field to type into: one line, and a cursor that does not blink (each blink is a packet over SSH)."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        password: bool = False,
        id: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            value,
            placeholder=placeholder,
            password=password,
            id=id,
            disabled=disabled,
            compact=True,
            select_on_focus=False,
        )
        self.cursor_blink = False


class Listing(Reversible, OptionList):
    """A list to choose from. Entries given as str are shown as they are: no markup."""

    def __init__(self, *options: Option, id: str | None = None) -> None:
        super().__init__(*options, id=id, markup=False)


class Choice(Select[T], Generic[T], inherit_bindings=False):
    """A drop-down of one line. Arrows move on to the next field; Enter or Space opens the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "show_overlay", show=False, tooltip="Open the list.")
    ]

    def __init__(
        self, options: Iterable[tuple[str, T]], *, value: T, id: str | None = None, disabled: bool = False
    ) -> None:
        super().__init__(options, value=value, allow_blank=False, id=id, disabled=disabled, compact=True)
