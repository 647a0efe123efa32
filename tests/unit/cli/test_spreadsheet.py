"""`aas-registry spreadsheet`: the template, a check that keeps nothing, and taking a list."""

import json
from pathlib import Path

import openpyxl
import pytest

from aas_registry.services import example_lists

from conftest_placeholder import run
