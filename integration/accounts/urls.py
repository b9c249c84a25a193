"""The addresses of signing in and of one's own account."""

from django.urls import path

from integration.accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("sign-in/second-factor/", views.second_factor, name="second-factor"),
    path("sign-in/enrol/", views.enrol_second_factor, name="enrol-second-factor"),
    path("account/", views.my_account, name="my-account"),
    path("account/password/", views.change_password, name="change-password"),
    path("account/recovery-codes/", views.renew_recovery_codes, name="renew-recovery-codes"),
    path("account/second-factor/off/", views.leave_second_factor, name="leave-second-factor"),
]
