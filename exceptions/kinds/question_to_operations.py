"""Questions of finance about a difference, for operations to answer."""

from collections.abc import Mapping
from datetime import timedelta

from exceptions.kind import Kind
from integration.accounts.roles import Role


class QuestionToOperations(Kind):
    slug = "question_to_operations"
    title = "Question to operations"
    plural = "Questions to operations"
    owner = Role.OPERATIONS
    due = timedelta(days=1)
    grouped_by = ("difference",)
    meaning = (
        "Finance asks about a difference: an order, invoice or payment looks wrong and operations "
        "may know why."
    )
    what_to_do = (
        "Read the question and open the difference it is about.",
        "Put right what is wrong at its source, or find out why it is as it is.",
        "Answer with a comment on this case. It closes when the difference does.",
    )
    actions = ("assign", "snooze", "dismiss", "reopen", "comment")

    def title_for(self, facts: Mapping[str, str]) -> str:
        return f"Question: {facts.get('title', 'a difference')}"
