"""The real pages in Chromium: a desk with a busy week, served over HTTP, and people who sign in."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from connectors.sandbox.running import RunningSandbox, running
from connectors.sandbox.scenarios import busy_week
from connectors.sync import runner
from exceptions import tasks
from exceptions.models import BulkJob
from integration.accounts.models import User
from tests.connectors.sync.desk import connect, map_as

PASSWORD = "demo people read this aloud"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Playwright's own loop runs in this thread; Django would take every query for one in async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def chromium() -> str:
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), "")
    assert found, "No Chromium: apt install chromium"
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served_small_week() -> Iterator[RunningSandbox]:
    """A busy week of four hundred orders, with every kind of wrong."""
    with running(busy_week.build(orders=600)) as sandbox:
        yield sandbox


@pytest.fixture
def week(served_small_week: RunningSandbox, transactional_db: None) -> RunningSandbox:
    served_small_week.reload()
    connect(served_small_week)
    map_as(served_small_week.scenario)
    for flow in ("prima_reference", "campaign_orders", "orders_to_prima"):
        assert runner.run(flow) is not None
    return served_small_week


@pytest.fixture
def sign_in(live_server: Any, browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page at which this person has signed in, in a browser of their own.

    What the console says (a blocked script, a failed request) fails the test in the end.
    """
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def open_page(person: User, *, javascript: bool = True) -> Page:
        person.set_password(PASSWORD)
        person.save()
        context = browser.new_context(
            base_url=live_server.url,
            java_script_enabled=javascript,
            viewport={"width": 1360, "height": 850},
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(said, message))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/sign-in/")
        page.get_by_label("User name").or_(page.locator("input[name=username]")).first.fill(
            person.username
        )
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def _note(said: list[str], message: Any) -> None:
    """Errors only; a form that comes back with a complaint (422) is no error of the page."""
    if message.type == "error" and "status of 422" not in message.text:
        said.append(message.text)


@pytest.fixture
def work_off() -> Callable[[], None]:
    """What the background cluster does with the jobs that wait."""

    def run() -> None:
        for job in BulkJob.objects.filter(state=BulkJob.State.WAITING).order_by("pk"):
            tasks.run_job(job.pk)

    return run
