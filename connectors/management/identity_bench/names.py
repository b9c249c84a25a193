"""The names of an estate: a few first names and many surnames, so that strangers share them."""

FIRST = tuple(
    """
    Oliver Amelia George Isla Arthur Ava Noah Ivy Muhammad Freya Leo Lily Oscar Florence
    Harry Mia Archie Willow Jack Rosie Henry Sophia Charlie Isabella Freddie Grace Theodore
    Daisy Thomas Elsie Finley Poppy James Evelyn William Charlotte Lucas Evie Jacob Harper
    Alfie Maya Joshua Emily Edward Aisha Samuel Martha Daniel Zara
    """.split()  # noqa: SIM905 - shorter to read
)

LAST = tuple(
    """
    Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson
    Evans Walker White Roberts Green Hall Wood Jackson Clarke Khan Lewis James Phillips
    Cooper Morris King Ward Turner Hughes Edwards Hill Moore Clark Harrison Scott Young
    Baker Allen Mitchell Bell Anderson Lee Cook Murphy Shaw Begum Kelly Marsh Whitaker
    Ackroyd Holroyd Sutcliffe Greenwood Barraclough Priestley Illingworth Hainsworth
    Fothergill
    """.split()  # noqa: SIM905 - shorter to read
)

FIRM = tuple(
    """
    Northern Royal Summit Harbour Granite Meadow Copper Silver Bright Anchor Falcon Cedar
    Willow Crown Beacon Delta Orchard Pioneer Quarry Riverside
    """.split()  # noqa: SIM905 - shorter to read
)

TRADE = tuple(
    """
    Joinery Textiles Supplies Services Foods Catering Interiors Printing Engineering
    Logistics Fabrics Furniture Electrical Plumbing Optics Packaging Stationery Garages
    """.split()  # noqa: SIM905 - shorter to read
)

STREET = tuple(
    """
    High Church Station Victoria Park Mill Chapel Albert Queen King North South West East
    Bridge Market School Grove Manor Castle
    """.split()  # noqa: SIM905 - shorter to read
)
