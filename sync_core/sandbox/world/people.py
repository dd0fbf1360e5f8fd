"""The made-up company and who it deals with. No real person and no real company is meant."""

from __future__ import annotations

from typing import Final, NamedTuple


class Person(NamedTuple):
    """A person with an address."""

    name: str
    smtp: str


class Customer(NamedTuple):
    """A customer, where it sits and whom one meets there."""

    name: str
    city: str
    contact: Person


COMPANY: Final = "Fernhollow Instruments"
OWNER: Final = Person("Robin Ashdown", "robin.ashdown@fernhollow.example.com")
ASSISTANT: Final = Person("Ana Petrovic", "ana.petrovic@fernhollow.example.com")
TEAM: Final = Person("Sales North", "sales.north@fernhollow.example.com")
COLLEAGUES: Final = (
    ASSISTANT,
    Person("Priya Venkat", "priya.venkat@fernhollow.example.com"),
    Person("Tomasz Lewin", "tomasz.lewin@fernhollow.example.com"),
    Person("Grace Adeoti", "grace.adeoti@fernhollow.example.com"),
    Person("Hiroshi Tanabe", "hiroshi.tanabe@fernhollow.example.com"),
    Person("Zoë Brückner", "zoe.brueckner@fernhollow.example.com"),
)


def _customer(name: str, city: str, person: str, domain: str) -> Customer:
    first, last = person.lower().split()[0], person.lower().split()[-1]
    return Customer(name, city, Person(person, f"{first}.{last}@{domain}.example.org"))


CUSTOMERS: Final = (
    _customer("Brackwater Foods", "Hull", "Martin Oakes", "brackwater"),
    _customer("Oldmill Logistics", "Leeds", "Samira Haddad", "oldmill"),
    _customer("Tannoch Brewery", "Perth", "Ewan Geddes", "tannoch"),
    _customer("Selwood Clinics", "Bristol", "Helen Marsh", "selwood"),
    _customer("Ardent Bridgeworks", "Newcastle", "Olu Bankole", "ardent"),
    _customer("Quillfeather Press", "Oxford", "Nadia Rahman", "quillfeather"),
    _customer("Greyling Fisheries", "Aberdeen", "Isla Munro", "greyling"),
    _customer("Castellan Water", "York", "David Amory", "castellan"),
    _customer("Pennyroyal Hotels", "Bath", "Claire Dunmore", "pennyroyal"),
    _customer("Halden Rail Services", "Derby", "Peter Strand", "halden"),
    _customer("Lumenfield Solar", "Norwich", "Yasmin Cole", "lumenfield"),
    _customer("Thistledown Textiles", "Dundee", "Fiona Baird", "thistledown"),
)

# what one does with a customer, and how long it takes in minutes
VISITS: Final = (
    ("Site visit, {customer}", 120),
    ("Call with {contact}", 30),
    ("Quarterly review, {customer}", 60),
    ("Demo for {customer}", 90),
    ("Contract renewal, {customer}", 60),
    ("Service report, {customer}", 45),
    ("Lunch with {contact}", 75),
    ("Calibration results, {customer}", 60),
    ("Price list {year}, {customer}", 45),
    ("Training day, {customer}", 240),
)
# what one does at home
HOUSE: Final = (
    ("Pipeline review with {colleague}", 45),
    ("1:1 {colleague}", 30),
    ("Forecast {month}", 60),
    ("Expenses {month}", 30),
    ("Service handover with {colleague}", 45),
    ("Interview panel with {colleague}", 60),
    ("Stock check with {colleague}", 30),
)
PLACES: Final = ("Room 4", "Room 12", "Meeting room Humber", "Phone", "Online", "Workshop", "")
NOTES: Final = (
    "",
    "",
    "Bring the signed offer and the last calibration sheet.",
    "Agenda:\n1. Open points from last time\n2. Delivery dates\n3. Any other business",
    "Parking behind the building, ask for a visitor pass at the gate.",
    "Talk about the reorder of pressure gauges.\n\nThey were unhappy about the late parcel in spring.",
    "Dial in ten minutes early, the line is not good.",
    "Ask about the budget for next year – they decide in December.",
    "Décor: new showroom, take photographs (café on the ground floor).",
)

# of the contacts and the tasks
FIRST_NAMES: Final = (
    "Amara", "Bea", "Callum", "Dafydd", "Eilidh", "Farah", "Gwen", "Hamish", "Imogen", "Jonah", "Kirsty", "Leonie",
    "Marek", "Niamh", "Oscar", "Pippa", "Quentin", "Rosalind", "Sunil", "Tamsin", "Usha", "Vikram", "Wilfred", "Xenia",
    "Yusuf", "Zara", "Anneke", "Bruno", "Chidi", "Delphine",
)  # fmt: skip
LAST_NAMES: Final = (
    "Abernethy", "Blakeway", "Chaudhry", "Dunnett", "Eastwell", "Fairbrass", "Garrick", "Holloway", "Ivanova", "Jessop",
    "Kettering", "Lockyer", "Mbeki", "Nakagawa", "Ogilvie", "Penhaligon", "Quayle", "Rutherglen", "Sorrel", "Thackeray",
    "Underhill", "Vasquez", "Wetherby", "Yardley", "Zielinski", "Ashworth", "Birtwistle", "Crowther", "Dearlove",
    "Elphinstone",
)  # fmt: skip
TITLES: Final = (
    "Buyer", "Plant manager", "Head of laboratory", "Maintenance engineer", "Quality manager", "Managing director",
    "Facilities manager", "Project engineer", "Accounts payable",
)  # fmt: skip
ERRANDS: Final = (
    "Send the offer to {customer}",
    "Call {contact} back",
    "Order spare seals for {customer}",
    "Check the delivery date for {customer}",
    "Book a hotel in {city}",
    "Write up the visit to {customer}",
    "Ask {colleague} about the price list",
    "Return the loan unit of {customer}",
    "Renew the calibration certificate, {customer}",
    "Expenses {month}",
)
