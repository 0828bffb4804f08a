"""Every figure of customers."""

from projections.figures.contacts import CONTACT_FIGURES
from projections.figures.figure import Figure
from projections.figures.nps import NPS_FIGURES
from projections.figures.purchases import PURCHASE_FIGURES
from projections.figures.renewal_chance import RENEWAL_CHANCE
from projections.figures.renewals import RENEWAL_FIGURES
from projections.figures.retention import RETENTION_FIGURES
from projections.figures.upselling import UPSELLING_FIGURES
from projections.figures.voice_of_customers import VOICE_OF_CUSTOMERS

CUSTOMER_FIGURES: tuple[Figure, ...] = (
    *NPS_FIGURES,
    *PURCHASE_FIGURES,
    *RETENTION_FIGURES,
    *UPSELLING_FIGURES,
    *RENEWAL_FIGURES,
    RENEWAL_CHANCE,
    VOICE_OF_CUSTOMERS,
    *CONTACT_FIGURES,
)
