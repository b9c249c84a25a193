"""The addresses of queues, cases, orders, approvals, syncs and the manual."""

from django.urls import URLPattern, path

from exceptions.views import (
    actions,
    approvals,
    bulk,
    case,
    cases,
    home,
    jobs,
    manual,
    orders,
    search,
    syncs,
)

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("cases/", cases.CaseList.as_view(), name="cases"),
    path("cases/bulk/", bulk.bulk, name="bulk"),
    path("cases/<int:pk>/", case.case_page, name="case"),
    path("cases/of/<slug:record>/<path:key>/", case.case_of, name="case-of"),
    path("cases/<int:pk>/do/<slug:slug>/", actions.act, name="act"),
    path("queues/<slug:kind>/", cases.CaseList.as_view(), name="queue"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:pk>/", jobs.job_page, name="job"),
    path("jobs/<int:pk>/body/", jobs.job_body, name="job-body"),
    path("jobs/<int:pk>/part/", jobs.job_part, name="job-part"),
    path("jobs/<int:pk>/undo/", bulk.undo, name="job-undo"),
    path("approvals/", approvals.approval_list, name="approvals"),
    path("approvals/<int:pk>/", approvals.approval_page, name="approval"),
    path("approvals/<int:pk>/approve/", approvals.approve, name="approve"),
    path("approvals/<int:pk>/refuse/", approvals.refuse, name="refuse"),
    path("approvals/<int:pk>/withdraw/", approvals.withdraw, name="withdraw"),
    path("orders/", orders.OrderList.as_view(), name="orders"),
    path("orders/<path:key>/", orders.order_page, name="order"),
    path("search/", search.search, name="search"),
    path("syncs/", syncs.syncs, name="syncs"),
    path("syncs/<int:pk>/", syncs.run_page, name="run"),
    path("syncs/calls/", syncs.load, name="sync-load"),
    path("syncs/<int:pk>/body/", syncs.run_body, name="run-body"),
    path("syncs/pause/<slug:flow>/", syncs.pause, name="pause-flow"),
    path("syncs/go-on/<slug:flow>/", syncs.go_on, name="continue-flow"),
    path("syncs/run/<slug:flow>/", syncs.run_now, name="run-now"),
    path("manual/", manual.manual, name="manual"),
    path("manual/<path:page>/", manual.manual, name="manual-page"),
]
