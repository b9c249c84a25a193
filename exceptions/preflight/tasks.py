"""Background tasks of the checks before sending. Each only looks at rows."""

from django_q.tasks import async_task

from exceptions.preflight import running


def check(pk: int) -> None:
    """Works off one run, or begins it again where a worker was lost."""
    run = running.claim(pk)
    if run is not None:
        running.work_off(run)


def sweep() -> int:
    """Takes up lost runs."""
    found = running.lost()
    for pk in found:
        async_task("exceptions.preflight.tasks.check", pk)
    return len(found)
