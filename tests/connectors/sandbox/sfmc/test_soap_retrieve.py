"""Retrieving over SOAP: properties, filters, pages, and errors inside a 200."""

from defusedxml.ElementTree import fromstring

NS = "{http://exacttarget.com/wsdl/partnerAPI}"


def simple(name, operator, *values, tag="Filter"):
    listed = "".join(f"<Value>{value}</Value>" for value in values)
    return (
        f'<{tag} xsi:type="ns0:SimpleFilterPart"><Property>{name}</Property>'
        f"<SimpleOperator>{operator}</SimpleOperator>{listed}</{tag}>"
    )


def retrieve(client, kind, properties, more=""):
    listed = "".join(f"<Properties>{name}</Properties>" for name in properties)
    body = (
        f'<RetrieveRequestMsg xmlns="{NS[1:-1]}"><RetrieveRequest><ObjectType>{kind}</ObjectType>'
        f"{listed}{more}</RetrieveRequest></RetrieveRequestMsg>"
    )
    reply = client.soap("Retrieve", body)
    assert reply.status_code == 200
    return fromstring(reply.content).find(f".//{NS}RetrieveResponseMsg")


def values(response, name):
    path = "/".join(f"{NS}{part}" for part in name.split("."))
    return [result.findtext(path) for result in response.findall(f"{NS}Results")]


def status(response):
    return response.findtext(f"{NS}OverallStatus")


def properties(response):
    return [
        {
            pair.findtext(f"{NS}Name"): pair.findtext(f"{NS}Value")
            for pair in result.iter(f"{NS}Property")
        }
        for result in response.findall(f"{NS}Results")
    ]


def fill(client, count):
    rows = [{"OrderId": str(n), "Status": "new" if n % 2 else "sent"} for n in range(count)]
    reply = client.rest("PUT", "data/v1/async/dataextensions/key:ORDERS/rows", {"items": rows})
    client.wait_complete(reply.json()["requestId"])


def test_only_what_is_asked_for_comes_back_in_the_order_of_the_schema(client):
    # when
    response = retrieve(client, "Subscriber", ["Status", "SubscriberKey", "ID"])
    # then
    names = [child.tag.removeprefix(NS) for child in response.find(f"{NS}Results")]
    assert names == ["PartnerKey", "ID", "ObjectID", "SubscriberKey", "Status"]
    assert values(response, "SubscriberKey") == ["C-1", "C-2"]
    assert status(response) == "OK"


def test_no_hit_has_no_results_at_all(client):
    # when
    response = retrieve(client, "Subscriber", ["ID"], simple("SubscriberKey", "equals", "nobody"))
    # then
    assert [child.tag.removeprefix(NS) for child in response] == ["OverallStatus", "RequestID"]


def test_filters_are_combined(client):
    # when
    both = (
        '<Filter xsi:type="ComplexFilterPart">'
        + simple("Status", "equals", "Active", tag="LeftOperand")
        + "<LogicalOperator>AND</LogicalOperator>"
        + simple("SubscriberKey", "IN", "C-1", "C-2", tag="RightOperand")
        + "</Filter>"
    )
    # then
    assert values(retrieve(client, "Subscriber", ["SubscriberKey"], both), "SubscriberKey") == [
        "C-1"
    ]


def test_pages_go_on_by_request_id_which_is_good_once(client):
    # given
    fill(client, 5)
    first = retrieve(
        client,
        "DataExtensionObject[orders]",
        ["OrderId"],
        "<Options><BatchSize>3</BatchSize></Options>",
    )
    going_on = f"<ContinueRequest>{first.findtext(f'{NS}RequestID')}</ContinueRequest>"
    # when
    second = retrieve(client, "", [], going_on)
    # then
    assert (status(first), len(properties(first))) == ("MoreDataAvailable", 3)
    assert (status(second), properties(second)) == ("OK", [{"OrderId": "3"}, {"OrderId": "4"}])
    assert status(retrieve(client, "", [], going_on)) == (
        "Error: The RequestID sent through ContinueRequest does not exist."
    )


def test_rows_are_filtered_by_column(client):
    # given
    fill(client, 4)
    # when
    response = retrieve(
        client,
        "DataExtensionObject[ORDERS]",
        ["OrderId", "Status"],
        simple("Status", "equals", "sent"),
    )
    # then
    assert properties(response) == [
        {"OrderId": "0", "Status": "sent"},
        {"OrderId": "2", "Status": "sent"},
    ]
    assert properties(retrieve(client, "DataExtensionObject[ORDERS]", ["*"])) == []


def test_wrong_names_are_told_in_a_200(client):
    assert status(retrieve(client, "Subscriber", ["ModifiedDate"])) == (
        "Error: The Request Property(s) ModifiedDate do not match with the fields of "
        "Subscriber retrieve"
    )
    assert status(retrieve(client, "subscriber", ["ID"])) == (
        "Error: Unable to find a handler for object type: subscriber. "
        "Object types are case-sensitive, check spelling."
    )
    assert status(retrieve(client, "DataExtensionObject[ORDERS]", ["Colour"])) == (
        "Error: Invalid column name 'Colour'"
    )


def test_an_unsubscribe_is_found_as_an_event(client):
    # given
    client.soap(
        "Update",
        f'<UpdateRequest xmlns="{NS[1:-1]}"><Objects xsi:type="Subscriber">'
        "<SubscriberKey>C-1</SubscriberKey><Status>Unsubscribed</Status></Objects></UpdateRequest>",
    )
    # when
    response = retrieve(
        client,
        "UnsubEvent",
        ["SubscriberKey", "EventDate", "IsMasterUnsubscribed"],
        simple("EventDate", "greaterThan", "2020-01-01T00:00:00"),
    )
    # then
    assert values(response, "SubscriberKey") == ["C-1"]
    assert values(response, "IsMasterUnsubscribed") == ["true"]


def test_columns_are_described_by_the_key_of_their_data_extension(client):
    # when
    response = retrieve(
        client,
        "DataExtensionField",
        ["CustomerKey", "Name", "FieldType", "IsPrimaryKey", "MaxLength", "Ordinal"],
        simple("DataExtension.CustomerKey", "equals", "VISITS"),
    )
    # then
    assert values(response, "CustomerKey") == ["[VISITS].[Page]", "[VISITS].[Count]"]
    assert values(response, "FieldType") == ["Text", "Number"]


def test_rows_are_created_updated_and_deleted(client):
    # given
    def save(verb, pairs, part="Properties", inner="Property"):
        listed = "".join(
            f"<{inner}><Name>{name}</Name><Value>{value}</Value></{inner}>"
            for name, value in pairs.items()
        )
        body = (
            f'<{verb}Request xmlns="{NS[1:-1]}"><Objects xsi:type="DataExtensionObject">'
            f"<CustomerKey>ORDERS</CustomerKey><{part}>{listed}</{part}></Objects></{verb}Request>"
        )
        return fromstring(client.soap(verb, body).content)

    # then
    assert "OK" in save("Create", {"OrderId": "1", "Status": "new"}).itertext()
    again = save("Create", {"OrderId": "1", "Status": "new"})
    assert "The duplicate key value is (1)." in again.findtext(f".//{NS}ErrorMessage")
    lost = save("Update", {"OrderId": "2", "Status": "new"})
    assert lost.findtext(f".//{NS}ErrorMessage").startswith("Concurrency violation")
    bad = save("Create", {"OrderId": "3", "Email": "nonsense"})
    assert bad.findtext(f".//{NS}ValueErrors/{NS}ValueError/{NS}Name") == "Email"
    save("Delete", {"OrderId": "1"}, "Keys", "Key")
    assert client.rows("ORDERS") == []


def test_a_data_extension_is_emptied(client):
    # given
    fill(client, 2)
    # when
    reply = client.soap(
        "Perform",
        f'<PerformRequestMsg xmlns="{NS[1:-1]}"><Action>ClearData</Action><Definitions>'
        '<Definition xsi:type="DataExtension"><CustomerKey>ORDERS</CustomerKey></Definition>'
        "</Definitions></PerformRequestMsg>",
    )
    # then
    assert "<OverallStatus>OK</OverallStatus>" in reply.text
    assert client.rows("ORDERS") == []


def test_the_subscriber_is_described(client):
    # when
    reply = client.soap(
        "Describe",
        f'<DefinitionRequestMsg xmlns="{NS[1:-1]}"><DescribeRequests><ObjectDefinitionRequest>'
        "<ObjectType>Subscriber</ObjectType></ObjectDefinitionRequest></DescribeRequests>"
        "</DefinitionRequestMsg>",
    )
    # then
    assert "<ObjectType>Subscriber</ObjectType>" in reply.text
    assert "<Name>UnsubscribedDate</Name>" in reply.text
