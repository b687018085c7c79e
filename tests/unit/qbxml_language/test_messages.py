"""Every request and every answer, by one example and what the base derives from it."""

import datetime as dt

import pytest

from qbxml.charge import ChargeQuery, ChargeRet
from qbxml.company import (
    AccountantCopy,
    AccountingPreferences,
    CompanyQuery,
    CompanyRet,
    CurrentAppAccessRights,
    DataExtRet,
    HostQuery,
    HostRet,
    MultiCurrencyPreferences,
    PreferencesQuery,
    PreferencesRet,
    SalesAndCustomersPreferences,
)
from qbxml.credit_memo import CreditMemoQuery, CreditMemoRet
from qbxml.customer import CustomerQuery, CustomerRet
from qbxml.deletion import (
    DeletedDateRangeFilter,
    ListDeletedQuery,
    ListDeletedRet,
    TxnDel,
    TxnDeletedQuery,
    TxnDeletedRet,
    TxnDelRet,
)
from qbxml.errors import BuildError
from qbxml.fields import Ref
from qbxml.filters import (
    EntityFilter,
    ModifiedDateRangeFilter,
    RefNumberFilter,
    TxnDateRangeFilter,
)
from qbxml.invoice import InvoiceQuery, InvoiceRet, LinkedTxn
from qbxml.lists import (
    AccountQuery,
    AccountRet,
    PaymentMethodAdd,
    PaymentMethodQuery,
    PaymentMethodRet,
)
from qbxml.payment import (
    AppliedToTxnAdd,
    AppliedToTxnRet,
    ReceivePaymentAdd,
    ReceivePaymentQuery,
    ReceivePaymentRet,
    ReceivePaymentToDepositQuery,
    ReceivePaymentToDepositRet,
)
from tests.unit.qbxml_language.derived import AnswerTests, DerivedTests, RequestTests, write

GUID = "{8a2f9d2c-1111-5222-8333-123456789abc}"
FILE_ID = DataExtRet(
    owner_id=GUID, data_ext_name="FileID", data_ext_type="STR255TYPE", data_ext_value="{6c5e}"
)
FILE_ID_XML = f"""
  <DataExtRet>
    <OwnerID>{GUID}</OwnerID>
    <DataExtName>FileID</DataExtName>
    <DataExtType>STR255TYPE</DataExtType>
    <DataExtValue>{{6c5e}}</DataExtValue>
  </DataExtRet>"""


class TestReceivePaymentAdd(RequestTests):
    """125.00 by Visa from Kern's kitchen job: 100.00 on one invoice, 20.00 on another."""

    example = ReceivePaymentAdd(
        customer_ref=Ref(list_id="80000001-1760000001"),
        ar_account_ref=Ref(full_name="Accounts Receivable"),
        txn_date=dt.date(2026, 11, 20),
        ref_number="CB7K3F9QXM2D",
        total_amount=12500,
        payment_method_ref=Ref(full_name="Visa"),
        memo="pay_123, thanks to Kern & S\u00f6hne",
        deposit_to_account_ref=Ref(list_id="8000001E-1416683831", full_name="Undeposited Funds"),
        external_guid=GUID,
        applied_to_txn_add=(
            AppliedToTxnAdd(txn_id="6-1760000006", payment_amount=10000),
            AppliedToTxnAdd(txn_id="9-1760000009", payment_amount=2000),
        ),
    )
    xml = f"""<ReceivePaymentAdd>
      <CustomerRef><ListID>80000001-1760000001</ListID></CustomerRef>
      <ARAccountRef><FullName>Accounts Receivable</FullName></ARAccountRef>
      <TxnDate>2026-11-20</TxnDate>
      <RefNumber>CB7K3F9QXM2D</RefNumber>
      <TotalAmount>125.00</TotalAmount>
      <PaymentMethodRef><FullName>Visa</FullName></PaymentMethodRef>
      <Memo>pay_123, thanks to Kern &amp; S\u00f6hne</Memo>
      <DepositToAccountRef>
        <ListID>8000001E-1416683831</ListID>
        <FullName>Undeposited Funds</FullName>
      </DepositToAccountRef>
      <ExternalGUID>{GUID}</ExternalGUID>
      <AppliedToTxnAdd>
        <TxnID>6-1760000006</TxnID>
        <PaymentAmount>100.00</PaymentAmount>
      </AppliedToTxnAdd>
      <AppliedToTxnAdd>
        <TxnID>9-1760000009</TxnID>
        <PaymentAmount>20.00</PaymentAmount>
      </AppliedToTxnAdd>
    </ReceivePaymentAdd>"""

    @pytest.mark.parametrize("cents", [0, -1, -12500])
    def test_refuses_a_total_that_is_no_money_received(self, cents: int) -> None:
        refused = ReceivePaymentAdd(
            customer_ref=Ref(full_name="Kern"), total_amount=cents, is_auto_apply=False
        )
        with pytest.raises(BuildError, match=r"TotalAmount must be more than 0\.00"):
            write(refused)

    @pytest.mark.parametrize("cents", [0, -1])
    def test_refuses_a_line_that_pays_nothing(self, cents: int) -> None:
        assert refusal(total=12500, lines=[("6-1760000006", 100), ("9-1760000009", cents)]) == (
            "AppliedToTxnAdd[2]/PaymentAmount must be more than 0.00."
        )

    def test_refuses_to_apply_more_than_was_received(self) -> None:
        assert refusal(total=12500, lines=[("6-1760000006", 12500), ("9-1760000009", 1)]) == (
            "AppliedToTxnAdd lines add up to more than TotalAmount."
        )

    def test_may_apply_all_that_was_received(self) -> None:
        write(payment(total=12500, lines=[("6-1760000006", 12499), ("9-1760000009", 1)]))

    def test_refuses_the_same_invoice_twice(self) -> None:
        assert refusal(total=12500, lines=[("6-1760000006", 100), ("6-1760000006", 100)]) == (
            "AppliedToTxnAdd[2]/TxnID names an invoice a second time."
        )


def payment(*, total: int, lines: list[tuple[str, int]]) -> ReceivePaymentAdd:
    return ReceivePaymentAdd(
        customer_ref=Ref(full_name="Kern"),
        total_amount=total,
        applied_to_txn_add=tuple(
            AppliedToTxnAdd(txn_id=txn_id, payment_amount=cents) for txn_id, cents in lines
        ),
    )


def refusal(*, total: int, lines: list[tuple[str, int]]) -> str:
    with pytest.raises(BuildError) as caught:
        write(payment(total=total, lines=lines))
    return str(caught.value)


class TestUnappliedReceivePaymentAdd(RequestTests):
    """50.00 on account: QuickBooks must be told not to apply it by itself."""

    example = ReceivePaymentAdd(
        customer_ref=Ref(full_name="Kern:Kitchen"), total_amount=5000, is_auto_apply=False
    )
    xml = """<ReceivePaymentAdd>
      <CustomerRef><FullName>Kern:Kitchen</FullName></CustomerRef>
      <TotalAmount>50.00</TotalAmount>
      <IsAutoApply>false</IsAutoApply>
    </ReceivePaymentAdd>"""


class TestAppliedToTxnAdd(DerivedTests):
    example = AppliedToTxnAdd(txn_id="6-1760000006", payment_amount=5)
    xml = """<AppliedToTxnAdd>
      <TxnID>6-1760000006</TxnID><PaymentAmount>0.05</PaymentAmount>
    </AppliedToTxnAdd>"""


class TestReceivePaymentQueryByNumber(RequestTests):
    """Is the payment whose answer was lost in QuickBooks?"""

    example = ReceivePaymentQuery(ref_number=("CB7K3F9QXM2D",), include_line_items=True)
    xml = """<ReceivePaymentQuery>
      <RefNumber>CB7K3F9QXM2D</RefNumber>
      <IncludeLineItems>true</IncludeLineItems>
    </ReceivePaymentQuery>"""


class TestReceivePaymentQueryByChange(RequestTests):
    example = ReceivePaymentQuery(
        max_returned=100,
        modified_date_range_filter=ModifiedDateRangeFilter(
            from_modified_date="2026-11-20T13:05:00"
        ),
        entity_filter=EntityFilter(full_name_with_children="Kern"),
        ref_number_filter=RefNumberFilter(match_criterion="StartsWith", ref_number="CB"),
        include_ret_element=("TxnID", "RefNumber"),
        owner_id=("0",),
    )
    xml = """<ReceivePaymentQuery>
      <MaxReturned>100</MaxReturned>
      <ModifiedDateRangeFilter>
        <FromModifiedDate>2026-11-20T13:05:00</FromModifiedDate>
      </ModifiedDateRangeFilter>
      <EntityFilter><FullNameWithChildren>Kern</FullNameWithChildren></EntityFilter>
      <RefNumberFilter>
        <MatchCriterion>StartsWith</MatchCriterion><RefNumber>CB</RefNumber>
      </RefNumberFilter>
      <IncludeRetElement>TxnID</IncludeRetElement>
      <IncludeRetElement>RefNumber</IncludeRetElement>
      <OwnerID>0</OwnerID>
    </ReceivePaymentQuery>"""


class TestInvoiceQueryByFilter(RequestTests):
    example = InvoiceQuery(
        max_returned=100,
        txn_date_range_filter=TxnDateRangeFilter(from_txn_date=dt.date(2026, 1, 1)),
        entity_filter=EntityFilter(list_id=("80000001-1760000001", "80000002-1760000002")),
        paid_status="NotPaidOnly",
        include_linked_txns=True,
    )
    xml = """<InvoiceQuery>
      <MaxReturned>100</MaxReturned>
      <TxnDateRangeFilter><FromTxnDate>2026-01-01</FromTxnDate></TxnDateRangeFilter>
      <EntityFilter>
        <ListID>80000001-1760000001</ListID><ListID>80000002-1760000002</ListID>
      </EntityFilter>
      <PaidStatus>NotPaidOnly</PaidStatus>
      <IncludeLinkedTxns>true</IncludeLinkedTxns>
    </InvoiceQuery>"""


class TestInvoiceQueryById(RequestTests):
    example = InvoiceQuery(txn_id=("6-1760000006", "9-1760000009"), include_linked_txns=True)
    xml = """<InvoiceQuery>
      <TxnID>6-1760000006</TxnID><TxnID>9-1760000009</TxnID>
      <IncludeLinkedTxns>true</IncludeLinkedTxns>
    </InvoiceQuery>"""


class TestCreditMemoQueryByFilter(RequestTests):
    """Which of a family's credits changed, and on which invoices do they stand?"""

    example = CreditMemoQuery(
        max_returned=100,
        modified_date_range_filter=ModifiedDateRangeFilter(
            from_modified_date="2026-11-20T13:05:00"
        ),
        entity_filter=EntityFilter(list_id_with_children="80000001-1760000001"),
        include_linked_txns=True,
        include_ret_element=("TxnID", "CreditRemaining", "LinkedTxn"),
    )
    xml = """<CreditMemoQuery>
      <MaxReturned>100</MaxReturned>
      <ModifiedDateRangeFilter>
        <FromModifiedDate>2026-11-20T13:05:00</FromModifiedDate>
      </ModifiedDateRangeFilter>
      <EntityFilter><ListIDWithChildren>80000001-1760000001</ListIDWithChildren></EntityFilter>
      <IncludeLinkedTxns>true</IncludeLinkedTxns>
      <IncludeRetElement>TxnID</IncludeRetElement>
      <IncludeRetElement>CreditRemaining</IncludeRetElement>
      <IncludeRetElement>LinkedTxn</IncludeRetElement>
    </CreditMemoQuery>"""


class TestCreditMemoQueryById(RequestTests):
    example = CreditMemoQuery(txn_id=("7-1760000007",), include_linked_txns=True)
    xml = """<CreditMemoQuery>
      <TxnID>7-1760000007</TxnID>
      <IncludeLinkedTxns>true</IncludeLinkedTxns>
    </CreditMemoQuery>"""


class TestChargeQueryByNumber(RequestTests):
    """Is the number of the invoice that nobody finds a statement charge's?"""

    example = ChargeQuery(
        ref_number=("1042", "FC-7"), include_ret_element=("TxnID", "CustomerRef", "TxnDate")
    )
    xml = """<ChargeQuery>
      <RefNumber>1042</RefNumber><RefNumber>FC-7</RefNumber>
      <IncludeRetElement>TxnID</IncludeRetElement>
      <IncludeRetElement>CustomerRef</IncludeRetElement>
      <IncludeRetElement>TxnDate</IncludeRetElement>
    </ChargeQuery>"""


class TestChargeQueryByFilter(RequestTests):
    """What does a family owe by statement charges?"""

    example = ChargeQuery(
        max_returned=100,
        txn_date_range_filter=TxnDateRangeFilter(from_txn_date=dt.date(2026, 1, 1)),
        entity_filter=EntityFilter(list_id_with_children="80000001-1760000001"),
        paid_status="NotPaidOnly",
        include_linked_txns=True,
    )
    xml = """<ChargeQuery>
      <MaxReturned>100</MaxReturned>
      <TxnDateRangeFilter><FromTxnDate>2026-01-01</FromTxnDate></TxnDateRangeFilter>
      <EntityFilter><ListIDWithChildren>80000001-1760000001</ListIDWithChildren></EntityFilter>
      <PaidStatus>NotPaidOnly</PaidStatus>
      <IncludeLinkedTxns>true</IncludeLinkedTxns>
    </ChargeQuery>"""


class TestCustomerQuery(RequestTests):
    example = CustomerQuery(
        max_returned=500, active_status="All", from_modified_date="2026-11-20", owner_id=("0", GUID)
    )
    xml = f"""<CustomerQuery>
      <MaxReturned>500</MaxReturned>
      <ActiveStatus>All</ActiveStatus>
      <FromModifiedDate>2026-11-20</FromModifiedDate>
      <OwnerID>0</OwnerID><OwnerID>{GUID}</OwnerID>
    </CustomerQuery>"""


class TestPaymentMethodQuery(RequestTests):
    example = PaymentMethodQuery(active_status="All", payment_method_type=("Visa", "ECheck"))
    xml = """<PaymentMethodQuery>
      <ActiveStatus>All</ActiveStatus>
      <PaymentMethodType>Visa</PaymentMethodType>
      <PaymentMethodType>ECheck</PaymentMethodType>
    </PaymentMethodQuery>"""


class TestPaymentMethodAdd(RequestTests):
    example = PaymentMethodAdd(name="E-Check", payment_method_type="ECheck")
    xml = """<PaymentMethodAdd>
      <Name>E-Check</Name><PaymentMethodType>ECheck</PaymentMethodType>
    </PaymentMethodAdd>"""


class TestAccountQuery(RequestTests):
    example = AccountQuery(account_type=("AccountsReceivable", "OtherCurrentAsset"))
    xml = """<AccountQuery>
      <AccountType>AccountsReceivable</AccountType><AccountType>OtherCurrentAsset</AccountType>
    </AccountQuery>"""


class TestHostQuery(RequestTests):
    example = HostQuery()
    xml = "<HostQuery/>"


class TestCompanyQuery(RequestTests):
    example = CompanyQuery(owner_id=(GUID,))
    xml = f"<CompanyQuery><OwnerID>{GUID}</OwnerID></CompanyQuery>"


class TestPreferencesQuery(RequestTests):
    example = PreferencesQuery(include_ret_element=("AccountingPreferences",))
    xml = """<PreferencesQuery>
      <IncludeRetElement>AccountingPreferences</IncludeRetElement>
    </PreferencesQuery>"""


class TestModifiedDateRangeFilter(DerivedTests):
    example = ModifiedDateRangeFilter(
        from_modified_date="2026-11-20T13", to_modified_date="2026-11-20T14:05:09-08:00"
    )
    xml = """<ModifiedDateRangeFilter>
      <FromModifiedDate>2026-11-20T13</FromModifiedDate>
      <ToModifiedDate>2026-11-20T14:05:09-08:00</ToModifiedDate>
    </ModifiedDateRangeFilter>"""


class TestTxnDateRangeFilter(DerivedTests):
    example = TxnDateRangeFilter(
        from_txn_date=dt.date(2026, 1, 1), to_txn_date=dt.date(2026, 12, 31)
    )
    xml = """<TxnDateRangeFilter>
      <FromTxnDate>2026-01-01</FromTxnDate><ToTxnDate>2026-12-31</ToTxnDate>
    </TxnDateRangeFilter>"""


class TestEntityFilter(DerivedTests):
    example = EntityFilter(full_name=("Kern", "Kern:Kitchen"))
    xml = """<EntityFilter>
      <FullName>Kern</FullName><FullName>Kern:Kitchen</FullName>
    </EntityFilter>"""


class TestRefNumberFilter(DerivedTests):
    example = RefNumberFilter(match_criterion="Contains", ref_number="2026-")
    xml = """<RefNumberFilter>
      <MatchCriterion>Contains</MatchCriterion><RefNumber>2026-</RefNumber>
    </RefNumberFilter>"""


class TestReceivePaymentRet(AnswerTests):
    example = ReceivePaymentRet(
        txn_id="B7-1764000000",
        time_created="2026-11-20T14:05:00-08:00",
        time_modified="2026-11-20T14:05:00-08:00",
        edit_sequence="1764000000",
        txn_number=60,
        customer_ref=Ref(list_id="80000001-1760000001", full_name="Kern:Kitchen"),
        ar_account_ref=Ref(list_id="8000001D-1415742793", full_name="Accounts Receivable"),
        txn_date=dt.date(2026, 11, 20),
        ref_number="CB7K3F9QXM2D",
        total_amount=12500,
        currency_ref=Ref(full_name="US Dollar"),
        payment_method_ref=Ref(full_name="Visa"),
        memo="pay_123",
        deposit_to_account_ref=Ref(full_name="Undeposited Funds"),
        unused_payment=2500,
        unused_credits=0,
        external_guid=GUID,
        applied_to_txn_ret=(
            AppliedToTxnRet(txn_id="6-1760000006", balance_remaining=0, amount=10000),
        ),
        data_ext_ret=(FILE_ID,),
    )
    xml = f"""<ReceivePaymentRet>
      <TxnID>B7-1764000000</TxnID>
      <TimeCreated>2026-11-20T14:05:00-08:00</TimeCreated>
      <TimeModified>2026-11-20T14:05:00-08:00</TimeModified>
      <EditSequence>1764000000</EditSequence>
      <TxnNumber>60</TxnNumber>
      <CustomerRef>
        <ListID>80000001-1760000001</ListID><FullName>Kern:Kitchen</FullName>
      </CustomerRef>
      <ARAccountRef>
        <ListID>8000001D-1415742793</ListID><FullName>Accounts Receivable</FullName>
      </ARAccountRef>
      <TxnDate>2026-11-20</TxnDate>
      <RefNumber>CB7K3F9QXM2D</RefNumber>
      <TotalAmount>125.00</TotalAmount>
      <CurrencyRef><FullName>US Dollar</FullName></CurrencyRef>
      <PaymentMethodRef><FullName>Visa</FullName></PaymentMethodRef>
      <Memo>pay_123</Memo>
      <DepositToAccountRef><FullName>Undeposited Funds</FullName></DepositToAccountRef>
      <UnusedPayment>25.00</UnusedPayment>
      <UnusedCredits>0.00</UnusedCredits>
      <ExternalGUID>{GUID}</ExternalGUID>
      <AppliedToTxnRet>
        <TxnID>6-1760000006</TxnID>
        <BalanceRemaining>0.00</BalanceRemaining>
        <Amount>100.00</Amount>
      </AppliedToTxnRet>
      {FILE_ID_XML}
    </ReceivePaymentRet>"""


class TestAppliedToTxnRet(AnswerTests):
    example = AppliedToTxnRet(
        txn_id="6-1760000006",
        txn_type="Invoice",
        txn_date=dt.date(2026, 10, 31),
        ref_number="1042",
        balance_remaining=123456,
        amount=10000,
        discount_amount=100,
        linked_txn=(LinkedTxn(txn_id="7-1760000007", txn_type="CreditMemo", amount=-55),),
    )
    xml = """<AppliedToTxnRet>
      <TxnID>6-1760000006</TxnID>
      <TxnType>Invoice</TxnType>
      <TxnDate>2026-10-31</TxnDate>
      <RefNumber>1042</RefNumber>
      <BalanceRemaining>1234.56</BalanceRemaining>
      <Amount>100.00</Amount>
      <DiscountAmount>1.00</DiscountAmount>
      <LinkedTxn>
        <TxnID>7-1760000007</TxnID><TxnType>CreditMemo</TxnType><Amount>-0.55</Amount>
      </LinkedTxn>
    </AppliedToTxnRet>"""


class TestInvoiceRet(AnswerTests):
    example = InvoiceRet(
        txn_id="6-1760000006",
        customer_ref=Ref(full_name="Kern:Kitchen"),
        txn_date=dt.date(2026, 10, 31),
        ref_number="1042",
        is_pending=False,
        due_date=dt.date(2026, 11, 30),
        subtotal=18300,
        sales_tax_total=1098,
        applied_amount=-5500,
        balance_remaining=13898,
        is_paid=False,
        linked_txn=(
            LinkedTxn(
                txn_id="10-1760000010",
                txn_type="ReceivePayment",
                txn_date=dt.date(2026, 11, 2),
                link_type="AMTTYPE",
                amount=-5500,
            ),
        ),
    )
    xml = """<InvoiceRet>
      <TxnID>6-1760000006</TxnID>
      <CustomerRef><FullName>Kern:Kitchen</FullName></CustomerRef>
      <TxnDate>2026-10-31</TxnDate>
      <RefNumber>1042</RefNumber>
      <IsPending>false</IsPending>
      <DueDate>2026-11-30</DueDate>
      <Subtotal>183.00</Subtotal>
      <SalesTaxTotal>10.98</SalesTaxTotal>
      <AppliedAmount>-55.00</AppliedAmount>
      <BalanceRemaining>138.98</BalanceRemaining>
      <IsPaid>false</IsPaid>
      <LinkedTxn>
        <TxnID>10-1760000010</TxnID>
        <TxnType>ReceivePayment</TxnType>
        <TxnDate>2026-11-02</TxnDate>
        <LinkType>AMTTYPE</LinkType>
        <Amount>-55.00</Amount>
      </LinkedTxn>
    </InvoiceRet>"""


class TestCreditMemoRet(AnswerTests):
    """40.00 with 3.20 of tax given back: 15.00 stands against an invoice, 28.20 is left."""

    example = CreditMemoRet(
        txn_id="7-1760000007",
        time_created="2026-11-02T09:00:00-05:00",
        time_modified="2026-11-20T14:05:00-05:00",
        edit_sequence="1762092000",
        customer_ref=Ref(full_name="Kern:Kitchen"),
        ar_account_ref=Ref(full_name="Accounts Receivable"),
        txn_date=dt.date(2026, 11, 2),
        ref_number="CM-7",
        is_pending=False,
        subtotal=4000,
        sales_tax_total=320,
        total_amount=4320,
        credit_remaining=2820,
        currency_ref=Ref(full_name="US Dollar"),
        memo="Broken tiles",
        external_guid=GUID,
        linked_txn=(
            LinkedTxn(txn_id="6-1760000006", txn_type="Invoice", ref_number="1042", amount=-1500),
        ),
        data_ext_ret=(FILE_ID,),
    )
    xml = f"""<CreditMemoRet>
      <TxnID>7-1760000007</TxnID>
      <TimeCreated>2026-11-02T09:00:00-05:00</TimeCreated>
      <TimeModified>2026-11-20T14:05:00-05:00</TimeModified>
      <EditSequence>1762092000</EditSequence>
      <CustomerRef><FullName>Kern:Kitchen</FullName></CustomerRef>
      <ARAccountRef><FullName>Accounts Receivable</FullName></ARAccountRef>
      <TxnDate>2026-11-02</TxnDate>
      <RefNumber>CM-7</RefNumber>
      <IsPending>false</IsPending>
      <Subtotal>40.00</Subtotal>
      <SalesTaxTotal>3.20</SalesTaxTotal>
      <TotalAmount>43.20</TotalAmount>
      <CreditRemaining>28.20</CreditRemaining>
      <CurrencyRef><FullName>US Dollar</FullName></CurrencyRef>
      <Memo>Broken tiles</Memo>
      <ExternalGUID>{GUID}</ExternalGUID>
      <LinkedTxn>
        <TxnID>6-1760000006</TxnID>
        <TxnType>Invoice</TxnType>
        <RefNumber>1042</RefNumber>
        <Amount>-15.00</Amount>
      </LinkedTxn>
      {FILE_ID_XML}
    </CreditMemoRet>"""


class TestChargeRet(AnswerTests):
    """Late fee of 25.00 on a statement, of which 10.00 is paid."""

    example = ChargeRet(
        txn_id="8-1760000008",
        time_created="2026-11-02T09:00:00-05:00",
        time_modified="2026-11-20T14:05:00-05:00",
        edit_sequence="1762092000",
        customer_ref=Ref(full_name="Kern:Kitchen"),
        txn_date=dt.date(2026, 11, 2),
        ref_number="FC-7",
        amount=2500,
        balance_remaining=1500,
        desc="Late fee",
        ar_account_ref=Ref(full_name="Accounts Receivable"),
        billed_date=dt.date(2026, 11, 30),
        due_date=dt.date(2026, 12, 15),
        is_paid=False,
        external_guid=GUID,
        linked_txn=(LinkedTxn(txn_id="10-1760000010", txn_type="ReceivePayment", amount=-1000),),
        data_ext_ret=(FILE_ID,),
    )
    xml = f"""<ChargeRet>
      <TxnID>8-1760000008</TxnID>
      <TimeCreated>2026-11-02T09:00:00-05:00</TimeCreated>
      <TimeModified>2026-11-20T14:05:00-05:00</TimeModified>
      <EditSequence>1762092000</EditSequence>
      <CustomerRef><FullName>Kern:Kitchen</FullName></CustomerRef>
      <TxnDate>2026-11-02</TxnDate>
      <RefNumber>FC-7</RefNumber>
      <Amount>25.00</Amount>
      <BalanceRemaining>15.00</BalanceRemaining>
      <Desc>Late fee</Desc>
      <ARAccountRef><FullName>Accounts Receivable</FullName></ARAccountRef>
      <BilledDate>2026-11-30</BilledDate>
      <DueDate>2026-12-15</DueDate>
      <IsPaid>false</IsPaid>
      <ExternalGUID>{GUID}</ExternalGUID>
      <LinkedTxn>
        <TxnID>10-1760000010</TxnID>
        <TxnType>ReceivePayment</TxnType>
        <Amount>-10.00</Amount>
      </LinkedTxn>
      {FILE_ID_XML}
    </ChargeRet>"""


class TestLinkedTxn(AnswerTests):
    example = LinkedTxn(txn_id="10-1760000010", ref_number="123", amount=-5500)
    xml = """<LinkedTxn>
      <TxnID>10-1760000010</TxnID><RefNumber>123</RefNumber><Amount>-55.00</Amount>
    </LinkedTxn>"""


class TestCustomerRet(AnswerTests):
    example = CustomerRet(
        list_id="80000001-1760000001",
        name="Kitchen",
        full_name="Kern:Kitchen",
        is_active=True,
        parent_ref=Ref(list_id="80000000-1760000000", full_name="Kern"),
        sublevel=1,
        balance=13898,
        total_balance=-100,
        external_guid=GUID,
    )
    xml = f"""<CustomerRet>
      <ListID>80000001-1760000001</ListID>
      <Name>Kitchen</Name>
      <FullName>Kern:Kitchen</FullName>
      <IsActive>true</IsActive>
      <ParentRef><ListID>80000000-1760000000</ListID><FullName>Kern</FullName></ParentRef>
      <Sublevel>1</Sublevel>
      <Balance>138.98</Balance>
      <TotalBalance>-1.00</TotalBalance>
      <ExternalGUID>{GUID}</ExternalGUID>
    </CustomerRet>"""


class TestPaymentMethodRet(AnswerTests):
    example = PaymentMethodRet(
        list_id="80000005-1257354059", name="Visa", is_active=True, payment_method_type="Visa"
    )
    xml = """<PaymentMethodRet>
      <ListID>80000005-1257354059</ListID>
      <Name>Visa</Name>
      <IsActive>true</IsActive>
      <PaymentMethodType>Visa</PaymentMethodType>
    </PaymentMethodRet>"""


class TestAccountRet(AnswerTests):
    example = AccountRet(
        list_id="8000001E-1416683831",
        full_name="Undeposited Funds",
        is_active=True,
        account_type="OtherCurrentAsset",
        special_account_type="UndepositedFunds",
        balance=-1,
    )
    xml = """<AccountRet>
      <ListID>8000001E-1416683831</ListID>
      <FullName>Undeposited Funds</FullName>
      <IsActive>true</IsActive>
      <AccountType>OtherCurrentAsset</AccountType>
      <SpecialAccountType>UndepositedFunds</SpecialAccountType>
      <Balance>-0.01</Balance>
    </AccountRet>"""


class TestHostRet(AnswerTests):
    example = HostRet(
        product_name="QuickBooks Pro 2024",
        country="US",
        supported_qbxml_version=("13.0", "16.0"),
        is_automatic_login=False,
        qb_file_mode="MultiUser",
    )
    xml = """<HostRet>
      <ProductName>QuickBooks Pro 2024</ProductName>
      <Country>US</Country>
      <SupportedQBXMLVersion>13.0</SupportedQBXMLVersion>
      <SupportedQBXMLVersion>16.0</SupportedQBXMLVersion>
      <IsAutomaticLogin>false</IsAutomaticLogin>
      <QBFileMode>MultiUser</QBFileMode>
    </HostRet>"""


class TestCompanyRet(AnswerTests):
    example = CompanyRet(
        is_sample_company=False,
        company_name="Kern & Sons",
        accountant_copy=AccountantCopy(
            accountant_copy_exists=True, dividing_date=dt.date(2026, 9, 30)
        ),
        data_ext_ret=(FILE_ID,),
    )
    xml = f"""<CompanyRet>
      <IsSampleCompany>false</IsSampleCompany>
      <CompanyName>Kern &amp; Sons</CompanyName>
      <AccountantCopy>
        <AccountantCopyExists>true</AccountantCopyExists>
        <DividingDate>2026-09-30</DividingDate>
      </AccountantCopy>
      {FILE_ID_XML}
    </CompanyRet>"""


class TestDataExtRet(AnswerTests):
    example = FILE_ID
    xml = FILE_ID_XML.strip()


class TestPreferencesRet(AnswerTests):
    example = PreferencesRet(
        accounting_preferences=AccountingPreferences(closing_date=dt.date(2025, 12, 31)),
        multi_currency_preferences=MultiCurrencyPreferences(
            is_multi_currency_on=True, home_currency_ref=Ref(full_name="US Dollar")
        ),
        sales_and_customers_preferences=SalesAndCustomersPreferences(
            is_auto_applying_payments=True
        ),
        current_app_access_rights=CurrentAppAccessRights(is_personal_data_access_allowed=False),
    )
    xml = """<PreferencesRet>
      <AccountingPreferences><ClosingDate>2025-12-31</ClosingDate></AccountingPreferences>
      <MultiCurrencyPreferences>
        <IsMultiCurrencyOn>true</IsMultiCurrencyOn>
        <HomeCurrencyRef><FullName>US Dollar</FullName></HomeCurrencyRef>
      </MultiCurrencyPreferences>
      <SalesAndCustomersPreferences>
        <IsAutoApplyingPayments>true</IsAutoApplyingPayments>
      </SalesAndCustomersPreferences>
      <CurrentAppAccessRights>
        <IsPersonalDataAccessAllowed>false</IsPersonalDataAccessAllowed>
      </CurrentAppAccessRights>
    </PreferencesRet>"""


class TestReceivePaymentToDepositQuery(RequestTests):
    """Which payments still wait in Undeposited Funds, and may therefore be taken out?"""

    example = ReceivePaymentToDepositQuery(include_ret_element=("TxnID",))
    xml = """<ReceivePaymentToDepositQuery>
      <IncludeRetElement>TxnID</IncludeRetElement>
    </ReceivePaymentToDepositQuery>"""


class TestReceivePaymentToDepositRet(AnswerTests):
    example = ReceivePaymentToDepositRet(
        txn_id="1C-1795186800",
        txn_type="ReceivePayment",
        customer_ref=Ref(list_id="80000005-1795186800", full_name="Kern"),
        txn_date=dt.date(2026, 11, 20),
        ref_number="CB7K3F9QXM2D",
        amount=12500,
        currency_ref=Ref(full_name="US Dollar"),
    )
    xml = """<ReceivePaymentToDepositRet>
      <TxnID>1C-1795186800</TxnID>
      <TxnType>ReceivePayment</TxnType>
      <CustomerRef>
        <ListID>80000005-1795186800</ListID><FullName>Kern</FullName>
      </CustomerRef>
      <TxnDate>2026-11-20</TxnDate>
      <RefNumber>CB7K3F9QXM2D</RefNumber>
      <Amount>125.00</Amount>
      <CurrencyRef><FullName>US Dollar</FullName></CurrencyRef>
    </ReceivePaymentToDepositRet>"""


class TestTxnDel(RequestTests):
    """Take the second receipt of one payment out again."""

    example = TxnDel(txn_del_type="ReceivePayment", txn_id="1C-1795186800")
    xml = """<TxnDel>
      <TxnDelType>ReceivePayment</TxnDelType><TxnID>1C-1795186800</TxnID>
    </TxnDel>"""

    def test_refuses_a_kind_that_cannot_be_deleted(self) -> None:
        with pytest.raises(BuildError, match="TxnDelType must be one of"):
            write(TxnDel(txn_del_type="Customer", txn_id="1C-1795186800"))


class TestTxnDelRet(AnswerTests):
    example = TxnDelRet(
        txn_del_type="ReceivePayment",
        txn_id="1C-1795186800",
        time_deleted="2026-11-20T10:00:00-05:00",
        ref_number="CB7K3F9QXM2D",
    )
    xml = """<TxnDelRet>
      <TxnDelType>ReceivePayment</TxnDelType>
      <TxnID>1C-1795186800</TxnID>
      <TimeDeleted>2026-11-20T10:00:00-05:00</TimeDeleted>
      <RefNumber>CB7K3F9QXM2D</RefNumber>
    </TxnDelRet>"""


class TestTxnDeletedQuery(RequestTests):
    """What was deleted since yesterday morning, by the clock of the PC?"""

    example = TxnDeletedQuery(
        txn_del_type=("Invoice", "ReceivePayment"),
        deleted_date_range_filter=DeletedDateRangeFilter(
            from_deleted_date="2026-11-19T08:00:00", to_deleted_date="2026-11-20T10:00:00"
        ),
    )
    xml = """<TxnDeletedQuery>
      <TxnDelType>Invoice</TxnDelType>
      <TxnDelType>ReceivePayment</TxnDelType>
      <DeletedDateRangeFilter>
        <FromDeletedDate>2026-11-19T08:00:00</FromDeletedDate>
        <ToDeletedDate>2026-11-20T10:00:00</ToDeletedDate>
      </DeletedDateRangeFilter>
    </TxnDeletedQuery>"""

    def test_refuses_to_ask_for_no_kind_at_all(self) -> None:
        with pytest.raises(BuildError, match="TxnDelType is required"):
            write(TxnDeletedQuery(txn_del_type=()))


class TestTxnDeletedRet(AnswerTests):
    example = TxnDeletedRet(
        txn_del_type="ReceivePayment",
        txn_id="1C-1795186800",
        time_created="2026-11-20T09:00:00-05:00",
        time_deleted="2026-11-20T10:00:00-05:00",
        ref_number="CB7K3F9QXM2D",
    )
    xml = """<TxnDeletedRet>
      <TxnDelType>ReceivePayment</TxnDelType>
      <TxnID>1C-1795186800</TxnID>
      <TimeCreated>2026-11-20T09:00:00-05:00</TimeCreated>
      <TimeDeleted>2026-11-20T10:00:00-05:00</TimeDeleted>
      <RefNumber>CB7K3F9QXM2D</RefNumber>
    </TxnDeletedRet>"""


class TestListDeletedQuery(RequestTests):
    """Which customers, accounts and payment methods are gone since yesterday morning?"""

    example = ListDeletedQuery(
        list_del_type=("Customer", "Account", "PaymentMethod"),
        deleted_date_range_filter=DeletedDateRangeFilter(from_deleted_date="2026-11-19T08:00:00"),
    )
    xml = """<ListDeletedQuery>
      <ListDelType>Customer</ListDelType>
      <ListDelType>Account</ListDelType>
      <ListDelType>PaymentMethod</ListDelType>
      <DeletedDateRangeFilter>
        <FromDeletedDate>2026-11-19T08:00:00</FromDeletedDate>
      </DeletedDateRangeFilter>
    </ListDeletedQuery>"""

    def test_refuses_to_ask_for_no_list_at_all(self) -> None:
        with pytest.raises(BuildError, match="ListDelType is required"):
            write(ListDeletedQuery(list_del_type=()))

    def test_refuses_a_kind_of_transaction(self) -> None:
        with pytest.raises(BuildError, match="must be one of Account, "):
            write(ListDeletedQuery(list_del_type=("Invoice",)))


class TestListDeletedRet(AnswerTests):
    example = ListDeletedRet(
        list_del_type="Customer",
        list_id="80000001-1760000001",
        time_created="2026-10-09T09:00:00-05:00",
        time_deleted="2026-11-20T10:00:00-05:00",
        full_name="Kern:Kitchen",
    )
    xml = """<ListDeletedRet>
      <ListDelType>Customer</ListDelType>
      <ListID>80000001-1760000001</ListID>
      <TimeCreated>2026-10-09T09:00:00-05:00</TimeCreated>
      <TimeDeleted>2026-11-20T10:00:00-05:00</TimeDeleted>
      <FullName>Kern:Kitchen</FullName>
    </ListDeletedRet>"""
