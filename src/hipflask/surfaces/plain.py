"""Pages without a live session: somebody is not let in, or a window could not be drawn. No script, nothing loaded."""

from __future__ import annotations

import html
from collections.abc import Mapping

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


def page(title: str, sentence: str, detail: str = "", links: Mapping[str, str] | None = None) -> str:
    """A page that says one thing, with the small print (a traceback) below, and ways to go on."""
    ways = "".join(
        f'<a href="{html.escape(to)}">{html.escape(name)}</a> ' for name, to in (links or {}).items()
    )
    small = f"<pre>{html.escape(detail)}</pre>" if detail else ""
    return _PAGE.format(title=html.escape(title), sentence=html.escape(sentence), detail=small, ways=ways)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 46rem; margin: 12vh auto; padding: 0 1.5rem }}
h1 {{ font-size: 1.4rem }}
p:empty {{ display: none }}
a {{ margin-right: 1rem }}
pre {{ overflow: auto; padding: 1rem; border: 1px solid #8884; border-radius: .5rem; font-size: .85rem }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{sentence}</p>
<p>{ways}</p>
{detail}
</main>
</body>
</html>
"""
