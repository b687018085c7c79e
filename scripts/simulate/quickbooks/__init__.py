"""A simulated QuickBooks Desktop: a company file and the request processor on it.

`CompanyFile` is what a bookkeeper sees and does; `RequestProcessor` is what a program reaches.
It knows the requests and filters a payment sync has a use for, and refuses every other one as
QuickBooks refuses what it cannot parse. It must import nothing of the server's own packages.
"""

from scripts.simulate.quickbooks.company_file import CompanyFile, Missing
from scripts.simulate.quickbooks.refusals import ComError
from scripts.simulate.quickbooks.request_processor import RequestProcessor

__all__ = ["ComError", "CompanyFile", "Missing", "RequestProcessor"]
