"""Signs people in and answers Django's permission questions from their roles."""

from django.contrib.auth.backends import ModelBackend


class RoleBackend(ModelBackend):
    """Permissions follow from roles alone; no permission rows, no groups."""
