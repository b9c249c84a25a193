"""The project's commands where the database was never set up."""

import pytest
from django.db import ProgrammingError, connection

from integration import command_line


@pytest.fixture
def never_set_up(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_q_schedule RENAME TO somewhere_else")


@pytest.mark.usefixtures("never_set_up")
def test_a_command_says_in_words_that_the_database_was_never_set_up() -> None:
    with pytest.raises(SystemExit) as left:
        command_line.run(["manage.py", "schedules"])
    assert "Run `manage.py migrate` first" in str(left.value)


@pytest.mark.usefixtures("never_set_up")
def test_whoever_asks_for_it_sees_which_table_was_missed() -> None:
    with pytest.raises(ProgrammingError, match="django_q_schedule"):
        command_line.run(["manage.py", "schedules", "--traceback"])


def test_migrating_itself_is_never_told_to_migrate_first(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_content_type RENAME TO somewhere_else")
    with pytest.raises(ProgrammingError, match="django_content_type"):
        command_line.run(["manage.py", "migrate", "--no-input"])
