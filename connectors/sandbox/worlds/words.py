"""The words that the worlds are written with: names, streets, towns and goods."""


def _listed(words: str, between: str = " ") -> tuple[str, ...]:
    return tuple(words.split(between))


FIRST_NAMES = _listed(
    "Aisha Alan Alice Amelia Andrew Angus Anne-Marie Anthony Arthur Beatrice Bethan Brian Callum "
    "Caroline Charlotte Chloe Christopher Ciara Claire Daniel David Deepak Diane Dylan Edward "
    "Eilidh Eleanor Emily Emma Ewan Farah Fiona Gareth George Grace Graham Gwen Hannah Harpreet "
    "Harry Helen Hugh Imogen Imran Isla Jack Jacqueline James Janet Jessica Joanne John Jonathan "
    "Julie Kamal Karen Kathleen Keith Kieran Laura Leah Lewis Linda Louise Lucy Malcolm Margaret "
    "Mark Martin Mary Matthew Maureen Megan Michael Mohammed Morag Natalie Neil Niamh Nicola Nigel "
    "Oliver Olivia Owen Patricia Paul Peter Philippa Priya Rachel Rebecca Rhys Richard Robert "
    "Roisin Rosemary Ruth Samuel Sandra Sarah Shaun Siân Sinead Siobhán Sophie Stephen Stuart "
    "Susan Thomas Victoria Vikram William Yasmin Zoë"
)

LAST_NAMES = _listed(
    "Adams Ahmed Allen Anderson Armstrong Ashworth Atkinson Bailey Baker Barker Begum Bell Bennett "
    "Blackburn Bradshaw Brennan Brooks Brown Burton Butler Campbell Carter Chapman Clark Clarke "
    "Cole Cooper Cunningham D'Arcy Davies Dawson Dixon Doherty Douglas Dunn Edwards Ellis Evans "
    "Fairclough Ferguson Fletcher Foster Fraser Gallagher Gibson Gordon Graham Grant Green "
    "Griffiths Hall Hamilton Hargreaves Harris Harrison Hughes Hussain Jackson Jenkins Johnston "
    "Jones Kaur Kelly Kennedy Khan Knight Lewis Lloyd MacDonald MacLeod Marshall Mason McCarthy "
    "McKenzie Mitchell Moore Morgan Morris Murphy Murray Nguyen O'Brien O'Connor O'Neill Owen "
    "Palmer Parker Patel Pearson Phillips Powell Price Pritchard Rao Reid Richardson Roberts "
    "Robertson Robinson Rowntree Ryan Scott Shah Shaw Simpson Singh Smith-Jones Stewart Sutton "
    "Taylor Thompson Thwaites Turner Walker Ward Watson Wilkinson Williams Wilson Wood Wright "
    "Wrigley Yates Young"
)

ABROAD = {
    "IE": ("Aoife Cormac Eoin Gráinne Oisín Saoirse", "Byrne Nolan Ó-Súilleabháin Quinn Walsh"),
    "DE": ("Anke Jörg Jürgen Katrin Matthias Ute", "Böhm Groß Köhler Müller Schäfer Weiß"),
    "FR": ("Aurélie Benoît François Hélène Zoé", "Béranger Dupré Lefèvre Noël Rousseau"),
    "NL": ("Annelies Bram Daan Femke Joris", "Bakker Jansen Visser Vermeer Zijlstra"),
}

# Town, county (often left out on letters), postcode area with district, telephone.
TOWNS = (
    ("London", "", "N1", "2079460"),
    ("London", "", "SE15", "2079460"),
    ("London", "", "EC2A", "2079460"),
    ("Leeds", "West Yorkshire", "LS6", "1134960"),
    ("Sheffield", "South Yorkshire", "S7", "1144960"),
    ("Nottingham", "Nottinghamshire", "NG7", "1154960"),
    ("Leicester", "Leicestershire", "LE2", "1164960"),
    ("Bristol", "", "BS3", "1179460"),
    ("Reading", "Berkshire", "RG1", "1184960"),
    ("Birmingham", "West Midlands", "B13", "1214960"),
    ("Edinburgh", "", "EH6", "1314960"),
    ("Glasgow", "", "G12", "1414960"),
    ("Liverpool", "Merseyside", "L17", "1514960"),
    ("Manchester", "", "M20", "1614960"),
    ("Cardiff", "South Glamorgan", "CF10", "2920180"),
    ("Berwick-upon-Tweed", "Northumberland", "TD15", "2079460"),
    ("Stow-on-the-Wold", "Gloucestershire", "GL54", "2079460"),
    ("Llanelli", "Carmarthenshire", "SA15", "2920180"),
    ("St Ives", "Cornwall", "TR26", "1179460"),
    ("King's Lynn", "Norfolk", "PE30", "2079460"),
    ("Hebden Bridge", "West Yorkshire", "HX7", "1134960"),
    ("Ashby-de-la-Zouch", "Leicestershire", "LE65", "1164960"),
    ("Inverness", "", "IV2", "1414960"),
    ("Westward Ho!", "Devon", "EX39", "1179460"),
)
NORTHERN_IRELAND = (
    ("Belfast", "County Antrim", "BT9", "2890180"),
    ("Derry/Londonderry", "County Londonderry", "BT48", "2890180"),
    ("Newry", "County Down", "BT35", "2890180"),
)
TOWNS_ABROAD = {
    "IE": ("Dublin", "Cork", "Galway", "Dún Laoghaire"),
    "DE": ("Köln", "München", "Lübeck", "Hamburg"),
    "FR": ("Lyon", "Nîmes", "Besançon", "Lille"),
    "NL": ("Utrecht", "Delft", "'s-Hertogenbosch", "Zwolle"),
}
STREETS = _listed(
    "Abbey Road|Albert Street|Alma Terrace|Bridge Street|Castle Hill|Chapel Lane|Church Lane|"
    "Cross Keys Yard|Elm Grove|Ferry Road|Foundry Row|George Street|Green Lane|Grove Road|"
    "Harbour View|High Street|Kirkgate|Manor Drive|Market Place|Meadow Close|Mill Lane|"
    "Nelson Street|North Parade|Orchard Way|Park Crescent|Priory Gardens|Quay Street|"
    "Queen's Road|Railway Terrace|Rectory Lane|School Hill|Silver Street|St Mary's Walk|"
    "Station Road|The Crescent|Victoria Avenue|Waterloo Place|West End Lane|Windmill Rise",
    "|",
)
STREETS_ABROAD = {
    "IE": ("Main Street", "Patrick Street", "O'Connell Road"),
    "DE": ("Hauptstraße", "Am Mühlbach", "Goethestraße"),
    "FR": ("rue de la République", "allée des Chênes", "place du Marché"),
    "NL": ("Kerkstraat", "Oude Gracht", "Molenweg"),
}
HOUSES = ("Rose Cottage", "Flat 2", "The Old Bakery", "Unit 7", "First Floor", "Studio 3b")

COMPANY_FIRST = _listed(
    "Ashdown Beacon Birchwood Calder Cotswold Derwent Eastgate Fenland Firth Galloway Harbourside "
    "Ironbridge Jurassic Kestrel Lakeland Lomond Mercia Northgate Oakfield Pennine Quarry "
    "Ridgeway Severn Solway Tamar Thistle Trent Wensleydale Wessex Wye"
)
COMPANY_SECOND = _listed(
    "Builders|Catering|Contract Interiors|Country Stores|Event Hire|Fabrics|Gardens & Sons|"
    "Hospitality|Kitchens|Office Supplies|Outfitters|Property Services|Schools Trading|Tools",
    "|",
)
COMPANY_FORM = {"GB": "Ltd", "IE": "DAC", "DE": "GmbH", "FR": "SARL", "NL": "B.V."}

# Prefix, tax code, season, the goods' adjectives, the goods.
RANGES = (
    (
        "KIT", "S", "",
        "Enamel|Cast Iron|Stoneware|Copper|Oak",
        "Casserole 24 cm|Milk Pan|Bread Bin|Salt Pig|Roasting Tin|Trivet|Utensil Jar|Pie Dish",
    ),
    (
        "GDN", "S", "SS27",
        "Galvanised|Terracotta|Folding|Cedar|Slate",
        "Planter|Watering Can|Potting Bench|Bird Table|Garden Lantern|Trug|Plant Stand|Cold Frame",
    ),
    (
        "HOM", "S", "AW26",
        "Lambswool|Linen|Velvet|Herringbone|Quilted",
        "Throw|Cushion|Bedspread|Blanket|Door Curtain|Footstool|Lampshade|Rug 120 × 180 cm",
    ),
    (
        "BOK", "Z", "",
        "The Allotment|The Northern|The Winter|The One-Pan|The Wild",
        "Cookbook|Almanac|Companion|Notebook of Recipes|Field Guide",
    ),
    (
        "KID", "Z", "AW26",
        "Striped|Corduroy|Fair Isle|Waterproof",
        "Child's Jumper|Child's Dungarees|Child's Jacket|Baby Bonnet|Child's Mittens",
    ),
    (
        "MOB", "R", "",
        "Steel|Padded|Height-adjustable",
        "Grab Rail|Bath Step|Walking Frame|Car Seat for Children|Stair Rail",
    ),
    (
        "FAB", "S", "",
        "Ticking|Gingham|Harris|Waxed",
        "Cotton by the Metre|Canvas by the Metre|Tweed by the Metre",
    ),
)  # fmt: skip
SERVICES = (
    ("SRV-FIT-BLIND", "Fitting of one blind", "S", 4500),
    ("SRV-FIT-RAIL", "Fitting of one grab rail", "R", 3900),
    ("SRV-SHARPEN", "Sharpening of one knife", "S", 700),
    ("SRV-UPHOLSTER", "Upholstery, by the hour", "S", 4200),
    ("SRV-MEASURE", "Measuring visit", "S", 3500),
    ("SRV-GIFTWRAP", "Gift wrapping", "S", 395),
    ("SRV-COURSE-BREAD", "Bread making, course of one day", "E", 8900),
    ("SRV-COURSE-LOOM", "Weaving, course of one day", "E", 11500),
    ("SRV-RECYCLE", "Old mattress taken away", "S", 2500),
    ("SRV-WARRANTY-36", "Warranty, 36 months", "S", 2417),
    ("SRV-WARRANTY-60", "Warranty, 60 months", "S", 4083),
    ("SRV-PLANTING", "Planting plan for a border", "S", 6500),
)
NON_STOCK = (
    ("NST-SAMPLE", "Fabric samples, set of five", "S", 250),
    ("NST-CATALOGUE", "Printed catalogue", "Z", 400),
    ("NST-ENGRAVE", "Engraved plate", "S", 1200),
)
CAMPAIGN_ONLY = (
    ("WARRANTY-5Y", "Warranty, five years", 4900),
    ("SVC-SETUP-HOME", "Setting up at home", 3900),
    ("SVC-CARE-YEAR", "Care package for one year", 5900),
    ("SVC-REMOVAL-OLD", "Old item taken away", 1900),
    ("DIGI-PATTERN-01", "Knitting pattern to download", 500),
    ("DIGI-COOKCLASS", "Cooking class to watch online", 1500),
    ("DIGI-GARDENPLAN", "Garden planner, yearly licence", 2400),
    ("GIFT-XMAS-BOX26", "Christmas surprise box", 3500),
)
WARRANTY = ("WARRANTY-3Y", "Warranty, three years", 2900)
