from typing import Any

Workbook: Any
