"""Labels of pictures that people drew: what a site's tags say of them, what networks see, what a person wrote."""

from data.labelling.lines import labelled
from data.labelling.tags import Tag, of_booru
from data.labelling.words import Word, decided

__all__ = ["Tag", "Word", "decided", "labelled", "of_booru"]
