"""Participants and plans to be written: small, valid, and never twice the same."""

from encuentro.v1 import participant_pb2

# On both sides of the programme, so that there are pairs to be found.
COUNTRIES = [("ES", "es"), ("BR", "pt"), ("FR", "fr"), ("MX", "es"), ("IT", "it"), ("CA", "en")]
LANGUAGES = ["en", "es"]

SENTENCES = {
    "challenge": [
        "Buses run on diesel, and the ring road is full from morning to night.",
        "Every summer the reservoirs fall lower, and old pipes lose a third of the water.",
        "Blocks of flats from the sixties waste heat that tenants cannot afford.",
        "Young people leave because the port's factories have closed.",
    ],
    "offers": [
        "We can show how cooperatives sort waste and sell what is recovered.",
        "Our register of roofs tells every owner what the sun would bring.",
        "A network of parks takes up the rain that used to flood the lower town.",
    ],
    "seeks": [
        "We want to learn how others plan districts in which all is a short walk away.",
        "We look for experience with start-ups that grow out of public research.",
        "How does a region bring food from its farms to the schools' kitchens?",
    ],
}


def plan(chance, mark):
    """A plan whose title carries a mark, so that no two are equal."""
    sections = [
        participant_pb2.PlanSection(role=role, text=chance.choice(sentences))
        for role, sentences in SENTENCES.items()]
    return participant_pb2.Plan(
        language="en", title="Plan %s" % mark, illustrative=True, sections=sections)


def participant(chance, id, mark):
    """A participant with an id; another mark makes it another content."""
    country, language = COUNTRIES[sum(id.encode()) % len(COUNTRIES)]
    return participant_pb2.Participant(
        id=id, name="Place %s" % id, aliases=["Mark %s" % mark], kind=participant_pb2.CITY,
        country=country, population=chance.randrange(10_000, 5_000_000),
        languages=[language], alumni=chance.random() < 0.5, capacity=1, plan=plan(chance, mark))
