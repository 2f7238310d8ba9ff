"""An indicator's area beside the others, as a funnel with its table; areas stand in the order of their names and are not ranked."""

from __future__ import annotations

from vawg_desktop.exchange.series_chart import number
from vawg_desktop.services import area_funnel
from vawg_desktop.services.area_funnel import SHORT, AreaFunnel
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Section, note
from vawg_desktop.ui.widgets.funnel_view import FunnelView
from vawg_desktop.ui.widgets.plain_table import PlainTable


def beside(pane: Pane) -> Made:
    """The funnel, where three areas or more have a value with its base for one period."""
    section = Section("Beside other areas")
    section.setVisible(False)

    def show_it(found: AreaFunnel | None) -> None:
        section.empty()
        section.setVisible(found is not None)
        if found is None:
            return
        section.body.addWidget(FunnelView(found))
        section.body.addWidget(note(found.sentence()))
        table = PlainTable(("Area", "Value", "Base", "Limits"), "Areas")
        table.show_rows([[s.area, f"{100 * s.value:.1f}%" if found.centre <= 1 else number(s.value), number(s.base), SHORT[s.out]] for s in found.spots])
        section.body.addWidget(table)

    return Made(section, read_later(pane, section.empty, area_funnel.of_indicator, show_it))
