"""The routes; who may take each is in `access.py`."""

from django.urls import path

from equipoise_vault.pages.views import (
    accounts,
    breaking,
    ceremony,
    committee,
    doses,
    entrance,
    envelopes,
    home,
    key,
    releasing,
    stock,
)

handler400 = "equipoise_vault.pages.frame.bad_request"
handler404 = "equipoise_vault.pages.frame.not_found"
handler500 = "equipoise_vault.pages.frame.failed"

urlpatterns = [
    path("", home.home, name="home"),
    path("static/vault.css", home.style, name="style"),
    path("language/", home.language, name="language"),
    path("setup/", entrance.setup, name="setup"),
    path("enrol/", entrance.enrol, name="enrol"),
    path("sign-in/", entrance.sign_in, name="sign_in"),
    path("sign-out/", entrance.sign_out, name="sign_out"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("key/", key.key, name="key"),
    path("ceremony/", ceremony.ceremony, name="ceremony"),
    path("commitments/", ceremony.commitments, name="commitments"),
    path("doses/", doses.doses, name="doses"),
    path("doses/labels/", doses.labels, name="labels"),
    path("stock/", stock.stock, name="stock"),
    path("stock/logs/<slug:digest>/", stock.log, name="log"),
    path("code-break/", breaking.code_break, name="code_break"),
    path("breaks/", breaking.breaks, name="breaks"),
    path("envelopes/", envelopes.envelopes, name="envelopes"),
    path("committee/", committee.committee, name="committee"),
    path("committee/report/", committee.closed_report, name="closed_report"),
    path("release/", releasing.release, name="release"),
    path("release/opening/", releasing.opening, name="opening"),
]
