"""The languages of an event and of a registrant, as other systems read and write them."""

from __future__ import annotations

import pytest

from events.models import Contact, Event
from registrations.models import Activity
from tests.api.registering import registered
from tests.factories import EventFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_event_says_and_takes_its_languages(api) -> None:
    event = EventFactory()
    path = f"/events/{event.pk}"
    assert api.get(path).json()["languages"] == ["en", "de", "es", "fr"]
    changed = api.patch(path, {"language": "fr", "languages": ["de"]}).json()
    assert (changed["language"], changed["languages"]) == ("fr", ["fr", "de"])
    assert api.put(path, changed).json()["languages"] == ["fr", "de"]
    assert api.patch(path, {"languages": []}).json()["languages"] == ["fr", "en", "de", "es"]
    for wrong, field in (({"language": "xx"}, "language"), ({"languages": ["en", "xx"]}, "languages.1")):
        answer = api.patch(path, wrong)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert Event.objects.get().language == "fr"


def test_registrant_says_and_takes_the_language_of_the_person(api) -> None:
    event = EventFactory(allow_custom_agenda=False)
    rid = registered(api, event, [], language="de")
    path = f"/registrants/{rid}"
    record = api.get(path).json()
    assert record["language"] == "de"
    assert api.put(path, record).json() == record

    assert api.patch(path, {"language": "es"}).json()["language"] == "es"
    assert Contact.objects.get().language == "es"
    assert Activity.objects.filter(verb=Activity.Verb.DETAILS_CHANGED).count() == 1
    assert api.patch(path, {"language": ""}).json()["language"] == "es"
    assert api.patch(path, {"language": "xx"}).status_code == 422
    # Whoever is known keeps what they chose.
    registered(api, EventFactory(allow_custom_agenda=False), [], language="fr")
    assert Contact.objects.get().language == "es"
