"""The app of people, roles and signing in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "integration.accounts"
    label = "accounts"
    verbose_name = "People"
