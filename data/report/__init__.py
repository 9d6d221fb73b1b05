"""What is in a training set, as one page with pictures that needs nothing from elsewhere."""

from data.report.page import page
from data.report.survey import Survey, survey

__all__ = ["Survey", "page", "survey"]
