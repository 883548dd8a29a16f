"""Ways around."""

from hipflask import ui

from .samples import sample


@sample("Ways around")
def link(words: str = "The rules of baseball"):
    ui.link(words, "https://www.mlb.com/official-information")


@sample("Ways around")
def breadcrumb():
    ui.breadcrumb(
        {
            "Teams": "/?element=breadcrumb",
            "Wolves": "/?element=breadcrumb",
            "Who": None,
        }
    )


@sample("Ways around")
def pagination(pages: int = 20):
    page = ui.state(3)
    ui.pagination(pages or 1, bind=page)
    ui.text(f"Page {page.value} of {pages}", tone="quiet")


@sample("Ways around")
def tree_view():
    chosen = ui.state("What")
    ui.tree_view(
        {"Infield": ["Who", "What"], "Battery": {"Pitcher": ["Tomorrow"]}},
        bind=chosen,
    )
    ui.text(f"Chosen: {chosen.value}", tone="quiet")


@sample("Ways around")
def branch(open: bool = True, disabled: bool = False):
    with ui.tree_view():
        with ui.branch("Infield", open=open, icon="users"):
            ui.branch("Who", icon="user", disabled=disabled)
            ui.branch("What", icon="user")
        ui.branch("Outfield", draw=lambda: ui.branch("Why"))
