"""A strict SOAP client that reads a schema and wants every element in its place."""

from pathlib import Path

import pytest
from lxml.etree import Element
from zeep import Client, Settings
from zeep.exceptions import Fault

from connectors.sandbox.running import running
from tests.connectors.sandbox.client import Client as RestClient
from tests.connectors.sandbox.conftest import CLIENT_ID, CLIENT_SECRET, WORLD

WSDL = Path(__file__).parent / "partner.wsdl"
BINDING = "{http://exacttarget.com/wsdl/partnerAPI}SoapBinding"


@pytest.fixture
def strict():
    world = {**WORLD, "sfmc": {**WORLD["sfmc"], "wsdl": str(WSDL)}}
    with (
        running(world) as sandbox,
        RestClient(sandbox, CLIENT_ID, CLIENT_SECRET) as rest,
        Client(f"{sandbox.sfmc_soap_url}etframework.wsdl", settings=Settings(strict=True)) as soap,
    ):
        header = Element("{http://exacttarget.com}fueloauth")
        header.text = rest.token
        soap.set_default_soapheaders([header])
        yield soap, soap.create_service(BINDING, f"{sandbox.sfmc_soap_url}service.asmx"), rest


def make(soap, name, **values):
    return soap.get_type(f"{{http://exacttarget.com/wsdl/partnerAPI}}{name}")(**values)


def retrieve(soap, service, kind, properties, **more):
    request = make(soap, "RetrieveRequest", ObjectType=kind, Properties=properties, **more)
    return service.Retrieve(RetrieveRequest=request)


def test_a_subscriber_is_created_and_read(strict):
    # given
    soap, service, _ = strict
    new = make(soap, "Subscriber", SubscriberKey="Z-1", EmailAddress="zed@example.com")
    # when
    reply = service.Create(Objects=[new])
    # then
    assert reply.OverallStatus == "OK"
    assert reply.Results[0].NewID == reply.Results[0].Object.ID
    part = make(
        soap, "SimpleFilterPart", Property="SubscriberKey", SimpleOperator="equals", Value=["Z-1"]
    )
    names = ["Status", "SubscriberKey", "EmailAddress", "CreatedDate", "ID", "Client.ID"]
    found = retrieve(soap, service, "Subscriber", names, Filter=part)
    assert found.OverallStatus == "OK"
    assert (found.Results[0].Status, found.Results[0].EmailAddress) == ("Active", "zed@example.com")
    assert found.Results[0].CreatedDate is not None
    assert found.Results[0].Client.ID == 510001234


def test_a_duplicate_is_told_by_its_code(strict):
    # given
    soap, service, _ = strict
    again = make(soap, "Subscriber", SubscriberKey="C-1", EmailAddress="ann@example.com")
    # when
    reply = service.Create(Objects=[again])
    # then
    assert (reply.OverallStatus, reply.Results[0].ErrorCode, reply.Results[0].NewID) == (
        "Error",
        12014,
        0,
    )


def test_an_unsubscribe_is_logged_and_found(strict):
    # given
    soap, service, _ = strict
    parameters = [make(soap, "APIProperty", Name="SubscriberKey", Value="C-1")]
    request = make(soap, "ExecuteRequest", Name="LogUnsubEvent", Parameters=parameters)
    # when
    reply = service.Execute(Requests=[request])
    # then
    assert (reply.OverallStatus, reply.Results[0].StatusMessage) == ("OK", "Event posted")
    names = ["SubscriberKey", "EventDate", "IsMasterUnsubscribed", "List.ID"]
    (event,) = retrieve(soap, service, "UnsubEvent", names).Results
    assert (event.SubscriberKey, event.IsMasterUnsubscribed) == ("C-1", True)


def test_rows_are_read_in_pages(strict):
    # given
    soap, service, rest = strict
    rows = [{"keys": {"OrderId": str(n)}, "values": {"Status": "new"}} for n in range(3)]
    rest.post("hub/v1/dataevents/key:ORDERS/rowset", rows)
    options = make(soap, "RetrieveOptions", BatchSize=2)
    # when
    first = retrieve(soap, service, "DataExtensionObject[ORDERS]", ["OrderId"], Options=options)
    second = service.Retrieve(
        RetrieveRequest=make(
            soap, "RetrieveRequest", ObjectType="", ContinueRequest=first.RequestID
        )
    )
    # then
    assert (first.OverallStatus, second.OverallStatus) == ("MoreDataAvailable", "OK")
    found = [row.Properties.Property[0].Value for row in first.Results + second.Results]
    assert found == ["0", "1", "2"]


def test_a_bad_row_is_told_by_its_column(strict):
    # given
    soap, service, _ = strict
    pairs = [
        make(soap, "APIProperty", Name="OrderId", Value="1"),
        make(soap, "APIProperty", Name="Email", Value="nonsense"),
    ]
    row = make(
        soap,
        "DataExtensionObject",
        CustomerKey="ORDERS",
        Properties=make(soap, "PropertyPairs", Property=pairs),
    )
    # when
    (result,) = service.Create(Objects=[row]).Results
    # then
    assert result.ValueErrors.ValueError[0].Name == "Email"


def test_an_ended_token_is_a_fault(strict):
    # given
    soap, service, rest = strict
    rest.sandbox.advance_clock(1100)
    # then
    with pytest.raises(Fault, match="Token Expired"):
        retrieve(soap, service, "Subscriber", ["ID"])
