"""The first pages: my trials, the home of one trial, and the choice of a role."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from equipoise.store.models import Trial
from equipoise.vocabulary import Role
from equipoise.web.access import place_in
from equipoise.web.here import TrialRequest


@dataclass(frozen=True, slots=True)
class MyTrial:
    """A trial in which the account has a place now."""

    slug: str
    title: str
    roles: tuple[Role, ...]
    is_synthetic: bool


@require_safe
def my_trials(request: TrialRequest) -> HttpResponse:
    """The trials of the account that is logged in, and no others."""
    found = [
        MyTrial(each.slug, each.title, here.roles, each.synthetic)
        for each in Trial.objects.order_by("title")
        if (here := place_in(each.slug, request.account, None))
    ]
    return render(request, "my_trials.html", {"trials": found})


@require_POST
def choose_role(request: TrialRequest, trial: str) -> HttpResponse:
    """Act in another of the roles that one holds; a role that is not held is not taken."""
    wanted = request.POST.get("role", "")
    if wanted in {role.value for role in request.here.roles}:
        request.session[f"role:{trial}"] = wanted
    return redirect("trial", trial=trial)
