"""The addresses of the consent desk."""

from django.urls import URLPattern, path

from exceptions.consent.views import desk, people, recording

urlpatterns: list[URLPattern] = [
    path("", desk.consent_desk, name="consent"),
    path("under-way/", desk.PropagationList.as_view(), name="consent-under-way"),
    path("people/", people.find, name="consent-find"),
    path("people/<slug:hashed>/", people.person_page, name="consent-person"),
    path("people/<slug:hashed>/take-away/<slug:form>/", people.take_away, name="consent-take-away"),
    path("people/<slug:hashed>/erase/", recording.erase, name="consent-erase"),
    path("record/opt-out/", recording.opt_out, name="consent-opt-out"),
    path("record/opt-in/", recording.opt_in, name="consent-opt-in"),
]
