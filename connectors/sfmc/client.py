"""Marketing Cloud in one object."""

from typing import Any

from connectors.http import Conduct
from connectors.sfmc.address_search import AddressSearch
from connectors.sfmc.calls import RestCalls, SignedCalls
from connectors.sfmc.contacts import Contacts
from connectors.sfmc.data_extensions import DataExtensions
from connectors.sfmc.journeys import Journeys
from connectors.sfmc.notifications import Notifications
from connectors.sfmc.soap import SoapCalls
from connectors.sfmc.subscribers import Subscribers
from connectors.sfmc.tokens import Credentials, TokenStore


class SfmcClient:
    """One business unit of Marketing Cloud. Safe to share between threads.

    Every method may raise the errors of `connectors.errors`.
    """

    def __init__(
        self, credentials: Credentials, tokens: TokenStore, conduct: Conduct | None = None
    ) -> None:
        self._signed = SignedCalls(credentials, tokens, conduct or Conduct())
        self._rest = RestCalls(self._signed)
        self._soap = SoapCalls(self._signed)
        self.data_extensions = DataExtensions(self._rest)
        self.contacts = Contacts(self._rest)
        self.journeys = Journeys(self._rest)
        self.subscribers = Subscribers(self._soap)
        self.address_search = AddressSearch(self._rest)
        self.notifications = Notifications(self._rest)

    def who_am_i(self) -> dict[str, Any]:
        """The enterprise, business unit and user of the sign-in; proves that it works."""
        return self._rest.send("GET", "/platform/v1/tokenContext").json_object()

    def close(self) -> None:
        self._rest.close()
        self._soap.close()
        self._signed.close()
