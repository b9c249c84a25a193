"""The index of the admin site says what each of its lists is for."""

from django.contrib import admin
from django.urls import reverse

from integration.accounts.permissions import HIDDEN
from integration.core.templatetags.admin_words import WORDS


def test_every_list_of_admin_is_explained_and_no_other():
    registered = {
        model._meta.label_lower
        for model in admin.site._registry
        if model._meta.app_label not in HIDDEN
    }

    assert set(WORDS) == registered


def test_the_index_explains_and_the_bar_beside_a_list_does_not(client_for, admin_person):
    client = client_for(admin_person)
    words = WORDS["mapping.productmapping"]

    assert words in client.get(reverse("admin:index")).content.decode()
    page = client.get(reverse("admin:mapping_productmapping_changelist")).content.decode()
    assert words not in page
