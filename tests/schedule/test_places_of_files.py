"""Buildings of programmes: a name that two towns have is two buildings, or the importer asks."""

import pytest
from django.core.management import CommandError

from events.models import Building, Room
from sessions_app.models import Session
from tests.factories import BuildingFactory, EventFactory
from tests.schedule.files import SMALL_XML, all_rows, changed, imported, run

pytestmark = pytest.mark.django_db
SMALL = SMALL_XML.read_bytes()


def other(*changes):
    """Return the programme of another conference in a place of the same name."""
    content = changed(SMALL_XML, ("treecon-2031", "beecon"), ("TreeCon 2031", "BeeCon"), *changes)
    for guid in "1234":
        content = content.replace(guid.encode() * 8, b"a" + guid.encode() * 7)
    return content


def test_same_name_in_another_city_is_another_building():
    first, second = imported(SMALL).event, imported(other((">Lübeck<", ">Leipzig<"))).event
    assert (first.building.name, second.building.name) == ("Old Mill", "Old Mill")
    assert (first.building.address, second.building.address) == ("Lübeck", "Leipzig")
    assert Room.objects.filter(name="Barn").count() == 2
    assert imported(other((">Lübeck<", ">Leipzig<"))).changed_nothing


def test_same_name_in_the_same_city_is_one_building():
    mill = BuildingFactory(name="Old Mill", address="Mill Lane 1\n23552 Lübeck, Germany")
    assert imported(SMALL).event.building == mill
    assert imported(other()).event.building == mill
    assert Building.objects.count() == 1


def test_part_of_a_citys_name_is_another_city():
    BuildingFactory(name="Old Mill", address="Neu-Lübeckhausen")
    assert imported(SMALL).event.building.address == "Lübeck"


def test_building_without_an_address_waits_for_its_first_event():
    mill = BuildingFactory(name="Old Mill")
    assert imported(SMALL).event.building == mill


@pytest.mark.parametrize("city", ["<city>Lübeck</city>", ""], ids=["city", "no city"])
def test_asks_where_nothing_says_whether_it_is_the_same(city, write):
    EventFactory(building=BuildingFactory(name="Old Mill"))
    before = all_rows()
    path = write(changed(SMALL_XML, ("<city>Lübeck</city>", city)))
    with pytest.raises(CommandError, match=r"(?s)there is a building “Old Mill” already.*--building NAME"):
        run("import_schedule", path)
    assert all_rows() == before
    run("import_schedule", path, "--building", "New Mill")
    assert Session.objects.filter(building__name="New Mill").count() == 4


def test_asks_which_of_several_buildings(write):
    mills = [BuildingFactory(name="Old Mill", address=city) for city in ("Kiel", "Bonn")]
    path = write(changed(SMALL_XML, ("<city>Lübeck</city>", "")))
    for arguments in ([], ["--building", "Old Mill"]):
        with pytest.raises(CommandError, match="Old Mill, Kiel; Old Mill, Bonn"):
            run("import_schedule", path, *arguments)
    run("import_schedule", path, "--building", "Old Mill, Bonn")
    assert set(Session.objects.values_list("building", flat=True)) == {mills[1].pk}


def test_events_of_one_name_without_a_venue_have_buildings_of_their_own():
    without = ("<venue>Old Mill</venue>", "")
    imported(changed(SMALL_XML, without))
    imported(other(without, ("<title>BeeCon</title>", "<title>TreeCon 2031</title>")))
    assert [building.name for building in Building.objects.all()] == ["TreeCon 2031"] * 2
    assert imported(changed(SMALL_XML, without)).changed_nothing
    tent = [without, ("<room>Silo</room>", "<room>Tent</room>")]
    assert imported(changed(SMALL_XML, *tent)).rooms == 1
    assert Building.objects.count() == 2
