from tests.integration.sync.firm import *
from tests.integration.sync.firm import Firm, update, sent

def test_probe(firm: Firm) -> None:
    firm.books.add_customer("Café Belém")
    inv = firm.books.add_invoice("Café Belém", amount="100.00", number="2101")
    a = firm.pay("Café Belém", "150.00", {inv: "100.00"})
    s = update(firm.pc())
    print(s.status, s.error_code)
    for out, back in s.message_sets:
        print(out); print(back)
    print(firm.payment(a))
    print(firm.last_session())
    assert s.status == "1 payment posted"
