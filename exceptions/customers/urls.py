"""The addresses of customers."""

from django.urls import URLPattern, path

from exceptions.customers.views import contacts, customers, linking, merging, review

urlpatterns: list[URLPattern] = [
    path("", customers.CustomerList.as_view(), name="customers"),
    path("review/", review.CandidateList.as_view(), name="link-reviews"),
    path("review/one/", review.review, name="link-review"),
    path("review/bulk/", review.bulk, name="link-bulk"),
    path("review/<int:pk>/accept/", review.accept, name="link-accept"),
    path("review/<int:pk>/reject/", review.reject, name="link-reject"),
    path("apart/", contacts.DistinctionList.as_view(), name="apart"),
    path("apart/<int:pk>/take-back/", contacts.take_back, name="apart-back"),
    path("linking/", linking.linking, name="linking"),
    path("linking/start/", linking.start, name="linking-start"),
    path("linking/<int:pk>/", linking.report, name="link-report"),
    path("linking/<int:pk>/list/", linking.OutcomeList.as_view(), name="link-outcomes"),
    path("mergers/<int:pk>/undo/", merging.undo, name="merger-undo"),
    path("contact/<path:key>/link/", contacts.link, name="contact-link"),
    path("contact/<path:key>/", contacts.contact_page, name="contact-identity"),
    path("of/<slug:system>/<path:key>/", customers.customer_of, name="customer-of"),
    path("<uuid:uid>/", customers.customer_page, name="customer"),
    path("<uuid:uid>/unlink/", customers.unlink, name="customer-unlink"),
    path("<uuid:uid>/merge/", merging.merge, name="customer-merge"),
]
