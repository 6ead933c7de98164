"""From a registry record to the draft of a study definition, with every open decision written down as open."""

from equipoise.protocol.drafting.draft import draft
from equipoise.protocol.drafting.randomisation import draft_randomisation
from equipoise.protocol.drafting.scope import refuse_out_of_scope

__all__ = ["draft", "draft_randomisation", "refuse_out_of_scope"]
