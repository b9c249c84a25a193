"""The operating manual, read in the browser."""

import re
from functools import lru_cache
from pathlib import Path

import markdown
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from integration.accounts.gate import requires
from integration.accounts.roles import May
from integration.env import ROOT

FOLDER = ROOT / "docs" / "manual"
_NAME = re.compile(r"[a-z0-9_/-]+")


@requires(May.VIEW_CASES)
def manual(request: HttpRequest, page: str = "README") -> HttpResponse:
    """A page of docs/manual as HTML; the pages are ours, no person's text is in them."""
    if page != "README" and not _NAME.fullmatch(page):
        raise Http404("There is no such page.")
    path = (FOLDER / f"{page}.md").resolve()
    if not path.is_relative_to(FOLDER.resolve()) or not path.is_file():
        raise Http404("There is no such page in the manual.")
    title, body = _rendered(path, path.stat().st_mtime)
    return render(request, "manual/page.html", {"title": title, "body": body, "page": page})


@lru_cache(maxsize=200)
def _rendered(path: Path, _changed: float) -> tuple[str, SafeString]:
    text = path.read_text(encoding="utf-8")
    heading, _, rest = text.partition("\n")
    title, text = (heading[2:], rest) if heading.startswith("# ") else ("Manual", text)
    html = markdown.markdown(text, extensions=["tables", "fenced_code", "sane_lists", "toc"])
    return title, mark_safe(_linked(html, path.parent))  # noqa: S308 - our own pages


def _linked(html: str, folder: Path) -> str:
    """Links between pages (`kinds/unknown_sku.md`) become addresses of the desk."""

    def address(match: re.Match[str]) -> str:
        target = (folder / match[1]).resolve()
        if not target.is_relative_to(FOLDER.resolve()):
            return match[0]
        name = target.relative_to(FOLDER.resolve()).with_suffix("").as_posix()
        url = reverse("manual") if name == "README" else reverse("manual-page", args=[name])
        return f'href="{url}{match[2] or ""}"'

    return re.sub(r'href="([^":#]+\.md)(#[^"]*)?"', address, html)
