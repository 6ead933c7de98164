"""The addresses of the site: each has a row in `access.py`, none carries more of a participant than the number."""

from allauth.account import views as account
from django.urls import include, path, re_path

from equipoise.web.api.site import make_api
from equipoise.web.views import (
    administration,
    amending,
    asking,
    attachments,
    code_breaks,
    delegation,
    doses,
    double_entry,
    entrance,
    forms,
    home,
    language,
    locking,
    opening,
    oversight,
    participant,
    participants,
    programs,
    recruiting,
    releasing,
    reviewing,
    safety,
    tokens,
    trial_home,
)

_ACCOUNT = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("factors/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("begin/", entrance.begin, name="begin"),
    path("tokens/", tokens.tokens, name="tokens"),
]

_FORM = "<slug:encounter>/<slug:form>/<int:repetition>/"
_PARTICIPANT = [
    path("", participant.participant, name="participant"),
    path("consent/", recruiting.consent, name="consent"),
    path("consent-form/", recruiting.consent_form, name="consent_form"),
    path("scans/<str:digest>/", recruiting.scan, name="scan"),
    path("attachments/<str:digest>/", attachments.attachment, name="attachment"),
    path("eligibility/", recruiting.eligibility, name="eligibility"),
    path("randomise/", recruiting.randomise, name="randomise"),
    path("doses/", doses.doses, name="doses"),
    path("queries/", asking.participant_queries, name="participant_queries"),
    path("events/", safety.events, name="events"),
    path("reconciliation/", double_entry.reconciliation, name="reconciliation"),
    path("second-entry/" + _FORM, double_entry.second_entry, name="second_entry"),
    path(_FORM, forms.form_page, name="form_page"),
    path(_FORM + "<slug:item>/", forms.item, name="item"),
]

_API = make_api()

urlpatterns = [
    path("account/", include(_ACCOUNT)),
    path("api/v1/", programs.described, {"api": _API}, name="api_page"),
    path("api/v1/", _API.urls),
    re_path("^api/", programs.unknown, name="api_unknown"),
    path("setup/", entrance.setup, name="setup"),
    path("administration/", administration.administration, name="administration"),
    path("language/", language.choose_language, name="choose_language"),
    path("", home.my_trials, name="my_trials"),
    path("<slug:trial>/", trial_home.trial, name="trial"),
    path("<slug:trial>/opening/", opening.opening, name="opening"),
    path("<slug:trial>/amendment/", amending.amendment, name="amendment"),
    path("<slug:trial>/delegation/", delegation.delegation, name="delegation"),
    path("<slug:trial>/role/", home.choose_role, name="choose_role"),
    path("<slug:trial>/participants/", participants.participants, name="participants"),
    path("<slug:trial>/participants/<str:participant>/", include(_PARTICIPANT)),
    path("<slug:trial>/queries/", asking.queries, name="queries"),
    path("<slug:trial>/deviations/", asking.deviations, name="deviations"),
    path("<slug:trial>/review/", reviewing.review_page, name="review"),
    path("<slug:trial>/code-breaks/", code_breaks.code_breaks, name="code_breaks"),
    path("<slug:trial>/lock/", locking.lock, name="lock"),
    path("<slug:trial>/release/", releasing.release, name="release"),
    path("<slug:trial>/release/lock-certificate.json", releasing.certificate_file, name="lock_certificate"),
    path("<slug:trial>/release/proof.zip", releasing.proof, name="proof"),
    path("<slug:trial>/release/<str:name>", releasing.report_file, name="report_file"),
    path("<slug:trial>/audit/", oversight.audit, name="audit"),
]
handler404 = "equipoise.web.views.errors.not_found"
handler500 = "equipoise.web.views.errors.failed"
